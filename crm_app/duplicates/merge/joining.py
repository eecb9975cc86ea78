"""The survivor as it is after a merge: the chosen values, and the parts of all of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.changes import Change, Children, Field, kind
from crm_app.core.changes.kinds import MERGED, Kind, Row
from crm_app.core.changes.log import ChangeLog
from crm_app.core.changes.working import table_of
from crm_app.core.db import allocate_ids
from crm_app.core.errors import Refused
from crm_app.duplicates.merge.rules import EMPTY, UNSEEN, Candidate, joined, propose

RANKED = frozenset({"lifecycle", "segment"})  # choices in order: the furthest is the best
MOST_LEVELS = 50
Written = tuple[datetime, bool]  # when, and whether by hand
log = table_of(ChangeLog)


def merged_fields(known: Kind) -> list[Field]:
    """The fields of which one value is chosen; an amount takes its currency along."""
    follows = {f.currency_field for f in known.fields if f.type == "money"}
    return [f for f in known.fields if f.editable and f.name not in known.derived | follows | {MERGED}]


def proposals(session: Session, name: str, rows: Mapping[int, Row], survivor: int) -> dict[str, int]:
    """The record whose value is proposed, by field; custom fields are `custom.` and their id."""
    known = kind(name)
    written = _written(session, name, list(rows))
    fields = {f.name: f.choices if f.name in RANKED else () for f in merged_fields(known)}
    fields |= {key: () for row in rows.values() for key in (f"custom.{id}" for id in row["custom"])}
    found = {}
    for field, ranks in fields.items():
        candidates = [
            Candidate(id, value_of(row, field), *written.get((id, field.partition(".")[0]), (None, False)))
            for id, row in rows.items()
        ]
        found[field] = propose(candidates, survivor, ranks)
    for group in known.together:
        found |= dict.fromkeys(group, _proposed_together(group, rows, survivor, written))
    return found


def _proposed_together(
    group: Sequence[str], rows: Mapping[int, Row], survivor: int, written: Mapping[tuple[int, str], Written]
) -> int:
    """Whose fields of the group are proposed: those that a person wrote last, else the most complete.

    The survivor's stay where another record only has the same words in another order.
    """
    candidates: list[Candidate] = []
    for id, row in rows.items():
        known = [written[id, name] for name in group if (id, name) in written]
        last = max(known, key=lambda one: (one[1], one[0]), default=(None, False))
        candidates.append(Candidate(id, " ".join(str(row[name]) for name in group if row[name] not in EMPTY), *last))
    own = next(_words_of(c.value) for c in candidates if c.record_id == survivor)
    telling = [c for c in candidates if c.record_id == survivor or c.by_hand or _words_of(c.value) != own]
    return propose(telling, survivor)


def _words_of(text: str) -> list[str]:
    """In an order of their own, whatever their case."""
    return sorted(text.casefold().split())


def value_of(row: Row, field: str) -> Any:
    """The value of a field, custom or not."""
    name, _, custom = field.partition(".")
    return row["custom"].get(custom) if custom else row[name]


def _written(session: Session, name: str, ids: list[int]) -> dict[tuple[int, str], Written]:
    """When each field was last written, and whether by hand."""
    query = select(log.c.record_id, log.c.effective_at, log.c.source, log.c.actor_id, log.c.diff)
    query = query.where(log.c.kind == name, log.c.record_id.in_(ids)).order_by(log.c.seq)
    found: dict[tuple[int, str], Written] = {}
    for row in session.connection().execute(query):
        by_hand = row.actor_id is not None and row.source not in UNSEEN
        for field in row.diff:
            found[row.record_id, field] = (row.effective_at, by_hand)
    return found


def survivor_change(
    session: Session, name: str, rows: Mapping[int, Row], survivor: int, chosen: Mapping[str, int]
) -> Change:
    """What becomes of the survivor; raises Refused where the parts of all of them are too many."""
    known, own = kind(name), rows[survivor]
    values: dict[str, Any] = {}
    for field, id in chosen.items():
        value = value_of(rows[id], field)
        if value == value_of(own, field):
            continue
        _, _, custom = field.partition(".")
        if custom:
            values.setdefault("custom", {})[custom] = value
            continue
        values[field] = value
        listed = known.by_name[field]
        if listed.type == "money" and listed.currency_field in known.by_name:
            values[listed.currency_field] = rows[id][listed.currency_field]
    for field in (f for f in known.fields if f.ref == name and f.name != MERGED):
        values |= _above(session, known, field, rows, values.get(field.name, own[field.name]), own)
    losers = [i for i in rows if i != survivor]
    for children in known.children:
        if children.on_merge == "join":
            values |= joined_parts(session, known, children, own | values, losers)
        elif children.on_merge == "one":
            values |= best_part(session, children, survivor, losers)
    return Change(name, survivor, values)


def _above(
    session: Session, known: Kind, field: Field, rows: Mapping[int, Row], wanted: int | None, own: Row
) -> dict[str, Any]:
    """The parent: the one wanted, unless it is one of the merged or stands below one; then the next that is not."""
    tries = [wanted, *(row[field.name] for row in rows.values())]
    fits = [t for t in tries if t is not None and not _is_below(session, known, field, t, set(rows))]
    value = fits[0] if wanted is not None and fits else None
    return {field.name: value} if value != own[field.name] else {}


def _is_below(session: Session, known: Kind, field: Field, id: int | None, merged: set[int]) -> bool:
    table = table_of(known.table)
    for _ in range(MOST_LEVELS):
        if id is None or id in merged:
            break
        id = session.connection().execute(select(table.c[field.name]).where(table.c.id == id)).scalar()
    return id in merged


def joined_parts(
    session: Session, known: Kind, children: Children, record: Row, losers: Sequence[int]
) -> dict[str, Row]:
    """New rows for the survivor (`record`, as it will be), one for each of the losers' that it has not, in order."""
    survivor = record["id"]
    there = part_rows(session, children, [survivor, *losers])
    own = there[survivor]
    seen = {children.sameness(row) for row in own}
    primary = any(row.get("is_primary") for row in own)
    refs = [f.name for f in children.fields if f.ref == known.name]
    fresh: list[Row] = []
    for row in (r for loser in losers for r in there[loser]):
        if any(row[ref] in (survivor, *losers) for ref in refs) or children.sameness(row) in seen:
            continue
        seen.add(children.sameness(row))
        new = {n: row[n] for n in children.by_name}
        if "is_primary" in new:
            new["is_primary"], primary = bool(new["is_primary"]) and not primary, primary or bool(new["is_primary"])
        fresh.append(new)
    if len(own) + len(fresh) > children.cap:
        raise Refused(
            f"Together they would have {len(own) + len(fresh)} {children.label.lower()}, and a {known.label.lower()} "
            f"may have at most {children.cap}. Nothing was merged; take some away first."
        )
    return _written_as(session, children, record, own, fresh)


