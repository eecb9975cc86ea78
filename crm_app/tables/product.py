"""What is sold."""

from sqlmodel import BigInteger, Field

from crm_app.core.schema import Record, list_indexes


class Product(Record, table=True):
    """A product with its list price."""

    __table_args__ = list_indexes("product", owner=False)
    name: str = Field(index=True)
    series: str = ""
    sku: str = ""
    list_price_minor: int | None = Field(default=None, sa_type=BigInteger)
    currency: str = "USD"
    active: bool = True
