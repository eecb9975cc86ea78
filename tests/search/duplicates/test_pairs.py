"""Which two records are one, and which only look like it; what a person would say is the oracle."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.duplicates.fields import GIVEN
from search.duplicates.following import of_names
from search.duplicates.learning import counted
from search.duplicates.levels import EXACT, NEAR, OTHER
from search.duplicates.model import DEFAULT
from search.duplicates.normal import normalise
from search.duplicates.scoring import Scorer
from search.duplicates.single import Verdict, judge
from search.duplicates.table import table_of

Record = dict[str, str]
HOME = {"street": "12 Elm Street", "city": "Leeds", "postcode": "LS1 4AB"}
MILLER = {"first_name": "Jonathan", "last_name": "Miller"} | HOME
PHONE = {"phone": "+44 20 7946 0123"}
HOUSE = {"street": "12 St James Square", "city": "Leeds", "postcode": "LS1 4AB"}
WORK = {"company": "Acme Ltd", "street": "1 Main St", "city": "York"} | PHONE


def verdict(one: Record, two: Record) -> Verdict:
    return judge(normalise(one), [normalise(two)])[0]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        pytest.param(MILLER, MILLER, id="the same"),
        pytest.param(MILLER | PHONE, MILLER | PHONE | {"first_name": "Jon"}, id="a short name"),
        pytest.param(MILLER, MILLER | {"first_name": "Miller", "last_name": "Jonathan"}, id="names exchanged"),
        pytest.param(MILLER, MILLER | {"last_name": "Miller-Jones"}, id="a double name"),
        pytest.param(MILLER, MILLER | {"last_name": "Milller", "city": "Leds"}, id="slips"),
        pytest.param(MILLER, MILLER | {"street": "Elm St", "street_number": "12"}, id="the number apart"),
        pytest.param(
            MILLER | {"street2": "Rose Court"},
            MILLER | {"street": "Rose Court", "street2": "12 Elm Street"},
            id="lines exchanged",
        ),
        pytest.param(
            {"first_name": "Ann", "last_name": "Lee", "national_id": "1234567", "birth_date": "1981-11-23"},
            {"first_name": "Ann", "last_name": "Lee", "national_id": "1234576", "birth_date": "1981-11-32"},
            id="a slip in the id and one in the date",
        ),
        pytest.param(
            {"first_name": "Jon", "last_name": "Miller", "email": "jm@miller.example"},
            {"first_name": "Jonathan", "last_name": "Miller", "email": "JM+crm@miller.example"},
            id="one address",
        ),
        pytest.param({"company": "Acme Ltd"}, {"company": "ACME Limited"}, id="one company"),
        pytest.param(
            {"company": "Bolt Bakery", "website": "boltbakery.example", **HOUSE},
            {
                "company": "Bolt Bakery",
                "website": "https://www.boltbakery.example/",
                "street": "7 New Road",
                "city": "Hull",
            },
            id="a company that moved",
        ),
        pytest.param(
            {"first_name": "Jon", "last_name": "Miller", "email": "jon.miller@acme.example"},
            {"first_name": "Jon", "last_name": "Miller", "email": "jon.miler@acme.example"},
            id="a slip in an address that the name does not tell",
        ),
        pytest.param(
            {"first_name": "Παναγιώτα", "last_name": "Αθανασάκη", "email": "pa@athina.example"} | PHONE,
            {"first_name": "Panagiota", "last_name": "Athanasaki", "email": "pa@athina.example"} | PHONE,
            id="in two scripts",
        ),
    ],
)
def test_these_are_one(one: Record, two: Record):
    assert verdict(one, two).probability >= 0.9


@pytest.mark.parametrize(
    ("one", "two"),
    [
        pytest.param(MILLER, MILLER | {"first_name": "Rebecca"}, id="siblings"),
        pytest.param(MILLER | {"birth_date": "1950-03-04"}, MILLER | {"birth_date": "1981-11-23"}, id="father and son"),
        pytest.param(MILLER | {"last_name": "Miller Sr"}, MILLER | {"last_name": "Miller Jr"}, id="senior and junior"),
        pytest.param(
            MILLER | PHONE | {"birth_date": "1981-11-23"},
            MILLER | PHONE | {"birth_date": "1981-11-23", "first_name": "Rebecca"},
            id="twins",
        ),
        pytest.param(
            {"first_name": "Jon", "last_name": "Miller"} | WORK,
            {"first_name": "Anna", "last_name": "Smith"} | WORK,
            id="colleagues behind one switchboard",
        ),
        pytest.param(
            {"first_name": "Jon", "last_name": "Miller", "email": "info@acme.example"},
            {"first_name": "Anna", "last_name": "Smith", "email": "info@acme.example"},
            id="a shared mailbox",
        ),
        pytest.param(
            {"company": "Acme Germany GmbH", "website": "acme.example"},
            {"company": "Acme France SARL", "website": "www.acme.example"},
            id="sister companies",
        ),
        pytest.param({"company": "Acme"}, {"company": "Acme Holding"}, id="parent and subsidiary"),
        pytest.param({"company": "Bolt Bakery", **HOUSE}, {"company": "Gear Optics", **HOUSE}, id="neighbours"),
        pytest.param(
            {"company": "Bul Technologies", **HOUSE}, {"company": "Jupa Technologies", **HOUSE}, id="of one trade"
        ),
        pytest.param(
            {"first_name": "Zoe", "last_name": "Lewis", "company": "Acme", "email": "zoe.lewis@acme.example"},
            {"first_name": "Zoe", "last_name": "Lewis", "company": "Acme", "email": "zoe.lewis2@acme.example"},
            id="namesakes at one company",
        ),
        pytest.param({"city": "Leeds"}, {"city": "Leeds"}, id="only a town"),
        pytest.param(PHONE, PHONE, id="only a number"),
        pytest.param({}, {}, id="nothing"),
        pytest.param({"phone": "0000000"}, {"phone": "0000000"}, id="a number of zeros"),
    ],
)
def test_these_are_two(one: Record, two: Record):
    assert verdict(one, two).probability < 0.9


@pytest.mark.parametrize(
    ("one", "two", "address"),
    [
        ("Noah", "Nora", "{first}.{last}@mail.example"),
        ("Yara", "Daria", "{first}.{last}@mail.example"),
        ("Yara", "Daria", "{first[0]}{last}@mail.example"),
    ],
)
def test_addresses_made_of_names_say_no_more_than_the_names(one: str, two: str, address: str):
    model = replace(DEFAULT, size=500, counts=counted({"domain": {"mail.example": 100}}))

    def record(first: str) -> Record:
        written = address.format(first=first.lower(), last="hansen")
        return {"first_name": first, "last_name": "Hansen", "email": written}

    found = judge(normalise(record(one)), [normalise(record(two)), normalise(record(one))], model)
    assert found[0].probability < 0.9 < found[1].probability


@pytest.mark.parametrize(
    ("local", "given_name", "surname", "told"),
    [
        ("anna.abt", "anna", "abt", True),
        ("j.mueller", "jurgen", "muller", True),
        ("c.gutierrez", "carlos", "gutierrez mas", True),
        ("kamel_s", "sherine", "kamel", True),
        ("p.athanasaki", "παναγιωτα", "αθανασακη", True),
        ("zoe81", "zoe", "lewis", False),
        ("bob", "anna", "abt", False),
    ],
)
def test_an_address_is_made_of_a_name(local: str, given_name: str, surname: str, told: bool):
    assert of_names(local, given_name, surname) is told


def test_one_address_at_two_companies_says_no_more_than_the_name_even_if_that_has_a_slip():
    model = replace(DEFAULT, size=20_000, counts=counted({"given": {"james": 400}, "surname": {"wilson": 100}}))
    one = {"first_name": "James", "last_name": "Wilson", "email": "james.wilson@acme.example"}
    two = {"first_name": "James", "last_name": "Wilon", "email": "james.wilson@bolt.example"}
    own = [normalise(row | {"email": row["email"].replace("wilson", "jw81")}) for row in (one, two)]
    plain, told = (
        judge(left, [right], model)[0].probability for left, right in ((normalise(one), normalise(two)), own)
    )
    assert plain < 0.5 and told / (1 - told) > 100 * plain / (1 - plain)


@pytest.mark.parametrize(
    ("one", "two", "town", "level"),
    [
        ("Fratelli Rinaldi Risorse", "Fratelli Martino Pulizie", "", OTHER),
        ("Fratelli Rinaldi", "Fratelli Rinaldo", "", NEAR),
        ("Columbus Networks", "Columbus Wireless", "Columbus", OTHER),
        ("Columbus Networks", "Columbus Network", "Columbus", NEAR),
        ("Columbus Networks", "Columbus Networks", "Columbus", EXACT),
    ],
)
def test_what_many_are_called_after_says_nothing(one: str, two: str, town: str, level: int):
    rows = table_of(normalise({"company": name, "city": town}) for name in (one, two))
    left, right = np.array([0], np.int32), np.array([1], np.int32)
    fields = Scorer(rows, DEFAULT).score(left, right).compared.fields
    assert fields["firm"].level[0] == level
    assert fields["city"].ratio(DEFAULT.m["city"])[0] == 1, "the town is in the name already"


def test_the_more_there_are_of_whom_nothing_is_known_the_less_a_name_says():
    one = {"first_name": "Zoe", "last_name": "Lewis", "email": "zoe.lewis@acme.example", "company": "Acme"}
    two = one | {"email": "zl@bolt.example", "company": "Bolt Bakery"}
    chances = [
        judge(normalise(one), [normalise(two)], replace(DEFAULT, among=among))[0].probability
        for among in (500, 5_000, 50_000)
    ]
    assert chances == sorted(chances, reverse=True) and chances[1] < 0.9


@pytest.mark.parametrize(
    ("names", "counts", "one"),
    [
        (("Tim", "Tom"), {"tim": 300, "tom": 400}, False),
        (("Tim", "Tym"), {"tim": 300, "tym": 1}, True),
        (("Maria", "Marie"), {"maria": 900, "marie": 700}, False),
        (("Maria", "Marai"), {"maria": 900, "marai": 3}, True),
        (("Zorah", "Zora"), {"zorah": 1, "zora": 1}, True),
    ],
)
def test_two_names_that_many_have_are_no_slip_of_one_another(
    names: tuple[str, str], counts: dict[str, int], one: bool
) -> None:
    """Relatives at one address, of whom no date of birth is known."""
    model = replace(DEFAULT, size=100_000, counts=counted({"given": counts, "surname": {"miller": 5}}))
    first, second = (normalise(MILLER | {"first_name": name}) for name in names)
    there, back = judge(first, [second], model)[0], judge(second, [first], model)[0]
    assert (there.probability >= 0.9) is one and there.probability == pytest.approx(back.probability)


def test_the_reasons_are_words():
    one = {"first_name": "Jon", "last_name": "Miller", "company": "Acme Ltd", "city": "Leeds"} | PHONE
    two = {"first_name": "Jonathan", "last_name": "Miller", "company": "ACME Limited", "city": "York"} | PHONE
    assert verdict(one, two).reasons == "same phone; same surname; same company; Jon ~ Jonathan; town differs"


records = st.fixed_dictionaries({}, optional={name: st.text(max_size=30) for name in GIVEN})


@given(records, records)
def test_whatever_is_given_it_is_a_probability_and_the_order_is_no_matter(one: Record, two: Record):
    there, back = verdict(one, two), verdict(two, one)
    assert 0 <= there.probability <= 1
    assert there.probability == pytest.approx(back.probability)


def test_others_beside_do_not_change_the_verdict():
    others = [normalise(MILLER | {"first_name": name}) for name in ("Jon", "Rebecca", "Bob")]
    together = judge(normalise(MILLER), others, DEFAULT)
    assert [judge(normalise(MILLER), [other])[0] for other in others] == together
