"""When an activity changes, its place on the timelines follows, in the same transaction."""

from sqlalchemy import func, update

from crm_app.core.changes import Applied, Context
from crm_app.core.changes.working import IN_LIMIT, table_of
from crm_app.tables import Activity


def place_activities(context: Context, applied: list[Applied]) -> None:
    """Registered in `wire`: `at` is when it was done, else when it is due, else when it was written down."""
    ids = [done.id for done in applied if done.kind == "activity" and done.op != "delete"]
    table = table_of(Activity)
    place = func.coalesce(table.c.done_at, table.c.due_at, table.c.created_at)
    for start in range(0, len(ids), IN_LIMIT):
        part = table.c.id.in_(ids[start : start + IN_LIMIT])
        context.session.connection().execute(update(Activity).where(part, table.c.at != place).values(at=place))
