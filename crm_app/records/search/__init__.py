"""Looking records up by what somebody types."""

from crm_app.records.search.find import find
from crm_app.records.search.rows import Facet, Piece, SearchAnswer, SearchRow

__all__ = ["Facet", "Piece", "SearchAnswer", "SearchRow", "find"]
