"""What a calendar file brings, compared with what is there, and then written in one batch. Commands never commit."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlmodel import Session

from crm_app.activities.ics.feed import EXTERNAL
from crm_app.activities.ics.reading import Item
from crm_app.activities.queries.access import activity
from crm_app.core.actor import Principal
from crm_app.core.changes import Change, apply_many
from crm_app.core.changes.apply import open_batch
from crm_app.core.changes.working import IN_LIMIT
from crm_app.core.config import settings


@dataclass(frozen=True)
class Plan:
    """What an import would do: new ones, changes of those that are there, and how many stay as they are."""

    new: list[Item] = field(default_factory=list)
    changed: list[tuple[int, Item]] = field(default_factory=list)
    same: int = 0


def plan_import(session: Session, actor: Principal, items: Sequence[Item]) -> Plan:
    """By UID among the actor's own; what was changed here since the file was written stays as it is here."""
    there = _there(session, actor, items)
    new, changed, same = list[Item](), list[tuple[int, Item]](), 0
    for item in items:
        row = there.get(item.uid)
        if row is None:
            new.append(item)
        elif item.stamp is not None and item.stamp > row.updated_at and _differs(row, item):
            changed.append((row.id, item))
        else:
            same += 1
    return Plan(new, changed, same)


def _there(session: Session, actor: Principal, items: Sequence[Item]) -> dict[str, Any]:
    """The actor's living activities that these events are, also those that Kith itself once gave away."""
    host = f"@{urlsplit(settings().base_url).hostname}"
    own = {
        int(middle): item.uid
        for item in items
        if item.uid.startswith("kith-") and item.uid.endswith(host)
        and (middle := item.uid[5 : -len(host)]).isdigit() and len(middle) < 17
    }  # fmt: skip
    found: dict[str, Any] = {}
    mine = (activity.c.owner_id == actor.id, activity.c.deleted_at.is_(None))
    run = session.connection().execute
    for start in range(0, len(items), IN_LIMIT):
        keys = [EXTERNAL + item.uid for item in items[start : start + IN_LIMIT]]
        for row in run(select(activity).where(activity.c.external_id.in_(keys), *mine)):
            found[row.external_id.removeprefix(EXTERNAL)] = row
    ids = sorted(own)
    for start in range(0, len(ids), IN_LIMIT):
        for row in run(select(activity).where(activity.c.id.in_(ids[start : start + IN_LIMIT]), *mine)):
            found[own[row.id]] = row
    return found


def _differs(row: Any, item: Item) -> bool:
    return any(getattr(row, name) != value for name, value in _changes(item).items())


def _changes(item: Item) -> dict[str, Any]:
    """What a newer file changes; where a series stands is kept here, so its day is left alone."""
    told = {"subject": item.subject, "place": item.place}
    if item.repeat:
        return told
    return told | {"due_at": item.start, "duration_minutes": item.minutes, "all_day": item.all_day}


def _creation(item: Item, owner_id: int | None) -> dict[str, Any]:
    values = {
        "type": "meeting",
        "subject": item.subject,
        "body": item.body,
        "place": item.place,
        "due_at": item.start,
        "duration_minutes": item.minutes,
        "all_day": item.all_day,
        "repeat": item.repeat,
        "owner_id": owner_id,
        "external_id": EXTERNAL + item.uid,
    }
    return values | ({"done_at": item.start} if item.is_over else {})


def start_import(session: Session, actor: Principal, name: str) -> int:
    """The batch under which everything of one file is taken back together."""
    return open_batch(session, actor, "import", note=name)


def import_part(session: Session, actor: Principal, batch_id: int, items: Sequence[Item]) -> tuple[int, int]:
    """How many were made and changed. What is there meanwhile is not made twice. Raises Forbidden."""
    plan = plan_import(session, actor, items)
    changes = [Change("activity", op="create", set=_creation(item, actor.id)) for item in plan.new]
    changes += [Change("activity", id, _changes(item)) for id, item in plan.changed]
    apply_many(session, actor, changes, source="import", batch_id=batch_id)
    return len(plan.new), len(plan.changed)
