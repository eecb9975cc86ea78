"""When activities change, their places on the timelines and what is derived from them follow at once."""

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import bindparam, func, select, update

from crm_app.activities.kind import reminder_of
from crm_app.activities.series import next_ones
from crm_app.core.changes import Applied, Context, apply_many
from crm_app.core.changes.working import IN_LIMIT, table_of
from crm_app.tables import Activity, Person

SILENT = ("history", "demo", "import", "undo")  # where what was done long ago starts nothing


def place_activities(context: Context, applied: list[Applied]) -> None:
    """Registered in `wire`: `at` is when it was done, else when it is due, else when it was written down."""
    table = table_of(Activity)
    place = func.coalesce(table.c.done_at, table.c.due_at, table.c.created_at)
    for part in _parts([done.id for done in applied if done.kind == "activity" and done.op != "delete"]):
        here = table.c.id.in_(part)
        context.session.connection().execute(update(Activity).where(here, table.c.at != place).values(at=place))
    if context.source == "undo":
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
    for part in _parts(linked_ids(context, applied, "person_id")):
        context.session.connection().execute(
            update(Person).where(person.c.id.in_(part)).values(last_touch_at=newest),
            execution_options={"synchronize_session": False},
        )


def linked_ids(context: Context, applied: list[Applied], column: str) -> list[int]:
    """The records that the changed activities point to by this column, or pointed to before."""
    changed = [done for done in applied if done.kind == "activity"]
    found = {id for done in changed for id in done.diff.get(column, ()) if id is not None}
    table = table_of(Activity)
    for part in _parts([done.id for done in changed]):
        query = select(table.c[column]).where(table.c.id.in_(part), table.c[column].is_not(None))
        found |= set(context.session.connection().execute(query).scalars())
    return sorted(found)


def _parts(ids: list[int]) -> Iterator[list[int]]:
    return (ids[start : start + IN_LIMIT] for start in range(0, len(ids), IN_LIMIT))
