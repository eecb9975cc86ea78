"""People and competitors of a deal, types and earlier deals, on real databases."""

from dataclasses import replace

import pytest

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply_many, undo
from crm_app.core.errors import Forbidden, Invalid, NotFound, Refused
from crm_app.deals.hooks import CIRCLE
from crm_app.deals.panels import deals_of_person
from crm_app.deals.parties import (
    add_competitor,
    add_contact,
    remove_competitor,
    remove_contact,
    set_role,
    set_status,
)
from crm_app.deals.queries import DealPage, competitor_names, deal_page
from crm_app.deals.rows import edit_row
from crm_app.deals.service import edit_deal
from crm_app.records.listing import default_listing, fields_of, list_page
from crm_app.records.listing.rules import Condition, Group
from tests.support.builders import change, make_deal, make_person, make_pipeline, make_user, principal

pytestmark = pytest.mark.usefixtures("database_url")


def page(deal_id: int) -> DealPage:
    return db.read_sync(deal_page, SYSTEM, deal_id)


def people(deal_id: int) -> list[tuple[str, str, bool]]:
    return [(p.name, p.role, p.is_main) for p in page(deal_id).people]


def test_people_are_added_given_roles_and_removed_and_undo_brings_them_back() -> None:
    lena, omar = make_person(display_name="Lena Arndt"), make_person(display_name="Omar Dahl")
    deal = make_deal(make_pipeline(), person_id=lena)
    db.write_sync(add_contact, SYSTEM, deal, omar)
    db.write_sync(set_role, SYSTEM, deal, omar, "champion")
    assert people(deal) == [("Lena Arndt", "", True), ("Omar Dahl", "champion", False)]
    before = page(deal).people
    done = db.write_sync(remove_contact, SYSTEM, deal, before[1].row)
    assert [p.person_id for p in page(deal).people] == [lena]
    db.write_sync(undo, SYSTEM, done.batch_id)
    assert page(deal).people == before


def test_adding_twice_adds_once() -> None:
    deal, omar = make_deal(make_pipeline()), make_person()
    db.write_sync(add_contact, SYSTEM, deal, omar)
    assert db.write_sync(add_contact, SYSTEM, deal, omar).diff == {}
    db.write_sync(add_competitor, SYSTEM, deal, "Nörd  AG")
    assert db.write_sync(add_competitor, SYSTEM, deal, "nord ag").diff == {}
    assert len(page(deal).people) == len(page(deal).competitors) == 1
    assert page(deal).competitors[0].name == "Nörd AG"


def test_a_main_contact_has_a_role_too_and_stands_first() -> None:
    lena, omar = make_person(), make_person()
    deal = make_deal(make_pipeline(), person_id=lena)
    db.write_sync(add_contact, SYSTEM, deal, omar)
    db.write_sync(set_role, SYSTEM, deal, lena, "decision maker")
    assert [(p.person_id, p.role, p.is_main) for p in page(deal).people] == [
        (lena, "decision maker", True),
        (omar, "other", False),
    ]


def test_unknown_roles_people_and_rows_of_other_deals_are_refused() -> None:
    pipeline, omar = make_pipeline(), make_person()
    deal, other = make_deal(pipeline), make_deal(pipeline)
    db.write_sync(add_contact, SYSTEM, deal, omar)
    row = page(deal).people[0].row
    with pytest.raises(Invalid):
        db.write_sync(set_role, SYSTEM, deal, omar, "boss")
    with pytest.raises(Invalid):
        db.write_sync(add_contact, SYSTEM, deal, 999_999)
    with pytest.raises(NotFound):
        db.write_sync(set_status, SYSTEM, deal, row, "open")
    with pytest.raises(NotFound):
        db.write_sync(remove_contact, SYSTEM, other, row)
    with pytest.raises(Invalid):
        db.write_sync(add_competitor, SYSTEM, deal, "   ")
    assert [p.role for p in page(deal).people] == ["other"] and page(other).people == []


def test_parties_follow_the_rights_on_their_deal() -> None:
    me, other, omar = make_user(), make_user(), make_person()
    deal = make_deal(make_pipeline(), owner_id=me)
    for actor, error in ((principal(other), NotFound), (principal(me, "read-only"), Forbidden)):
        with pytest.raises(error):
            db.write_sync(add_contact, actor, deal, omar)
        with pytest.raises(error):
            db.write_sync(add_competitor, actor, deal, "Rival")
    db.write_sync(add_contact, principal(me), deal, omar)
    db.write_sync(add_competitor, principal(me), deal, "Rival")
    hidden = db.read_sync(deal_page, principal(me), deal).people[0]
    assert (hidden.href, hidden.note) == (f"/people/{omar}", "")  # sales see all people
    assert db.read_sync(competitor_names, principal(other)) == []
    assert [o.name for o in db.read_sync(competitor_names, principal(me))] == ["Rival"]


