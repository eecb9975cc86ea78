"""References that benchmarks are compared with."""
