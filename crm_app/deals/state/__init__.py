"""The states of the deal screens."""

from .board import CARD_FIELDS, DealBoard
from .bulk import BoardBulk
from .copying import DealClone, DealSplit
from .filters import BoardFilters
from .lines import DealLines
from .moving import DealMove
from .parties import DealCompetitors, DealContacts
from .pipelines import PipelineEditor
from .record import DealRecord
from .stages import StageEditor, StageMerge
from .why import DealWhy

__all__ = [
    "CARD_FIELDS",
    "BoardBulk",
    "BoardFilters",
    "DealBoard",
    "DealClone",
    "DealCompetitors",
    "DealContacts",
    "DealLines",
    "DealMove",
    "DealRecord",
    "DealSplit",
    "DealWhy",
    "PipelineEditor",
    "StageEditor",
    "StageMerge",
]
