"""The screens of scoring."""

from .by_hand import score_dialog

__all__ = ["score_dialog"]
