"""When activities change, their places on the timelines and what is derived from them follow at once."""

from collections.abc import Iterator

from sqlalchemy import func, select, update

from crm_app.core.changes import Applied, Context
from crm_app.core.changes.working import IN_LIMIT, table_of
from crm_app.tables import Activity, Person


def place_activities(context: Context, applied: list[Applied]) -> None:
    """Registered in `wire`: `at` is when it was done, else when it is due, else when it was written down."""
    table = table_of(Activity)
    place = func.coalesce(table.c.done_at, table.c.due_at, table.c.created_at)
    for part in _parts([done.id for done in applied if done.kind == "activity" and done.op != "delete"]):
        here = table.c.id.in_(part)
        context.session.connection().execute(update(Activity).where(here, table.c.at != place).values(at=place))


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
