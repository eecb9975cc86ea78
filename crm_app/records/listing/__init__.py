"""Lists of every kind, from the catalogue alone: filters, order, pages by key, views, export."""

from crm_app.records.listing.choices import describe, field_choices, filter_names
from crm_app.records.listing.fields import fields_of
from crm_app.records.listing.listing import Listing, default_listing, read_listing, write_listing
from crm_app.records.listing.page import list_count, list_ids, list_page, neighbours, rows_by_id, rows_in
from crm_app.records.listing.rows import (
    Cell,
    Chip,
    FieldChoice,
    GroupHead,
    ListColumn,
    ListPage,
    ListRow,
    Neighbours,
    Option,
    ViewRow,
)
from crm_app.records.listing.rules import Condition, Group, Op

__all__ = [
    "Cell",
    "Chip",
    "Condition",
    "FieldChoice",
    "Group",
    "GroupHead",
    "ListColumn",
    "ListPage",
    "ListRow",
    "Listing",
    "Neighbours",
    "Op",
    "Option",
    "ViewRow",
    "default_listing",
    "describe",
    "field_choices",
    "fields_of",
    "filter_names",
    "list_count",
    "list_ids",
    "list_page",
    "neighbours",
    "read_listing",
    "rows_by_id",
    "rows_in",
    "write_listing",
]
