"""Pipelines, the board, and the page of a deal."""
