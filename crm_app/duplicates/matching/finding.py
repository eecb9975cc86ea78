"""Who may be the same as some records: those that share a telling key with them, judged by the model in force."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, combinations, pairwise

from sqlalchemy import text
from sqlmodel import Session

from crm_app.duplicates.matching.keeping import stored_profiles
from crm_app.duplicates.matching.models import judging
from search.duplicates.blocks import MOST
from search.duplicates.fields import Profile
from search.duplicates.single import chances, judge_pairs, keys_of_each
from search.duplicates.table import table_of as tabled

# The numbers stand in the text itself: thousands of parameters cost more than the look-up. Of a key of many no more
# than `most` entries are looked at.
HELD = """
WITH given(number) AS (VALUES {}), few AS (
    SELECT number FROM given WHERE NOT EXISTS (
        SELECT 1 FROM duplicate_key many WHERE many.kind = :kind AND many.key = given.number LIMIT 1 OFFSET :most))
SELECT held.key, held.record_id FROM few CROSS JOIN duplicate_key held
WHERE held.kind = :kind AND held.key = few.number
"""
NUMBERS = 4000
CANDIDATES = 40  # so many of those that share keys with a record are judged, who share the rarest first
SOME = 5  # the same where many are asked about at once: a group hangs together by its nearest


@dataclass(frozen=True)
class Found:
    """A stored record that may be the same as the one asked about."""

    id: int
    probability: float
    reasons: str


def find(
    session: Session,
    name: str,
    asked: Mapping[int, Profile],
    *,
    stored: bool,
    but: Collection[int] = (),
    at_least: float,
    keys: Mapping[int, list[int]] | None = None,
    also: Sequence[int] = (),
) -> dict[int, list[Found]]:
    """For each of the records asked about those that may be the same, the likeliest first.

    `stored`: they are kept themselves, under the ids by which they are given; otherwise those are mere names. `keys`
    are theirs, if they are at hand; `also` are further candidates, which share a key with none of them perhaps.
    """
    ids = list(asked)
    known = dict(zip(ids, keys_of_each(list(asked.values())), strict=True)) if keys is None else keys
    near = _candidates(session, name, [known[i] for i in ids], CANDIDATES if len(ids) == 1 else SOME)
    near = [list(dict.fromkeys([*some, *also])) for some in near] if also else near
    pairs = [(n, other) for n, some in enumerate(near) for other in some if other not in but]
    if stored:
        pairs = [(n, other) for n, other in pairs if other != ids[n]]
    if not pairs:
        return {}
    found: dict[int, list[Found]] = defaultdict(list)
    for n, one in _judged(session, name, asked, pairs, stored=stored, but=but, at_least=at_least):
        found[ids[n]].append(one)
    return {i: sorted(some, key=lambda f: (-f.probability, f.id)) for i, some in found.items()}


def alike_among(session: Session, name: str, asked: Mapping[int, Profile], at_least: float) -> set[int]:
    """Those of these, which are not stored, that may be the same as one before them."""
    ids, profiles = list(asked), list(asked.values())
    holders: dict[int, list[int]] = defaultdict(list)
    for n, numbers in enumerate(keys_of_each(profiles)):
        for number in numbers:
            holders[number].append(n)
    pairs = sorted({pair for some in holders.values() for pair in _among(some)})
    if not pairs:
        return set()
    table = tabled(profiles)
    found = chances(table, pairs, replace(judging(session, name, table).model, inside=0))
    return {ids[later] for (_, later), chance in zip(pairs, found, strict=True) if chance >= at_least}


def _among(some: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The pairs of a small group; of a large one each with the first and with the one before it."""
    if len(some) <= SOME:
        return combinations(some, 2)
    return chain(((some[0], later) for later in some[1:]), pairwise(some))


def _judged(
    session: Session,
    name: str,
    asked: Mapping[int, Profile],
    pairs: Sequence[tuple[int, int]],
    *,
    stored: bool,
    but: Collection[int],
    at_least: float,
) -> Iterator[tuple[int, Found]]:
    """Those of the pairs (which of those asked about, a stored record) that reach `at_least`."""
    ids = list(asked)
    others = stored_profiles(session, name, {other for _, other in pairs})
    rows = {other: len(ids) + n for n, other in enumerate(others)}
    table = tabled([*asked.values(), *(made for made, _ in others.values())])
    use = judging(session, name, table, but)
    own = stored_profiles(session, name, ids) if stored else {}
    grouped: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for n, other in pairs:
        if other in others:
            counted = (use.live or others[other][1]) + (stored and (use.live or own[ids[n]][1]))
            grouped[counted].append((n, other))
    for inside, some in grouped.items():
        model = replace(use.model, inside=inside)
        verdicts = judge_pairs(table, [(n, rows[other]) for n, other in some], model, at_least)
        for (n, other), verdict in zip(some, verdicts, strict=True):
            if verdict is not None:
                yield n, Found(other, verdict.probability, verdict.reasons)


def _candidates(session: Session, name: str, keys: Sequence[Sequence[int]], most: int) -> list[list[int]]:
    """The records that share a key that few have, for each set of keys; the rarest keys count most."""
    holders = _holders(session, name, sorted({number for some in keys for number in some}))
    return nearest(keys, holders, most)


def nearest(keys: Sequence[Sequence[int]], holders: Mapping[int, list[int]], most: int) -> list[list[int]]:
    """For each set of keys who shares the rarest of them, `most` and one more."""
    found = []
    for some in keys:
        weight: dict[int, float] = defaultdict(float)
        for number in some:
            for id in holders.get(number, ()):
                weight[id] += 1 / len(holders[number])
        found.append(sorted(weight, key=lambda id: (-weight[id], id))[: most + 1])
    return found


def _holders(session: Session, name: str, numbers: list[int]) -> dict[int, list[int]]:
    """Who has each of these keys; those of many are not read, whoever is meant has others."""
    found: dict[int, list[int]] = defaultdict(list)
    for start in range(0, len(numbers), NUMBERS):
        given = ", ".join(f"({number:d})" for number in numbers[start : start + NUMBERS])
        held = session.connection().execute(text(HELD.format(given)), {"kind": name, "most": MOST})
        for number, id in held.all():  # tens of thousands, one by one they cost twice as much
            found[number].append(id)
    return found
