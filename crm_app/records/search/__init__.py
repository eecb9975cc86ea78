"""Looking records up by what somebody types."""

from crm_app.records.search.documents import KINDS
from crm_app.records.search.find import find
from crm_app.records.search.rows import Facet, Piece, SearchAnswer, SearchRow, plain

__all__ = ["KINDS", "Facet", "Piece", "SearchAnswer", "SearchRow", "find", "plain"]
