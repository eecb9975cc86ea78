"""Telephone numbers: E.164 in the database, groups on the screen, digits in every comparison."""

import json

import pytest

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import undo
from crm_app.core.errors import Invalid
from crm_app.records.listing import Listing, list_page
from crm_app.records.listing.rules import parse_filter
from crm_app.records.page.queries import record_page
from crm_app.records.phones import ZEROS, digits_of, normal, shown
from crm_app.tables import Company, PersonPhone
from tests.support.builders import change, make, make_company, make_person, row

# What was written, where, and what ITU-T E.164 makes of it, worked out by hand from the national plans.
WRITTEN = [
    ("+44 20 7946 0123", "", "+442079460123"),
    ("+44 (0)20 7946 0123", "", "+442079460123"),
    ("020 7946 0123", "GB", "+442079460123"),
    ("030/123 456-78", "DE", "+493012345678"),
    ("0049 30 12345678", "DE", "+493012345678"),
    ("(212) 555-0187", "US", "+12125550187"),
    ("+44 20 7946 0123 ext 12", "", "+442079460123 ext. 12"),
    ("020 7946 0123", "", "020 7946 0123"),
    ("ask Bob", "GB", "ask Bob"),
    ("12", "GB", "12"),
]


@pytest.mark.parametrize(("text", "region", "kept"), WRITTEN)
def test_what_is_written_becomes_e164_or_stays(text: str, region: str, kept: str) -> None:
    assert normal(text, region) == kept
    assert normal(kept, region) == kept, "twice is once"


@pytest.mark.parametrize("text", ["0", "000000", "+00 000", "(0) 00-00"])
def test_only_zeros_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="nothing but zeros"):
        normal(text, "GB")


def test_a_number_is_shown_in_groups() -> None:
    assert shown("+442079460123") == "+44 20 7946 0123"
    assert shown("ask Bob") == "ask Bob"
    assert digits_of("+44 (0)20 7946") == "44207946"


def numbers() -> list[str]:
    def read(session):
        return sorted(session.connection().exec_driver_sql("SELECT value FROM person_phone").scalars())

    return db.read_sync(read)


def test_every_write_normalises_by_the_country_of_the_organisation(database_url: str, wired: None) -> None:
    make("organisation", name="Ours", country="Deutschland")
    person = make_person(phones=[{"value": "030 12345678", "is_primary": True}, {"value": "ask Bob"}])
    assert numbers() == ["+493012345678", "ask Bob"]
    company = make_company(phone="030/12345-0")
    assert row(Company, company)["phone"] == "+4930123450"
    with pytest.raises(Invalid) as refused:
        change("person", person, phones=[{"value": "000"}])
    assert refused.value.fields == {"phones": ZEROS}
    assert numbers() == ["+493012345678", "ask Bob"]
    shown_parts = next(p for p in db.read_sync(record_page, SYSTEM, "person", person).parts if p.name == "phones")
    assert [(r.text, bool(r.warning), r.href) for r in shown_parts.rows] == [
        ("+49 30 12345678", False, "tel:+493012345678"),
        ("ask Bob", True, ""),
    ]


def test_an_undo_gives_back_what_was_written_before(database_url: str, wired: None) -> None:
    person = make_person(phones=[{"value": "020 7946 0123"}])
    make("organisation", name="Ours", country="UK")
    part = db.read_sync(record_page, SYSTEM, "person", person).parts[1].rows[0].id
    batch = change("person", person, **{f"phones.{part}": {"value": "020 7946 0124"}})
    assert row(PersonPhone, part)["value"] == "+442079460124"
    db.write_sync(undo, SYSTEM, batch)
    assert row(PersonPhone, part)["value"] == "020 7946 0123"


@pytest.mark.parametrize("op", ["contains", "is"])
@pytest.mark.parametrize("asked", ["020 7946 0123", "(020) 79460123", "+44 20 7946-0123", "0207 946 0123"])
def test_a_filter_finds_a_number_in_any_grouping(database_url: str, wired: None, asked: str, op: str) -> None:
    found = make_person(phones=[{"value": "+44 20 7946 0123"}])
    make_person(phones=[{"value": "+44 20 7946 9999"}])
    wish = parse_filter(json.dumps({"f": "phones.value", "op": op, "v": asked}))
    page = db.read_sync(list_page, SYSTEM, Listing("person", filter=wish))
    assert [r.id for r in page.rows] == [found]
