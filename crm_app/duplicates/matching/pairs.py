"""Pairs that may be one: found in passing or by the sweep, open until somebody decides, and what was decided."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from sqlalchemy import and_, bindparam, delete, or_, select, update
from sqlmodel import Session

from crm_app.core.changes import kind
from crm_app.core.changes.kinds import MERGED as INTO
from crm_app.core.changes.working import IN_LIMIT, table_of
from crm_app.core.clock import now
from crm_app.core.rows import insert_rows
from crm_app.duplicates.matching.finding import Found
from crm_app.tables import DuplicatePair, DuplicateProfile

OPEN, APART, MERGED = "open", "not_duplicate", "merged"
pair, profile = table_of(DuplicatePair), table_of(DuplicateProfile)
Ids = tuple[int, int]
T = TypeVar("T")


def ids_of(one: int, two: int) -> Ids:
    """Both, the lower first, as pairs are kept."""
    return min(one, two), max(one, two)


def settle(
    session: Session,
    name: str,
    touched: Collection[int],
    found: Mapping[int, list[Found]],
    *,
    found_by: str,
    batch_id: int | None = None,
    apart: Mapping[Ids, int] | None = None,
) -> None:
    """The open pairs of these records are exactly what was found; what was decided stays as it was.

    `apart` are pairs that somebody (by id) says are two.
    """
    told = {ids_of(id, other.id): other for id, some in found.items() for other in some}
    before = _known(session, name, touched)
    gone = [ids for ids, said in before.items() if said == OPEN and ids not in told]
    gone += _came_apart(session, name, [ids for ids, said in before.items() if said == MERGED and ids not in told])
    for part in _portions(gone, IN_LIMIT // 2):
        session.connection().execute(delete(pair).where(pair.c.kind == name, _among(part)))
    settle_pairs(session, name, told, before, found_by=found_by, batch_id=batch_id, apart=apart or {})


def settle_pairs(
    session: Session,
    name: str,
    told: Mapping[Ids, Found],
    before: Mapping[Ids, str] | None = None,
    *,
    found_by: str,
    batch_id: int | None = None,
    apart: Mapping[Ids, int] | None = None,
) -> None:
    """Note these pairs; `before` are the decisions on those that are known, if they are at hand."""
    if not told:
        return
    before = _known(session, name, {id for ids in told for id in ids}) if before is None else before
    remembered = apart_before(session, name, [ids for ids in told if before.get(ids) != APART])
    run = session.connection().execute
    for part in _portions([ids for ids in remembered if before.get(ids) == OPEN], IN_LIMIT // 2):
        run(delete(pair).where(pair.c.kind == name, _among(part)))
    fresh = [ids for ids in told if ids not in before and ids not in remembered]
    moment = now()
    rows = [_row(name, ids, told[ids], found_by, batch_id, moment, (apart or {}).get(ids)) for ids in fresh]
    insert_rows(session, pair, rows)
    _again(session, name, {ids: told[ids] for ids in told.keys() & before.keys() - remembered if before[ids] != APART})


def _row(
    name: str, ids: Ids, found: Found, found_by: str, batch_id: int | None, moment: Any, decided_by: int | None
) -> dict[str, Any]:
    return {
        "kind": name,
        "left_id": ids[0],
        "right_id": ids[1],
        "probability": found.probability,
        "reasons": found.reasons,
        "found_by": found_by,
        "found_at": moment,
        "batch_id": batch_id,
        "decision": OPEN if decided_by is None else APART,
        "decided_by": decided_by,
        "decided_at": None if decided_by is None else moment,
    }


def _again(session: Session, name: str, told: Mapping[Ids, Found]) -> None:
    """As likely as they are now; what was merged and came apart is open again."""
    values: dict[str, Any] = {"decision": OPEN, "decided_by": None, "decided_at": None}
    values |= {"probability": bindparam("b_probability"), "reasons": bindparam("b_reasons")}
    here = (pair.c.kind == name, pair.c.left_id == bindparam("b_left"), pair.c.right_id == bindparam("b_right"))
    rows = [
        {"b_left": ids[0], "b_right": ids[1], "b_probability": one.probability, "b_reasons": one.reasons}
        for ids, one in sorted(told.items())
    ]
    if rows:
        session.connection().execute(update(pair).where(*here).values(values), rows)


def _came_apart(session: Session, name: str, merged: Collection[Ids]) -> list[Ids]:
    """Those of these merged pairs of which both are there again: nobody has decided on what they are now."""
    living: set[int] = set()
    for part in _portions(sorted({id for ids in merged for id in ids}), IN_LIMIT):
        query = select(profile.c.record_id).where(profile.c.kind == name, profile.c.record_id.in_(part))
        living.update(session.connection().execute(query).scalars())
    return [ids for ids in merged if living.issuperset(ids)]


def _portions(given: list[T], size: int) -> Iterator[list[T]]:
    return (given[start : start + size] for start in range(0, len(given), size))


def _among(ids: Iterable[Ids]) -> Any:
    return or_(*(and_(pair.c.left_id == one, pair.c.right_id == two) for one, two in ids))


def _known(session: Session, name: str, touched: Collection[int]) -> dict[Ids, str]:
    found: dict[Ids, str] = {}
    columns = (pair.c.left_id, pair.c.right_id, pair.c.decision)
    for part in _portions(sorted(touched), IN_LIMIT):
        for side in (pair.c.left_id, pair.c.right_id):
            query = select(*columns).where(pair.c.kind == name, side.in_(part))
            found |= {(one, two): decision for one, two, decision in session.connection().execute(query)}
    return found


def apart_before(session: Session, name: str, wanted: Collection[Ids]) -> set[Ids]:
    """Those of these pairs that somebody said are two, of themselves or of records that were merged into them."""
    run = session.connection().execute
    said = select(pair.c.left_id, pair.c.right_id).where(pair.c.kind == name, pair.c.decision == APART)
    if not wanted or run(said.limit(1)).first() is None:
        return set()
    now_is = _went(session, name, {id for ids in wanted for id in ids})
    found: set[Ids] = set()
    for part in _portions(sorted(now_is), IN_LIMIT):
        for one, two in run(said.where(pair.c.left_id.in_(part))):
            if two in now_is:
                found.add(ids_of(now_is[one], now_is[two]))
    return found & set(wanted)


def _went(session: Session, name: str, ids: Collection[int]) -> dict[int, int]:
    """These, and all that were merged into them by however many steps, with the one of these that each is now."""
    found = {id: id for id in ids}
    fresh = sorted(ids)
    table = table_of(kind(name).table)
    while fresh and kind(name).mergeable:
        came: list[int] = []
        for part in _portions(fresh, IN_LIMIT):
            gone = (table.c[INTO].in_(part), table.c.deleted_at.is_not(None))
            for id, into in session.connection().execute(select(table.c.id, table.c[INTO]).where(*gone)):
                if id not in found:
                    found[id] = found[into]
                    came.append(id)
        fresh = came
    return found


def mark_merged(session: Session, name: str, into: Mapping[int, int], by: int | None) -> None:
    """Open pairs of a record and the one that it was merged into have been decided."""
    for loser, survivor in into.items():
        one, two = ids_of(loser, survivor)
        here = (pair.c.kind == name, pair.c.left_id == one, pair.c.right_id == two, pair.c.decision == OPEN)
        session.connection().execute(update(pair).where(*here).values(decision=MERGED, decided_by=by, decided_at=now()))
