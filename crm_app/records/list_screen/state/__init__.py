"""The states of the list screens."""

from .bulk import ListBulk
from .rows import RecordList
from .views import ListViews

__all__ = ["ListBulk", "ListViews", "RecordList"]
