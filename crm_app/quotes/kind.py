"""The catalogue entries of quotes, of the rules for all of them, and of the texts of proposals."""

from dataclasses import replace

from crm_app.core.changes import Children, Field, Kind
from crm_app.quotes.gate import GATED, complete, gate, seal
from crm_app.quotes.rules import HUNDRED, STATES
from crm_app.quotes.texts import gate_of_block
from crm_app.records.kind import tags_of
from crm_app.records.vocabulary import tidy_word
from crm_app.tables import Quote, QuoteAttachment, QuoteLine, QuotePolicy, QuoteText, TextBlock

PRICE_MODES, ROUNDINGS, ROUNDING_MODES = ("exclusive", "inclusive"), ("document", "line"), ("half_up", "half_even")


def _rate(name: str, label: str, *, least: int = 0, editable: bool = True) -> Field:
    """Thousandths of a percent."""
    return Field(name, label, "int", minimum=least, maximum=HUNDRED, editable=editable)


def _inner(field: Field) -> Field:
    """A field that no list shows and no form edits."""
    return replace(field, editable=False, sortable=False, filterable=False)


LINES = Children(
    "lines",
    "Lines",
    QuoteLine,
    "quote_id",
    (
        Field("section", "Section", max_length=120),
        Field("product_id", "Product", "ref", ref="product"),
        Field("name", "Name", max_length=200),
        Field("description", "Description", "longtext"),
        Field("quantity_milli", "Quantity", "int", minimum=1, maximum=1_000_000_000),
        Field("unit", "Unit", max_length=20),
        Field("unit_price_minor", "Unit price", "money", minimum=0, maximum=10**12),
        Field("list_price_minor", "Price by the price list", "money", minimum=0),
        Field("unit_cost_minor", "Cost", "money", minimum=0),
        _rate("discount_milli", "Discount in %"),
        Field("discount_minor", "Discount", "money", minimum=0),
        _rate("tax_milli", "Tax rate"),
        Field("optional", "Optional", "bool"),
        Field("ticked", "Chosen", "bool"),
    ),
    cap=500,
    by_command=True,
)
QUOTE = Kind(
    "quote",
    "Quote",
    "Quotes",
    Quote,
    (
        Field("number", "Number", searchable=True, editable=False),
        Field("title", "Title", max_length=200, searchable=True),
        Field("state", "State", "choice", choices=STATES, editable=False),
        Field("company_id", "Company", "ref", ref="company", on_merge="move", on_delete="refuse"),
        Field("person_id", "Person", "ref", ref="person", on_merge="move"),
        Field("deal_id", "Deal", "ref", ref="deal", on_delete="refuse"),
        Field("total_minor", "Total", "money", editable=False),
        Field("net_minor", "Net", "money", editable=False),
        Field("tax_minor", "Taxes", "money", editable=False),
        Field("currency", "Currency", max_length=3, editable=False),
        Field("valid_until", "Valid until", "date"),
        Field("owner_id", "Owner", "ref", ref="user"),
        Field("customer", "Customer", max_length=200, searchable=True),
        Field("address", "Address", "longtext"),
        Field("price_mode", "Prices", "choice", choices=PRICE_MODES, editable=False),
        _inner(Field("rounding", "Taxes rounded", "choice", choices=ROUNDINGS)),
        _inner(Field("rounding_mode", "Half a cent", "choice", choices=ROUNDING_MODES)),
        Field("terms", "Terms", "longtext"),
        Field("notes", "Notes", "longtext"),
        Field("letter", "Cover letter", "longtext"),
        Field("language", "Language", max_length=5),
        _rate("discount_milli", "Overall discount in %", editable=False),
        Field("discount_minor", "Overall discount", "money", minimum=0, editable=False),
        Field("shipping_minor", "Shipping", "money", minimum=0, maximum=10**12, editable=False),
        _inner(_rate("shipping_tax_milli", "Tax rate of shipping")),
        _inner(Field("base_number", "Number of the first version")),
        Field("revision", "Version", "int", minimum=1, editable=False),
        _inner(Field("replaced_by_id", "Replaced by", "ref", ref="quote")),
        Field("approval", "Approval", "choice", choices=("", "asked", "approved", "refused"), editable=False),
        Field("approval_note", "Note on the approval", max_length=500, editable=False),
        Field("approver_id", "Approved by", "ref", ref="user", editable=False),
        _inner(Field("approved_discount_milli", "Approved discount", "int")),
        _inner(Field("approved_margin_milli", "Approved margin", "int")),
        Field("sent_at", "Sent", "datetime", editable=False),
        Field("viewed_at", "Seen by the customer", "datetime", editable=False),
        Field("accepted_at", "Accepted", "datetime", editable=False),
        Field("accepted_by", "Accepted by", max_length=120, editable=False),
        _inner(Field("accepted_from", "Accepted from", max_length=120, personal=True)),
        _inner(Field("accepted_total_minor", "Accepted total", "money")),
        _inner(Field("accepted_file_id", "Accepted document", "ref", ref="file", on_delete="refuse")),
        Field("declined_at", "Declined", "datetime", editable=False),
        Field(
            "decline_reason",
            "Reason for declining",
            max_length=1000,
            editable=False,
            vocabulary="decline",
            tidy=tidy_word("decline"),
        ),
        _inner(Field("discount_share_milli", "Discount against the list", "int")),
        _inner(Field("margin_milli", "Margin", "int")),
    ),
    children=(
        LINES,
        Children(
            "texts",
            "Texts",
            QuoteText,
            "quote_id",
            (Field("heading", "Heading", max_length=120), Field("body", "Text", "longtext")),
            cap=50,
            by_command=True,
        ),
        Children(
            "attachments",
            "Attachments",
            QuoteAttachment,
            "quote_id",
            (Field("file_id", "File", "ref", required=True, ref="file"),),
            cap=20,
            by_command=True,
        ),
        tags_of("quote"),
    ),
    title="number",
    derived=frozenset({"net_minor", "tax_minor", "total_minor", "discount_share_milli", "margin_milli"}),
    gate=gate,
    gate_fields=GATED,
    complete=complete,
    seal=seal,
    path="/quotes",
    columns=("number", "title", "state", "company_id", "total_minor", "valid_until", "owner_id"),
    summary=("customer", "title", "state", "total_minor"),
    form=("title", "company_id", "person_id", "valid_until", "owner_id"),
    sort="-number",
)
QUOTE_POLICY = Kind(
    "quote_policy",
    "Rules for quotes",
    "Rules for quotes",
    QuotePolicy,
    (
        Field("name", "Name", editable=False),
        Field("price_mode", "Prices", "choice", choices=PRICE_MODES),
        Field("rounding", "Taxes rounded", "choice", choices=ROUNDINGS),
        Field("rounding_mode", "Half a cent", "choice", choices=ROUNDING_MODES),
        Field("valid_days", "Days of validity", "int", minimum=1, maximum=3650),
        _rate("tax_milli", "Usual tax rate"),
        Field("terms", "Terms", "longtext"),
        _rate("most_discount_milli", "Largest discount without approval"),
        _rate("least_margin_milli", "Least margin without approval", least=-HUNDRED),
    ),
    owner=None,
)
TEXT_BLOCK = Kind(
    "text_block",
    "Text",
    "Texts",
    TextBlock,
    (
        Field("name", "Name", required=True, max_length=120, searchable=True),
        Field("language", "Language", max_length=5),
        Field("body", "Text", "longtext"),
    ),
    owner=None,
    gate=gate_of_block,
    gate_fields=frozenset({"body"}),
    columns=("name", "language", "body"),
    summary=("language",),
    form=("name", "language", "body"),
    sort="name",
)
