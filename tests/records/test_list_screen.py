"""The screen of a list: addresses, views, inline edit, many at once, new records, and what open lists hear."""

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

import pytest
from sqlmodel import select

from crm_app.core import db
from crm_app.core.actor import Principal
from crm_app.core.errors import Conflict, Forbidden, Invalid, NotFound
from crm_app.http.live import owned
from crm_app.http.live_views import ListView, News
from crm_app.records.bulk import run_bulk
from crm_app.records.create.service import create_record, new_form
from crm_app.records.editing import delete_record, edit_cell
from crm_app.records.list_screen.queries import list_screen, listing_of, more_rows, rows_now
from crm_app.records.list_screen.state.bulk import begin, words_of
from crm_app.records.list_screen.state.views import keep_view, rail_views
from crm_app.tables import Person, PersonEmail, Tag
from tests.support.builders import change, make, make_company, make_person, make_user, principal, row

CONTACTS = '{"all":[{"f":"lifecycle","op":"is","v":["contact"]}]}'


@pytest.fixture
def ann(database_url: str) -> Principal:
    return principal(make_user(name="Ann", role="administrator"), role="administrator")


def screen(actor: Principal, asked: dict[str, str] | None = None, name: str = "person") -> Any:
    return db.read_sync(list_screen, actor, name, asked or {})


def test_an_address_is_answered_with_rows_chips_and_the_whole_list_for_links(ann: Principal) -> None:
    make_person(last_name="Zoe", display_name="Zoe", lifecycle="contact")
    make_person(last_name="Bea", display_name="Bea", lifecycle="contact")
    make_person(last_name="Al", display_name="Al", lifecycle="lead")
    shown = screen(ann, {"f": CONTACTS, "sort": "-display_name"})
    assert [r.title for r in shown.rows] == ["Zoe", "Bea"] and (shown.count, shown.more) == (2, False)
    assert [(c.label, c.words) for c in shown.chips] == [("Lifecycle", "is Contact")] and shown.changed
    assert dict(parse_qsl(shown.query)) == {"sort": "-display_name", "f": CONTACTS}
    assert shown.may.role_views and not screen(ann).changed and screen(ann).query == "sort=display_name"


def test_pages_follow_each_other(ann: Principal) -> None:
    for n in range(60):
        make_person(last_name=f"P{n:02}", display_name=f"P{n:02}")
    first = screen(ann)
    page = db.read_sync(more_rows, ann, "person", {}, first.rows[-1].key)
    assert [r.title for r in [*first.rows, *page.rows]] == [f"P{n:02}" for n in range(60)]


@pytest.mark.parametrize(
    ("name", "asked", "error"),
    [
        ("user", {}, NotFound),
        ("saved_view", {}, NotFound),
        ("person", {"view": "999"}, NotFound),
        ("person", {"f": "{"}, Invalid),
        ("person", {"sort": "id; drop table person"}, Invalid),
    ],
)
def test_what_cannot_be_shown_is_refused_in_words(ann: Principal, name: str, asked: dict[str, str], error: Any) -> None:
    with pytest.raises(error):
        screen(ann, asked, name)


def test_a_view_opens_saves_in_place_and_first(ann: Principal) -> None:
    make_person(display_name="Lead", lifecycle="lead")
    contact = make_person(display_name="Contact", lifecycle="contact")
    view = db.write_sync(keep_view, ann, "person", {"f": CONTACTS}, {"name": "Contacts"})
    shown = screen(ann, {"view": str(view)})
    assert [r.id for r in shown.rows] == [contact] and not shown.changed
    assert screen(ann, {"view": str(view), "f": ""}).changed and screen(ann, {"view": str(view), "f": ""}).count == 2
    db.write_sync(keep_view, ann, "person", {"view": str(view), "group": "lifecycle"}, {"id": str(view)})
    assert screen(ann, {"view": str(view)}).group == "lifecycle"
    db.write_sync(keep_view, ann, "person", {}, {"id": str(view), "keep": "1", "first": "1"})
    assert screen(ann).view == view and screen(ann, {"view": "0"}).count == 2
    other = db.write_sync(keep_view, ann, "person", {"view": "0"}, {"name": "All", "first": "1"})
    assert screen(ann).view == other
    assert [(v.name, v.first, v.path) for v in db.read_sync(rail_views, ann)] == [
        ("All", True, f"/people?view={other}"),
        ("Contacts", False, f"/people?view={view}"),
    ]


def test_the_view_of_another_list_is_not_opened(ann: Principal) -> None:
    view = db.write_sync(keep_view, ann, "company", {}, {"name": "Firms", "audience": "everyone"})
    with pytest.raises(NotFound):
        screen(ann, {"view": str(view)})


