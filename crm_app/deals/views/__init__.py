"""The components of the deal screens."""

from .board import board_screen
from .dialogs import gate_dialog
from .pipelines import pipelines_screen
from .record import record_screen, record_waiting

__all__ = ["board_screen", "gate_dialog", "pipelines_screen", "record_screen", "record_waiting"]
