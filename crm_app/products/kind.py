"""The catalogue entry of products."""

from crm_app.core.changes import Field, Kind
from crm_app.records.kind import tags_of
from crm_app.tables import Product

PRODUCT = Kind(
    "product",
    "Product",
    "Products",
    Product,
    (
        Field(
            "name", "Name", required=True, max_length=200, searchable=True, synonyms=("product", "product name", "item")
        ),
        Field("series", "Series", max_length=100, synonyms=("product line", "family", "category")),
        Field("sku", "SKU", max_length=60, searchable=True, synonyms=("product code", "article number")),
        Field(
            "list_price_minor",
            "List price",
            "money",
            minimum=0,
            synonyms=("sales price", "list price", "price", "unit price"),
        ),
        Field("currency", "Currency", max_length=3, synonyms=("currency code",)),
        Field("active", "Active", "bool"),
    ),
    children=(tags_of("product"),),
    owner=None,
    columns=("name", "series", "sku", "list_price_minor", "active"),
    summary=("series", "sku", "list_price_minor"),
    form=("name", "series", "sku", "list_price_minor"),
    sort="name",
)