def _written_as(session: Session, children: Children, record: Row, own: list[Row], fresh: list[Row]) -> dict[str, Row]:
    """The rows that are new, and those of its own that settle otherwise than they were."""
    names = (*children.by_name, "position")
    last = max((row["position"] for row in own), default=-1)
    stood = {row["id"]: {n: row[n] for n in names} for row in own}
    rows = [{"id": id} | row for id, row in stood.items()]
    rows += [row | {"position": last + n} for n, row in enumerate(fresh, 1)]
    if children.settle is not None and fresh:
        rows = children.settle(record, rows)
    ids = iter(allocate_ids(session, sum("id" not in row for row in rows)))
    wanted = {row.get("id") or next(ids): {"position": last + len(rows)} | row for row in rows}
    made = {id: {n: row[n] for n in names} for id, row in wanted.items()}
    return {f"{children.name}.{id}": row for id, row in made.items() if row != stood.get(id)}


def best_part(session: Session, children: Children, survivor: int, losers: Sequence[int]) -> dict[str, Row]:
    """Of collections that hold one row: the one to prefer, in the place of the survivor's own."""
    there = part_rows(session, children, [survivor, *losers])
    rows = [row for found in there.values() for row in found]
    if not rows or children.prefer is None:
        return {}
    prefer = children.prefer
    best = max(rows, key=lambda row: (prefer(row), row[children.parent] == survivor))
    if best[children.parent] == survivor:
        return {}
    own = there[survivor]
    id = own[0]["id"] if own else allocate_ids(session, 1)[0]
    return {f"{children.name}.{id}": {n: best[n] for n in (*children.by_name, "position")}}


def part_rows(session: Session, children: Children, ids: Sequence[int]) -> dict[int, list[Row]]:
    """The rows of a collection by record, the primary one first."""
    part = table_of(children.table)
    query = select(part).where(part.c[children.parent].in_(ids))
    query = query.where(*(part.c[k] == v for k, v in children.fixed.items()))
    found: dict[int, list[Row]] = {id: [] for id in ids}
    for row in session.connection().execute(query.order_by(part.c.position, part.c.id)).mappings():
        found[row[children.parent]].append(dict(row))
    for rows in found.values():
        rows.sort(key=lambda r: not r.get("is_primary"))
    return found


def names_of(known: Kind, rows: Mapping[int, Row], ids: Sequence[int]) -> str:
    """The titles of these, joined."""
    return joined([str(rows[id][known.title] or "Untitled") for id in ids])
