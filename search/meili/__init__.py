"""Meilisearch by URL, through its official client."""

from search.meili.engine import MeiliEngine

__all__ = ["MeiliEngine"]
