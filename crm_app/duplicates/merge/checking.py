"""Who may merge what: rights, versions, and what somebody else did meanwhile."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import kind
from crm_app.core.changes.forwarding import survivor_of
from crm_app.core.changes.kinds import MERGED, Kind, Row
from crm_app.core.changes.log import ChangeLog
from crm_app.core.changes.working import table_of
from crm_app.core.errors import Forbidden, NotFound, Refused
from crm_app.core.reader import numeral
from crm_app.duplicates.merge.moving import counts
from crm_app.duplicates.merge.rules import FEWEST, MOST
from crm_app.identity.policy import decide
from crm_app.tables import BulkRun, User

MERGE, UNMERGE = "merge_records", "unmerge_records"  # the operations of runs
run, log, user = table_of(BulkRun), table_of(ChangeLog), table_of(User)


def locked_rows(
    session: Session,
    actor: Principal,
    name: str,
    survivor: int,
    losers: Sequence[int],
    versions: Mapping[int, int] | None = None,
    *,
    run_id: int = 0,
    lock: bool = True,
) -> dict[int, Row]:
    """The records, survivor first, locked until the end of the transaction; `run_id` is the merge that asks.

    Raises Refused or NotFound, in words that say what happened, and Forbidden.
    """
    known = kind(name)
    ids = [survivor, *losers]
    _sensible(known, ids)
    table = table_of(known.table)
    query = select(table).where(table.c.id.in_(ids)).order_by(table.c.id)
    query = query.with_for_update() if lock else query
    found = {row["id"]: dict(row) for row in session.connection().execute(query).mappings()}
    rows = {id: found[id] for id in ids if id in found}
    if len(rows) < len(ids):
        raise NotFound(f"One of these {known.plural.lower()} does not exist.")
    for id, row in rows.items():
        _readable(session, actor, known, row)
        if versions is not None and versions.get(id, row["version"]) != row["version"]:
            raise Refused(f"{_title(known, row)} was changed since you opened this page. Please look again.")
        allowed(actor, known, row, loser=id != survivor)
    not_running(session, ids, run_id)
    _not_refused(session, known, losers)
    return rows


def _sensible(known: Kind, ids: list[int]) -> None:
    if not known.mergeable:
        raise Refused(f"{known.plural} cannot be merged.")
    if len(set(ids)) < len(ids):
        raise Refused(f"A {known.label.lower()} cannot be merged with itself.")
    if not FEWEST <= len(ids) <= MOST:
        raise Refused(f"Choose {FEWEST} to {MOST} {known.plural.lower()} to merge.")


def _readable(session: Session, actor: Principal, known: Kind, row: Row) -> None:
    """Living, and there for this actor."""
    owner = row.get(known.owner or "")
    if not decide(actor, "read", known.name, owner, record_id=row["id"]).allowed:
        raise NotFound(f"One of these {known.plural.lower()} does not exist, or you may not see it.")
    if row["deleted_at"] is None:
        return
    title = _title(known, row)
    if row[MERGED] is None:
        raise Refused(f"{title} was deleted meanwhile. Nothing was merged.")
    into = survivor_of(session, known.name, row["id"])
    table = table_of(known.table)
    name = session.connection().execute(select(table.c[known.title]).where(table.c.id == into)).scalar()
    raise Refused(
        f"{title} was merged into {name or 'another record'} by {_merger(session, known, row['id'])} meanwhile. "
        "Nothing was merged now, and nothing is lost."
    )


def _merger(session: Session, known: Kind, id: int) -> str:
    query = (
        select(user.c.name)
        .join(log, log.c.actor_id == user.c.id)
        .where(log.c.kind == known.name, log.c.record_id == id, log.c.op == "delete")
    )
    return session.connection().execute(query.order_by(log.c.seq.desc()).limit(1)).scalar() or "Kith"


def allowed(actor: Principal, known: Kind, row: Row, *, loser: bool) -> None:
    """Editing and merging all of them, deleting those that go. Raises Forbidden with the reason."""
    owner = row.get(known.owner or "")
    for action in ("edit", "merge", *(("delete",) if loser else ())):
        verdict = decide(actor, action, known.name, owner, record_id=row["id"])
        if not verdict.allowed:
            raise Forbidden(f"{_title(known, row)}: {verdict.why}")


def not_running(session: Session, ids: Sequence[int], run_id: int = 0) -> None:
    """Raises Refused while another run merges one of these, or takes that back."""
    query = select(run.c.set_values).where(
        run.c.op.in_((MERGE, UNMERGE)), run.c.status == "running", run.c.id != run_id
    )
    for values in session.connection().execute(query).scalars():
        if set(ids) & {int(i) for i in (values["survivor"], *values["losers"])}:
            raise Refused("Somebody is merging one of these just now. Nothing was merged; look again in a moment.")


def _not_refused(session: Session, known: Kind, losers: Sequence[int]) -> None:
    held = counts(session, known.name, losers, rule="refuse")
    if held:
        items = [f"{pointer.kind.plural}: {numeral(number)}" for pointer, number in held.items()]
        raise Refused(f"This {known.label.lower()} is needed where it is and cannot be merged away.", items)


def _title(known: Kind, row: Row) -> str:
    return str(row[known.title] or "Untitled")
