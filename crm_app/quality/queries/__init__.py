"""The figures of quality, for what the viewer may see."""
