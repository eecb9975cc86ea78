"""The catalogue's entries for the parts of a deal: its products, its people, its competitors."""

from crm_app.core.changes import Children, Field
from crm_app.tables import DealCompetitor, DealContact, DealLine

ROLES = ("decision maker", "influencer", "champion", "user", "blocker", "billing", "other")
STATUSES = ("open", "lost to", "beaten")

LINES = Children(
    "lines",
    "Lines",
    DealLine,
    "deal_id",
    (
        Field("product_id", "Product", "ref", required=True, ref="product", synonyms=("product", "product name")),
        Field("quantity", "Quantity", "int", minimum=1, maximum=1_000_000),
        Field("unit_price_minor", "Unit price", "money", minimum=0),
    ),
)
CONTACTS = Children(
    "contacts",
    "Contacts",
    DealContact,
    "deal_id",
    (
        Field(
            "person_id",
            "Person",
            "ref",
            required=True,
            ref="person",
            on_merge="move",
            synonyms=("stakeholder", "further contact"),
        ),
        Field("role", "Role", "choice", required=True, choices=ROLES, synonyms=("stakeholder role", "contact role")),
    ),
)
COMPETITORS = Children(
    "competitors",
    "Competitors",
    DealCompetitor,
    "deal_id",
    (
        Field("name", "Competitor", required=True, max_length=120, synonyms=("competitor", "competitors")),
        Field("status", "Status", "choice", required=True, choices=STATUSES, synonyms=("competitor status",)),
        Field("note", "Note", max_length=300),
    ),
)
