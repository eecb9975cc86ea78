"""The log of a record on its timeline: one event a save, in words."""

from collections import defaultdict
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core import clock
from crm_app.core.actor import Principal
from crm_app.core.changes import kind
from crm_app.core.changes.forwarding import origins
from crm_app.core.changes.log import ChangeBatch, ChangeLog
from crm_app.core.changes.working import table_of
from crm_app.core.text import fold, initials
from crm_app.identity.policy import decide
from crm_app.records.custom.definitions import definitions
from crm_app.records.reading import record_row, titles
from crm_app.tables import User
from crm_app.timeline.queries.scope import newest
from crm_app.timeline.queries.words import named_in, told
from crm_app.timeline.rows import Event
from crm_app.timeline.rules import Place, Wish, day_label

UNDOABLE = ("form", "board", "undo", "merge")
WITHOUT_TIME = ("import", "demo", "history")
SEARCHED = 300
log, batch, user = (table_of(m) for m in (ChangeLog, ChangeBatch, User))
COLUMNS = (log, user.c.name.label("who"), user.c.color.label("color"))


def change_events(
    session: Session, actor: Principal, name: str, id: int, wish: Wish, count: int
) -> list[tuple[Place, Event]]:
    """The saves of a record, newest first; with a text those that say it."""
    if not wish.text:
        return _events(session, actor, name, id, _saves(session, name, id, wish.after, count))
    wanted, after, found = fold(wish.text), wish.after, []
    while len(found) < count:
        saves = _saves(session, name, id, after, SEARCHED)
        found += [pair for pair in _events(session, actor, name, id, saves) if wanted in _words(pair[1])]
        if len(saves) < SEARCHED:
            break
        after = saves[-1]
    return found[:count]


def _words(event: Event) -> str:
    return fold(" ".join((event.who, event.verb, event.subject, *event.lines)))


def _of(session: Session, name: str, id: int) -> Any:
    """The record, and what was merged into it: their past is one."""
    return log.c.record_id.in_(sorted(origins(session, name, [id])))


def _saves(session: Session, name: str, id: int, after: Place | None, count: int) -> list[Place]:
    """The places of the saves; what one save did at one time counts once."""
    query = select(log.c.effective_at, log.c.batch_id).where(log.c.kind == name, _of(session, name, id)).distinct()
    rows = session.connection().execute(newest(query, log.c.effective_at, log.c.batch_id, after, count))
    return [Place(row.effective_at, row.batch_id) for row in rows]


def _events(session: Session, actor: Principal, name: str, id: int, saves: list[Place]) -> list[tuple[Place, Event]]:
    groups = _rows_of(session, name, id, saves)
    rows = [row for group in groups.values() for row in group]
    custom = {d.name: d for d in definitions(session, name, archived=True).values()}
    names = titles(session, actor, named_in(rows, custom))
    record = record_row(session, actor, name, id)
    may_edit = decide(actor, "edit", name, record.get(kind(name).owner or "")).allowed
    undone = _undone(session, saves)
    zone, today = ZoneInfo(actor.zone), clock.today(actor.zone)
    found = []
    for place in saves:
        group = groups.get(place, [])
        verb, lines = told(group, names, actor, record, custom)
        if not verb:
            continue
        first, at = group[0], place.at.astimezone(zone)
        who = first["who"] or "Kith"
        event = Event(
            key=place.write(),
            id=place.id,
            kind="change",
            day=day_label(at.date(), today),
            time="" if first["source"] in WITHOUT_TIME else f"{at:%H:%M}",
            who=who,
            initials=initials(who),
            color=first["color"] or "",
            verb=verb,
            lines=lines,
            can_undo=may_edit and first["source"] in UNDOABLE and place.id not in undone,
        )
        found.append((place, event))
    return found


def _rows_of(session: Session, name: str, id: int, saves: list[Place]) -> dict[Place, list[Any]]:
    if not saves:
        return {}
    query = (
        select(*COLUMNS)
        .outerjoin(user, user.c.id == log.c.actor_id)
        .where(log.c.kind == name, _of(session, name, id), log.c.batch_id.in_([s.id for s in saves]))
        .where(log.c.effective_at <= saves[0].at, log.c.effective_at >= saves[-1].at)
        .order_by(log.c.seq)
    )
    groups: dict[Place, list[Any]] = defaultdict(list)
    for row in session.connection().execute(query).mappings():
        groups[Place(row["effective_at"], row["batch_id"])].append(row)
    return groups


def _undone(session: Session, saves: list[Place]) -> set[int]:
    query = select(batch.c.undoes).where(batch.c.undoes.in_([s.id for s in saves]))
    return set(session.connection().execute(query).scalars())
