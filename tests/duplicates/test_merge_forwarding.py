"""Whatever names a record that was merged finds the survivor: lists, views, look-ups, imports, search, timelines."""

from pathlib import Path

import pytest
from sqlmodel import Session

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply, apply_many, outbox
from crm_app.duplicates.merge.undoing import unmerge
from crm_app.imports.service import import_file
from crm_app.quotes.queries.beside import quotes_of_company
from crm_app.records.listing import list_ids, read_listing
from crm_app.records.listing.fields import fields_of
from crm_app.records.lookups import find_records
from crm_app.records.reading import forwarded
from crm_app.records.recent import note_view, recent_records
from crm_app.records.search import find
from crm_app.records.search.checking import index_problems
from crm_app.records.search.index import reindex
from crm_app.tables import Person
from crm_app.timeline.queries import timeline_of
from tests.duplicates.world import merge, snapshot
from tests.imports.files import load
from tests.support.builders import change, make, make_company, make_deal, make_person, make_pipeline, principal, row
from tests.support.builders import make_user as user


def deals_where(company: int) -> list[int]:
    def read(session: Session) -> list[int]:
        fields = fields_of(session, SYSTEM, "deal")
        listing = read_listing("deal", {"f": f'{{"f":"company_id","op":"is","v":["{company}"]}}'}, fields, None)
        return sorted(list_ids(session, SYSTEM, listing))

    return db.read_sync(read)


def test_filters_of_before_still_hold(database_url: str) -> None:
    a, b, c = make_company(), make_company(), make_company()
    pipeline = make_pipeline()
    deals = [make_deal(pipeline, company_id=i) for i in (a, b, c)]
    make_deal(pipeline, company_id=make_company())
    merge("company", b, c)
    done = merge("company", a, b)
    for company in (a, b, c):
        assert deals_where(company) == deals
    db.write_sync(unmerge, SYSTEM, done.batch_id)
    assert deals_where(a) == deals[:1] and deals_where(c) == deals_where(b) == deals[1:]


def test_old_names_are_looked_up_and_old_pages_lead_on(sqlite_database: str) -> None:
    me = principal(user(role="administrator"), "administrator")
    a, b = make_person(display_name="Zoë Alt"), make_person(display_name="Zoe Neu")
    db.write_sync(note_view, me, "person", b)
    done = merge("person", a, b, chosen={"display_name": a})
    assert [o.id for o in db.read_sync(find_records, me, "person", "zoe n")] == [str(a)]
    assert db.read_sync(forwarded, me, "person", b) == a and db.read_sync(forwarded, me, "person", a) is None
    assert db.read_sync(forwarded, me, "person", 987654) is None
    stranger = principal(user(), "sales", member_ids=frozenset())
    assert db.read_sync(forwarded, stranger, "company", b) is None
    assert [(r.id, r.title) for r in db.read_sync(recent_records, me)] == [(a, "Zoë Alt")]
    db.write_sync(unmerge, SYSTEM, done.batch_id)
    assert [r.id for r in db.read_sync(recent_records, me)] == [b]
    assert [o.id for o in db.read_sync(find_records, me, "person", "zoe n")] == [str(b)]


@pytest.mark.parametrize("by", ["emails", "external_id"])
def test_an_import_finds_the_survivor(sqlite_database: str, tmp_path: Path, by: str) -> None:
    a = make_person(external_id="A1", emails=[{"value": "a@example.org"}])
    b = make_person(external_id="B1", emails=[{"value": "b@example.org"}])
    merge("person", a, b)
    row_id = next(r["id"] for r in snapshot()["person_email"] if r["person_id"] == a and r["value"] == "b@example.org")
    db.write_sync(lambda s: apply(s, SYSTEM, Change("person", a, {f"emails.{row_id}": None})))
    file = tmp_path / "people.csv"
    file.write_text("id,email,last name,title\nB1,B@example.org,Ng,Imported\n")
    mapping = {"id": "external_id", "email": "emails.value", "last name": "last_name", "title": "title"}
    report = import_file(SYSTEM, "people", file, mapping=mapping, match=[by])
    assert (report.created, report.updated) == (0, 1), report
    assert row(Person, a)["title"] == "Imported"


def test_search_follows(sqlite_database: str) -> None:
    reindex()
    a, b = (
        make_person(display_name="Ada Byron"),
        make_person(display_name="Countess Lovelace", emails=[{"value": "countess@example.org"}]),
    )
    outbox.drain_all()
    done = merge("person", a, b, chosen={"display_name": a, "first_name": a, "last_name": a})
    outbox.drain_all()
    for text in ("Lovelace", "countess@example.org", "Byron"):
        assert [r.id for r in find(None, SYSTEM, text, kinds=["person"]).rows] == [a], text
    assert index_problems() == []
    db.write_sync(unmerge, SYSTEM, done.batch_id)
    outbox.drain_all()
    assert [r.id for r in find(None, SYSTEM, "Lovelace", kinds=["person"]).rows] == [b]
    assert index_problems() == []


def test_the_timeline_tells_of_both(database_url: str) -> None:
    a, b = make_person(display_name="Ada"), make_person(display_name="Twin")
    change("person", b, title="Boss")
    merge("person", a, b, chosen={"display_name": a})
    make("activity", type="note", subject="Hello", person_id=a)
    told = [e.verb for e in db.read_sync(timeline_of, SYSTEM, "person", a).events if e.kind == "change"]
    assert told[0] == "merged Twin into this person"
    assert "edited Twin" in told and "created Twin" in told and "created this person" in told


def test_one_import_of_both_is_told_of_the_survivor(sqlite_database: str) -> None:
    wishes = [Change("person", set={"display_name": n, "last_name": n}, op="create") for n in ("Ada", "Twin")]
    a, b = (done.id for done in db.write_sync(apply_many, SYSTEM, wishes, source="import"))
    merge("person", a, b)
    told = [e.verb for e in db.read_sync(timeline_of, SYSTEM, "person", a).events]
    assert told == ["merged Twin into this person", "imported this person"]


def test_quotes_that_were_sent_stand_beside_the_survivor(sqlite_database: str) -> None:
    a, b = make_company(name="A"), make_company(name="B")
    sent = make("quote", title="Sent", company_id=b)
    change("quote", sent, lines=[{"name": "Work", "unit_price_minor": 100}])
    db.write_sync(lambda s: apply(s, SYSTEM, Change("quote", sent, {"state": "sent"}), source="quote"))
    merge("company", a, b)
    panel = db.read_sync(quotes_of_company, SYSTEM, a)
    assert panel is not None and [r.id for r in panel.rows] == [sent]


def test_a_file_with_both_comes_again_and_again(database_url: str, tmp_path: Path) -> None:
    """Its row of the merged one finds the survivor, which keeps its own number: or the next file would make a third."""
    one, two = (make("person", display_name=f"Ada {id}", external_id=id) for id in ("X1", "X2"))
    done = merge("person", one, two)
    for title in ("first", "second"):
        text = f"external_id,first_name,last_name,title\nX1,Ada,Byron,a\nX2,Ada,Byron,{title}\n"
        report = load(tmp_path, "people", text)
        assert (report.created, report.refused, row(Person, one)["title"]) == (0, 0, title)
        assert (row(Person, one)["external_id"], row(Person, two)["external_id"]) == ("X1", "X2")
    db.write_sync(unmerge, SYSTEM, done.batch_id)
    assert load(tmp_path, "people", text.replace("Byron", "Lovelace")).updated == 2
    assert [row(Person, id)["last_name"] for id in (one, two)] == ["Lovelace", "Lovelace"]
