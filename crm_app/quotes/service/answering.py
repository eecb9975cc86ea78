"""What the customer says: seen, accepted, declined; or nothing, until the quote expires.

The customer is nobody who is signed in: whoever calls these has checked the link. The system writes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Applied, Change, apply, apply_many
from crm_app.core.changes.working import table_of
from crm_app.core.clock import now
from crm_app.core.db import savepoint
from crm_app.core.errors import Invalid, KithError, Refused
from crm_app.quotes.gate import SOURCE
from crm_app.quotes.queries.stored import line_rows, organisation_today, quote_row, standing_of, totals_in
from crm_app.quotes.rules import OPEN, why_not_answered
from crm_app.quotes.service.writing import carry_on, tell
from crm_app.tables import Deal, Quote, QuoteLine, Stage

quote, deal, stage = (table_of(m) for m in (Quote, Deal, Stage))
LINE_FIELDS = [n for n in QuoteLine.model_fields if n not in ("id", "quote_id")]
CHUNK = 200


@dataclass(frozen=True)
class Accepted:
    """What was agreed; `deal_needs` says why the deal did not move, empty if it did or there is none."""

    applied: Applied
    total_minor: int
    currency: str
    deal_needs: str = ""


def mark_viewed(session: Session, quote_id: int) -> bool:
    """The customer has opened it; was it the first time? Later states stay what they are."""
    row = quote_row(session, SYSTEM, quote_id, lock=True)
    if row["state"] != "sent" or _why_not(session, row):
        return False
    applied = carry_on(session, SYSTEM, quote_id, {"state": "viewed", "viewed_at": now()})
    tell(session, "viewed", quote_id, applied.batch_id)
    return True


def accept(
    session: Session,
    quote_id: int,
    name: str,
    ticked: Iterable[int] = (),
    address: str = "",
    at: datetime | None = None,
) -> Accepted:
    """The customer says yes, with these optional lines (their ids). The deal moves if its gate lets it.

    Raises Refused in words for the customer when it is too late or somebody was faster, Invalid for a missing name or
    an option that is not there.
    """
    row = quote_row(session, SYSTEM, quote_id, lock=True)
    if reason := _why_not(session, row):
        raise Refused(reason)
    name = " ".join(name.split())
    if not name:
        raise Invalid({"name": "Please type your name."})
    if len(name) > 120:
        raise Invalid({"name": "This name is too long."})
    rows = line_rows(session, quote_id)
    changed = _tick(rows, frozenset(ticked))
    total = totals_in(row, rows)[0].total_minor
    values = {
        "state": "accepted",
        "accepted_at": at or now(),
        "accepted_by": name,
        "accepted_from": address[:120],
        "accepted_total_minor": total,
    }
    applied = carry_on(session, SYSTEM, quote_id, values | changed, note=f"{name} accepted by the link")
    needs = _win_deal(session, row)
    tell(session, "accepted", quote_id, applied.batch_id, needs=needs)
    return Accepted(applied, total, row["currency"], needs)


def decline(session: Session, quote_id: int, reason: str = "") -> Applied:
    """The customer says no. Raises Refused in words for the customer when it is too late."""
    row = quote_row(session, SYSTEM, quote_id, lock=True)
    if late := _why_not(session, row):
        raise Refused(late)
    values = {"state": "declined", "declined_at": now(), "decline_reason": reason.strip()[:1000]}
    applied = carry_on(session, SYSTEM, quote_id, values)
    tell(session, "declined", quote_id, applied.batch_id)
    return applied


def expire_quotes(session: Session) -> int:
    """Open quotes whose last day has passed; how many. The worker calls it again until there are none."""
    over = (quote.c.state.in_(sorted(OPEN)), quote.c.valid_until < organisation_today(), quote.c.deleted_at.is_(None))
    query = select(quote.c.id).where(*over).order_by(quote.c.id).limit(CHUNK).with_for_update()
    ids = list(session.connection().execute(query).scalars())
    done = apply_many(session, SYSTEM, [Change("quote", i, {"state": "expired"}) for i in ids], source=SOURCE)
    for applied in done:
        tell(session, "expired", applied.id, applied.batch_id)
    return len(done)


def _why_not(session: Session, row: dict[str, Any]) -> str:
    return why_not_answered(standing_of(session, row), organisation_today())


def _tick(rows: list[dict[str, Any]], ticked: frozenset[int]) -> dict[str, Any]:
    """Set the optional lines to what was chosen, in place; the patches that say so. Raises Invalid."""
    if ticked - {r["id"] for r in rows if r["optional"]}:
        raise Invalid({"lines": "An option that you chose is not part of this quote. Please look again."})
    patches: dict[str, Any] = {}
    for row in rows:
        if row["optional"] and row["ticked"] != (row["id"] in ticked):
            row["ticked"] = row["id"] in ticked
            patches[f"lines.{row['id']}"] = {name: row[name] for name in LINE_FIELDS}
    return patches


def _win_deal(session: Session, row: dict[str, Any]) -> str:
    """Move the open deal of an accepted quote to the won stage of its pipeline; what it still needs otherwise."""
    run = session.connection().execute
    joined = deal.join(stage, stage.c.id == deal.c.stage_id)
    living = (deal.c.id == row["deal_id"], deal.c.deleted_at.is_(None))
    query = select(deal.c.pipeline_id, stage.c.kind, stage.c.name).select_from(joined).where(*living)
    found = run(query).first()
    if found is None or found.kind == "won":
        return ""
    if found.kind == "lost":
        return f"The deal is closed as {found.name}. Reopen it, or move it to won."
    won = (stage.c.pipeline_id == found.pipeline_id, stage.c.kind == "won", stage.c.deleted_at.is_(None))
    target = run(select(stage.c.id).where(*won).order_by(stage.c.position, stage.c.id).limit(1)).scalar()
    if target is None:
        return "The pipeline of the deal has no stage for what is won."
    try:
        with savepoint(session):
            apply(session, SYSTEM, Change("deal", row["deal_id"], {"stage_id": target}), source=SOURCE)
    except KithError as refusal:
        return refusal.message
    return ""
