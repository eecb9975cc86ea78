"""A survivor whose job was edited after the merge: what stays of it and what goes back say the same."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.changes import Change, Children, Kind, kind
from crm_app.core.changes.kinds import Row
from crm_app.core.changes.undo import Kept
from crm_app.core.changes.values import encode
from crm_app.core.changes.working import table_of
from crm_app.core.db import allocate_ids
from crm_app.duplicates.merge.joining import part_rows


def agreeing(
    session: Session, name: str, survivor: int, rows: Sequence[Any], changes: list[Change], kept: list[Kept]
) -> list[Change]:
    """The changes that take these rows of the log back, and where they leave a field or a part as it was edited since
    that the record shares with its parts (a person's company and title with the roles), what makes both agree. A part
    that goes back by this is no longer `kept`.
    """
    known = kind(name)
    diff = next((row["diff"] for row in rows if (row["kind"], row["record_id"]) == (name, survivor)), {})
    own = next((c for c in changes if (c.kind, c.id) == (name, survivor)), Change(name, survivor))
    values = dict(own.set)
    for children in (c for c in known.children if c.settle is not None):
        stays = {key.partition(".")[0] for key in diff.keys() - own.set.keys()}
        if stays & {children.name, *_shared(known, children)}:
            settled = _settled(session, known, children, survivor, diff, values)
            back = {k for k, made in settled.items() if k in diff and _is_as_before(known, children, made, diff[k][0])}
            kept[:] = [k for k in kept if (k.kind, k.id) != (name, survivor) or k.key not in back]
            values |= settled
    if values == dict(own.set):
        return changes
    return [*(c for c in changes if c is not own), replace(own, set=values)]


def _shared(known: Kind, children: Children) -> set[str]:
    return children.by_name.keys() & known.by_name.keys()


def _settled(
    session: Session, known: Kind, children: Children, id: int, diff: Mapping[str, Any], values: Mapping[str, Any]
) -> dict[str, Row | None]:
    """The parts that change beside `values`."""
    table, names = table_of(known.table), (*children.by_name, "position")
    record = dict(session.connection().execute(select(table).where(table.c.id == id)).mappings().one())
    own = part_rows(session, children, [id])[id]
    there: dict[int, Row] = {row["id"]: {n: row[n] for n in names} for row in own}
    found: dict[str, Row | None] = {}
    for key in (k for k in {**diff, **values} if k.partition(".")[0] == children.name):
        number = int(key.partition(".")[2])
        if key in values and values[key] is not None:
            there[number] = {n: values[key][n] for n in names}
        elif key in values or _only_followed(known, children, diff[key], there.get(number), record):
            there.pop(number, None)
            found |= {} if key in values else {key: None}
    assert children.settle is not None
    rows = children.settle(record | dict(values), [{"id": number} | row for number, row in there.items()])
    for row in rows:
        number = row.get("id") or allocate_ids(session, 1)[0]
        made = {n: row.get(n, len(rows)) if n == "position" else row[n] for n in names}
        if made != there.get(number):
            found[f"{children.name}.{number}"] = made
    return found


def _is_as_before(known: Kind, children: Children, made: Row | None, old: Row | None) -> bool:
    """Is the part what it was before the merge, but for what it takes from its record?"""
    if made is None or old is None:
        return made is old
    shared = _shared(known, children)
    return all(n in shared or encode(made[n]) == old[n] for n in old)


def _only_followed(known: Kind, children: Children, made: Sequence[Any], row: Row | None, record: Row) -> bool:
    """Did it come with the merge, and is nothing of it another since but what it takes from its record?"""
    old, new = made
    if old is not None or row is None:
        return False
    shared = _shared(known, children)
    return all(encode(row[n]) == new[n] or (n in shared and row[n] == record[n]) for n in new)
