"""The screens of territories and pools."""

from .pools import pools_screen
from .territories import territories_screen

__all__ = ["pools_screen", "territories_screen"]
