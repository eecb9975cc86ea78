"""Roles over time, consent per channel, language and time zone, many e-mails."""

from datetime import date
from pathlib import Path

import pytest
from sqlmodel import select

from crm_app.core import clock, db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import undo
from crm_app.core.errors import Invalid
from crm_app.imports.service import import_file
from crm_app.people.service import save_role
from crm_app.records.editing import save_part
from crm_app.records.listing import Listing, list_page
from crm_app.records.listing.rules import parse_filter
from crm_app.records.page.queries import record_page
from crm_app.tables import Person, PersonRole
from tests.support.builders import change, make, make_company, make_person, row


def roles(person: int) -> list[tuple]:
    def read(session):
        found = session.exec(select(PersonRole).where(PersonRole.person_id == person)).all()
        found = sorted(found, key=lambda r: (r.current, r.id))
        return [(r.company_id, r.title, bool(r.ends_on), r.current, r.is_primary) for r in found]

    return db.read_sync(read)


def test_going_to_another_company_leaves_a_trace_and_one_undo_takes_it_back(database_url: str, wired: None) -> None:
    old, new = make_company(), make_company()
    person = make_person(company_id=old, title="Buyer")
    assert roles(person) == []
    free = make_person()
    change("person", free, company_id=old)
    assert roles(free) == [], "the first company leaves nothing behind"
    batch = change("person", person, company_id=new, title="Head of buying")
    assert roles(person) == [(old, "Buyer", True, False, False), (new, "Head of buying", False, True, True)]
    promotion = change("person", person, title="Director")
    assert roles(person)[1][1] == "Director"
    db.write_sync(undo, SYSTEM, promotion)
    db.write_sync(undo, SYSTEM, batch)
    assert roles(person) == []
    assert (row(Person, person)["company_id"], row(Person, person)["title"]) == (old, "Buyer")


def test_company_and_title_follow_the_primary_current_role(database_url: str, wired: None) -> None:
    one, two = make_company(), make_company()
    person = make_person()
    db.write_sync(
        save_role,
        SYSTEM,
        person,
        {"company_id": str(one), "title": "Chair", "starts_on": "2019-01-01", "current": "on"},
    )
    assert (row(Person, person)["company_id"], row(Person, person)["title"]) == (one, "Chair")
    db.write_sync(
        save_role, SYSTEM, person, {"company_id": str(two), "title": "CEO", "current": "on", "is_primary": "on"}
    )
    assert (row(Person, person)["company_id"], row(Person, person)["title"]) == (two, "CEO")
    assert [(r[0], r[4]) for r in roles(person)] == [(one, False), (two, True)]
    with pytest.raises(Invalid, match="before"):
        wrong = {"company_id": str(one), "starts_on": "2020-01-01", "ends_on": "2019-01-01"}
        db.write_sync(save_role, SYSTEM, person, wrong)


def test_consent_is_kept_for_each_channel_and_filtered_by_it(database_url: str, wired: None) -> None:
    yes, no = make_person(), make_person()
    db.write_sync(save_part, SYSTEM, "person", yes, "consent_email", 0, {"state": "given", "source": "fair"})
    db.write_sync(save_part, SYSTEM, "person", yes, "consent_phone", 0, {"state": "refused"})
    db.write_sync(save_part, SYSTEM, "person", no, "consent_email", 0, {"state": "withdrawn"})
    with pytest.raises(Invalid):
        db.write_sync(save_part, SYSTEM, "person", yes, "consent_email", 0, {"state": "given"})
    page = record_page_parts(yes)
    assert page["consent_email"] == [f"Given, {day_words(clock.today('UTC'))}, fair"]
    assert page["consent_post"] == []
    wish = parse_filter('{"f":"consent_email.state","op":"is","v":["given"]}')
    assert [r.id for r in db.read_sync(list_page, SYSTEM, Listing("person", filter=wish)).rows] == [yes]


