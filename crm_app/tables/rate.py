"""What currencies are worth, day by day."""

from datetime import date
from decimal import Decimal

from sqlmodel import Field, Index

from crm_app.core.columns import ExactDecimal
from crm_app.core.schema import LIVING, Record, list_indexes


class Rate(Record, table=True):
    """From this day on, one unit of the currency is so many of the organisation's."""

    __table_args__ = (
        *list_indexes("rate", "day", owner=False),
        Index("uq_rate_currency_day", "currency", "day", unique=True, **LIVING),
    )
    currency: str
    day: date
    rate: Decimal = Field(sa_type=ExactDecimal)
