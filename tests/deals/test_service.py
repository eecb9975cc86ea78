"""Commands and queries of deals on real databases."""

from datetime import date

import pytest

from crm_app.core import clock, db
from crm_app.core.actor import SYSTEM, Principal
from crm_app.core.changes import undo
from crm_app.core.config import settings
from crm_app.core.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from crm_app.deals.queries import Board, Column, Wish, asked_properties, board_snapshot, column_cards, deal_page
from crm_app.deals.service import edit_deal, move_deal
from crm_app.records.create.service import create_record, new_form
from crm_app.records.editing import delete_record
from crm_app.records.properties import amount_of
from crm_app.tables import Deal
from crm_app.timeline.queries import timeline_of
from tests.support.builders import change, make, make_company, make_person, make_pipeline, make_user, row

pytestmark = pytest.mark.usefixtures("database_url")


def principal(user_id: int, role: str = "sales") -> Principal:
    return Principal(id=user_id, name="Somebody", role=role, member_ids=frozenset({user_id}))


def deal(stage_id: int, **values: object) -> int:
    return make("deal", **{"title": "A deal", "stage_id": stage_id, "currency": "USD"} | values)


def board(actor: Principal = SYSTEM, owner_id: int | None = None, text: str = "") -> Board:
    return db.read_sync(board_snapshot, actor, Wish(owner_id=owner_id, text=text, sort="hand"))


def column(name: str, found: Board) -> Column:
    return next(c for c in found.columns if c.name == name)


def test_totals_are_counted_over_all_deals_and_cards_come_in_pages() -> None:
    _, stages = make_pipeline()
    for n in range(53):
        deal(stages["Prospecting"], value_minor=1000 * n, title=f"Deal {n}")
    found = column("Prospecting", board())
    assert (found.count, found.total, found.weighted) == (53, "$13,780", "$1,378")  # 52·53/2 · 10, a tenth of it
    assert len(found.cards) == 50 and found.more
    rest, more = db.read_sync(column_cards, SYSTEM, Wish(sort="hand"), stages["Prospecting"], str(found.cards[-1].id))
    assert len(rest) == 3 and not more
    assert {c.id for c in rest}.isdisjoint({c.id for c in found.cards})


def test_a_seller_sees_and_counts_only_own_deals() -> None:
    _, stages = make_pipeline()
    me, other = make_user(), make_user()
    mine = deal(stages["Prospecting"], owner_id=me, value_minor=500)
    theirs = deal(stages["Prospecting"], owner_id=other, value_minor=700)
    found = column("Prospecting", board(principal(me)))
    assert [c.id for c in found.cards] == [mine] and found.total == "$5"
    with pytest.raises(NotFound):
        db.read_sync(deal_page, principal(me), theirs)
    with pytest.raises(NotFound):
        db.write_sync(move_deal, principal(me), theirs, stages["Engaging"])
    assert column("Engaging", board()).count == 0


def test_the_filter_finds_title_and_company_and_takes_wildcards_as_letters() -> None:
    _, stages = make_pipeline()
    company = make_company(name="Cancity 100%")
    found = deal(stages["Engaging"], title="Storage", company_id=company)
    deal(stages["Engaging"], title="Other_thing")
    for text in ("stor", "CANCITY", "100%"):
        assert [c.id for c in column("Engaging", board(text=text)).cards] == [found], text
    assert column("Engaging", board(text="Othe%")).count == 0
    assert column("Engaging", board(text="r_t")).count == 1


def test_a_move_puts_the_card_between_its_neighbours() -> None:
    _, stages = make_pipeline()
    first, second = deal(stages["Engaging"], title="1"), deal(stages["Engaging"], title="2")
    order = [c.id for c in column("Engaging", board()).cards]
    assert order == [second, first]  # the newest on top
    moved = deal(stages["Prospecting"], title="3")
    done = db.write_sync(move_deal, SYSTEM, moved, stages["Engaging"], 1, second, first, 1, {})
    assert done.card.version == 2
    assert [c.id for c in column("Engaging", board()).cards] == [second, moved, first]


def test_a_card_dropped_in_the_lane_of_another_is_given_to_them_in_one_save() -> None:
    _, stages = make_pipeline()
    ann, bob = make_user(name="Ann"), make_user(name="Bob")
    one = deal(stages["Prospecting"], owner_id=ann, title="Rack")
    moved = db.write_sync(move_deal, SYSTEM, one, stages["Engaging"], None, None, None, 1, {}, Wish(lanes="owner"), bob)
    assert (moved.told, moved.card.lane) == ("Rack moved to Engaging and given to Bob.", str(bob))
    assert set(moved.applied.diff) >= {"stage_id", "owner_id"}
    same = db.write_sync(move_deal, SYSTEM, one, stages["Engaging"], new_owner_id=ann)
    assert same.told == "Rack given to Ann."
    nobody = db.write_sync(move_deal, SYSTEM, one, stages["Engaging"], new_owner_id=0)
    assert nobody.told == "Rack left without an owner."
    order_only = db.write_sync(move_deal, SYSTEM, one, stages["Engaging"], 0)
    assert order_only.told == ""
    for batch in (nobody.applied.batch_id, same.applied.batch_id, moved.applied.batch_id):
        db.write_sync(undo, SYSTEM, batch)
    assert [c.id for c in column("Prospecting", board(owner_id=ann)).cards] == [one]


