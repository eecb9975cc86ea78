"""The page of a record from the catalogue: what it shows to whom, its parts, tags and panels, on both databases."""

import pytest
from sqlmodel import select

from crm_app.core import db
from crm_app.core.changes import Change, apply_many, undo
from crm_app.core.errors import Conflict, Forbidden, Invalid, KithError, NotFound, Refused
from crm_app.records import editing
from crm_app.records.address import path_of, record_in
from crm_app.records.changer import changed_by
from crm_app.records.page.queries import record_page
from crm_app.records.page.rows import Panel, RecordPage
from crm_app.records.panels import panels_of
from crm_app.tables import Company, PersonEmail
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


def page(actor, name: str, id: int) -> RecordPage:
    return db.read_sync(record_page, actor, name, id)


def panel(actor, kind: str, id: int, name: str) -> Panel:
    return next(p for p in db.read_sync(panels_of, actor, kind, id) if p.name == name)


def value(found: RecordPage, name: str) -> tuple[str, str]:
    return next((p.value, p.raw) for p in found.properties if p.field == name)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/people/17", ("person", 17)),
        ("/companies/3/", ("company", 3)),
        ("/people", None),
        ("/people/x", None),
        ("/people/1/2", None),
        ("/users/3", None),
        ("/people/" + "9" * 30, None),
        ("/people/٣", None),
    ],
)
def test_an_address_names_a_record(wired: None, path: str, expected: tuple[str, int] | None) -> None:
    assert record_in(path) == expected
    assert expected is None or path_of(*expected) == path.rstrip("/")


def test_a_person_as_its_owner_sees_it(database_url: str) -> None:
    seller = make_user(name="Noor Khalil")
    company = make_company(name="Cancity")
    person = make_person(
        first_name="Lena", last_name="Arndt", display_name="Lena Arndt", title="Buyer", company_id=company,
        owner_id=seller, lifecycle="lead", emails=[{"value": "lena@example.org", "is_primary": True}],
    )  # fmt: skip
    found = page(principal(seller), "person", person)
    assert (found.title, found.subtitle, found.initials, found.may_edit) == ("Lena Arndt", "Buyer, Cancity", "LA", True)
    assert value(found, "company_id") == ("Cancity", str(company))
    assert value(found, "owner_id") == ("Noor Khalil", str(seller))
    assert [b.value for b in found.badges] == ["Lead", "Suspect", "Cold"]
    emails = next(p for p in found.parts if p.name == "emails")
    assert [(r.text, r.href, r.primary) for r in emails.rows] == [("lena@example.org", "mailto:lena@example.org", True)]
    assert [p.name for p in found.parts][:4] == ["emails", "phones", "addresses", "profiles"]


def test_who_may_not_edit_sees_no_pencil(database_url: str) -> None:
    person = make_person(owner_id=make_user())
    found = page(principal(make_user()), "person", person)
    assert not found.may_edit and not any(p.editable for p in found.properties)
    assert not any(part.editable for part in found.parts)
    with pytest.raises(Forbidden):
        db.write_sync(editing.edit_field, principal(make_user()), "person", person, "title", "Boss", 1)


def test_a_field_is_saved_as_it_was_typed(database_url: str) -> None:
    me = principal(make_user())
    company = make_company(owner_id=me.id, currency="EUR")

    def save(name: str, raw: str) -> None:
        db.write_sync(editing.edit_field, me, "company", company, name, raw, None)

    save("revenue_minor", "€ 1,250.50")
    save("employees", "1,200")
    save("kind", "customer")
    stored = row(Company, company)
    assert (stored["revenue_minor"], stored["employees"], stored["kind"]) == (125050, 1200, "customer")
    for name, raw in (("employees", "many"), ("kind", "friend"), ("revenue_minor", "lots"), ("parent_id", "99999")):
        with pytest.raises(Invalid) as refused:
            save(name, raw)
        assert name in refused.value.fields
    for name in ("sort_key", "id", "last_touch_at", "nonsense"):
        with pytest.raises(Invalid):
            save(name, "1")


def test_an_edit_names_the_version_it_began_with(database_url: str) -> None:
    me = principal(make_user())
    person = make_person(owner_id=me.id)
    change("person", person, title="Theirs")
    with pytest.raises(Conflict) as clash:
        db.write_sync(editing.edit_field, me, "person", person, "title", "Mine", 1)
    assert (clash.value.conflicts[0].theirs, clash.value.conflicts[0].yours) == ("Theirs", "Mine")
    db.write_sync(editing.edit_field, me, "person", person, "language", "de", 1)
    other = principal(make_user(name="Ines", role="administrator"), "administrator")
    db.write_sync(editing.edit_field, other, "person", person, "source", "Fair", 1)
    stranger = principal(None, "nobody")
    said = {
        ("title", me): "somebody else",  # the system
        ("language", me): "yourself in another window",
        ("source", me): "Ines",
        ("source", stranger): "somebody else",
        ("nonsense", me): "somebody else",
    }
    for (name, who), words in said.items():
        assert db.read_sync(changed_by, who, "person", person, name) == words


