"""What a delete does to the records that point to the deleted one: refuse, detach or take them along."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import null, select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import ports
from crm_app.core.changes.change import Change
from crm_app.core.changes.kinds import MERGED, Children, Field, Kind, kind, kinds, references_to
from crm_app.core.changes.working import IN_LIMIT, table_of
from crm_app.core.errors import KithError, NotFound, Refused

SHOWN = 10
HIDDEN = "something that you may not see"
Refuse = Callable[[Change, KithError], None]
Key = tuple[str, int]


@dataclass(frozen=True)
class Reference:
    """A living record that points to another one by this field, itself or in one of its parts."""

    kind: Kind
    field: Field
    id: int
    title: str
    in_part: bool = False
    owner_id: int | None = None


def living_references(session: Session, name: str, ids: Iterable[int]) -> dict[int, list[Reference]]:
    """Living records that point to these, by what they point to."""
    found: dict[int, list[Reference]] = defaultdict(list)
    wanted = sorted(ids)
    for start in range(0, len(wanted), IN_LIMIT):
        part = wanted[start : start + IN_LIMIT]
        for other, field in references_to(name):
            if field.name == MERGED:
                continue
            table = table_of(other.table)
            query = select(table.c[field.name], table.c.id, table.c[other.title], _owner_in(other)).where(
                table.c[field.name].in_(part), table.c.deleted_at.is_(None)
            )
            for target, id, title, owner_id in session.connection().execute(query):
                found[target].append(Reference(other, field, id, title, owner_id=owner_id))
        for other, children, field in _parts_pointing_to(name):
            table, child = table_of(other.table), table_of(children.table)
            query = (
                select(child.c[field.name], table.c.id, table.c[other.title], _owner_in(other))
                .select_from(child.join(table, table.c.id == child.c[children.parent]))
                .where(child.c[field.name].in_(part), table.c.deleted_at.is_(None))
            )
            for column, value in children.fixed.items():
                query = query.where(child.c[column] == value)
            for target, id, title, owner_id in session.connection().execute(query):
                found[target].append(Reference(other, field, id, title, in_part=True, owner_id=owner_id))
    return found


def _owner_in(known: Kind) -> Any:
    return table_of(known.table).c[known.owner] if known.owner else null()


def _parts_pointing_to(name: str) -> list[tuple[Kind, Children, Field]]:
    return [(k, c, f) for k in kinds() for c in k.children for f in c.fields if f.ref == name]


def with_dependents(
    session: Session, actor: Principal, changes: Sequence[Change], on_refused: Refuse | None = None
) -> tuple[list[Change], set[Key]]:
    """The changes, each delete preceded by what it does to others; and the records that let go of a deleted one.

    Raises Refused where something stands in the way, which names what the actor may see, or NotFound where that is not
    even the record itself; with `on_refused` such a delete is told there and left out.
    """
    deletes = [c for c in changes if c.op == "delete" and c.id is not None]
    if not deletes:
        return list(changes), set()
    going = Going(session, actor, deletes)
    result: list[Change] = []
    for change in changes:
        if change.op == "update":
            going.points_elsewhere(change)
        if change.op == "delete" and change.id is not None:
            try:
                if change.set.get(MERGED) is None:  # who is merged is still found, by whatever names them
                    result += going.before(change.kind, change.id, undo=change.undoes is not None)
            except (Refused, NotFound) as refusal:
                if on_refused is None:
                    raise
                on_refused(change, refusal)
                going.stays((change.kind, change.id))
                continue
        result.append(change)
    return result, going.let_go


class Going:
    """The records that are about to go, and who points to them; the look-ups are made together."""

    def __init__(self, session: Session, actor: Principal, deletes: Sequence[Change]) -> None:
        self.session = session
        self.actor = actor
        self.keys: set[Key] = set()
        self.let_go: set[Key] = set()
        self._updates: dict[Key, dict[str, object]] = defaultdict(dict)
        self._references: dict[Key, list[Reference]] = {}
        ids: dict[str, list[int]] = defaultdict(list)
        for change in deletes:
            assert change.id is not None
            self.keys.add((change.kind, change.id))
            ids[change.kind].append(change.id)
        for name, wanted in ids.items():
            found = living_references(session, name, wanted)
            self._references |= {(name, i): found.get(i, []) for i in wanted}

    def before(self, name: str, id: int, *, undo: bool) -> list[Change]:
        """What must happen first. Raises Refused with a list."""
        result: list[Change] = []
        blocking: list[Reference] = []
        for found in self._pointing(name, id):
            other = found.kind
            if (other.name, found.id) in self.keys:
                continue
            if self._updates.get((other.name, found.id), {}).get(found.field.name, id) != id:
                self.let_go.add((other.name, found.id))
                continue
            if undo or (found.field.on_delete == "refuse" and not found.in_part):
                blocking.append(found)
            elif found.in_part:
                continue  # a part of another record keeps what it names; only an undo asks for it
            elif found.field.on_delete == "cascade":
                self.keys.add((other.name, found.id))
                result += [*self.before(other.name, found.id, undo=False), Change(other.name, found.id, op="delete")]
            else:
                result.append(Change(other.name, found.id, {found.field.name: None}))
        if blocking:
            if not self._may_read(kind(name), self._owner_of(name, id), id):
                raise NotFound
            raise Refused(f"This {kind(name).label.lower()} is used elsewhere and cannot go.", self._named(blocking))
        return result

    def _named(self, blocking: Sequence[Reference]) -> list[str]:
        """What stands in the way; what the actor may not see is neither named nor counted."""
        seen = [found for found in blocking if self._may_read(found.kind, found.owner_id, found.id)]
        told = [f"{found.kind.label}: {found.title}" for found in seen[:SHOWN]]
        told += [f"and {len(seen) - SHOWN} more"] if len(seen) > SHOWN else []
        return told + ([HIDDEN] if len(seen) < len(blocking) else [])

    def _may_read(self, known: Kind, owner_id: int | None, id: int) -> bool:
        return ports.allowed(self.actor, "read", known.name, owner_id, None, id).allowed

    def _owner_of(self, name: str, id: int) -> int | None:
        table = table_of(kind(name).table)
        query = select(_owner_in(kind(name))).where(table.c.id == id)
        return self.session.connection().execute(query).scalar()

    def points_elsewhere(self, change: Change) -> None:
        """An earlier change of the same call; what it no longer points to may go."""
        if change.id is not None:
            self._updates[change.kind, change.id] |= change.set

    def stays(self, key: Key) -> None:
        """This one does not go after all, so what it points to is still needed."""
        self.keys.discard(key)

    def _pointing(self, name: str, id: int) -> list[Reference]:
        if (name, id) not in self._references:
            self._references[name, id] = living_references(self.session, name, [id]).get(id, [])
        return self._references[name, id]
