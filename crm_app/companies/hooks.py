"""Nobody is above oneself: a circle of parents is refused, whichever way it came about."""

from crm_app.companies.kind import CIRCLE
from crm_app.companies.tree import above
from crm_app.core.changes import Applied, Context
from crm_app.core.errors import Refused


def refuse_circles(context: Context, applied: list[Applied]) -> None:
    """Registered in `wire`, after the rows are written; raises Refused, and nothing of the command stays."""
    for done in applied:
        if done.kind == "company" and (done.diff.get("parent_id") or [None, None])[1] is not None:
            _check(context, done.id)


def _check(context: Context, id: int) -> None:
    if id in above(context.session, id):
        raise Refused(CIRCLE)
