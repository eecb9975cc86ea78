"""Conditions of the lifecycle bind every path; what comes past them is found; conversion makes nothing twice."""

import threading
from pathlib import Path

import pytest
from sqlmodel import select

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply_many, undo
from crm_app.core.errors import Conflict, Forbidden, Invalid
from crm_app.imports.service import import_file
from crm_app.lifecycle.queries import asked_move, bar_of, missing_for
from crm_app.lifecycle.rules import USUAL
from crm_app.lifecycle.service import Moved, move_person
from crm_app.records.bulk import run_bulk
from crm_app.records.editing import edit_field, remove_part
from crm_app.records.list_screen.state.bulk import begin
from crm_app.tables import Company, Deal, Person
from tests.support.builders import (
    change,
    make,
    make_company,
    make_deal,
    make_person,
    make_pipeline,
    make_user,
    principal,
    row,
)

ALL_MISSING = {"owner_id", "emails", "company_id", "next_step"}


@pytest.fixture
def process(database_url: str, wired: None) -> None:
    """The usual conditions."""
    for n, (key, conditions) in enumerate(USUAL.items()):
        make("lifecycle_state", key=key, name=key.capitalize(), position=n, conditions=list(conditions))


def refused(command, *args, **values) -> dict[str, str]:
    with pytest.raises(Invalid) as refusal:
        command(*args, **values)
    return refusal.value.fields


def ready(**values) -> int:
    """Somebody who lacks nothing but a deal or a next step."""
    given = {"owner_id": make_user(), "company_id": make_company(), "emails": [{"value": "a@example.org"}]}
    return make_person(**given | values)


def all_of(table: type) -> list:
    def read(session):
        return [r.model_dump() for r in session.exec(select(table).order_by(table.id)).all()]

    return db.read_sync(read)


def test_without_a_process_nothing_is_asked(database_url: str, wired: None) -> None:
    assert row(Person, make_person(lifecycle="contact"))["lifecycle"] == "contact"


def test_a_contact_needs_an_owner_a_channel_a_company_and_work(process: None) -> None:
    person = make_person()
    wrong = refused(change, "person", person, lifecycle="contact")
    assert set(wrong) == ALL_MISSING
    assert wrong["emails"] == "An e-mail address or a telephone number is needed for Contact."
    change("person", person, owner_id=make_user(), private=True, phones=[{"value": "+44 20 7946 0123"}])
    assert set(refused(change, "person", person, lifecycle="contact")) == {"next_step"}
    make("activity", type="call", person_id=person, due_at="2030-01-01T10:00+00:00", owner_id=make_user())
    change("person", person, lifecycle="contact")
    assert row(Person, person)["lifecycle"] == "contact"


@pytest.mark.parametrize("work", ["planned call", "deal", "deal of the other way", "call without a day", "done call"])
def test_a_deal_or_a_dated_next_step(process: None, work: str) -> None:
    person = ready()
    if work == "deal":
        make_deal(make_pipeline(), person_id=person)
    elif work == "deal of the other way":
        make_deal(make_pipeline(), contacts=[{"person_id": person, "role": "other"}])
    else:
        due = {} if "without" in work else {"due_at": "2030-01-01T10:00+00:00"}
        done = {"done_at": "2026-01-01T10:00+00:00"} if work == "done call" else {}
        make("activity", type="call", person_id=person, **due | done)
    if work in ("call without a day", "done call"):
        assert set(refused(change, "person", person, lifecycle="contact")) == {"next_step"}
    else:
        change("person", person, lifecycle="contact")


def test_a_jump_asks_what_every_state_on_the_way_asks(process: None) -> None:
    changed = all_of_states()["qualified"]
    change("lifecycle_state", changed, conditions=["title"])
    person = ready()
    make_deal(make_pipeline(), person_id=person)
    assert set(refused(change, "person", person, lifecycle="contact")) == {"title"}


def all_of_states() -> dict[str, int]:
    from crm_app.lifecycle.gate import read_process

    return {key: rules.id for key, rules in db.read_sync(read_process).items()}


def paths(person: int, actor, folder: Path) -> dict:
    """Every way in which somebody may become a contact."""

    def file_of() -> object:
        file = folder / "people.csv"
        file.write_text("external id,name,lifecycle\nx1,Ada,contact\n")
        report = import_file(SYSTEM, "person", file)
        if report.refused:
            raise Invalid({"import": report.errors[0].reason})
        return report

    def bulk() -> object:
        run = run_bulk(db.write_sync(begin, actor, "person", "edit", "lifecycle", "contact", [person], None))
        if run.refused:
            raise Invalid({"bulk": "refused"})
        return run

    return {
        "page": lambda: db.write_sync(edit_field, actor, "person", person, "lifecycle", "contact", None),
        "service": lambda: db.write_sync(move_person, actor, person, "contact"),
        "raw": lambda: change("person", person, SYSTEM, None, lifecycle="contact"),
        "new": lambda: make("person", last_name="New", lifecycle="contact"),
        "import": file_of,
        "bulk": bulk,
    }


