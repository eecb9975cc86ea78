"""What a trial has made in portions that were rolled back: a row that a later one may mean is made again beside it."""

import pickle
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from sqlmodel import Session

from crm_app.core.changes import apply_many
from crm_app.core.db import allocate_ids
from crm_app.imports.likely import Row
from crm_app.imports.recipes.recipe import Draft

if TYPE_CHECKING:
    from crm_app.imports.chunk import Chunk


class Memory(Protocol):
    """Rows by their numbers, as they are compared; none of them is stored."""

    def add(self, session: Session, rows: Mapping[int, Row]) -> None:
        """Remember these."""
        ...

    def like(self, session: Session, rows: Mapping[int, Row]) -> set[int]:
        """The numbers of those remembered that may be the same as one of these; rather one too many."""
        ...


def memory_of(kind_name: str) -> Memory | None:
    """An empty memory for rows of this kind; none where nobody compares them."""
    return _memories[0](kind_name) if _memories else None


_memories: list[Callable[[str], Memory]] = []


def register_memory(make: Callable[[str], Memory]) -> None:
    """Who knows which records look alike says how rows of a kind are remembered, by the name of the kind."""
    _memories[:] = [make]


class Earlier:
    """The new records of a trial so far, by their rows; what an import would have made by then."""

    def __init__(self, kind_name: str) -> None:
        self._memory = memory_of(kind_name)
        self._kept: dict[int, bytes] = {}

    def keep(self, session: Session, drafts: Sequence[Draft]) -> None:
        """The records of these rows were made, and will be rolled back."""
        for draft in drafts:
            self._kept[draft.row_no] = pickle.dumps((draft.values, draft.parts, draft.custom))
        if self._memory:
            self._memory.add(session, _rows(drafts))

    def bring_back(self, chunk: "Chunk", new: list[Draft], old: list[Draft]) -> None:
        """Make again what the new rows may be like, and what others mean: `-n` as their id stands for row `n`.

        They are as their rows made them, without what later rows have changed since.
        """
        wanted = {-d.id for d in old if d.id is not None and d.id < 0} & self._kept.keys()
        wanted |= self._memory.like(chunk.session, _rows(new)) if self._memory else set()
        fresh = [d for d in new if d.id is not None]
        ids = sorted([*allocate_ids(chunk.session, len(wanted)), *(d.id for d in fresh if d.id is not None)])
        for draft, id in zip(fresh, ids[len(wanted) :], strict=True):
            draft.id = id  # the earlier rows have the lower ids, as after an import
        made = self._make(chunk, dict(zip(sorted(wanted), ids, strict=False)))
        for draft in old:
            draft.id = made.get(-draft.id, draft.id) if draft.id else draft.id

    def _make(self, chunk: "Chunk", wanted: Mapping[int, int]) -> dict[int, int]:
        """The records of these rows with these ids; answers without those that cannot be made by themselves."""
        changes = []
        for number, id in wanted.items():
            values, parts, custom = pickle.loads(self._kept[number])
            draft = Draft(number, [], values, parts=parts, custom=custom, id=id, is_new=True)
            chunk.missing.again((values, custom, *parts.values()))
            changes += chunk.recipe.creation(chunk, draft)
        job, lost = chunk.job, set[int]()
        apply_many(
            chunk.session,
            job.actor,
            changes,
            source=chunk.recipe.creation_source,
            batch_id=job.batch_id,
            on_refused=lambda change, _error: lost.add(abs(change.row_no or 0)),
        )
        return {number: id for number, id in wanted.items() if number not in lost}


def _rows(drafts: Sequence[Draft]) -> dict[int, Row]:
    return {draft.row_no: Row(draft.values, draft.parts) for draft in drafts}
