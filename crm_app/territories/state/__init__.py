"""The states of territories and pools."""

from .pools import PoolChoices, PoolList
from .preview import TerritoryPreview
from .territories import TerritoryList

__all__ = ["PoolChoices", "PoolList", "TerritoryList", "TerritoryPreview"]