def test_a_competitor_has_a_status_and_a_note_and_two_people_do_not_overwrite_each_other() -> None:
    deal = make_deal(make_pipeline())
    db.write_sync(add_competitor, SYSTEM, deal, "Rival")
    row, seen = page(deal).competitors[0].id, page(deal).version
    db.write_sync(set_status, SYSTEM, deal, row, "lost to")
    db.write_sync(edit_row, SYSTEM, deal, "competitors", row, "note", "Cheaper by a tenth", seen)
    with pytest.raises(Refused):
        db.write_sync(edit_row, SYSTEM, deal, "competitors", row, "note", "Dearer", seen)
    shown = page(deal).competitors[0]
    assert (shown.status, shown.note.value) == ("lost to", "Cheaper by a tenth")
    db.write_sync(remove_competitor, SYSTEM, deal, row)
    assert page(deal).competitors == []


def test_a_person_shows_the_deals_of_which_they_are_a_part() -> None:
    pipeline, omar = make_pipeline(), make_person()
    main, part = make_deal(pipeline, title="Main", person_id=omar), make_deal(pipeline, title="Part")
    make_deal(pipeline, title="None")
    db.write_sync(set_role, SYSTEM, part, omar, "blocker")
    db.write_sync(set_role, SYSTEM, main, omar, "user")
    panel = db.read_sync(deals_of_person, SYSTEM, omar)
    assert panel is not None
    assert {(r.id, r.lines[0].split(" · ")[-1]) for r in panel.rows} == {(main, "User"), (part, "Blocker")}


def test_lists_filter_by_role_and_competitor() -> None:
    pipeline, omar = make_pipeline(), make_person()
    deal = make_deal(pipeline)
    make_deal(pipeline)
    db.write_sync(set_role, SYSTEM, deal, omar, "decision maker")
    db.write_sync(add_competitor, SYSTEM, deal, "Rival")
    fields = db.read_sync(fields_of, SYSTEM, "deal")
    assert {"contacts.person_id", "contacts.role", "competitors.name", "competitors.status", "type"} <= set(fields)

    def found(field: str, op: str, value: object) -> list[int]:
        listing = replace(default_listing("deal"), filter=Group("all", (Condition(field, op, value),)))
        return [row.id for row in db.read_sync(list_page, SYSTEM, listing).rows]

    assert found("contacts.role", "is", ("decision maker",)) == [deal]
    assert found("contacts.role", "is", ("champion",)) == []
    assert found("competitors.name", "contains", "riv") == [deal]
    assert found("competitors.status", "is", ("open",)) == [deal]
    assert len(found("type", "is", ("new business",))) == 2


def test_a_circle_of_earlier_deals_is_refused_whichever_way_it_comes_about() -> None:
    pipeline = make_pipeline()
    a, b, c = (make_deal(pipeline) for _ in range(3))
    change("deal", b, earlier_deal_id=a)
    change("deal", c, earlier_deal_id=b)
    with pytest.raises(Refused, match=CIRCLE):
        change("deal", a, earlier_deal_id=c)
    with pytest.raises(Refused, match=CIRCLE):
        db.write_sync(edit_deal, SYSTEM, a, "earlier_deal_id", str(a), None)
    both = [Change("deal", a, {"earlier_deal_id": c}), Change("deal", c, {"earlier_deal_id": None})]
    db.write_sync(lambda session: apply_many(session, SYSTEM, both))
    assert [(r.id, r.how) for r in page(a).related] == [(c, "Earlier deal"), (b, "Later deal")]


def test_what_recurs_is_monthly_unless_told_and_shows_its_year() -> None:
    deal = make_deal(make_pipeline(), currency="USD")
    assert not {"recurring_period", "term_months", "yearly"} & {p.field for p in page(deal).properties}
    db.write_sync(edit_deal, SYSTEM, deal, "recurring_minor", "1,200.50", None)
    shown = {p.field: p.value for p in page(deal).properties}
    assert (shown["recurring_minor"], shown["recurring_period"], shown["yearly"]) == ("$1,200.50", "Month", "$14,406")
    done = db.write_sync(edit_deal, SYSTEM, deal, "recurring_period", "quarter", None)
    assert {p.field: p.value for p in page(deal).properties}["yearly"] == "$4,802"
    db.write_sync(undo, SYSTEM, done.batch_id)
    assert {p.field: p.value for p in page(deal).properties}["yearly"] == "$14,406"
    for field, raw in (("term_months", "0"), ("recurring_minor", "-1"), ("recurring_period", "week"), ("type", "gift")):
        with pytest.raises(Invalid):
            db.write_sync(edit_deal, SYSTEM, deal, field, raw, None)
