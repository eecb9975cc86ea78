"""Undo: field by field, a value comes back only if it still is what that change made it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import ports
from crm_app.core.changes.apply import apply_many, open_batch
from crm_app.core.changes.change import Change, Context, Undone
from crm_app.core.changes.custom import CUSTOM
from crm_app.core.changes.kinds import MERGED, Kind, kind
from crm_app.core.changes.log import ChangeBatch, ChangeLog
from crm_app.core.changes.values import decode, encode
from crm_app.core.changes.working import WorkingSet, table_of
from crm_app.core.errors import NotFound

CHUNK = 500


@dataclass(frozen=True)
class Kept:
    """A value (`key` of the difference) or a record that an undo left as it is, and why."""

    kind: str
    id: int
    title: str
    why: str
    key: str = ""

    def __str__(self) -> str:
        return f"{self.title}: {self.why}"


def undo(session: Session, actor: Principal, batch_id: int) -> Undone:
    """Take a batch back, newest change first, as a new batch. Rights and uniqueness hold, the process gate does not,
    but for who may move a record where (`register_guard`).

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
        changes = inverse(session, group, kept)
        _may_be_told(session, actor, kept)
        done = apply_many(session, actor, changes, source="undo", batch_id=new_batch)
        restored += sum(len(a.diff) for a in done)
    return Undone(new_batch, restored, [str(k) for k in kept])


def undoes_own(context: Context) -> bool:
    """Is it oneself who made what this undo takes back? Then nobody's decision is turned round."""
    key = ("undoes own",)
    if key not in context.cache:
        batch = table_of(ChangeBatch)
        undone = select(batch.c.undoes).where(batch.c.id == context.batch_id).scalar_subquery()
        by = context.session.connection().execute(select(batch.c.actor_id).where(batch.c.id == undone)).scalar()
        context.cache[key] = by is not None and by == context.actor.id
    return context.cache[key]


def _may_be_told(session: Session, actor: Principal, kept: Sequence[Kept]) -> None:
    """What is left as it is is named: only to somebody who may read it, as for what is taken back. Raises NotFound."""
    working = WorkingSet(session)
    for name in {one.kind for one in kept}:
        known = kind(name)
        working.load(known, sorted({one.id for one in kept if one.kind == name}))
        for one in (one for one in kept if one.kind == name):
            loaded = working.get(name, one.id)
            owner_id = loaded.row.get(known.owner) if loaded and known.owner else None
            if not ports.allowed(actor, "read", name, owner_id, None, one.id).allowed:
                raise NotFound


def _groups(rows: Any) -> list[list[Any]]:
    """Runs of rows in which no record stands twice, so that each is read as the one before left it."""
    groups: list[list[Any]] = []
    left = list(rows)
    while left:
        groups.append(first_run(left, CHUNK))
        left = left[len(groups[-1]) :]
    return groups


def first_run(rows: Sequence[Any], limit: int) -> list[Any]:
    """The rows up to the first record that stands there a second time, at most `limit`."""
    seen: set[tuple[str, int]] = set()
    for n, row in enumerate(rows[:limit]):
        key = (row["kind"], row["record_id"])
        if key in seen:
            return list(rows[:n])
        seen.add(key)
    return list(rows[:limit])


def inverse(session: Session, rows: Sequence[Any], kept: list[Kept], *, same_parts: bool = False) -> list[Change]:
    """What takes these rows of the log back, as far as their records still are what they made them.

    With `same_parts` a row of a collection that was made goes as well where it still says the same under another label,
    and of one that was changed its fields come back, whatever other fields of it were edited since.
    """
    working = WorkingSet(session)
    by_kind: dict[str, list[int]] = {}
    touched: dict[str, set[str]] = {}
    for row in rows:
        by_kind.setdefault(row["kind"], []).append(row["record_id"])
        touched.setdefault(row["kind"], set()).update(key.partition(".")[0] for key in row["diff"])
    for name, ids in by_kind.items():
        working.load(kind(name), ids)
        for children in (c for c in kind(name).children if c.name in touched[name]):
            working.load_children(kind(name), children, [i for i in ids if working.get(name, i)])
    return [c for row in rows if (c := _inverse_of(working, row, kept, same_parts))]


def _inverse_of(working: WorkingSet, row: Any, kept: list[Kept], same_parts: bool) -> Change | None:
    known, id = kind(row["kind"]), row["record_id"]
    loaded = working.get(known.name, id)
    if loaded is None:
        return None
    gone = loaded.row["deleted_at"] is not None
    title = str(loaded.row[known.title])
    if row["op"] in ("create", "restore"):
        into = {MERGED: row["diff"][MERGED][0]} if MERGED in row["diff"] and row["op"] == "restore" else {}
        return None if gone else Change(known.name, id, into, op="delete", undoes=row["seq"])
    if row["op"] == "delete":
        return Change(known.name, id, op="restore", undoes=row["seq"]) if gone else None
    if gone:
        kept.append(Kept(known.name, id, title, "deleted since."))
        return None
    values: dict[str, Any] = {}
    for key, (old, new) in row["diff"].items():
        current = _current(known, loaded, key)
        if current == new or (same_parts and old is None and _is_same_part(known, key, current, new)):
            values[key] = decode(known.table, key, old)
        elif same_parts and (back := _of_part(known, key, (old, new, current))) is not None:
            values[key] = decode(known.table, key, back)
        else:
            kept.append(Kept(known.name, id, title, f"{_label(known, key)} was changed since.", key))
    return Change(known.name, id, values, undoes=row["seq"]) if values else None


def _current(known: Kind, loaded: Any, key: str) -> Any:
    name, _, row_id = key.partition(".")
    if name in known.child_by_name and row_id:
        found = loaded.children[name].get(int(row_id))
        names = [f.name for f in known.child_by_name[name].fields] + ["position"]
        return None if found is None else {n: encode(found[n]) for n in names}
    if name == CUSTOM and row_id:
        return loaded.row[CUSTOM].get(row_id)
    return encode(loaded.row[key])


def _is_same_part(known: Kind, key: str, current: Any, new: Any) -> bool:
    children = known.child_by_name.get(key.partition(".")[0])
    return children is not None and current is not None and children.sameness(current) == children.sameness(new)


def _of_part(known: Kind, key: str, rows: tuple[Any, Any, Any]) -> dict[str, Any] | None:
    """A row of a collection with the changed fields as before; None where one of them is not as it was made."""
    old, new, current = rows
    if key.partition(".")[0] not in known.child_by_name or None in rows:
        return None
    changed = {name for name in new if old[name] != new[name]}
    if any(current[name] != new[name] for name in changed):
        return None
    return current | {name: old[name] for name in changed}


def _label(known: Kind, key: str) -> str:
    name = key.partition(".")[0]
    field = known.by_name.get(name) or known.child_by_name.get(name)
    if name == CUSTOM:
        return "a further field"
    return field.label.lower() if field else name
