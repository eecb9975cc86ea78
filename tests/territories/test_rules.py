"""Rules of territories and of sharing out, by tables and for any arrivals."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_app.territories.rules.choosing import METHODS, Candidate, choose
from crm_app.territories.rules.matching import Firm, Rules, Spot, find_territory, plain_postcode

BERLIN = Firm(1, "Software", 80, (Spot("Germany"), Spot("Germany", "10 115")))
LYON = Firm(2, "retail", 4000, (Spot("France"), Spot("", "69001")))
NOWHERE = Firm(3)


@pytest.mark.parametrize(
    ("rules", "firm", "why"),
    [
        ({"countries": ("germany",)}, BERLIN, "Germany"),
        ({"countries": ("France", "GERMANY")}, BERLIN, "Germany"),
        ({"countries": ("France",)}, BERLIN, None),
        ({"postcodes": ("101",)}, BERLIN, "postcode 101…"),
        ({"postcodes": ("1", "101", "2")}, BERLIN, "postcode 101…"),
        ({"countries": ("France",), "postcodes": ("69",)}, LYON, "France, postcode 69…"),
        ({"countries": ("Germany",), "postcodes": ("69",)}, LYON, None),
        ({"countries": ("Germany",), "postcodes": ("12",)}, BERLIN, None),
        ({"industries": ("Retail", "Banking")}, LYON, "retail"),
        ({"industries": ("Banking",)}, LYON, None),
        ({"industries": ("Banking",)}, NOWHERE, None),
        ({"employees_from": 80}, BERLIN, "80 employees"),
        ({"employees_from": 81}, BERLIN, None),
        ({"employees_to": 80}, BERLIN, "80 employees"),
        ({"employees_to": 79}, BERLIN, None),
        ({"employees_from": 0}, NOWHERE, None),
        ({"countries": ("France",), "industries": ("Retail",), "employees_from": 1000}, LYON,
         "France · retail · 4,000 employees"),
        ({}, NOWHERE, "Everything that is left"),
        ({"accounts": frozenset({3})}, NOWHERE, "Named account"),
        ({"accounts": frozenset({9})}, NOWHERE, None),
        ({"accounts": frozenset({9}), "countries": ("France",)}, LYON, "France"),
        ({"accounts": frozenset({1}), "countries": ("France",)}, BERLIN, "Named account"),
    ],
)  # fmt: skip
def test_conditions(rules: dict, firm: Firm, why: str | None) -> None:
    found = find_territory(firm, [Rules(7, "Any", **rules)])
    assert (found.why if found else None) == why


def test_the_first_in_order_wins() -> None:
    north, named, rest = (
        Rules(1, "North", countries=("Germany",)),
        Rules(2, "Named", accounts=frozenset({1})),
        Rules(3, "Rest"),
    )
    for order, firm, expected in [
        ((north, named, rest), BERLIN, "North"),
        ((named, north, rest), BERLIN, "Named"),
        ((rest, named, north), BERLIN, "Rest"),
        ((north, named, rest), LYON, "Rest"),
    ]:
        found = find_territory(firm, order)
        assert found is not None and found.name == expected
    assert find_territory(LYON, [north, named]) is None


@pytest.mark.parametrize(("text", "plain"), [("sw1a 1aa", "SW1A1AA"), ("D-10115", "D10115"), ("", ""), (" ", "")])
def test_postcodes(text: str, plain: str) -> None:
    assert plain_postcode(text) == plain


def everybody(*given_people: tuple) -> list[Candidate]:
    return [Candidate(n, *rest) for n, *rest in given_people]


@pytest.mark.parametrize(
    ("method", "people", "last", "expected"),
    [
        ("round_robin", [(1,), (2,), (3,)], None, 1),
        ("round_robin", [(1,), (2,), (3,)], 1, 2),
        ("round_robin", [(1,), (2,), (3,)], 3, 1),
        ("round_robin", [(1,), (2,), (3,)], 99, 1),
        ("round_robin", [(1,), (2, 0, None, True), (3,)], 1, 3),
        ("round_robin", [(1,), (2, 5, 5), (3,)], 1, 3),
        ("round_robin", [(1,)], 1, 1),
        ("least_loaded", [(1, 5), (2, 3), (3, 3)], 2, 2),
        ("least_loaded", [(1, 5), (2, 3, 3), (3, 4)], None, 3),
        ("capacity", [(1, 5, 10), (2, 1, 4), (3, 0, None)], None, 1),
        ("capacity", [(1, 5, 5), (2, 4, 4), (3, 7, None)], None, 3),
        ("capacity", [(1, 0, 9), (2, 0, 9)], 1, 1),
        ("capacity", [(1, 5, 5)], None, None),
        ("least_loaded", [(1, 0, None, True)], None, None),
        ("round_robin", [], None, None),
    ],
)
def test_whose_turn_it_is(method: str, people: list[tuple], last: int | None, expected: int | None) -> None:
    found = choose(method, everybody(*people), last)
    assert (found.user_id if found else None) == expected


PEOPLE = st.lists(st.tuples(st.integers(0, 8), st.none() | st.integers(0, 12), st.booleans()), min_size=1, max_size=6)


def shared(method: str, people: list[Candidate], arrivals: int) -> list[int]:
    last, given_to = None, []
    for _ in range(arrivals):
        found = choose(method, people, last)
        if found is None:
            break
        assert found.is_free
        found.open += 1
        last = found.user_id
        given_to.append(found.user_id)
    return given_to


@given(st.sampled_from(METHODS), PEOPLE, st.integers(0, 60))
def test_nobody_away_or_full_gets_anything_and_nothing_waits_while_somebody_is_free(
    method: str, people: list[tuple[int, int | None, bool]], arrivals: int
) -> None:
    candidates = [Candidate(n, *rest) for n, rest in enumerate(people)]
    room = sum(arrivals if most is None else max(0, most - open) for open, most, away in people if not away)
    assert len(shared(method, candidates, arrivals)) == min(arrivals, room)


@given(st.integers(1, 7), st.integers(0, 100))
def test_in_turn_is_exact(people: int, arrivals: int) -> None:
    counts = Counter(shared("round_robin", [Candidate(n) for n in range(people)], arrivals))
    assert max(counts.values(), default=0) - min((counts[n] for n in range(people)), default=0) <= 1


@given(st.lists(st.integers(0, 20), min_size=1, max_size=6), st.integers(0, 100))
def test_least_first_levels_the_loads(loads: list[int], arrivals: int) -> None:
    people = [Candidate(n, load) for n, load in enumerate(loads)]
    got = Counter(shared("least_loaded", people, arrivals))
    topped = [p.open for p in people if got[p.user_id]]
    assert not topped or max(topped) - min(p.open for p in people) <= 1
