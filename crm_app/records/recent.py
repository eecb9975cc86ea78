"""What a person looked at last: noted when a record opens, shown on Home and first in the palette."""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import delete, insert, select, update
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import kind
from crm_app.core.changes.forwarding import survivors
from crm_app.core.changes.working import table_of
from crm_app.core.clock import now
from crm_app.core.errors import NotFound
from crm_app.records.addresses import record_path
from crm_app.records.listing import rows_by_id
from crm_app.records.reading import record_row
from crm_app.tables import RecentView

KEPT = 40
view = table_of(RecentView)


@dataclass(frozen=True, slots=True)
class RecentRow:
    """A record that was opened a while ago."""

    kind: str
    id: int
    title: str
    subtitle: str
    href: str


def note_view(session: Session, actor: Principal, kind_name: str, id: int) -> None:
    """The actor looks at this record now, if they may; of all that was looked at, the last 40 are kept."""
    if actor.id is None:
        return
    try:
        record_row(session, actor, kind_name, id)
    except NotFound:
        return
    run = session.connection().execute
    mine = view.c.user_id == actor.id
    here = (mine, view.c.kind == kind_name, view.c.record_id == id)
    if run(update(RecentView).where(*here).values(at=now())).rowcount:  # pyright: ignore[reportAttributeAccessIssue]
        return
    run(insert(view), {"user_id": actor.id, "kind": kind_name, "record_id": id, "at": now()})
    oldest = run(select(view.c.at).where(mine).order_by(view.c.at.desc()).offset(KEPT).limit(1)).scalar()
    if oldest is not None:
        run(delete(view).where(mine, view.c.at <= oldest))


def _forwarded(session: Session, keys: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """What was merged since, as what it went into."""
    went = {
        (name, id): into
        for name in {name for name, _ in keys}
        for id, into in survivors(session, name, [i for n, i in keys if n == name]).items()
    }
    return [(name, went.get((name, id), id)) for name, id in keys]


def recent_records(session: Session, actor: Principal, limit: int = 8) -> list[RecentRow]:
    """The records looked at last that still exist and that the actor still may see."""
    query = select(view.c.kind, view.c.record_id).where(view.c.user_id == (actor.id or 0))
    seen = session.connection().execute(query.order_by(view.c.at.desc()).limit(limit * 2)).all()
    found = list(dict.fromkeys(_forwarded(session, [(name, id) for name, id in seen])))
    wanted: dict[str, list[int]] = defaultdict(list)
    for name, id in found:
        wanted[name].append(id)
    rows = {
        (name, id): RecentRow(
            name, id, row.title, " · ".join(c.text for c in row.cells if c.text), record_path(name, id, row.title)
        )
        for name, ids in wanted.items()
        for id, row in rows_by_id(session, actor, name, ids, kind(name).summary)[1].items()
    }
    return [rows[name, id] for name, id in found if (name, id) in rows][:limit]
