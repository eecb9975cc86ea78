"""What the deal screens read: the board, one deal, choices for forms."""

from crm_app.deals.queries.asked import asked_properties
from crm_app.deals.queries.board import board_snapshot
from crm_app.deals.queries.cards import card_of, column_cards
from crm_app.deals.queries.choices import open_stages
from crm_app.deals.queries.page import deal_page, property_as
from crm_app.deals.queries.parties import competitor_names
from crm_app.deals.queries.rows import (
    AskedFields,
    Board,
    Card,
    Cell,
    Column,
    Competitor,
    DealPage,
    DealPerson,
    Lane,
    Line,
    Option,
    PathStep,
    Property,
    RelatedCard,
    RelatedDeal,
    StageStay,
    Summary,
)
from crm_app.deals.queries.wish import Wish, read_wish

__all__ = [
    "AskedFields",
    "Board",
    "Card",
    "Cell",
    "Column",
    "Competitor",
    "DealPage",
    "DealPerson",
    "Lane",
    "Line",
    "Option",
    "PathStep",
    "Property",
    "RelatedCard",
    "RelatedDeal",
    "StageStay",
    "Summary",
    "Wish",
    "asked_properties",
    "board_snapshot",
    "card_of",
    "column_cards",
    "competitor_names",
    "deal_page",
    "open_stages",
    "property_as",
    "read_wish",
]
