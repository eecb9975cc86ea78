"""A person with very many addresses and numbers is one with whoever has any of them."""

from hashlib import sha256
from time import perf_counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.duplicates.fields import SLOTS
from search.duplicates.kept import SEPARATOR, packed, unpacked
from search.duplicates.normal import normalise
from search.duplicates.single import judge, keys_of
from search.duplicates.sweep import Sweep
from search.duplicates.table import table_of

MAILS = [f"{sha256(bytes([n])).hexdigest()[:16]}@box.example" for n in range(200)]
PHONES = [f"+4930{n:06}" for n in range(100_100, 100_300)]
BOX = {"first_name": "Mail", "last_name": "Box"}
MANY = normalise(BOX | {"email": MAILS, "phone": PHONES})


def other(name: str, value: str) -> tuple[str, ...]:
    return normalise({"first_name": "Malin", "last_name": "Boxer", name: value})


@pytest.mark.parametrize("at", [0, 2, 3, 149, 199])
@pytest.mark.parametrize(("name", "values"), [("email", MAILS), ("phone", PHONES)])
def test_any_of_them_is_as_good_as_the_first(name: str, values: list[str], at: int) -> None:
    first, found = (judge(other(name, values[n]), [MANY])[0] for n in (0, at))
    assert found == first and f"same {'e-mail' if name == 'email' else 'phone'}" in found.reasons
    assert judge(MANY, [other(name, values[at])])[0].probability == pytest.approx(first.probability)
    assert set(keys_of(other(name, values[at]))) & set(keys_of(MANY)), "and it is a way to find them"


def test_a_slip_in_any_of_them_is_a_slip() -> None:
    first, late = (judge(other("email", f"x{MAILS[n]}"), [MANY])[0].probability for n in (0, 149))
    none = judge(other("email", "quite@box.example"), [MANY])[0].probability
    assert late == pytest.approx(first) and late > none


def test_of_two_with_very_many_the_equal_ones_count() -> None:
    theirs = [f"{mail[:16][::-1]}@box.example" for mail in MAILS[:199]]
    apart = normalise(BOX | {"email": theirs})
    alike = normalise(BOX | {"email": [*theirs, MAILS[177]]})
    found = judge(MANY, [apart, alike])
    assert found[0].probability < found[1].probability and "same e-mail" in found[1].reasons


def test_a_profile_is_kept_whole() -> None:
    assert unpacked(packed(MANY)) == MANY
    older = packed(MANY).rsplit(SEPARATOR, 2)[0]
    assert unpacked(older) == (*MANY[:-2], "", ""), "as it was kept before there were more than three"
    table = table_of([normalise(BOX), MANY, normalise(BOX | {"email": MAILS[:4]})])
    texts = table.words["email"].texts
    assert [texts[code] for code in table.every["email"].of(1)] == MAILS
    assert [texts[code] for code in table.further["email"].of(2)] == MAILS[SLOTS:4]
    assert table.every["email"].of(0).tolist() == []
    assert np.array_equal(table.every["phone"].rows, np.full(200, 1))


@settings(max_examples=40)
@given(st.lists(st.lists(st.integers(0, 12), max_size=9), min_size=1, max_size=6))
def test_how_often_each_occurs_is_counted_over_all_of_them(given: list[list[int]]) -> None:
    table = table_of(normalise(BOX | {"email": [MAILS[n] for n in some]}) for some in given)
    counts = dict(zip(table.words["email"].texts, table.counts("email1").tolist(), strict=True))
    for n in range(13):
        assert counts.get(MAILS[n], 0) == sum(n in some for some in given)


def test_a_sweep_finds_them_in_any_place() -> None:
    one = BOX | {"email": MAILS[:150]}
    found = Sweep([normalise(one), other("email", MAILS[149]), other("email", "quite@box.example")])
    assert (0, 1) in {(pair.left, pair.right) for pair in found.pairs()}
    crossed = [{"email": [MAILS[1], MAILS[0]]}, {"email": [MAILS[0], MAILS[2]]}]
    names = [{"first_name": "Jon", "last_name": "Miller"}, {"first_name": "Jonathan", "last_name": "Milner"}]
    swept = Sweep(normalise(name | mails) for name, mails in zip(names, crossed, strict=True))
    assert swept.compared == 1, "the first of the one is the second of the other"


def test_many_with_very_many_are_compared_in_bounded_time() -> None:
    profiles = [normalise(BOX | {"email": [f"m{n}-{who}-{mail}" for n, mail in enumerate(MAILS)]}) for who in range(60)]
    began = perf_counter()
    judge(profiles[0], profiles[1:])
    assert perf_counter() - began < 5