def test_a_cell_is_edited_on_the_version_that_was_seen(ann: Principal) -> None:
    id, company = make_person(title="old"), make_company(name="Acme")
    (seen,) = screen(ann).rows
    db.write_sync(edit_cell, ann, "person", id, "company_id", str(company), seen.version)
    db.write_sync(edit_cell, ann, "person", id, "title", "CTO", seen.version)
    assert (row(Person, id)["title"], row(Person, id)["company_id"]) == ("CTO", company)
    with pytest.raises(Conflict):
        db.write_sync(edit_cell, ann, "person", id, "title", "CEO", seen.version)
    for field, raw in (
        ("last_touch_at", "2026-01-01"),
        ("version", "7"),
        ("lifecycle", "emperor"),
        ("company_id", "9"),
    ):
        with pytest.raises(Invalid):
            db.write_sync(edit_cell, ann, "person", id, field, raw, seen.version + 2)


def test_money_and_moments_are_typed_as_a_person_writes_them(ann: Principal) -> None:
    product = make("product", name="Nail", currency="USD")
    db.write_sync(edit_cell, ann, "product", product, "list_price_minor", "1,250.50", 1)
    assert screen(ann, {}, "product").rows[0].cells[4].raw == "1250.50"
    berlin, task = replace(ann, zone="Europe/Berlin"), make("activity", subject="Call")
    db.write_sync(edit_cell, berlin, "activity", task, "due_at", "2026-07-01T14:00", 1)
    assert screen(berlin, {"cols": "due_at"}, "activity").rows[0].cells[1].raw == "2026-07-01T14:00+02:00"


def _cell(ann: Principal, column: str) -> str:
    return screen(ann, {"cols": column}).rows[0].cells[1].text


def test_tags_are_words_with_commas_between(ann: Principal) -> None:
    id, vip = make_person(), make("tag", name="VIP")
    db.write_sync(edit_cell, ann, "person", id, "tags", "vip, New  one,", 1)
    assert sorted(_cell(ann, "tags").split(", ")) == ["New one", "VIP"]
    with pytest.raises(Invalid, match="meanwhile"):  # a stale tab does not take off what a colleague put on
        db.write_sync(edit_cell, ann, "person", id, "tags", "vip", 1)
    db.write_sync(edit_cell, ann, "person", id, "tags", "new one", row(Person, id)["version"])
    assert _cell(ann, "tags") == "New one" and row(Tag, vip)["deleted_at"] is None
    db.write_sync(edit_cell, ann, "person", id, "tags", " ", row(Person, id)["version"])
    assert _cell(ann, "tags") == ""


def test_the_first_part_is_edited_where_the_list_shows_it(ann: Principal) -> None:
    id = make_person()
    db.write_sync(edit_cell, ann, "person", id, "emails.value", "ada@example.org", 1)
    db.write_sync(edit_cell, ann, "person", id, "emails.value", "ada@example.com", row(Person, id)["version"])
    assert _cell(ann, "emails.value") == "ada@example.com"
    with pytest.raises(Invalid, match="looks like"):
        db.write_sync(edit_cell, ann, "person", id, "emails.value", "nobody", row(Person, id)["version"])
    db.write_sync(edit_cell, ann, "person", id, "emails.value", "", row(Person, id)["version"])
    assert _cell(ann, "emails.value") == ""


def test_custom_fields_are_edited_in_a_list_and_of_many(ann: Principal) -> None:
    size = make("custom_field", kind="person", key="shoe", label="Shoe size", type="int")
    ids = [make_person() for _ in range(3)]
    name = f"custom.{size}"
    db.write_sync(edit_cell, ann, "person", ids[0], name, "38", 1)
    assert row(Person, ids[0])["custom"] == {str(size): 38}
    with pytest.raises(Invalid):
        db.write_sync(edit_cell, ann, "person", ids[0], name, "large", 2)
    with pytest.raises(Conflict):
        db.write_sync(edit_cell, ann, "person", ids[0], name, "39", 1)
    assert run_bulk(db.write_sync(begin, ann, "person", "edit", name, "41", ids, None)).changed == 3
    assert [row(Person, i)["custom"] for i in ids] == [{str(size): 41}] * 3


def test_many_are_changed_by_ids_or_by_the_whole_list_and_only_with_the_right(ann: Principal) -> None:
    ids = [make_person(display_name=f"P{n}", lifecycle="lead") for n in range(4)]
    tag = make("tag", name="vip")
    some = run_bulk(db.write_sync(begin, ann, "person", "edit", "lifecycle", "contact", ids[:2], None))
    assert some.changed == 2 and screen(ann, {"f": CONTACTS}).count == 2
    asked = {"f": CONTACTS}
    tagged = run_bulk(db.write_sync(begin, ann, "person", "tag", "tags", f"{tag},x", [], asked))
    assert words_of(tagged) == "2 changed."
    gone = run_bulk(db.write_sync(begin, ann, "person", "delete", "", "", [], asked))
    assert (gone.changed, screen(ann).count) == (2, 2)
    with pytest.raises(Invalid):
        db.write_sync(begin, ann, "person", "edit", "last_touch_at", "", ids, None)
    with pytest.raises(Forbidden):
        db.write_sync(begin, replace(ann, role="read-only"), "person", "delete", "", "", ids, None)


