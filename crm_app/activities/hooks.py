"""When activities change, their places on the timelines and what is derived from them follow at once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Table, bindparam, func, select, update
from sqlmodel import Session

from crm_app.activities.kind import reminder_of
from crm_app.activities.series import next_ones
from crm_app.core.changes import Applied, Context, apply_many
from crm_app.core.changes.kinds import Row
from crm_app.core.changes.working import IN_LIMIT, table_of
from crm_app.core.columns import UtcDateTime
from crm_app.tables import Activity, Person

SILENT = ("history", "demo", "import", "undo")  # where what was done long ago starts nothing


def place_activities(context: Context, applied: list[Applied]) -> None:
    """Registered in `wire`: after an undo an activity is where it was, and reminds of itself again.

    `at` is when it was done, else when it is due, else when it was written down; for any other change the kind's
    `complete` has said so.
    """
    if context.source != "undo":
        return
    table = table_of(Activity)
    place = func.coalesce(table.c.done_at, table.c.due_at, table.c.created_at)
    for part in _parts([done.id for done in applied if done.kind == "activity" and done.op != "delete"]):
        here = table.c.id.in_(part)
        context.session.connection().execute(update(Activity).where(here, table.c.at != place).values(at=place))
    _remind(context, [done.id for done in applied if done.kind == "activity"])


def _remind(context: Context, ids: list[int]) -> None:
    """When to remind, of rows that an undo brought back; otherwise the kind's `complete` has said it."""
    table, run = table_of(Activity), context.session.connection().execute
    columns = (table.c.id, table.c.due_at, table.c.remind_minutes, table.c.all_day, table.c.remind_at)
    for part in _parts(ids):
        found = run(select(*columns).where(table.c.id.in_(part)))
        wanted = {r.id: (reminder_of(r.due_at, r.remind_minutes, all_day=r.all_day), r.remind_at) for r in found}
        late = [{"b_id": id, "b_at": new} for id, (new, old) in wanted.items() if new != old]
        if late:
            run(update(table).where(table.c.id == bindparam("b_id")).values(remind_at=bindparam("b_at")), late)


def repeat_finished(context: Context, applied: list[Applied]) -> None:
    """Registered in `wire`: who finishes what repeats finds the next one, in the same batch, and never a second time.

    It follows of itself, so it asks for no right; its number in the batch is negative, as runs number their own rows.
    """
    if context.source in SILENT:
        return
    finished = [done.id for done in applied if done.kind == "activity" and _is_finish(done)]
    changes = [change for part in _parts(finished) for change in next_ones(context.session, part, context.actor.zone)]
    if changes:
        actor = replace(context.actor, system=True)
        apply_many(context.session, actor, changes, source=context.source, batch_id=context.batch_id)


def _is_finish(done: Applied) -> bool:
    before, after = done.diff.get("done_at", (None, None))
    return done.op == "update" and before is None and after is not None


def touch_people(context: Context, applied: list[Applied]) -> None:
    """Registered in `wire`: a person was last touched when the newest of the living activities with them was done."""
    activity, person = table_of(Activity), table_of(Person)
    newest = (
        select(func.max(activity.c.done_at))
        .where(activity.c.person_id == person.c.id, activity.c.deleted_at.is_(None))
        .scalar_subquery()
    )
    found = linked(context, applied, "person_id")
    for part in _parts(found.others):
        context.session.connection().execute(
            update(Person).where(person.c.id.in_(part)).values(last_touch_at=newest),
            execution_options={"synchronize_session": False},
        )
    touch(context.session, person, ((id, row["done_at"]) for id, rows in found.new.items() for row in rows))


def touch(session: Session, table: Table, done: Iterable[tuple[int, datetime | None]]) -> None:
    """The records (by id) were touched when this was done, unless something newer was done."""
    newest: dict[int, datetime] = {}
    for id, at in done:
        if at is not None and ((before := newest.get(id)) is None or at > before):
            newest[id] = at
    if newest:
        session.connection().execute(_touching(table), [{"b_id": id, "b_at": at} for id, at in newest.items()])


@cache
def _touching(table: Table) -> Any:
    at, there = bindparam("b_at", type_=UtcDateTime), table.c.last_touch_at
    return update(table).where(table.c.id == bindparam("b_id"), there.is_(None) | (there < at)).values(last_touch_at=at)


@dataclass(frozen=True)
class Linked:
    """The records that changed activities point to, or pointed to before.

    `new` are those that only got new activities, with the rows of these: what is derived can only grow by them.
    """

    new: dict[int, list[Row]]
    others: list[int]


def linked(context: Context, applied: list[Applied], column: str) -> Linked:
    """Those that they point to by this column."""
    new: dict[int, list[Row]] = {}
    others: set[int] = set()
    for done in applied:
        loaded = context.working.get("activity", done.id) if context.working and done.kind == "activity" else None
        if loaded is None:
            continue
        here = loaded.row[column]
        if done.op != "create":
            others.update(id for id in (*done.diff.get(column, ()), here) if id is not None)
        elif here is not None:
            new.setdefault(here, []).append(loaded.row)
    return Linked({id: rows for id, rows in new.items() if id not in others}, sorted(others))


def _parts(ids: list[int]) -> Iterator[list[int]]:
    return (ids[start : start + IN_LIMIT] for start in range(0, len(ids), IN_LIMIT))