def test_who_would_lose_sight_of_a_deal_does_not_give_it_away_on_the_board() -> None:
    _, stages = make_pipeline()
    me, other = make_user(), make_user()
    mine = deal(stages["Prospecting"], owner_id=me)
    with pytest.raises(Refused, match="would not see this deal any more"):
        db.write_sync(move_deal, principal(me), mine, stages["Prospecting"], new_owner_id=other)
    assert len(column("Prospecting", board(principal(me))).cards) == 1


def test_a_gate_asks_for_the_missing_field_and_nothing_is_written() -> None:
    _, stages = make_pipeline()
    change("stage", stages["Lost"], required_fields=["lost_reason"])
    one = deal(stages["Engaging"])
    with pytest.raises(Invalid) as refused:
        db.write_sync(move_deal, SYSTEM, one, stages["Lost"])
    assert list(refused.value.fields) == ["lost_reason"]
    asked = db.read_sync(asked_properties, SYSTEM, one, refused.value.fields)
    assert (asked.deal, [p.field for p in asked.fields]) == ("A deal", ["lost_reason"])
    assert column("Engaging", board()).count == 1
    db.write_sync(move_deal, SYSTEM, one, stages["Lost"], None, None, None, 1, {"lost_reason": "Price"})
    page = db.read_sync(deal_page, SYSTEM, one)
    assert {p.field: p.raw for p in page.properties}["lost_reason"] == "Price"
    assert db.read_sync(timeline_of, SYSTEM, "deal", one).events[0].verb == "moved this deal from Engaging to Lost"


def test_undo_of_a_move_brings_back_the_stage_and_the_open_end() -> None:
    _, stages = make_pipeline()
    one = deal(stages["Engaging"], value_minor=100)
    db.write_sync(move_deal, SYSTEM, one, stages["Won"])
    batch = db.read_sync(timeline_of, SYSTEM, "deal", one).events[0].id
    assert db.write_sync(undo, SYSTEM, batch).kept == []
    page = db.read_sync(deal_page, SYSTEM, one)
    assert page.stage_id == stages["Engaging"]
    assert "closed_on" not in {p.field for p in page.properties}


def test_two_editors_merge_different_fields_and_conflict_on_the_same() -> None:
    _, stages = make_pipeline()
    one = deal(stages["Engaging"], title="Before")
    assert db.write_sync(edit_deal, SYSTEM, one, "title", "Hers", 1).version == 2
    assert db.write_sync(edit_deal, SYSTEM, one, "value_minor", "1,250.50", 1).version == 3
    with pytest.raises(Conflict) as clash:
        db.write_sync(edit_deal, SYSTEM, one, "title", "His", 1)
    found = clash.value.conflicts[0]
    assert (found.field, found.yours, found.theirs, found.original) == ("title", "His", "Hers", "Before")


@pytest.mark.parametrize("role", ["marketing", "support", "read-only"])
def test_roles_that_only_read_cannot_write(role: str) -> None:
    _, stages = make_pipeline()
    user = make_user(role=role)
    one = deal(stages["Engaging"], owner_id=user)
    for attempt in (
        lambda s: move_deal(s, principal(user, role), one, stages["Won"]),
        lambda s: edit_deal(s, principal(user, role), one, "title", "x", 1),
        lambda s: create_record(s, principal(user, role), "deal", {"title": "x"}),
    ):
        with pytest.raises(Forbidden):
            db.write_sync(attempt)


def test_a_form_is_refused_with_all_its_errors_and_no_foreign_fields() -> None:
    with pytest.raises(Invalid) as refused:
        db.write_sync(create_record, SYSTEM, "deal", {"title": "x", "value_minor": "lots", "version": "7"})
    assert set(refused.value.fields) == {"value_minor", "version"}
    with pytest.raises(Invalid) as refused:
        db.write_sync(create_record, SYSTEM, "deal", {"title": " ", "stage_id": ""})
    assert set(refused.value.fields) == {"title", "stage_id"}
    with pytest.raises(Invalid):
        db.write_sync(edit_deal, SYSTEM, 1, "pipeline_id", "1", None)