def test_a_form_comes_from_the_catalogue_and_keeps_what_is_given(ann: Principal) -> None:
    company = make_company(name="Acme")
    form = db.read_sync(new_form, ann, "person", {"company_id": str(company)})
    fields = {f.name: f for f in form.fields}
    assert (fields["company_id"].value, fields["company_id"].shown, form.given) == (str(company), "Acme", 1)
    assert fields["owner_id"].value == str(ann.id) and not fields["emails.value"].required
    assert {o.id for o in fields["owner_id"].choices} == {str(ann.id)}
    with pytest.raises(Forbidden):
        db.read_sync(new_form, replace(ann, role="read-only"), "person", {})
    with pytest.raises(NotFound):
        db.read_sync(new_form, ann, "saved_view", {})


def test_a_record_is_made_from_what_was_typed_or_every_wrong_field_is_named(ann: Principal) -> None:
    values = {"first_name": "Ada", "last_name": "Byron", "emails.value": "ada@example.org", "owner_id": str(ann.id)}
    made = db.write_sync(create_record, ann, "person", values)
    assert row(Person, made.id)["display_name"] == "Ada Byron"
    emails = db.read_sync(lambda s: [(e.value, e.is_primary) for e in s.exec(select(PersonEmail))])
    assert emails == [("ada@example.org", True)]
    with pytest.raises(Invalid) as refused:
        db.write_sync(create_record, ann, "person", {"emails.value": "no", "owner_id": "x", "version": "7"})
    assert set(refused.value.fields) == {"emails.value", "owner_id", "version"}
    with pytest.raises(Invalid) as nameless:
        db.write_sync(create_record, ann, "person", {"title": "CTO"})
    assert nameless.value.fields == {"last_name": "A person needs a name."}


def test_an_open_list_hears_of_rows_that_change_come_and_leave(ann: Principal) -> None:
    lead, contact = make_person(lifecycle="lead"), make_person(lifecycle="contact", title="a")
    listing, _ = db.read_sync(listing_of, ann, "person", {"f": CONTACTS})
    view = ListView(listing)
    change("person", contact, ann, None, title="b")
    push = db.read_sync(view.push, ann, News({"person": frozenset({lead, contact})}))
    assert push is not None and [(r["id"], r["cells"][1]["text"]) for r in push["rows"]] == [(contact, "b")]
    assert (push["gone"], push["count"]) == ([lead], 1)
    change("person", contact, ann, None, lifecycle="lead")
    assert db.read_sync(rows_now, ann, "person", {"f": CONTACTS}, [lead, contact]) == {}
    assert view.concern(News({"deal": frozenset({1})})) == "none"
    assert view.concern(News({"company": frozenset({1})})) == "again"
    assert view.concern(News({"person": frozenset(range(99))})) == "again"


def test_an_open_list_tells_nobody_what_they_may_not_see(ann: Principal) -> None:
    seller = principal(make_user(name="Bo"))
    hers = make("deal", title="Hers", stage_id=make_stage(), owner_id=ann.id)
    listing, _ = db.read_sync(listing_of, seller, "deal", {})
    view, changed = ListView(listing), News({"deal": frozenset({hers})})
    batch = change("deal", hers, title="Hers alone")
    hidden = db.read_sync(owned, changed, ["deal"], [batch])
    assert (view.reaches(seller, hidden), view.reaches(ann, hidden)) == (False, True)
    given = db.read_sync(owned, changed, ["deal"], [change("deal", hers, owner_id=seller.id)])
    assert [row["id"] for row in db.read_sync(view.push, seller, given)["rows"]] == [hers]
    taken = db.read_sync(owned, changed, ["deal"], [change("deal", hers, owner_id=ann.id)])
    push = db.read_sync(view.push, seller, taken)
    assert view.reaches(seller, taken) and (push["rows"], push["gone"], push["count"]) == ([], [hers], 0)
    gone = db.read_sync(owned, changed, ["deal"], [change("deal", hers, owner_id=seller.id)])
    db.write_sync(delete_record, ann, "deal", hers)
    assert view.reaches(seller, gone) and db.read_sync(view.push, seller, gone)["gone"] == [hers]


def test_an_address_may_name_any_record_and_learns_no_name_of_a_hidden_one(ann: Principal) -> None:
    seller = principal(make_user(name="Bo"))
    hers = make("deal", title="Zebra contract", stage_id=make_stage(), owner_id=ann.id)
    asked = {"f": f'{{"all":[{{"f":"deal_id","op":"is","v":["{hers}"]}}]}}'}
    for who, named in ((ann, True), (seller, False)):
        shown = screen(who, asked, "activity")
        assert ("Zebra contract" in str(shown.chips), bool(shown.names)) == (named, named)


def test_so_many_rows_are_ticked_and_no_more(ann: Principal) -> None:
    with pytest.raises(Invalid, match="at most 10,000"):
        db.write_sync(begin, ann, "person", "edit", "title", "CTO", range(1, 10_002), None)


def make_stage() -> int:
    pipeline = make("pipeline", name="P")
    return make("stage", pipeline_id=pipeline, name="Open", kind="open", probability=10, position=0)
