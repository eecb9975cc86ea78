"""The catalogue entries of products and price books."""

from crm_app.core.changes import Children, Context, Field, Kind
from crm_app.core.changes.kinds import Row
from crm_app.records.kind import tags_of
from crm_app.tables import PriceBook, PriceEntry, Product


def _gate(context: Context, before: Row | None, after: Row) -> dict[str, str]:
    """Nothing ends before it begins."""
    begins, ends = after["active_from"], after["active_to"]
    return {"active_to": "The last day comes before the first one."} if begins and ends and ends < begins else {}


PRODUCT = Kind(
    "product",
    "Product",
    "Products",
    Product,
    (
        Field(
            "name", "Name", required=True, max_length=200, searchable=True, synonyms=("product", "product name", "item")
        ),
        Field("series", "Family", max_length=100, synonyms=("product line", "family", "category", "series")),
        Field("sku", "SKU", unique=True, max_length=60, searchable=True, synonyms=("product code", "article number")),
        Field("unit", "Unit", max_length=20, synonyms=("unit of measure", "uom")),
        Field(
            "list_price_minor",
            "List price",
            "money",
            minimum=0,
            synonyms=("sales price", "list price", "price", "unit price"),
        ),
        Field("cost_minor", "Cost", "money", minimum=0, synonyms=("unit cost", "purchase price", "standard cost")),
        Field("currency", "Currency", max_length=3, synonyms=("currency code",)),
        Field("tax_rate", "Tax rate in %", "float", minimum=0, maximum=100, synonyms=("tax rate", "vat", "vat rate")),
        Field("active", "Active", "bool"),
        Field("active_from", "Sold from", "date", synonyms=("active from", "valid from")),
        Field("active_to", "Sold until", "date", synonyms=("active to", "valid until")),
    ),
    children=(tags_of("product"),),
    owner=None,
    gate=_gate,
    gate_fields=frozenset({"active_from", "active_to"}),
    columns=("name", "series", "sku", "unit", "list_price_minor", "tax_rate", "active"),
    summary=("series", "sku", "list_price_minor"),
    form=("name", "series", "sku", "unit", "list_price_minor", "cost_minor", "tax_rate"),
    sort="name",
)
PRICE_BOOK = Kind(
    "price_book",
    "Price book",
    "Price books",
    PriceBook,
    (
        Field("name", "Name", required=True, max_length=80, searchable=True),
        Field("currency", "Currency", required=True, max_length=3),
        Field("segment", "Price segment", max_length=60),
        Field("active", "Active", "bool"),
    ),
    children=(
        Children(
            "entries",
            "Prices",
            PriceEntry,
            "price_book_id",
            (
                Field("product_id", "Product", "ref", required=True, ref="product"),
                Field("from_milli", "From quantity", "int", minimum=0, maximum=1_000_000_000),
                Field("unit_price_minor", "Unit price", "money", minimum=0),
            ),
            cap=5000,
        ),
    ),
    owner=None,
    path="/price-books",
    columns=("name", "currency", "segment", "active"),
    summary=("currency", "segment"),
    form=("name", "currency", "segment"),
    sort="name",
)
