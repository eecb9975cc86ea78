"""The lifecycle of people."""
