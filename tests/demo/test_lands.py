"""The countries of the larger demo by outside knowledge: CLDR, numbering plans, the letters of names."""

from random import Random

import phonenumbers
import pytest
from rapidfuzz.distance import OSA

from crm_app.demo.scale.lands import LANDS, Land, address, phone
from crm_app.demo.scale.mailboxes import Mailboxes
from crm_app.demo.scale.names import name_of, slug
from crm_app.demo.scale.naming import Register
from crm_app.demo.scale.slips import slip
from crm_app.demo.terms import INDUSTRIES
from crm_app.records.countries import country_name

of_each = pytest.mark.parametrize("land", LANDS, ids=lambda land: land.code)


@of_each
def test_numbers_are_of_that_country(land: Land) -> None:
    random = Random(1)
    for town in [None, *land.words.towns.items]:
        numbers = [phonenumbers.parse(phone(random, land, town)) for _ in range(20)]
        assert all(phonenumbers.is_possible_number(number) for number in numbers)
        regions = [phonenumbers.region_code_for_number(number) for number in numbers]
        assert regions.count(land.code) >= 10, (town, regions)


@of_each
def test_words_are_there_and_known_to_the_lists(land: Land) -> None:
    assert country_name(land.code) == land.name
    assert {industry for industry, _ in land.words.trades} == {name for name, _ in INDUSTRIES}
    found = address(Random(1), land, land.words.towns.items[0])
    assert found["country"] == land.name and found["city"] and any(c.isdigit() for c in found["postcode"])
    random, register = Random(1), Register()
    firms = [register.name(random, land, land.words.towns.pick(random)) for _ in range(60)]
    assert len({firm.slug for firm in firms}) == 60 and not any(c.isdigit() for firm in firms for c in firm.slug)
    people = [name_of(random, land) for _ in range(200)]
    assert len({name.shown for name in people}) > 170
    for part in [part for name in people for part in name.plain] + [firm.slug for firm in firms]:
        assert part and part.isascii() and part.replace("-", "").isalnum() and part == part.lower(), part


def test_the_feminine_surname_goes_with_a_feminine_name() -> None:
    random = Random(1)
    poland = next(land for land in LANDS if land.code == "PL")
    names = [name_of(random, poland) for _ in range(500)]
    hers = {name.first for name in names if name.last.endswith("ska")}
    his = {name.first for name in names if name.last.endswith("ski")}
    assert len(hers) > 30 and len(his) > 30 and all(first.endswith("a") for first in hers)
    assert not any(first.endswith("a") for first in his - {"Barnaba", "Kosma", "Kuba"})


def test_addresses_are_spelt_as_in_the_country_and_numbered_only_where_two_clash() -> None:
    assert (slug("Müller-Groß", "de"), slug("Åse Bæk", "da", "."), slug("Øzil", "tr")) == (
        "mueller-gross",
        "aase.baek",
        "ozil",
    )
    assert slug("van den Berg", "nl") == "vandenberg"
    boxes = Mailboxes()
    given = [boxes.give("a.example", "f.last", first, "byron") for first in ("ada", "anne", "anne", "anne")]
    assert given == [f"{local}@a.example" for local in ("a.byron", "anne.byron", "anne.byron2", "anne.byron3")]


def test_a_slip_is_one_slip() -> None:
    random = Random(1)
    for text in ("Johansson", "van der Meer", "Παπαδόπουλος", "O'Brien", "Aaron"):
        for _ in range(20):
            other = slip(random, text)
            assert other[0] == text[0] and 0 < OSA.distance(text, other) <= 1, (text, other)
    assert slip(random, "Bo") == "Bo"
