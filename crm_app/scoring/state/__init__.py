"""The states of scoring."""

from .by_hand import ScoreForm
from .page import ScoringRules

__all__ = ["ScoreForm", "ScoringRules"]
