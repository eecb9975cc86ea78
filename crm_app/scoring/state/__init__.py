"""The states of scoring."""

from .by_hand import ScoreForm
from .rules import ScoringRules

__all__ = ["ScoreForm", "ScoringRules"]
