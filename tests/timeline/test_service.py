"""Writing on a timeline: what the composer sends, what stands afterwards."""

from datetime import UTC, datetime, timedelta

import pytest

from crm_app.core import db
from crm_app.core.errors import Conflict, Forbidden, Invalid, NotFound
from crm_app.tables import Activity
from crm_app.timeline import service
from crm_app.timeline.queries import timeline_of
from crm_app.timeline.rules import read_wish
from crm_app.timeline.service import NewEntry
from tests.support.builders import make_company, make_deal, make_person, make_pipeline, make_user, principal, row


def parse(**values: str) -> NewEntry:
    return NewEntry.parse(values, "Europe/Berlin")


def test_a_local_time_is_of_the_writers_zone() -> None:
    entry = parse(type="call", when="2026-07-01T15:30", minutes="20")
    assert entry.when is not None and entry.when.astimezone(UTC) == datetime(2026, 7, 1, 13, 30, tzinfo=UTC)
    assert (entry.minutes, entry.all_day, parse(type="task", subject="x", when="2026-07-01").all_day) == (
        20,
        False,
        True,
    )


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"type": "note"}, "body"),
        ({"type": "task"}, "subject"),
        ({"type": "party", "body": "x"}, "type"),
        ({"type": "call", "when": "tomorrow"}, "when"),
        ({"type": "call", "minutes": "-3"}, "minutes"),
        ({"type": "note", "body": "x", "owner_id": "1"}, "owner_id"),
        ({"type": "email", "outcome": "sent", "subject": " "}, "subject"),
        ({"type": "email", "outcome": "busy", "subject": "x"}, "type"),
    ],
)
def test_a_field_that_does_not_hold_is_named(values: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse(**values)
    assert field in refused.value.fields


def test_a_note_hangs_on_what_the_record_belongs_to(database_url: str) -> None:
    seller = make_user()
    company = make_company()
    person = make_person(company_id=company)
    deal = make_deal(make_pipeline(), company_id=company, person_id=person, owner_id=seller)
    made = db.write_sync(service.add_entry, principal(seller), "deal", deal, parse(type="note", body="Hello"))
    stored = row(Activity, made.id)
    assert (stored["deal_id"], stored["person_id"], stored["company_id"]) == (deal, person, company)
    assert stored["owner_id"] == seller and stored["done_at"] is not None and stored["at"] == stored["done_at"]


def test_the_future_is_planned_and_the_past_is_done(database_url: str) -> None:
    me, person = principal(make_user()), make_person()
    later = (datetime.now(UTC) + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    earlier = (datetime.now(UTC) - timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")

    def add(**values: str) -> dict:
        return row(Activity, db.write_sync(service.add_entry, me, "person", person, parse(**values)).id)

    assert add(type="call", when=later)["done_at"] is None
    done = add(type="meeting", when=earlier)
    assert done["done_at"] is not None and done["due_at"] is None
    task = add(type="task", subject="Ask", when=earlier)
    assert task["done_at"] is None and task["due_at"] is not None
    assert add(type="call")["done_at"] is not None


@pytest.mark.parametrize(("way", "verb"), [("sent", "wrote an e-mail"), ("received", "received an e-mail")])
def test_an_email_is_logged_as_sent_or_received(database_url: str, way: str, verb: str) -> None:
    me, person = principal(make_user()), make_person()
    entry = parse(
        type="email", outcome=way, subject="The offer", body="Two words", when="2026-07-01T15:30", planned="no"
    )
    made = db.write_sync(service.add_entry, me, "person", person, entry)
    stored = row(Activity, made.id)
    assert (stored["type"], stored["outcome"], stored["subject"], stored["body"]) == (
        "email",
        way,
        "The offer",
        "Two words",
    )
    assert stored["due_at"] is None and stored["done_at"] is not None
    found = db.read_sync(timeline_of, me, "person", person, read_wish("email", ""), 30)
    assert [(e.kind, e.verb, e.facts, e.is_done) for e in found.events] == [("email", verb, [], True)]


def test_three_megabytes_are_refused_in_plain_words() -> None:
    with pytest.raises(Invalid) as refusal:
        parse(type="note", body="All of the minutes. " * 150_000)
    assert refusal.value.fields == {"body": "This may have at most 100,000 characters."}
    assert parse(type="note", body="x" * 100_000).body == "x" * 100_000


def test_done_pinned_corrected_removed(database_url: str) -> None:
    me, person = principal(make_user()), make_person()
    made = db.write_sync(service.add_entry, me, "person", person, parse(type="task", subject="Ask"))
    db.write_sync(service.finish_entry, me, made.id, done=True)
    assert row(Activity, made.id)["done_at"] is not None
    db.write_sync(service.finish_entry, me, made.id, done=False)
    db.write_sync(service.pin_entry, me, made.id, pinned=True)
    stored = row(Activity, made.id)
    assert stored["done_at"] is None and stored["pinned"] is True
    db.write_sync(service.correct_entry, me, made.id, "Ask twice", "", stored["version"])
    with pytest.raises(Conflict):
        db.write_sync(service.correct_entry, me, made.id, "Ask thrice", "", stored["version"])
    db.write_sync(service.remove_entry, me, made.id)
    assert row(Activity, made.id)["deleted_at"] is not None


def test_rights_hold(database_url: str) -> None:
    owner, stranger = principal(make_user()), principal(make_user())
    person = make_person()
    made = db.write_sync(service.add_entry, owner, "person", person, parse(type="note", body="Mine"))
    with pytest.raises(NotFound):  # a seller sees own activities only
        db.write_sync(service.pin_entry, stranger, made.id, pinned=True)
    reader = principal(make_user(role="read-only"), "read-only")
    with pytest.raises(Forbidden):
        db.write_sync(service.add_entry, reader, "person", person, parse(type="note", body="No"))
    deal = make_deal(make_pipeline(), owner_id=owner.id)
    with pytest.raises(NotFound):
        db.write_sync(service.add_entry, stranger, "deal", deal, parse(type="note", body="No"))
