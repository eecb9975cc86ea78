"""The states of the deal screens."""

from .board import DealBoard
from .lines import DealLines
from .moving import DealMove
from .new import NewDealForm
from .record import DealRecord

__all__ = ["DealBoard", "DealLines", "DealMove", "DealRecord", "NewDealForm"]
