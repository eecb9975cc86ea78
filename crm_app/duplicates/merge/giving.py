"""What was added to the survivor after a merge: listed for a choice, and given to whom it belongs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Change, kind
from crm_app.core.changes.kinds import MERGED
from crm_app.core.changes.log import ChangeLog
from crm_app.core.changes.working import table_of
from crm_app.core.db import allocate_ids
from crm_app.core.errors import Refused
from crm_app.duplicates.merge.joining import part_rows
from crm_app.duplicates.merge.relations import Pointer, pointers_to
from crm_app.records.reading import titles

SHOWN = 200
log = table_of(ChangeLog)


@dataclass(frozen=True, slots=True)
class Addition:
    """One thing that came after the merge; `key` names it: `deal.51`, or `emails.77` for a part of the survivor."""

    key: str
    label: str
    title: str


def additions(
    session: Session, actor: Principal, name: str, survivor: int, last_seq: int, made_at: datetime
) -> list[Addition]:
    """What names the survivor since, and the parts that it got since; titles only of what the actor may see."""
    found = list(_parts_since(session, name, survivor, last_seq))
    roots = [(p.kind, id) for p in _plain(name) for id in _since(session, p, name, survivor, last_seq, made_at)]
    known = titles(session, actor, [(k.name, id) for k, id in roots])
    seen: set[str] = set()
    for root, id in roots:
        key = f"{root.name}.{id}"
        if (root.name, id) in known and key not in seen:
            seen.add(key)
            found.append(Addition(key, root.label, known[root.name, id] or "Untitled"))
    return found[:SHOWN]


def _plain(name: str) -> Iterator[Pointer]:
    return (p for p in pointers_to(name) if p.children is None and p.field.name != MERGED and p.kind.seal is None)


def _since(session: Session, pointer: Pointer, name: str, survivor: int, last_seq: int, made_at: datetime) -> list[int]:
    """Living records that were made to point to the survivor after the merge, and still do."""
    table, field = table_of(pointer.kind.table), pointer.field
    query = select(table.c.id).where(
        table.c[field.name] == survivor, table.c.deleted_at.is_(None), table.c.updated_at >= made_at
    )
    if field.kind_field:
        query = query.where(table.c[field.kind_field] == name)
    ids = list(session.connection().execute(query.order_by(table.c.id)).scalars())
    set_since: set[int] = set()
    for start in range(0, len(ids), 500):
        rows = select(log.c.record_id, log.c.diff).where(
            log.c.kind == pointer.kind.name, log.c.record_id.in_(ids[start : start + 500]), log.c.seq > last_seq
        )
        for id, diff in session.connection().execute(rows):
            if (diff.get(field.name) or [None, None])[1] == survivor:
                set_since.add(id)
    return [id for id in ids if id in set_since]


def _parts_since(session: Session, name: str, survivor: int, last_seq: int) -> Iterator[Addition]:
    query = select(log.c.diff).where(log.c.kind == name, log.c.record_id == survivor, log.c.seq > last_seq)
    made = {
        key
        for diff in session.connection().execute(query.order_by(log.c.seq)).scalars()
        for key, (old, new) in diff.items()
        if old is None and new is not None and "." in key
    }
    for children in kind(name).children:
        if children.on_merge != "join":
            continue
        for row in part_rows(session, children, [survivor])[survivor]:
            if f"{children.name}.{row['id']}" in made:
                words = [str(row[f.name]) for f in children.fields if not f.ref and f.type == "text" and row[f.name]]
                title = ", ".join(words) or _referred(session, children, row)
                yield Addition(f"{children.name}.{row['id']}", children.label.removesuffix("s"), title)


def _referred(session: Session, children: Any, row: Mapping[str, Any]) -> str:
    """What a part points to, such as a tag."""
    field = next((f for f in children.fields if f.ref and row[f.name]), None)
    if field is None:
        return children.label
    known = kind(field.ref)
    table = table_of(known.table)
    query = select(table.c[known.title]).where(table.c.id == row[field.name])
    return session.connection().execute(query).scalar() or children.label


def given_back(session: Session, name: str, survivor: int, give: Mapping[str, int]) -> list[Change]:
    """The changes that hand these over. Raises Refused for what is not there any more."""
    known = kind(name)
    changes: list[Change] = []
    for key, loser in give.items():
        place, _, text = key.partition(".")
        id = int(text) if text.isdigit() else 0
        children = known.child_by_name.get(place)
        if children is not None:
            row = next((r for r in part_rows(session, children, [survivor])[survivor] if r["id"] == id), None)
            if row is None:
                raise Refused("Something of this list was removed meanwhile. Please look again.")
            shown = {n: row[n] for n in children.by_name} | {"position": 10_000}
            fresh = allocate_ids(session, 1)[0]
            changes += [Change(name, survivor, {key: None}), Change(name, loser, {f"{place}.{fresh}": shown})]
            continue
        fields = {
            p.field.name: loser
            for p in _plain(name)
            if p.kind.name == place and _points(session, p, name, survivor, id)
        }
        if not fields:
            raise Refused("Something of this list was changed meanwhile. Please look again.")
        changes.append(Change(place, id, fields))
    return changes


def _points(session: Session, pointer: Pointer, name: str, survivor: int, id: int) -> bool:
    table = table_of(pointer.kind.table)
    query = select(table.c.id).where(
        table.c.id == id, table.c[pointer.field.name] == survivor, table.c.deleted_at.is_(None)
    )
    if pointer.field.kind_field:
        query = query.where(table.c[pointer.field.kind_field] == name)
    return session.connection().execute(query).first() is not None
