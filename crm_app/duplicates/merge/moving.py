"""What named the losers names the survivor: the changes that re-parent, by the rule of every registered relation."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, Context, kind
from crm_app.core.changes.kinds import Kind, Row
from crm_app.core.changes.working import IN_LIMIT, table_of
from crm_app.core.clock import now
from crm_app.duplicates.merge.relations import Pointer, pointers_to

SOURCE = "merge"
Key = tuple[str, int]
Wanted = dict[Key, dict[str, Any]]


def moves(
    session: Session,
    name: str,
    survivor: int,
    losers: Sequence[int],
    *,
    sealed: bool | None = None,
    limit: int | None = None,
    without: Collection[Key] = (),
) -> list[Change]:
    """One change for every living record that names a loser and moves along, at most about `limit`.

    `sealed` asks only for kinds whose documents may be sealed, or only for the others. What a seal keeps as it is
    stays where it is, and is read through the forwarding.
    """
    wanted: Wanted = defaultdict(dict)
    for pointer in pointers_to(name):
        room = None if limit is None else limit - len(wanted)
        if pointer.field.on_merge != "move" or (room is not None and room <= 0):
            continue
        if sealed is not None and (pointer.kind.seal is not None) != sealed:
            continue
        if pointer.children is None:
            _move_fields(session, pointer, name, survivor, losers, wanted, room)
        else:
            _move_parts(session, pointer, name, survivor, losers, wanted, room)
    changes = [Change(*key, values) for key, values in wanted.items() if key not in without]
    return [c for c in changes if not _is_sealed(session, c)]


def _move_fields(
    session: Session,
    pointer: Pointer,
    name: str,
    survivor: int,
    losers: Sequence[int],
    wanted: Wanted,
    limit: int | None,
) -> None:
    table = table_of(pointer.kind.table)
    query = select(table.c.id).where(*_pointing(pointer, name, losers)).order_by(table.c.id)
    if pointer.kind.name == name:
        query = query.where(table.c.id.not_in([survivor, *losers]))  # what one says of another follows from the merge
    for id in session.connection().execute(query.limit(limit)).scalars():
        wanted[pointer.kind.name, id][pointer.field.name] = survivor


def _pointing(pointer: Pointer, name: str, ids: Sequence[int]) -> list[Any]:
    table = table_of(pointer.kind.table)
    found = [table.c[pointer.field.name].in_(ids), table.c.deleted_at.is_(None)]
    return found + ([table.c[pointer.field.kind_field] == name] if pointer.field.kind_field else [])


def _move_parts(
    session: Session,
    pointer: Pointer,
    name: str,
    survivor: int,
    losers: Sequence[int],
    wanted: Wanted,
    limit: int | None,
) -> None:
    """Parts of other records; what would stand there twice, or relate a record to itself, goes."""
    children = pointer.children
    assert children is not None
    column = pointer.field.name
    roots = _roots(session, pointer, losers, limit)
    for root, rows in _parts(session, pointer, roots).items():
        if pointer.kind.name == name and root in losers:
            continue
        own = pointer.kind.name == name and root == survivor
        there = {children.sameness(row) for row in rows if row[column] not in losers}
        for row in (r for r in rows if r[column] in losers):
            moved = row | {column: survivor}
            gone = own or children.sameness(moved) in there
            there.add(children.sameness(moved))
            shown = {n: moved[n] for n in (*children.by_name, "position")}
            wanted[pointer.kind.name, root][f"{children.name}.{row['id']}"] = None if gone else shown


def _roots(session: Session, pointer: Pointer, losers: Sequence[int], limit: int | None) -> list[int]:
    children = pointer.children
    assert children is not None
    root, part = table_of(pointer.kind.table), table_of(children.table)
    query = (
        select(root.c.id)
        .join(part, part.c[children.parent] == root.c.id)
        .where(part.c[pointer.field.name].in_(losers), root.c.deleted_at.is_(None))
        .where(*(part.c[k] == v for k, v in children.fixed.items()))
    )
    return list(session.connection().execute(query.distinct().order_by(root.c.id).limit(limit)).scalars())


def _parts(session: Session, pointer: Pointer, roots: list[int]) -> dict[int, list[Row]]:
    children = pointer.children
    assert children is not None
    part = table_of(children.table)
    found: dict[int, list[Row]] = defaultdict(list)
    for start in range(0, len(roots), IN_LIMIT):
        query = select(part).where(part.c[children.parent].in_(roots[start : start + IN_LIMIT]))
        query = query.where(*(part.c[k] == v for k, v in children.fixed.items()))
        for row in session.connection().execute(query.order_by(part.c.position, part.c.id)).mappings():
            found[row[children.parent]].append(dict(row))
    return found


def _is_sealed(session: Session, change: Change) -> bool:
    """Would the record refuse this, whoever asks?"""
    known: Kind = kind(change.kind)
    if known.seal is None:
        return False
    table = table_of(known.table)
    row = dict(session.connection().execute(select(table).where(table.c.id == change.id)).mappings().one())
    context = Context(session, SYSTEM, SOURCE, 0, now())
    return bool(known.seal(context, row, row | dict(change.set), frozenset(change.set)))


def counts(session: Session, name: str, ids: Sequence[int], rule: str = "move") -> dict[Pointer, int]:
    """How many living records name these, by relation; only relations with that rule, and with something in them."""
    found: dict[Pointer, int] = {}
    for pointer in (p for p in pointers_to(name) if p.field.on_merge == rule):
        table = table_of(pointer.kind.table)
        if pointer.children is None:
            query = select(func.count()).select_from(table).where(*_pointing(pointer, name, ids))
            if pointer.kind.name == name:
                query = query.where(table.c.id.not_in(ids))
        else:
            part = table_of(pointer.children.table)
            query = (
                select(func.count(table.c.id.distinct()))
                .join(part, part.c[pointer.children.parent] == table.c.id)
                .where(part.c[pointer.field.name].in_(ids), table.c.deleted_at.is_(None))
            )
        if number := session.connection().execute(query).scalar_one():
            found[pointer] = number
    return found
