"""The forecast's screens."""

from .page import forecast_screen
from .targets import targets_screen

__all__ = ["forecast_screen", "targets_screen"]
