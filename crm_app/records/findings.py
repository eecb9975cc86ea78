"""What came past a gate: an import of the history, an undo or a merge may leave a record without what a gate asks."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from sqlalchemy import bindparam, delete, insert, select
from sqlmodel import Session

from crm_app.core.changes import Context
from crm_app.core.changes.working import IN_LIMIT, table_of
from crm_app.tables import Finding

finding = table_of(Finding)
FOR_ITSELF = ".required"  # ends what a custom field asks by itself, apart from what a gate asks of it


def note(
    context: Context,
    kind: str,
    touched: Iterable[int],
    past: set[int],
    lacking: Callable[[int], dict[str, str]],
    ending: str = "",
) -> None:
    """New findings of records that came past the gate; those of others can only go. `lacking`: field → reason.

    `ending` is that of the fields that are meant; without it those without one of their own.
    """
    run, fresh = context.session.connection().execute, []
    known = known_findings(context.session, kind, sorted(set(touched)))
    for id in sorted(past | known.keys()):
        missing, before = lacking(id), {n for n in known.get(id, ()) if n.endswith(FOR_ITSELF) == bool(ending)}
        if gone := before - missing.keys():
            here = (finding.c.kind == kind, finding.c.record_id == id)
            run(delete(finding).where(*here, finding.c.field.in_(sorted(gone))))
        if id in past:
            fresh += [
                {"kind": kind, "record_id": id, "field": f, "reason": reason, "batch_id": context.batch_id}
                for f, reason in missing.items()
                if f not in before
            ]
    if fresh:
        run(insert(finding), fresh)


@cache
def _known() -> Any:
    mine = (finding.c.kind == bindparam("kind")) & finding.c.record_id.in_(bindparam("ids", expanding=True))
    return select(finding.c.record_id, finding.c.field).where(mine)


def known_findings(session: Session, kind: str, ids: list[int]) -> dict[int, set[str]]:
    """What was found of these records before."""
    found: dict[int, set[str]] = defaultdict(set)
    for start in range(0, len(ids), IN_LIMIT):
        for row in session.connection().execute(_known(), {"kind": kind, "ids": ids[start : start + IN_LIMIT]}):
            found[row.record_id].add(row.field)
    return found


def reasons_of(session: Session, kind: str, id: int) -> dict[str, str]:
    """What a record lacks where it stands: field → reason."""
    query = select(finding.c.field, finding.c.reason).where(finding.c.kind == kind, finding.c.record_id == id)
    return {row.field: row.reason for row in session.connection().execute(query.order_by(finding.c.field))}
