"""The quotes of a deal or a company, beside their record."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes.forwarding import origins
from crm_app.core.changes.working import table_of
from crm_app.core.money import format_exact
from crm_app.core.reader import full_day
from crm_app.identity.policy import may, visible
from crm_app.quotes.queries.page import STATE_TONES
from crm_app.records.page.rows import Panel, Related
from crm_app.tables import Quote

quote = table_of(Quote)
SHOWN = 8


@dataclass(frozen=True)
class DealQuote:
    """A quote in two lines."""

    id: int
    number: str
    href: str
    state: str
    tone: str
    total: str
    until: str


def quotes_of_deal(session: Session, actor: Principal, deal_id: int) -> list[DealQuote]:
    """The newest first; only what the actor may see."""
    return [
        DealQuote(
            row.id,
            row.number,
            f"/quotes/{row.id}",
            row.state.capitalize(),
            STATE_TONES[row.state],
            format_exact(row.total_minor, row.currency, actor.locale),
            _until(row),
        )
        for row in _rows(session, actor, quote.c.deal_id == deal_id)
    ]


def quotes_of_company(session: Session, actor: Principal, id: int) -> Panel | None:
    """A panel beside a company."""
    if not may(actor, "quote.read"):
        return None
    belongs = quote.c.company_id.in_(origins(session, "company", [id]))  # a sent one keeps the company that it named
    count = select(func.count()).where(belongs, quote.c.deleted_at.is_(None), _seen(actor))
    total = int(session.connection().execute(count).scalar_one())
    rows = [
        Related(
            row.id,
            row.number,
            f"/quotes/{row.id}",
            format_exact(row.total_minor, row.currency, actor.locale),
            [" · ".join(part for part in (row.state.capitalize(), row.title) if part)],
            {"accepted": "g", "declined": "r"}.get(row.state, ""),
        )
        for row in _rows(session, actor, belongs)
    ]
    return Panel("quotes", "Quotes", str(total) if total else "", rows, "No quotes yet.", "", "", {})


def _seen(actor: Principal) -> Any:
    return visible(actor, "quote", quote.c.owner_id)


def _rows(session: Session, actor: Principal, belongs: Any) -> Any:
    query = select(quote).where(belongs, quote.c.deleted_at.is_(None), _seen(actor))
    return session.connection().execute(query.order_by(quote.c.sort_key.desc(), quote.c.id.desc()).limit(SHOWN))


def _until(row: Any) -> str:
    day = row.valid_until
    return f"until {full_day(day)}" if day and row.state in ("sent", "viewed") else ""
