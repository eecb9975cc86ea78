"""The page of a merge: the records side by side, what is proposed, what both keep, and what moves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Children, kind
from crm_app.core.changes.kinds import Kind, Row
from crm_app.core.config import settings
from crm_app.core.reader import full_day, numeral
from crm_app.core.text import clip, initials
from crm_app.duplicates.merge.checking import locked_rows
from crm_app.duplicates.merge.joining import merged_fields, part_rows, proposals, value_of
from crm_app.duplicates.merge.moving import counts
from crm_app.duplicates.merge.rules import EMPTY, Standing, best_survivor
from crm_app.records.address import path_of
from crm_app.records.listing.fields import fields_of
from crm_app.records.properties import currency_of, ref_name, written

LONG, TINTS = 120, 8


@dataclass(frozen=True, slots=True)
class MergeHead:
    """One of the records."""

    id: int
    title: str
    note: str
    href: str
    initials: str
    tint: int


@dataclass(frozen=True, slots=True)
class MergeValue:
    """What one record says of a field."""

    id: int
    text: str
    owner: str


@dataclass(frozen=True, slots=True)
class MergeLine:
    """A field of which one value stays."""

    field: str
    label: str
    cells: list[MergeValue]
    proposed: int


@dataclass(frozen=True, slots=True)
class MergeParts:
    """A collection of which all stay, each once."""

    label: str
    rows: list[str]


@dataclass(frozen=True, slots=True)
class MergeCount:
    """How many records of a kind move along."""

    label: str
    count: str


@dataclass(frozen=True)
class MergePage:
    """Everything that the page shows; `versions` are those that were seen."""

    kind: str
    label: str
    plural: str
    survivor: int
    heads: list[MergeHead]
    lines: list[MergeLine]
    alike: int
    parts: list[MergeParts]
    moves: list[MergeCount]
    versions: dict[str, int] = field(default_factory=dict)


def merge_page(session: Session, actor: Principal, name: str, ids: Sequence[int], keep: int = 0) -> MergePage:
    """For these records; `keep` is the one that stays, else the one with the most that belongs to it.

    Raises Refused, NotFound or Forbidden as the merge itself would.
    """
    known = kind(name)
    survivor = keep if keep in ids else ids[0] if ids else 0
    rows = locked_rows(session, actor, name, survivor, [i for i in ids if i != survivor], lock=False)
    if keep not in ids:
        survivor = suggested(session, known, rows)
    rows = {id: rows[id] for id in ids}
    losers = [i for i in rows if i != survivor]
    lines, alike = _lines(session, actor, known, rows, survivor)
    return MergePage(
        kind=name,
        label=known.label.lower(),
        plural=known.plural.lower(),
        survivor=survivor,
        heads=[_head(session, actor, known, row) for row in rows.values()],
        lines=lines,
        alike=alike,
        parts=_parts(session, known, [survivor, *losers]),
        moves=_moves(session, known, losers),
        versions={str(id): row["version"] for id, row in rows.items()},
    )


def suggested(session: Session, known: Kind, rows: Mapping[int, Row]) -> int:
    """The record that should stay."""
    standings = [
        Standing(
            id,
            sum(counts(session, known.name, [id]).values()),
            sum(row[f.name] not in EMPTY for f in known.fields),
            row["created_at"],
        )
        for id, row in rows.items()
    ]
    return best_survivor(standings)


def _head(session: Session, actor: Principal, known: Kind, row: Row) -> MergeHead:
    title, related = str(row[known.title] or "Untitled"), sum(counts(session, known.name, [row["id"]]).values())
    day = row["created_at"].astimezone(ZoneInfo(actor.zone))
    note = f"{numeral(related)} related record{'' if related == 1 else 's'} · since {full_day(day)}"
    return MergeHead(row["id"], title, note, path_of(known.name, row["id"]), initials(title), row["id"] % TINTS)


def _lines(
    session: Session, actor: Principal, known: Kind, rows: Mapping[int, Row], survivor: int
) -> tuple[list[MergeLine], int]:
    """The fields in which they differ, and how many are alike; only what the actor may read."""
    proposed = proposals(session, known.name, rows, survivor)
    readable = fields_of(session, actor, known.name)
    names = {str(id): str(row[known.title] or "Untitled") for id, row in rows.items()}
    found, alike = [], 0
    for name in (*(f.name for f in merged_fields(known)), *(n for n in proposed if "." in n)):
        values = [value_of(row, name) for row in rows.values()]
        if name not in readable or all(v in EMPTY for v in values):
            continue
        if all(v == values[0] for v in values):
            alike += 1
            continue
        texts = [field_text(session, actor, known, name, row) or "Empty" for row in rows.values()]
        cells = [MergeValue(id, t, names[str(id)]) for id, t in zip(rows, texts, strict=True)]
        found.append(MergeLine(name, readable[name].label, cells, proposed[name]))
    return found, alike


def field_text(session: Session, actor: Principal, known: Kind, name: str, row: Row) -> str:
    """A value of a record as it is shown; empty for none."""
    listed = known.by_name.get(name)
    if listed is None:
        value = value_of(row, name)
        return "" if value in EMPTY else clip(str(value), LONG)
    title = ref_name(session, listed, row[name]) if listed.ref else ""
    currency = currency_of(known, listed, row) if listed.type == "money" else settings().currency
    return clip(written(listed, row[name], currency, actor, title)[1], LONG)


def _parts(session: Session, known: Kind, ids: list[int]) -> list[MergeParts]:
    found = []
    for children in known.children:
        if children.on_merge not in ("join", "one"):
            continue
        rows = [row for mine in part_rows(session, children, ids).values() for row in mine]
        if children.on_merge == "one" and children.prefer is not None and rows:
            rows = [max(rows, key=children.prefer)]
        own = {f.name for f in children.fields if f.ref == known.name}
        rows = [row for row in rows if not any(row[n] in ids for n in own)]
        seen = {children.sameness(row): row for row in reversed(rows)}
        if seen:
            found.append(
                MergeParts(children.label, [part_words(session, children, r) for r in reversed(seen.values())])
            )
    return found


def part_words(session: Session, children: Children, row: Mapping[str, Any]) -> str:
    """A part in a few words, such as `ada@example.org, work`."""
    words = [
        ref_name(session, f, row[f.name]) if f.ref else str(row[f.name])
        for f in children.fields
        if row[f.name] not in EMPTY and f.type != "bool"
    ]
    return clip(", ".join(words), LONG) or children.label


def _moves(session: Session, known: Kind, losers: Sequence[int]) -> list[MergeCount]:
    found: dict[str, int] = {}
    for pointer, number in counts(session, known.name, losers).items():
        what = pointer.kind.plural
        if pointer.children is not None:
            what = f"{what}: {pointer.children.label.lower()}"
        elif pointer.kind.name == known.name:
            what = f"{what}: {pointer.field.label.lower()}"
        found[what] = found.get(what, 0) + number
    return [MergeCount(label, numeral(number)) for label, number in found.items()]
