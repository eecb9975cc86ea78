"""The timeline of a deal from the change log: one event a save, grouped by day in the reader's zone."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, or_, select
from sqlmodel import Session

from crm_app.core import clock
from crm_app.core.actor import Principal
from crm_app.core.changes import kind
from crm_app.core.changes.kinds import Field, Kind
from crm_app.core.changes.log import ChangeLog
from crm_app.core.changes.working import table_of
from crm_app.core.config import settings
from crm_app.core.money import format_money
from crm_app.core.text import clip, initials
from crm_app.deals.queries.rows import TimelineDay, TimelineEvent
from crm_app.identity.policy import decide
from crm_app.tables import Activity, Deal, User

MOST_ROWS = 300
UNDOABLE = ("form", "board", "undo")
SILENT = frozenset({"rank", "stage_since", "pipeline_id", "currency"})
log, activity, user, deal = (table_of(m) for m in (ChangeLog, Activity, User, Deal))


def timeline_of(session: Session, actor: Principal, deal_id: int) -> list[TimelineDay]:
    """What happened to the deal and its activities, newest first."""
    mine = select(activity.c.id).where(activity.c.deal_id == deal_id)
    condition = or_(
        and_(log.c.kind == "deal", log.c.record_id == deal_id),
        and_(log.c.kind == "activity", log.c.record_id.in_(mine)),
    )
    query = (
        select(log, user.c.name.label("who"), user.c.color.label("color"))
        .outerjoin(user, user.c.id == log.c.actor_id)
        .where(condition)
        .order_by(log.c.effective_at.desc(), log.c.seq.desc())
        .limit(MOST_ROWS)
    )
    rows = session.connection().execute(query).mappings().all()
    owner_id = session.connection().execute(select(deal.c.owner_id).where(deal.c.id == deal_id)).scalar()
    may_edit = decide(actor, "edit", "deal", owner_id).allowed
    names = _names(session, rows)
    zone = ZoneInfo(actor.zone)
    undone = _undone(session, [r["seq"] for r in rows])
    events = [
        (at.astimezone(zone), _event(list(group), at.astimezone(zone), names, actor, may_edit, undone))
        for (at, _batch), group in groupby(rows, key=lambda r: (r["effective_at"], r["batch_id"]))
    ]
    today = clock.today(actor.zone)
    return [
        TimelineDay(_day_label(day, today), [e for _, e in group if e.title])
        for day, group in groupby(events, key=lambda pair: pair[0].date())
    ]


def _undone(session: Session, seqs: list[int]) -> set[int]:
    query = select(log.c.undoes).where(log.c.undoes.in_(seqs))
    return set(session.connection().execute(query).scalars())


def _event(
    rows: list[Any], at: datetime, names: dict[tuple[str, int], str], actor: Principal, may_edit: bool, undone: set[int]
) -> TimelineEvent:
    first = rows[0]
    who = first["who"] or "Kith"
    title, lines = _told(rows, names, actor)
    time = "" if first["source"] in ("import", "demo", "history") else f"{at:%H:%M}"
    can_undo = may_edit and first["source"] in UNDOABLE and not all(r["seq"] in undone for r in rows)
    return TimelineEvent(
        first["batch_id"], time, who, initials(who), first["color"] or "", title, lines, first["source"], can_undo
    )


def _told(rows: list[Any], names: dict[tuple[str, int], str], actor: Principal) -> tuple[str, list[str]]:
    """A sentence without its subject, and a line for every further field."""
    verb = {"import": "imported", "history": "imported", "demo": "recorded", "undo": "brought back"}
    lines: list[str] = []
    title = ""
    for row in reversed(rows):
        known = kind(row["kind"])
        if row["kind"] == "activity":
            title = title or _activity_title(row)
            continue
        moved = row["diff"].get("stage_id")
        if row["op"] == "create":
            title = f"{verb.get(row['source'], 'created')} this deal"
            lines += [f"Stage {names.get(('stage', moved[1]), '')}"] if moved else []
        elif moved:
            before, after = names.get(("stage", moved[0]), "–"), names.get(("stage", moved[1]), "–")
            title = f"moved this deal from {before} to {after}"
        elif row["op"] in ("delete", "restore"):
            title = f"{row['op']}d this deal"
        if row["op"] == "update":
            lines += _field_lines(known, row["diff"], names, actor)
    if row_is_edit := (not title and bool(lines)):
        title = "undid a change" if rows[0]["source"] == "undo" else "edited this deal"
    return title, lines if row_is_edit or title else []


def _activity_title(row: Any) -> str:
    diff = row["diff"]
    subject = clip((diff.get("subject") or [None, ""])[1] or "", 120)
    if row["op"] == "create":
        type_ = (diff.get("type") or [None, "task"])[1]
        done = (diff.get("done_at") or [None, None])[1]
        article = "an" if type_ == "email" else "a"
        return f"{'logged' if done else 'planned'} {article} {type_.replace('email', 'e-mail')}" + (
            f": {subject}" if subject else ""
        )
    if (diff.get("done_at") or [None, None])[1]:
        return "finished an activity"
    return "changed an activity" if row["op"] == "update" else "removed an activity"


def _field_lines(
    known: Kind, diff: dict[str, list[Any]], names: dict[tuple[str, int], str], actor: Principal
) -> list[str]:
    lines = []
    for key, (old, new) in diff.items():
        name = key.partition(".")[0]
        field = known.by_name.get(name)
        if name in SILENT or name == "stage_id":
            continue
        if field is None:
            found = known.child_by_name.get(name)
            change = "added" if old is None else "removed" if new is None else "changed"
            lines.append(f"{found.label if found else name}: {change}")
        else:
            lines.append(f"{field.label} {_said(field, old, names, actor)} → {_said(field, new, names, actor)}")
    return lines


def _said(field: Field, value: Any, names: dict[tuple[str, int], str], actor: Principal) -> str:
    if value is None or value == "":
        return "–"
    if field.ref:
        return names.get((field.ref, value), "–")
    if field.type == "money":
        return format_money(value, settings().currency, actor.locale)
    if field.type == "bool":
        return "yes" if value else "no"
    if field.type == "date":
        day = date.fromisoformat(value)
        return f"{day.day} {day:%b %Y}"
    return clip(str(value), 80)


def _names(session: Session, rows: Sequence[Any]) -> dict[tuple[str, int], str]:
    """The titles of all records that the differences point to."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        for key, pair in row["diff"].items():
            field = kind(row["kind"]).by_name.get(key)
            if field and field.ref:
                wanted[field.ref] |= {v for v in pair if v is not None}
    names = {}
    for name, ids in wanted.items():
        table = table_of(kind(name).table)
        query = select(table.c.id, table.c[kind(name).title]).where(table.c.id.in_(sorted(ids)))
        names |= {(name, i): title for i, title in session.connection().execute(query)}
    return names


def _day_label(day: date, today: date) -> str:
    if day == today:
        return "Today"
    if (today - day).days == 1:
        return "Yesterday"
    return f"{day:%A}, {day.day} {day:%B}" + ("" if day.year == today.year else f" {day.year}")
