"""The screens of scoring."""

from .by_hand import score_dialog
from .page import scoring_screen

__all__ = ["score_dialog", "scoring_screen"]
