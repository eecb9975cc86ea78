"""Rows that no unique key matches, but that look like a record that is there: left out, added, or taken for it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes.working import table_of
from crm_app.imports.recipes.recipe import Draft

if TYPE_CHECKING:
    from crm_app.imports.chunk import Chunk

Choice = Literal["create", "leave", "update"]
CHOICES: tuple[str, ...] = ("create", "leave", "update")
TOLD = 3
NOTED = 100  # so many are named in the report; all are counted


@dataclass(frozen=True)
class Likely:
    """A record that a row most likely means; `why_not` says why the importing user may not change it.

    Of one that they may not see there is the name and the owner, no reason.
    """

    id: int
    name: str
    owner: str
    reasons: str
    why_not: str = ""


@dataclass(frozen=True)
class Row:
    """What a row says of a new record: values by field, one row of each collection."""

    values: Mapping[str, Any]
    parts: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Sorted:
    """`likely` by row, the likeliest first; `later` are rows that look like one before them in the same call."""

    likely: Mapping[int, Sequence[Likely]]
    later: frozenset[int] = frozenset()


Sorter = Callable[[Session, Principal, str, Mapping[int, Row]], Sorted]
_sorters: list[Sorter] = []


def register_sorter(sorter: Sorter) -> None:
    """Who knows which records look alike says it here, by the scorer that every other way in asks."""
    _sorters[:] = [sorter]


def sorted_rows(session: Session, actor: Principal, kind_name: str, rows: Mapping[int, Row]) -> Sorted:
    """What the registered scorer says of these rows; nothing where there is none."""
    return _sorters[0](session, actor, kind_name, rows) if _sorters else Sorted({})


def take_likely(chunk: "Chunk", drafts: list[Draft]) -> tuple[list[Draft], list[Draft], list[Draft]]:
    """New rows as: to be made now, to be taken for a record, to be looked at again once the first are made.

    Those that are left out, or could mean several or one that the user may not change, are refused with the reason.
    """
    if chunk.job.likely == "create" or not drafts:
        return drafts, [], []
    rows = {d.row_no: Row(d.values, d.parts) for d in drafts}
    found = sorted_rows(chunk.session, chunk.job.actor, chunk.kind.name, rows)
    others = _external_ids(chunk, [some[0].id for some in found.likely.values()])
    fresh: list[Draft] = []
    taken: list[Draft] = []
    later: list[Draft] = []
    for draft in drafts:
        likely = found.likely.get(draft.row_no, ())
        if not likely:
            (later if draft.row_no in found.later else fresh).append(draft)
        elif why := _why_not(chunk, draft, likely, others.get(likely[0].id)):
            draft.is_left = chunk.job.likely == "leave"
            chunk.left += draft.is_left
            chunk.refuse(draft, why)
        else:
            _take(chunk, draft, likely[0])
            taken.append(draft)
    return fresh, taken, later


def _why_not(chunk: "Chunk", draft: Draft, likely: Sequence[Likely], external_id: str | None) -> str:
    """Why the row is not taken for a record; empty where it is."""
    one, said = likely[0], _said(likely[0])
    if chunk.job.likely == "leave":
        return f"Looks like {said}."
    if len(likely) > 1:
        names = "; ".join(_said(other) for other in likely[:TOLD])
        more = f" and {len(likely) - TOLD} more" if len(likely) > TOLD else ""
        return f"Could mean any of {len(likely)} {chunk.kind.plural.lower()}: {names}{more}."
    if one.why_not:
        return f"Looks like {said}. {one.why_not}"
    if external_id and draft.values.get("external_id") not in (None, "", external_id):
        return f"Looks like {said}, but that has another external id, {external_id!r}."
    return ""


def _said(one: Likely) -> str:
    """`Jon Berglund of Petra Quist: same phone`."""
    return one.name + (f" of {one.owner}" if one.owner else "") + (f" ({one.reasons})" if one.reasons else "")


def _take(chunk: "Chunk", draft: Draft, one: Likely) -> None:
    draft.id, draft.is_new, draft.is_likely = one.id, False, True
    if chunk.job.noted < NOTED:
        chunk.job.noted += 1
        given = str(draft.values.get(chunk.kind.title) or f"Row {draft.row_no}")
        chunk.guesses[chunk.kind.label, given, _said(one)] += 1


def _external_ids(chunk: "Chunk", ids: list[int]) -> dict[int, str]:
    """The external ids of these, where they have one; few of a chunk are looked up."""
    table = table_of(chunk.kind.table)
    if chunk.job.likely != "update" or not ids or "external_id" not in table.c:
        return {}
    query = select(table.c.id, table.c.external_id).where(table.c.id.in_(sorted(set(ids))))
    return {row[0]: row[1] for row in chunk.session.connection().execute(query) if row[1]}
