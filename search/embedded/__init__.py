"""The engine inside of Kith: tantivy, in a folder of the installation."""

from search.embedded.engine import EmbeddedEngine

__all__ = ["EmbeddedEngine"]
