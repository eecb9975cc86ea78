"""Pairs that may be one: found in passing or by the sweep, open until somebody decides, and what was decided."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from sqlalchemy import and_, delete, insert, or_, select, update
from sqlmodel import Session

from crm_app.core.changes.forwarding import origins
from crm_app.core.changes.working import IN_LIMIT, table_of
from crm_app.core.clock import now
from crm_app.duplicates.matching.finding import Found
from crm_app.tables import DuplicatePair

OPEN, APART, MERGED = "open", "not_duplicate", "merged"
pair = table_of(DuplicatePair)
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
    if rows:
        run(insert(pair), rows)
    for ids in told.keys() & before.keys() - remembered:
        if before[ids] != APART:
            _again(session, name, ids, told[ids])


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


def _again(session: Session, name: str, ids: Ids, found: Found) -> None:
    """As likely as it is now; what was merged and came apart is open again."""
    values = {"probability": found.probability, "reasons": found.reasons, "decision": OPEN}
    values |= {"decided_by": None, "decided_at": None}
    here = (pair.c.kind == name, pair.c.left_id == ids[0], pair.c.right_id == ids[1])
    session.connection().execute(update(pair).where(*here).values(values))


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
    if not wanted:
        return set()
    came: dict[int, set[int]] = {id: origins(session, name, [id]) for ids in wanted for id in ids}
    back = defaultdict(set)
    for id, some in came.items():
        for one in some:
            back[one].add(id)
    said: set[Ids] = set()
    for part in _portions(sorted(back), IN_LIMIT):
        query = select(pair.c.left_id, pair.c.right_id).where(
            pair.c.kind == name, pair.c.decision == APART, pair.c.left_id.in_(part)
        )
        for one, two in session.connection().execute(query):
            said |= {ids_of(a, b) for a in back[one] for b in back.get(two, ())}
    return said & set(wanted)


def mark_merged(session: Session, name: str, into: Mapping[int, int], by: int | None) -> None:
    """Open pairs of a record and the one that it was merged into have been decided."""
    for loser, survivor in into.items():
        one, two = ids_of(loser, survivor)
        here = (pair.c.kind == name, pair.c.left_id == one, pair.c.right_id == two, pair.c.decision == OPEN)
        session.connection().execute(update(pair).where(*here).values(decision=MERGED, decided_by=by, decided_at=now()))
