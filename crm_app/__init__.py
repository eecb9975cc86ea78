"""Kith: a self-hosted CRM; the packages are described in docs/ARCHITECTURE.md."""
