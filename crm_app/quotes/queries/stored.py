"""A quote as the arithmetic sees it: its lines, its terms, its totals, and the policy in force."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlmodel import Session

from crm_app.core import clock
from crm_app.core.actor import SYSTEM, Principal
from crm_app.core.changes.values import defaults
from crm_app.core.changes.working import table_of
from crm_app.core.config import settings
from crm_app.core.errors import NotFound
from crm_app.core.reader import long_day_and_time
from crm_app.identity.policy import visible
from crm_app.organisation.queries import OrganisationRow, find_organisation
from crm_app.quotes.rules import Approved, Figures, Line, Policy, Standing, Terms, Totals, figures_of, totals_of
from crm_app.tables import Quote, QuoteLine, QuoteLink, QuotePolicy

quote, line, policy, link = (table_of(m) for m in (Quote, QuoteLine, QuotePolicy, QuoteLink))
TERMS = (
    "price_mode",
    "rounding",
    "rounding_mode",
    "discount_milli",
    "discount_minor",
    "shipping_minor",
    "shipping_tax_milli",
)
AMOUNTS = (
    "quantity_milli",
    "unit_price_minor",
    "tax_milli",
    "discount_milli",
    "discount_minor",
    "optional",
    "ticked",
    "list_price_minor",
    "unit_cost_minor",
)


def quote_row(session: Session, actor: Principal, quote_id: int, *, lock: bool = False) -> dict[str, Any]:
    """A living quote that the actor may see. Raises NotFound."""
    seen = visible(actor, "quote", quote.c.owner_id)
    query = select(quote).where(quote.c.id == quote_id, quote.c.deleted_at.is_(None), seen)
    row = session.connection().execute(query.with_for_update() if lock else query).mappings().first()
    if row is None:
        raise NotFound("This quote does not exist or was deleted.")
    return dict(row)


def line_rows(session: Session, quote_id: int) -> list[dict[str, Any]]:
    """The lines of a quote in their order."""
    query = select(line).where(line.c.quote_id == quote_id).order_by(line.c.position, line.c.id)
    return [dict(row) for row in session.connection().execute(query).mappings()]


def line_of(row: Mapping[Any, Any]) -> Line:
    """The figures of a line."""
    return Line(**{name: row[name] for name in AMOUNTS})


def terms_of(row: Mapping[Any, Any]) -> Terms:
    """What holds for the whole quote."""
    return Terms(**{name: row[name] for name in TERMS})


def totals_in(row: Mapping[Any, Any], rows: list[dict[str, Any]]) -> tuple[Totals, Figures]:
    """All figures of a stored quote."""
    lines, terms = [line_of(r) for r in rows], terms_of(row)
    totals = totals_of(lines, terms)
    return totals, figures_of(lines, terms, totals)


def count_links(session: Session, quote_id: int) -> int:
    """How many links of a quote work; the caller has checked that the actor may see it."""
    query = select(func.count()).where(link.c.quote_id == quote_id, link.c.revoked_at.is_(None))
    return int(session.connection().execute(query).scalar_one())


def policy_row(session: Session) -> dict[str, Any]:
    """What holds for new quotes; the defaults as long as nobody has saved anything."""
    query = select(policy).where(policy.c.deleted_at.is_(None)).order_by(policy.c.id).limit(1)
    row = session.connection().execute(query).mappings().first()
    return dict(row) if row else defaults(QuotePolicy) | {"id": 0, "version": 0}


def house_of(session: Session) -> OrganisationRow:
    """The organisation: in which language it writes, and its usual terms."""
    return find_organisation(session, SYSTEM)


def limits_of(row: Mapping[Any, Any]) -> Policy:
    """From when a quote needs an approval."""
    return Policy(row["most_discount_milli"], row["least_margin_milli"])


def approved_of(row: Mapping[Any, Any]) -> Approved | None:
    """What was agreed to for this quote."""
    if row["approval"] != "approved" or row["approved_discount_milli"] is None:
        return None
    return Approved(row["approved_discount_milli"], row["approved_margin_milli"])


def standing_of(session: Session, row: Mapping[Any, Any]) -> Standing:
    """What an answer depends on."""
    newer = session.connection().execute(select(quote.c.number).where(quote.c.id == row["replaced_by_id"])).scalar()
    at = row["accepted_at"] or row["declined_at"]
    local = at.astimezone(ZoneInfo(settings().zone)) if at else None
    on = long_day_and_time(local) if local else ""
    return Standing(row["state"], row["valid_until"], newer or "", row["accepted_by"], on)


def organisation_today() -> date:
    """The day at the organisation, by which a validity ends."""
    return clock.today(settings().zone)
