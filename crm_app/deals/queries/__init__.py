"""What the deal screens read: the board, one deal, choices for forms."""

from crm_app.deals.queries.board import board_snapshot, card_of, column_cards, totals_of
from crm_app.deals.queries.choices import DealChoices, deal_choices
from crm_app.deals.queries.page import asked_properties, deal_page, property_as
from crm_app.deals.queries.rows import (
    AskedFields,
    Board,
    Card,
    Column,
    DealPage,
    Line,
    Option,
    Property,
    RelatedCard,
    StageOption,
    Summary,
)

__all__ = [
    "AskedFields",
    "Board",
    "Card",
    "Column",
    "DealChoices",
    "DealPage",
    "Line",
    "Option",
    "Property",
    "RelatedCard",
    "StageOption",
    "Summary",
    "asked_properties",
    "board_snapshot",
    "card_of",
    "column_cards",
    "deal_choices",
    "deal_page",
    "property_as",
    "totals_of",
]
