"""What a change is, what comes of it, and what a gate or hook may ask."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from sqlmodel import Session

from crm_app.core.actor import Principal

if TYPE_CHECKING:
    from crm_app.core.changes.children import Patch
    from crm_app.core.changes.working import WorkingSet

Op = Literal["create", "update", "delete", "restore"]


@dataclass(frozen=True, slots=True)
class Change:
    """One wish: these fields of this record shall be so.

    `set` maps a field to its new value; a child collection to its whole list of rows (a row with an `id` stays that
    row); `tags+` and `tags-` add and remove rows by their one field; `emails.12` is one child row, None removes it.
    `expected` is the version that the actor saw; without it the change applies to whatever stands. `apart_from` are
    records that look like a new one, which the actor has seen and says are others.
    """

    kind: str
    id: int | None = None
    set: Mapping[str, Any] = field(default_factory=dict)
    op: Op = "update"
    expected: int | None = None
    effective_at: datetime | None = None
    row_no: int | None = None
    undoes: int | None = None
    apart_from: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Applied:
    """What was done; an empty difference means that nothing had to be."""

    kind: str
    id: int
    version: int
    batch_id: int
    op: Op
    diff: dict[str, list[Any]]


@dataclass(frozen=True)
class Undone:
    """An undo: how many values came back, and in words what was kept because it had changed since."""

    batch_id: int
    restored: int
    kept: list[str]


@dataclass
class Context:
    """One call of `apply_many`: its transaction, its actor, its records as changed so far, and what it has read.

    `applied` is what was done so far, in order. `apart` are the new records that somebody says are others than those.
    While one change is taken, `given` are the fields that it names and `patches` what becomes of collections.
    """

    session: Session
    actor: Principal
    source: str
    batch_id: int
    recorded_at: datetime
    working: "WorkingSet | None" = None
    cache: dict[Any, Any] = field(default_factory=dict)
    applied: list[Applied] = field(default_factory=list)
    apart: dict[tuple[str, int], frozenset[int]] = field(default_factory=dict)
    given: frozenset[str] = frozenset()
    patches: "dict[str, Patch]" = field(default_factory=dict)
