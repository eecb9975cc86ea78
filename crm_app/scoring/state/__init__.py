"""The states of scoring."""

from .by_hand import ScoreForm

__all__ = ["ScoreForm"]
