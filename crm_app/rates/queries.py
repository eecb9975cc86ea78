"""The rates in force on a day."""

from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, func, select
from sqlmodel import Session

from crm_app.core.changes.working import table_of
from crm_app.core.config import settings
from crm_app.tables import Rate

rate = table_of(Rate)


def rates_on(session: Session, day: date) -> dict[str, Decimal]:
    """By currency the latest rate of that day or before, with 1 for the organisation's own; everybody may know them."""
    found = {row.currency: row.rate for row in session.connection().execute(_rates(), {"day": day})}
    return found | {settings().currency: Decimal(1)}


@cache
def _rates() -> Any:
    living = and_(rate.c.deleted_at.is_(None), rate.c.day <= bindparam("day"))
    last = select(rate.c.currency, func.max(rate.c.day).label("day")).where(living).group_by(rate.c.currency).subquery()
    on = and_(last.c.currency == rate.c.currency, last.c.day == rate.c.day)
    return select(rate.c.currency, rate.c.rate).join(last, on).where(living)