def test_emails_are_added_changed_removed_one_is_primary(database_url: str) -> None:
    me = principal(make_user())
    person = make_person(owner_id=me.id)

    def rows() -> list[PersonEmail]:
        query = select(PersonEmail).where(PersonEmail.person_id == person).order_by("position", "id")
        return db.read_sync(lambda session: list(session.exec(query)))

    def save(part: int, **values: str) -> None:
        db.write_sync(editing.save_part, me, "person", person, "emails", part, values)

    save(0, value="one@example.org", label="work")
    save(0, value="two@example.org", label="private")
    one, two = rows()
    assert [(r.value, r.label, r.is_primary) for r in (one, two)] == [
        ("one@example.org", "work", True),
        ("two@example.org", "private", False),
    ]
    save(two.id, value="three@example.org")
    db.write_sync(editing.make_primary, me, "person", person, "emails", two.id)
    assert [(r.value, r.label, r.is_primary) for r in rows()] == [
        ("one@example.org", "work", False),
        ("three@example.org", "private", True),
    ]
    gone = db.write_sync(editing.remove_part, me, "person", person, "emails", two.id)
    assert [(r.value, r.is_primary) for r in rows()] == [("one@example.org", True)]
    db.write_sync(undo, me, gone.batch_id)
    assert [(r.id, r.value) for r in rows()] == [(one.id, "one@example.org"), (two.id, "three@example.org")]
    for values in ({"value": "nonsense"}, {"value": ""}, {"value": "a@b.c", "person_id": "1"}):
        with pytest.raises(Invalid):
            save(0, **values)
    with pytest.raises(NotFound):
        save(999_999, value="x@example.org")


def test_a_tag_is_found_or_made_and_taken_off(database_url: str) -> None:
    me = principal(make_user(role="manager"), "manager")
    person = make_person(owner_id=me.id)
    vip = make("tag", name="VIP")
    db.write_sync(editing.add_tag, me, "person", person, " vip ")
    db.write_sync(editing.add_tag, me, "person", person, "Early bird")
    assert [t.name for t in page(me, "person", person).tags] == ["Early bird", "VIP"]
    db.write_sync(editing.remove_tag, me, "person", person, vip)
    assert [t.name for t in page(me, "person", person).tags] == ["Early bird"]


def test_relations_read_from_both_sides(database_url: str) -> None:
    me = principal(make_user())
    boss, worker = make_person(owner_id=me.id, display_name="Boss"), make_person(owner_id=me.id, display_name="Worker")
    wish = {"other_id": str(boss), "type": "manager", "note": "since May"}
    db.write_sync(editing.save_part, me, "person", worker, "relations", 0, wish)
    there = panel(me, "person", worker, "relations").rows
    back = panel(me, "person", boss, "relations").rows
    assert [(r.title, r.lines, r.part > 0) for r in there] == [("Boss", ["Manager", "since May"], True)]
    assert [(r.title, r.lines, r.part) for r in back] == [("Worker", ["Reports to this person", "since May"], 0)]


def test_the_deals_of_a_company_with_their_sum(database_url: str) -> None:
    me, other = principal(make_user()), make_user()
    company, pipeline = make_company(), make_pipeline()
    make_deal(pipeline, title="Small", company_id=company, owner_id=me.id, value_minor=100_00)
    make_deal(pipeline, title="Large", company_id=company, owner_id=me.id, value_minor=900_00)
    make_deal(pipeline, "Won", title="Old", company_id=company, owner_id=me.id, value_minor=5_00)
    make_deal(pipeline, title="Hidden", company_id=company, owner_id=other, value_minor=7_000_00)
    found = panel(me, "company", company, "deals")
    assert (found.note, [r.title for r in found.rows]) == ("2 open · $1,000", ["Large", "Small", "Old"])


def test_the_tree_rolls_up_what_is_below(database_url: str) -> None:
    me = principal(make_user())
    pipeline = make_pipeline()
    top = make_company(name="Top")
    middle = make_company(name="Middle", parent_id=top)
    low = make_company(name="Low", parent_id=middle)
    for company in (middle, low):
        make_person(company_id=company)
        make_deal(pipeline, company_id=company, owner_id=me.id, value_minor=50_00)
    make_deal(pipeline, "Lost", company_id=low, owner_id=me.id, value_minor=1_00)
    found = panel(me, "company", middle, "tree")
    assert [(r.title, r.level, r.here) for r in found.rows] == [
        ("Top", 0, False),
        ("Middle", 1, True),
        ("Low", 2, False),
    ]
    assert found.note == "2 people · 2 open deals · $100"
    assert panel(me, "company", low, "tree").note == ""


def test_a_circle_of_parents_is_refused_whichever_way(database_url: str) -> None:
    me = principal(make_user())
    top = make_company(owner_id=me.id)
    low = make_company(owner_id=me.id, parent_id=top)
    for target, parent in ((top, low), (top, top)):
        with pytest.raises(Invalid) as refused:
            db.write_sync(editing.edit_field, me, "company", target, "parent_id", str(parent), None)
        assert "parent_id" in refused.value.fields
    a, b = make_company(owner_id=me.id), make_company(owner_id=me.id)
    both = [Change("company", a, {"parent_id": b}), Change("company", b, {"parent_id": a})]
    with pytest.raises(KithError):
        db.write_sync(apply_many, me, both)
    assert row(Company, a)["parent_id"] is None
    change("company", a, parent_id=b)
    away = change("company", a, parent_id=None)
    change("company", b, parent_id=a)
    with pytest.raises(Refused):
        db.write_sync(undo, me, away)


def test_an_unknown_record_is_not_found(database_url: str) -> None:
    gone = make_person()
    db.write_sync(editing.delete_record, principal(None, "administrator", system=True), "person", gone)
    for id in (gone, 987654):
        with pytest.raises(NotFound):
            page(principal(make_user()), "person", id)
