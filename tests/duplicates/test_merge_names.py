"""The parts of a name are one record's: a merge never puts a person together out of two."""

import pytest

from crm_app.tables import Person
from tests.duplicates.world import merge
from tests.support.builders import change, make_person, make_user, principal, row

PARTS = ("first_name", "last_name", "display_name")


def _named(first: str, last: str) -> int:
    return make_person(first_name=first, last_name=last, display_name=f"{first} {last}".strip())


def _names(person: int) -> list[str]:
    return [row(Person, person)[name] for name in PARTS]


@pytest.mark.parametrize(
    ("mine", "theirs", "expected"),
    [
        (("Zoë", "Young"), ("Young", "Zoë"), ("Zoë", "Young")),  # by itself each longer part would be Young
        (("J", "Novák"), ("Jonas", "Novák"), ("Jonas", "Novák")),
        (("Jonas", "Novák"), ("J", "Novák"), ("Jonas", "Novák")),
        (("", "Taanka"), ("Mina", "Tanaka"), ("Mina", "Tanaka")),
        (("Maximilian", "Li"), ("Max", "Lindqvist"), ("Max", "Lindqvist")),  # never Maximilian Lindqvist
    ],
)
def test_the_name_of_one_of_them_is_proposed(
    sqlite_database: str, mine: tuple[str, str], theirs: tuple[str, str], expected: tuple[str, str]
) -> None:
    one, two = _named(*mine), _named(*theirs)
    merge("person", one, two)
    assert _names(one) == [*expected, " ".join(expected)]


def test_what_somebody_wrote_comes_first_as_a_whole(sqlite_database: str) -> None:
    one, two = _named("Young", "Zoë"), _named("Zoe", "Young")
    change("person", two, principal(make_user(), "administrator"), first_name="Zoë", display_name="Zoë Young")
    merge("person", one, two)
    assert _names(one) == ["Zoë", "Young", "Zoë Young"]


def test_whoever_merges_may_still_choose_part_by_part(sqlite_database: str) -> None:
    one, two = _named("Maximilian", "Li"), _named("Max", "Lindqvist")
    merge("person", one, two, chosen={"first_name": one, "display_name": one})
    assert _names(one) == ["Maximilian", "Lindqvist", "Maximilian Lindqvist"]
