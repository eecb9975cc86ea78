"""Which of several values is proposed, which record should stay, and until when a merge is taken back. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

FEWEST, MOST = 2, 10
UNDO_DAYS = 90
AT_ONCE = 500  # records that one transaction moves; more are a run
# What a person did not look at, one by one, when it was written.
UNSEEN = frozenset({"import", "history", "demo", "bulk", "merge", "undo"})
EMPTY: tuple[Any, ...] = (None, "", [], {})


@dataclass(frozen=True)
class Candidate:
    """One record's value of a field, when it was last written, and whether a person wrote it."""

    record_id: int
    value: Any
    at: datetime | None = None
    by_hand: bool = False


@dataclass(frozen=True)
class Standing:
    """What speaks for a record as the one that stays."""

    record_id: int
    related: int
    filled: int
    created_at: datetime


def propose(candidates: Sequence[Candidate], survivor: int, ranks: Sequence[str] = ()) -> int:
    """The record whose value is the best: the newest that a person wrote; without such a one the most complete.

    With `ranks` the furthest of them. Where nothing tells them apart, the survivor's stays.
    """
    filled = [c for c in candidates if c.value not in EMPTY]
    if not filled:
        return survivor

    def age(one: Candidate) -> float:
        return one.at.timestamp() if one.at else 0.0

    def key(one: Candidate) -> tuple[float, float, float, bool, int]:
        rank = ranks.index(one.value) if one.value in ranks else -1
        length = len(one.value) if isinstance(one.value, str) else 0
        seen = age(one) if one.by_hand else 0.0
        return (rank, seen, length if not seen else 0, one.record_id == survivor, -one.record_id)

    best = max(filled, key=key)
    if best.by_hand or ranks:
        return best.record_id
    return max(filled, key=lambda c: (key(c)[2], age(c), c.record_id == survivor, -c.record_id)).record_id


def best_survivor(standings: Sequence[Standing]) -> int:
    """The record with the most that belongs to it; of equal ones the fullest, then the oldest."""
    best = max(standings, key=lambda s: (s.related, s.filled, -s.created_at.timestamp(), -s.record_id))
    return best.record_id


def may_still_undo(made_at: datetime, now: datetime) -> bool:
    """Is a merge of that moment still taken back?"""
    return now - made_at <= timedelta(days=UNDO_DAYS)


def joined(names: Sequence[str]) -> str:
    """`Ada`, `Ada and Bo`, `Ada, Bo and Cy`."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