def day_words(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def record_page_parts(person: int) -> dict[str, list[str]]:
    parts = db.read_sync(record_page, SYSTEM, "person", person).parts
    return {p.name: [r.text for r in p.rows] for p in parts}


@pytest.mark.parametrize(
    ("given", "kept"), [("German", "de"), ("deutsch", "de"), ("pt-BR", "pt"), ("Klingonese", "Klingonese")]
)
def test_a_language_is_kept_by_its_code(database_url: str, wired: None, given: str, kept: str) -> None:
    assert row(Person, make_person(language=given))["language"] == kept


def test_a_time_zone_is_one(database_url: str, wired: None) -> None:
    assert row(Person, make_person(zone="berlin"))["zone"] == "Europe/Berlin"
    with pytest.raises(Invalid) as refused:
        make_person(zone="Atlantis/Town")
    assert "zone" in refused.value.fields


def test_profiles_are_kept_by_network_found_and_imported(sqlite_database: str, tmp_path: Path) -> None:
    ada = make_person()
    given = {"network": "Mastodon", "value": "@ada@example.org"}
    db.write_sync(save_part, SYSTEM, "person", ada, "profiles", 0, given)
    with pytest.raises(Invalid) as refused:
        db.write_sync(save_part, SYSTEM, "person", ada, "profiles", 0, given | {"network": "MySpace"})
    assert set(refused.value.fields) == {"profiles"}
    (shown,) = record_page_parts(ada)["profiles"]
    assert "Mastodon" in shown and "@ada@example.org" in shown
    wish = parse_filter('{"f":"profiles.network","op":"is","v":["Mastodon"]}')
    assert [r.id for r in db.read_sync(list_page, SYSTEM, Listing("person", filter=wish)).rows] == [ada]
    file = tmp_path / "people.csv"
    file.write_text("name,linkedin\nBo Nil,https://linkedin.com/in/bo\n")
    assert import_file(SYSTEM, "person", file).created == 1
    (bo,) = (r.id for r in db.read_sync(list_page, SYSTEM, Listing("person")).rows if r.id != ada)
    assert record_page_parts(bo)["profiles"] == ["LinkedIn, https://linkedin.com/in/bo"]


def test_two_hundred_addresses_are_kept_and_the_next_one_is_refused(database_url: str, wired: None) -> None:
    many = [{"value": f"a{n}@example.org", "is_primary": n == 0} for n in range(200)]
    person = make_person(emails=many)
    assert len(record_page_parts(person)["emails"]) == 200
    with pytest.raises(Invalid) as refused:
        db.write_sync(save_part, SYSTEM, "person", person, "emails", 0, {"value": "one.more@example.org"})
    assert refused.value.fields == {"emails": "E-mails may have at most 200 rows."}
    assert len(record_page_parts(person)["emails"]) == 200


def test_an_import_brings_numbers_and_consent_and_its_file_comes_again(
    database_url: str, wired: None, tmp_path: Path
) -> None:
    make("organisation", name="Ours", country="Great Britain")
    file = tmp_path / "people.csv"
    file.write_text(
        "name,e-mail,phone,e-mail consent,time zone\n"
        "Ada Byron,ada@example.org,020 7946 0123,given,London\n"
        "Bo Nil,bo@example.org,0000,given,\n"
        "Cy Ask,cy@example.org,ask Bob,,\n"
    )
    for created in (2, 0):
        report = import_file(SYSTEM, "person", file)
        assert (report.created, report.updated, report.refused) == (created, 0, 1)
        assert "zeros" in report.errors[0].reason
        assert [(g.given, g.taken) for g in report.guesses] == [("ask Bob", "a text, kept as written")]
    page = db.read_sync(list_page, SYSTEM, Listing("person", columns=("display_name", "phones.value"))).rows
    assert [[c.text for c in r.cells] for r in page] == [["Ada Byron", "+44 20 7946 0123"], ["Cy Ask", "ask Bob"]]
    assert record_page_parts(page[0].id)["consent_email"] == ["Given"]
