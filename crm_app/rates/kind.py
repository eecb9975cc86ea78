"""The catalogue entry of rates, and what binds them: a real currency, once a day."""

from sqlalchemy import select

from crm_app.core.changes import Context, Field, Kind
from crm_app.core.changes.kinds import Row
from crm_app.core.changes.working import table_of
from crm_app.core.config import settings
from crm_app.rates.rules import problem
from crm_app.tables import Rate

LEAST = 0.000000000001


def _gate(context: Context, before: Row | None, after: Row) -> dict[str, str]:
    """One rate a currency and day."""
    if wrong := problem(after["currency"], settings().currency):
        return {"currency": wrong}
    table = table_of(Rate)
    same = select(table.c.id).where(table.c.currency == after["currency"], table.c.day == after["day"])
    others = same.where(table.c.deleted_at.is_(None), table.c.id != (before or {}).get("id", 0))
    if context.session.connection().execute(others).first():
        return {"day": f"There is a rate for {after['currency']} on this day already."}
    return {}


RATE = Kind(
    "rate",
    "Rate",
    "Rates",
    Rate,
    (
        Field("currency", "Currency", required=True, max_length=3, synonyms=("currency code", "code", "iso code")),
        Field("day", "From", "date", required=True, synonyms=("date", "day", "on", "valid from", "rate date")),
        Field(
            "rate",
            "One unit is worth",
            "decimal",
            required=True,
            minimum=LEAST,
            synonyms=("rate", "exchange rate", "value"),
        ),
    ),
    title="currency",
    owner=None,
    columns=("currency", "day", "rate"),
    summary=("day", "rate"),
    form=("currency", "day", "rate"),
    sort="-day",
    gate=_gate,
    gate_fields=frozenset({"currency", "day"}),
)
