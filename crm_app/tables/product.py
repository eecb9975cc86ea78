"""What is sold, and at what price to whom."""

from datetime import date

from sqlmodel import BigInteger, Field, Index, text

from crm_app.core.schema import Child, Record, list_indexes, ref

USED = text("deleted_at IS NULL AND sku <> ''")


class Product(Record, table=True):
    """A product with its list price and what it costs; `tax_rate` is in percent."""

    __table_args__ = (
        *list_indexes("product", owner=False),
        Index("uq_product_sku", "sku", unique=True, sqlite_where=USED, postgresql_where=USED),
    )
    name: str = Field(index=True)
    series: str = ""
    sku: str = ""
    list_price_minor: int | None = Field(default=None, sa_type=BigInteger)
    currency: str = "USD"
    active: bool = True
    unit: str | None = None
    tax_rate: float | None = None
    cost_minor: int | None = Field(default=None, sa_type=BigInteger)
    active_from: date | None = None
    active_to: date | None = None


class PriceBook(Record, table=True):
    """Prices in one currency, for the companies of one segment or for all."""

    __table_args__ = list_indexes("price_book", owner=False)
    __tablename__ = "price_book"  # pyright: ignore[reportAssignmentType]
    name: str
    currency: str = "USD"
    segment: str = ""
    active: bool = True


class PriceEntry(Child, table=True):
    """What one of a product costs in a book, from this quantity (in thousandths) on."""

    __tablename__ = "price_entry"  # pyright: ignore[reportAssignmentType]
    price_book_id: int = ref("price_book", nullable=False)
    product_id: int = ref("product", nullable=False)
    from_milli: int = Field(default=0, sa_type=BigInteger)
    unit_price_minor: int = Field(default=0, sa_type=BigInteger)
