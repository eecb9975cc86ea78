"""The components of the deal screens."""

from .board import board_screen
from .dialogs import gate_dialog, new_deal_dialog
from .record import record_screen

__all__ = ["board_screen", "gate_dialog", "new_deal_dialog", "record_screen"]