@pytest.mark.parametrize("way", ["page", "service", "raw", "new", "import", "bulk"])
def test_every_way_is_gated(process: None, tmp_path: Path, way: str) -> None:
    person = make_person(external_id="x1")
    actor = principal(make_user(role="administrator"), "administrator")
    with pytest.raises(Invalid):
        paths(person, actor, tmp_path)[way]()
    assert [p["lifecycle"] for p in all_of(Person)] == ["name"]


def test_a_history_comes_past_the_gate_and_is_found_until_it_is_filled(process: None, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("name,lifecycle,e-mail\nAda Byron,contact,ada@example.org\n")
    report = import_file(SYSTEM, "person", file)
    assert (report.created, report.lacking) == (1, 1)
    person = all_of(Person)[0]["id"]
    assert len(db.read_sync(bar_of, SYSTEM, person).lacks) == 3
    change("person", person, owner_id=make_user(), private=True)
    assert db.read_sync(bar_of, SYSTEM, person).lacks == ["A deal or a dated next step is needed for Contact."]
    make_deal(make_pipeline(), person_id=person)
    assert db.read_sync(bar_of, SYSTEM, person).lacks == []


def test_what_a_state_asks_for_is_not_taken_away(process: None) -> None:
    person = ready(lifecycle="lead", segment="qualified")
    part = db.read_sync(lambda s: s.connection().exec_driver_sql("SELECT id FROM person_email").scalar_one())
    assert set(refused(db.write_sync, remove_part, SYSTEM, "person", person, "emails", part)) == {"emails"}
    assert set(refused(change, "person", person, owner_id=None)) == {"owner_id"}
    change("person", person, company_id=None, private=True)
    change("person", person, title="Still to be edited")


def test_going_back_needs_a_reason_of_its_own(process: None) -> None:
    person = ready(lifecycle="lead", segment="qualified")
    assert set(refused(change, "person", person, segment="suspect")) == {"setback_reason"}
    change("person", person, segment="prospect", setback_reason="No budget this year")
    assert set(refused(change, "person", person, segment="suspect")) == {"setback_reason"}, "the old reason is not one"
    moved = db.write_sync(move_person, SYSTEM, person, "suspect", {"setback_reason": "Nobody answers"})
    assert row(Person, person)["setback_reason"] == "Nobody answers"
    db.write_sync(undo, SYSTEM, moved.batch_id)
    assert row(Person, person)["segment"] == "prospect"


def test_only_the_named_roles_move_somebody(process: None) -> None:
    change("lifecycle_state", all_of_states()["qualified"], movers=["manager"])
    me = make_user()
    person = ready(owner_id=me)
    seller, manager = principal(me), principal(make_user(role="manager"), "manager", member_ids=frozenset({me}))
    assert "lifecycle" in refused(db.write_sync, move_person, seller, person, "qualified")
    db.write_sync(move_person, manager, person, "qualified")
    back = db.write_sync(move_person, manager, person, "suspect", {"setback_reason": "Too early"}).batch_id
    assert "lifecycle" in refused(db.write_sync, undo, seller, back)
    db.write_sync(undo, manager, back)
    mine = db.write_sync(move_person, seller, person, "suspect", {"setback_reason": "A slip"}).batch_id
    db.write_sync(undo, seller, mine)
    assert row(Person, person)["segment"] == "qualified"


# conversion


def test_the_dialog_asks_only_for_what_is_missing(process: None) -> None:
    person = make_person(owner_id=make_user(), phones=[{"value": "+442079460123"}])
    asked = db.read_sync(asked_move, SYSTEM, person, "contact", ["company_id", "next_step"])
    assert (asked.fields, asked.channel, asked.company, asked.work, asked.reason) == ([], False, True, True, False)
    asked = db.read_sync(asked_move, SYSTEM, make_person(), "qualified", ["owner_id", "emails"])
    assert ([p.field for p in asked.fields], asked.channel, asked.company) == (["owner_id"], True, False)


def test_what_is_missing_can_be_asked_without_writing(process: None) -> None:
    person = make_person(emails=[{"value": "ada@example.org"}])
    assert set(db.read_sync(missing_for, SYSTEM, person, "contact")) == ALL_MISSING - {"emails"}
    assert row(Person, person)["lifecycle"] == "name"


CONVERT = {"company_name": "Acme Ltd", "deal_title": "Machines", "deal_value": "1,250.50"}


def test_a_conversion_makes_company_and_deal_in_one_batch(process: None) -> None:
    make_pipeline()
    me = make_user()
    person = make_person(owner_id=me, emails=[{"value": "ada@acme.example"}])
    moved = db.write_sync(move_person, principal(me), person, "contact", CONVERT)
    after, company, deal = row(Person, person), row(Company, moved.company_id or 0), row(Deal, moved.deal_id or 0)
    assert (after["lifecycle"], after["company_id"]) == ("contact", company["id"])
    assert (company["name"], company["domain"]) == ("Acme Ltd", "acme.example")
    assert (deal["title"], deal["value_minor"], deal["company_id"], deal["person_id"], deal["owner_id"]) == (
        "Machines",
        125050,
        company["id"],
        person,
        me,
    )
    db.write_sync(undo, principal(me), moved.batch_id)
    assert row(Person, person)["lifecycle"] == "name"
    assert all(r["deleted_at"] for r in (*all_of(Company), *all_of(Deal)))


@pytest.mark.parametrize("there", [{"name": "ACME ltd"}, {"name": "Acme Holding", "domain": "acme.example"}])
def test_a_conversion_makes_no_second_company_or_deal(process: None, there: dict[str, str]) -> None:
    pipeline = make_pipeline()
    company = make_company(**there)
    deal = make_deal(pipeline, title="machines", company_id=company)
    person = make_person(owner_id=make_user(), emails=[{"value": "ada@acme.example"}])
    moved = db.write_sync(move_person, SYSTEM, person, "contact", CONVERT)
    assert (moved.company_id, moved.deal_id) == (company, deal)
    assert "was there already" in moved.note
    assert (len(all_of(Company)), len(all_of(Deal))) == (1, 1)
    assert row(Deal, deal)["person_id"] == person


def test_a_double_click_converts_once(process: None) -> None:
    make_pipeline()
    person = make_person(owner_id=make_user(), emails=[{"value": "ada@gmail.com"}])
    version = row(Person, person)["version"]
    db.write_sync(move_person, SYSTEM, person, "contact", CONVERT, version)
    again = dict(CONVERT, company_name="Acme  LTD")
    db.write_sync(move_person, SYSTEM, person, "contact", again, version)
    assert (len(all_of(Company)), len(all_of(Deal))) == (1, 1)
    assert all_of(Company)[0]["domain"] == "", "an address at gmail.com says nothing of a company"


def test_two_who_convert_one_lead_at_once_make_one_company_and_one_deal(process: None) -> None:
    """Two users with the dialog open, who spell the company in two ways; the second finds what the first has made."""
    make_pipeline()
    person = make_person(owner_id=make_user(), emails=[{"value": "ada@acme.example"}])
    together = threading.Barrier(2, timeout=20)
    moved: list[Moved] = []

    def work(company: str) -> None:
        together.wait()
        moved.append(db.write_sync(move_person, SYSTEM, person, "contact", CONVERT | {"company_name": company}))

    threads = [threading.Thread(target=work, args=(name,)) for name in ("Acme Ltd", "ACME Limited")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ((company,), (deal,)) = all_of(Company), all_of(Deal)
    assert [(m.company_id, m.deal_id) for m in moved] == [(company["id"], deal["id"])] * 2
    assert (row(Person, person)["company_id"], deal["company_id"], deal["person_id"]) == (
        company["id"],
        company["id"],
        person,
    )


def test_a_stale_tab_is_told_and_makes_nothing(process: None) -> None:
    make_pipeline()
    person = make_person(owner_id=make_user(), emails=[{"value": "ada@gmail.com"}])
    version = row(Person, person)["version"]
    change("person", person, lifecycle="lead", segment="prospect")
    with pytest.raises(Conflict):
        db.write_sync(move_person, SYSTEM, person, "contact", CONVERT, version)
    assert (all_of(Company), all_of(Deal)) == ([], [])


def test_nothing_is_made_where_the_move_is_refused(process: None) -> None:
    make_pipeline()
    person = make_person()
    wrong = refused(db.write_sync, move_person, SYSTEM, person, "contact", CONVERT)
    assert set(wrong) == {"owner_id", "emails"}
    assert (all_of(Company), all_of(Deal)) == ([], [])
    reader = principal(make_user(role="read-only"), "read-only")
    with pytest.raises(Forbidden):
        db.write_sync(move_person, reader, person, "prospect", {"email": "a@example.org"})


def test_a_bulk_of_changes_sees_what_it_has_made_itself(process: None) -> None:
    people = [ready() for _ in range(3)]
    _, stages = make_pipeline()
    deals = [
        Change("deal", op="create", set={"title": f"D{p}", "stage_id": stages["Prospecting"], "person_id": p})
        for p in people
    ]
    moves = [Change("person", p, {"lifecycle": "contact"}) for p in people]
    db.write_sync(apply_many, SYSTEM, [*deals, *moves])
    assert {p["lifecycle"] for p in all_of(Person)} == {"contact"}


@pytest.mark.parametrize("conditions", [["nothing like this"], ["display_name"]])
def test_a_state_asks_only_for_what_there_is(process: None, conditions: list[str]) -> None:
    wrong = refused(change, "lifecycle_state", all_of_states()["contact"], conditions=conditions)
    assert set(wrong) == {"conditions"}
