"""Undo: field by field, a value comes back only if it still is what that change made it."""

from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes.apply import apply_many, open_batch
from crm_app.core.changes.change import Change, Undone
from crm_app.core.changes.kinds import Kind, kind
from crm_app.core.changes.log import ChangeBatch, ChangeLog
from crm_app.core.changes.values import decode, encode
from crm_app.core.changes.working import WorkingSet, table_of
from crm_app.core.errors import NotFound

CHUNK = 500


def undo(session: Session, actor: Principal, batch_id: int) -> Undone:
    """Take a batch back, newest change first, as a new batch. Rights and uniqueness hold, the process gate does not.

    Raises NotFound for an unknown batch, Refused when others depend on what the batch created.
    """
    if session.get(ChangeBatch, batch_id) is None:
        raise NotFound("This change does not exist.")
    log = table_of(ChangeLog)
    rows = (
        session.connection()
        .execute(select(log).where(log.c.batch_id == batch_id).order_by(log.c.seq.desc()))
        .mappings()
        .all()
    )
    new_batch = open_batch(session, actor, "undo", undoes=batch_id)
    restored, kept = 0, []
    for group in _groups(rows):
        changes = _inverse(session, group, kept)
        done = apply_many(session, actor, changes, source="undo", batch_id=new_batch)
        restored += sum(len(a.diff) for a in done)
    return Undone(new_batch, restored, kept)


def _groups(rows: Any) -> list[list[Any]]:
    """Runs of rows in which no record stands twice, so that each is read as the one before left it."""
    groups: list[list[Any]] = [[]]
    seen: set[tuple[str, int]] = set()
    for row in rows:
        key = (row["kind"], row["record_id"])
        if key in seen or len(groups[-1]) >= CHUNK:
            groups.append([])
            seen = set()
        seen.add(key)
        groups[-1].append(row)
    return [g for g in groups if g]


def _inverse(session: Session, rows: list[Any], kept: list[str]) -> list[Change]:
    working = WorkingSet(session)
    by_kind: dict[str, list[int]] = {}
    for row in rows:
        by_kind.setdefault(row["kind"], []).append(row["record_id"])
    for name, ids in by_kind.items():
        working.load(kind(name), ids)
        for children in kind(name).children:
            working.load_children(kind(name), children, [i for i in ids if working.get(name, i)])
    return [c for row in rows if (c := _inverse_of(working, row, kept))]


def _inverse_of(working: WorkingSet, row: Any, kept: list[str]) -> Change | None:
    known, id = kind(row["kind"]), row["record_id"]
    loaded = working.get(known.name, id)
    if loaded is None:
        return None
    gone = loaded.row["deleted_at"] is not None
    title = str(loaded.row[known.title])
    if row["op"] in ("create", "restore"):
        return None if gone else Change(known.name, id, op="delete", undoes=row["seq"])
    if row["op"] == "delete":
        return Change(known.name, id, op="restore", undoes=row["seq"]) if gone else None
    if gone:
        kept.append(f"{title}: deleted since.")
        return None
    values: dict[str, Any] = {}
    for key, (old, new) in row["diff"].items():
        if _current(known, loaded, key) == new:
            values[key] = decode(known.table, key, old)
        else:
            kept.append(f"{title}: {_label(known, key)} was changed since.")
    return Change(known.name, id, values, undoes=row["seq"]) if values else None


def _current(known: Kind, loaded: Any, key: str) -> Any:
    name, _, row_id = key.partition(".")
    if name in known.child_by_name and row_id:
        found = loaded.children[name].get(int(row_id))
        names = [f.name for f in known.child_by_name[name].fields] + ["position"]
        return None if found is None else {n: encode(found[n]) for n in names}
    return encode(loaded.row[key])


def _label(known: Kind, key: str) -> str:
    name = key.partition(".")[0]
    field = known.by_name.get(name) or known.child_by_name.get(name)
    return field.label.lower() if field else name
