"""Deals of a person or a company on their timeline: when they were opened, won and lost."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core import clock
from crm_app.core.actor import Principal
from crm_app.core.changes.working import table_of
from crm_app.core.folding import says
from crm_app.core.money import format_money
from crm_app.core.text import initials
from crm_app.tables import Deal, Stage, User
from crm_app.timeline.queries.scope import deals_of
from crm_app.timeline.rows import Event
from crm_app.timeline.rules import Place, Wish, day_label

deal, stage, user = (table_of(m) for m in (Deal, Stage, User))
NOON = time(12)  # of the reader, of a day that somebody wrote down: it is that day everywhere
MOST = 2000


def deal_events(
    session: Session, actor: Principal, name: str, id: int, wish: Wish, count: int
) -> list[tuple[Place, Event]]:
    """Openings and closings, newest first."""
    mine = deals_of(actor, name, id)
    if mine is None:
        return []
    query = (
        select(deal.c.id, deal.c.title, deal.c.opened_on, deal.c.created_at, deal.c.closed_on, deal.c.stage_since)
        .add_columns(deal.c.value_minor, deal.c.currency, stage.c.kind, deal.c.lost_reason)
        .add_columns(user.c.name.label("owner"), user.c.color)
        .select_from(deal.join(stage, stage.c.id == deal.c.stage_id).outerjoin(user, user.c.id == deal.c.owner_id))
        .where(mine)
        .order_by(deal.c.id.desc())
        .limit(MOST)
    )
    if wish.text:
        query = query.where(says(wish.text, deal.c.title))
    found, zone = [], ZoneInfo(actor.zone)
    for row in session.connection().execute(query):
        opened = _opened(row, zone)
        found.append((Place(opened, row.id), "opened", row))
        if row.kind in ("won", "lost"):
            # never at the very moment of the opening, so that both have a place of their own
            closed = max(_moment(row.closed_on, row.stage_since, zone), opened + timedelta(microseconds=1))
            found.append((Place(closed, row.id), row.kind, row))
    after = wish.after
    kept = [f for f in found if after is None or (f[0].at, f[0].id) < (after.at, after.id)]
    kept.sort(key=lambda f: (f[0].at, f[0].id), reverse=True)
    return [(place, _event(actor, place, verb, row)) for place, verb, row in kept[:count]]


def _opened(row: Any, zone: ZoneInfo) -> datetime:
    return _moment(row.opened_on, row.created_at, zone)


def _moment(day: date | None, known: datetime, zone: ZoneInfo) -> datetime:
    """The moment itself, or noon of another day that somebody wrote down."""
    if day is None or day == known.astimezone(zone).date():
        return known
    return datetime.combine(day, NOON, zone).astimezone(UTC)


def _event(actor: Principal, place: Place, verb: str, row: Any) -> Event:
    at = place.at.astimezone(ZoneInfo(actor.zone))
    who = row.owner or "Nobody"
    value = format_money(row.value_minor, row.currency, actor.locale)
    return Event(
        key=place.write(),
        id=row.id,
        kind="deal",
        day=day_label(at.date(), clock.today(actor.zone)),
        time="" if at.time().replace(microsecond=0) == NOON else f"{at:%H:%M}",
        who=who,
        initials=initials(row.owner or ""),
        color=row.color or "",
        verb=f"{verb} the deal",
        subject=row.title,
        href=f"/deals/{row.id}",
        note=value,
        lines=[row.lost_reason] if verb == "lost" and row.lost_reason else [],
        tone={"won": "g", "lost": "r"}.get(verb, ""),
    )