def test_the_dialog_offers_what_is_open_and_within_reach_and_what_it_makes_can_be_undone() -> None:
    _, stages = make_pipeline()
    mine, other = make_user(), make_user()
    me = principal(mine)
    fields = {f.name: f for f in db.read_sync(new_form, me, "deal", {}).fields}
    offered = [o.name for o in fields["stage_id"].choices]
    assert offered == ["Prospecting", "Engaging"] and fields["stage_id"].value == str(stages["Prospecting"])
    assert [o.id for o in fields["owner_id"].choices] == [str(mine)] and str(other) != fields["owner_id"].value
    typed = {name: f.value for name, f in fields.items()} | {"title": "Scales", "value_minor": "1,250.50"}
    made = db.write_sync(create_record, me, "deal", typed)
    found = row(Deal, made.id)
    assert (found["stage_id"], found["owner_id"], found["value_minor"]) == (stages["Prospecting"], mine, 125050)
    assert (found["opened_on"], found["currency"]) == (clock.today("UTC"), settings().currency)
    assert db.write_sync(undo, me, made.batch_id).restored
    assert row(Deal, made.id)["deleted_at"] is not None


def test_activities_set_the_next_step_of_their_deal() -> None:
    _, stages = make_pipeline()
    one = deal(stages["Engaging"], opened_on=date(2026, 1, 1))
    planned = make("activity", type="call", deal_id=one, due_at="2026-01-02T10:00+00:00")
    assert column("Engaging", board()).cards[0].tone == "red"
    change("activity", planned, done_at="2026-01-02T11:00+00:00")
    assert column("Engaging", board()).cards[0].tone == "amber"


def test_company_and_person_are_set_and_cleared_like_any_other_property() -> None:
    _, stages = make_pipeline()
    one, company = deal(stages["Engaging"]), make_company(name="Cancity")

    def shown() -> tuple[str, str, str]:
        page = db.read_sync(deal_page, SYSTEM, one)
        return next((p.type, p.ref, p.value) for p in page.properties if p.field == "company_id")

    db.write_sync(edit_deal, SYSTEM, one, "company_id", str(company), 1)
    assert shown() == ("ref", "company", "Cancity")
    with pytest.raises(Invalid) as refused:
        db.write_sync(edit_deal, SYSTEM, one, "company_id", "Cancity", 2)
    assert list(refused.value.fields) == ["company_id"]
    db.write_sync(edit_deal, SYSTEM, one, "company_id", "", 2)
    assert shown() == ("ref", "company", "")


def test_a_gate_can_ask_for_the_person() -> None:
    _, stages = make_pipeline()
    change("stage", stages["Won"], required_fields=["person_id", "company_id"])
    one, person, company = deal(stages["Engaging"], value_minor=100), make_person(), make_company()
    with pytest.raises(Invalid) as refused:
        db.write_sync(move_deal, SYSTEM, one, stages["Won"])
    asked = db.read_sync(asked_properties, SYSTEM, one, refused.value.fields)
    assert [(p.field, p.type, p.ref) for p in asked.fields] == [
        ("company_id", "ref", "company"),
        ("person_id", "ref", "person"),
    ]
    given = {"person_id": str(person), "company_id": str(company)}
    moved = db.write_sync(move_deal, SYSTEM, one, stages["Won"], None, None, None, 1, given)
    assert moved.stage == "Won" and moved.card.company


def test_a_deleted_deal_leaves_the_board_and_undo_brings_it_back() -> None:
    _, stages = make_pipeline()
    me = make_user()
    one = deal(stages["Engaging"], owner_id=me)
    with pytest.raises(Forbidden):
        db.write_sync(delete_record, principal(me, "read-only"), "deal", one, 1)
    done = db.write_sync(delete_record, SYSTEM, "deal", one, 1)
    assert column("Engaging", board()).count == 0
    db.write_sync(undo, SYSTEM, done.batch_id)
    assert [c.id for c in column("Engaging", board()).cards] == [one]


def test_a_delete_minds_what_was_not_seen_but_not_the_order_of_the_cards() -> None:
    _, stages = make_pipeline()
    one = deal(stages["Engaging"], title="Seen")
    change("deal", one, title="Not seen")
    with pytest.raises(Conflict) as told:
        db.write_sync(delete_record, SYSTEM, "deal", one, 1)
    assert [(c.field, c.original, c.theirs) for c in told.value.conflicts] == [("title", "Seen", "Not seen")]
    assert told.value.version == 2 and [c.id for c in column("Engaging", board()).cards] == [one]
    change("deal", one, title="Seen", rank=7.0)
    db.write_sync(delete_record, SYSTEM, "deal", one, 1)
    assert column("Engaging", board()).count == 0


@pytest.mark.parametrize(("text", "minor"), [("", None), ("1,250.50", 125050), ("$ 900", 90000), (" 1 000 ", 100000)])
def test_amounts_as_people_type_them(text: str, minor: int | None) -> None:
    assert amount_of(text, "USD") == minor


def test_an_undo_names_nothing_to_who_may_not_see_it() -> None:
    """A number was guessed: what could not come back anyway is not named either."""
    _, stages = make_pipeline()
    one = deal(stages["Engaging"], title="Secret", owner_id=make_user())
    batch = change("deal", one, value_minor=100)
    change("deal", one, value_minor=200)
    assert db.write_sync(undo, SYSTEM, batch).kept == ["Secret: value was changed since."]
    with pytest.raises(NotFound):
        db.write_sync(undo, principal(make_user()), batch)
