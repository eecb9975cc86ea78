"""Clones and splits, on real databases: what is taken over, what is not, and one undo."""

from random import Random

import pytest

from crm_app.core import clock, db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply, undo
from crm_app.core.errors import Forbidden, Invalid, NotFound, Refused
from crm_app.deals.copying import Clone, Split, clone_deal, split_deal
from crm_app.deals.lines import add_line, edit_line
from crm_app.deals.parties import add_competitor, set_role, set_status
from crm_app.deals.queries import DealPage, deal_page
from crm_app.records.editing import delete_record
from crm_app.tables import Deal
from tests.support.builders import (
    change,
    make,
    make_company,
    make_deal,
    make_person,
    make_pipeline,
    make_product,
    make_user,
    principal,
    row,
)

pytestmark = pytest.mark.usefixtures("database_url")
Pipeline = tuple[int, dict[str, int]]
ALL = frozenset({"value", "recurring", "lines", "contacts", "competitors", "tags"})


def page(deal_id: int) -> DealPage:
    return db.read_sync(deal_page, SYSTEM, deal_id)


def rich(pipeline: Pipeline, **values: object) -> int:
    """A deal in its second stage with two products, a decision maker, a competitor that was beaten, and a tag."""
    given = {"value_minor": 100_000_01, "company_id": make_company(), "person_id": make_person(), "currency": "USD"}
    deal = make_deal(pipeline, "Engaging", **given | {"tags": [{"tag_id": make("tag", name="Hot")}]} | values)
    for name, price in (("One", "300.10"), ("Two", "0.02")):
        db.write_sync(add_line, SYSTEM, deal, make_product(name=name))
        line = page(deal).lines[-1].id
        db.write_sync(edit_line, SYSTEM, deal, line, "unit_price_minor", price, page(deal).version)
    db.write_sync(set_role, SYSTEM, deal, make_person(), "decision maker")
    db.write_sync(add_competitor, SYSTEM, deal, "Rival")
    db.write_sync(set_status, SYSTEM, deal, page(deal).competitors[0].id, "beaten")
    return deal


def value(deal_id: int) -> int | None:
    return row(Deal, deal_id)["value_minor"]


def test_a_clone_begins_anew_with_what_was_taken_over() -> None:
    pipeline, me = make_pipeline(), make_user()
    source = rich(pipeline, owner_id=make_user(), recurring_minor=5_00, term_months=12, lost_reason="")
    change("deal", source, stage_id=pipeline[1]["Won"])
    before = page(source)
    actor = principal(me, "administrator")
    made = db.write_sync(clone_deal, actor, source, Clone("Again", "renewal", ALL, True, "2031-05-06")).id
    new, old = row(Deal, made), row(Deal, source)
    assert {n: new[n] for n in ("title", "type", "stage_id", "owner_id", "earlier_deal_id", "closed_on")} == {
        "title": "Again",
        "type": "renewal",
        "stage_id": pipeline[1]["Prospecting"],
        "owner_id": me,
        "earlier_deal_id": source,
        "closed_on": None,
    }
    same = ("company_id", "person_id", "value_minor", "currency", "recurring_minor", "recurring_period", "term_months")
    assert [new[n] for n in same] == [old[n] for n in same]
    assert (new["opened_on"], str(new["expected_close_on"])) == (clock.today(), "2031-05-06")
    shown = page(made)
    assert [(n.name, n.total) for n in shown.lines] == [(n.name, n.total) for n in before.lines]
    assert [(p.person_id, p.role) for p in shown.people] == [(p.person_id, p.role) for p in before.people]
    assert [(c.name, c.status) for c in shown.competitors] == [("Rival", "open")]
    assert [stay.stage for stay in shown.stays] == ["Prospecting"]
    assert page(source).version == before.version
    assert not {n.id for n in shown.lines} & {n.id for n in before.lines}


def test_a_clone_takes_only_what_was_ticked() -> None:
    owner = make_user()
    source = rich(make_pipeline(), owner_id=owner)
    made = page(db.write_sync(clone_deal, SYSTEM, source, Clone("Bare", own=False)).id)
    assert (made.lines, made.competitors, made.value, len(made.people)) == ([], [], "", 1)
    assert row(Deal, made.id)["owner_id"] == owner and row(Deal, made.id)["earlier_deal_id"] is None


def test_a_clone_leaves_out_whom_somebody_deleted() -> None:
    deal, gone = make_deal(make_pipeline()), make_person()
    db.write_sync(set_role, SYSTEM, deal, gone, "user")
    db.write_sync(delete_record, SYSTEM, "person", gone)
    assert page(db.write_sync(clone_deal, SYSTEM, deal, Clone("Again", parts=ALL)).id).people == []


def test_a_copy_takes_the_custom_values_that_can_still_be_given() -> None:
    """A field put away, a formula, a choice that is none any more, somebody deleted: none stands in the way."""

    def field(label: str, type: str = "text", **values: object) -> int:
        return make("custom_field", kind="deal", key=label.lower(), label=label, type=type, **values)

    kept, away, who = field("Kept"), field("Away"), field("Who", "person")
    picked = field("Picked", "choice", options=[{"key": "a", "label": "A"}, {"key": "b", "label": "B"}])
    told = field("Told", "formula", formula=f"{{custom.{kept}}}", result="text")
    gone = make_person()
    custom = {f"custom.{kept}": "x", f"custom.{away}": "y", f"custom.{who}": gone, f"custom.{picked}": "b"}
    deal = make_deal(make_pipeline(), "Engaging", value_minor=1_000, **custom)
    change("custom_field", picked, options=[{"key": "a", "label": "A"}])
    db.write_sync(lambda s: apply(s, SYSTEM, Change("custom_field", away, op="delete")))
    db.write_sync(delete_record, SYSTEM, "person", gone)
    assert row(Deal, deal)["custom"].keys() >= {str(away), str(who), str(told)}
    copy = db.write_sync(clone_deal, SYSTEM, deal, Clone("Copy")).id
    part = db.write_sync(split_deal, SYSTEM, deal, Split("Part", frozenset(), "1", page(deal).version)).id
    for made in (copy, part):
        assert row(Deal, made)["custom"] == {str(kept): "x", str(told): "x"}


def test_who_may_clone_and_split() -> None:
    me, other = make_user(), make_user()
    source = make_deal(make_pipeline(), owner_id=me, value_minor=10)
    wish = Split("Part", frozenset(), "0.05", 1)
    for actor, error in ((principal(other), NotFound), (principal(me, "read-only"), Forbidden)):
        with pytest.raises(error):
            db.write_sync(clone_deal, actor, source, Clone("Mine"))
        with pytest.raises(error):
            db.write_sync(split_deal, actor, source, wish)
    assert value(source) == 10


def test_a_split_divides_products_and_value_and_one_undo_makes_it_whole() -> None:
    source = rich(make_pipeline())
    before, was = page(source), row(Deal, source)
    wish = Split("Part", frozenset({before.lines[1].id}), "", before.version)
    done = db.write_sync(split_deal, SYSTEM, source, wish)
    new, left = page(done.id), page(source)
    assert [n.name for n in left.lines] == ["One"] and [n.name for n in new.lines] == ["Two"]
    assert (value(source), value(done.id)) == (100_000_01 - 2, 2)
    assert [(r.id, r.how) for r in left.related] == [(done.id, "Split off")]
    assert [(r.id, r.how) for r in new.related] == [(source, "Split from")]
    assert new.stage_id == left.stage_id and [c.status for c in new.competitors] == ["beaten"]
    assert [(p.person_id, p.role) for p in new.people] == [(p.person_id, p.role) for p in left.people]
    db.write_sync(undo, SYSTEM, done.batch_id)
    after = row(Deal, source)
    ignored = ("version", "updated_at")
    assert {k: v for k, v in after.items() if k not in ignored} == {k: v for k, v in was.items() if k not in ignored}
    assert page(source).lines == before.lines and page(source).related == []
    with pytest.raises(NotFound):
        page(done.id)


def test_a_second_press_and_a_stale_tab_split_nothing() -> None:
    source = make_deal(make_pipeline(), value_minor=1_000)
    wish = Split("Part", frozenset(), "4", page(source).version)
    db.write_sync(split_deal, SYSTEM, source, wish)
    with pytest.raises(Refused):
        db.write_sync(split_deal, SYSTEM, source, wish)
    assert value(source) == 600


def test_closed_deals_foreign_products_and_wrong_amounts_are_refused() -> None:
    pipeline = make_pipeline()
    won, deal = make_deal(pipeline, "Won", value_minor=10), rich(pipeline)
    foreign, version = page(rich(pipeline)).lines[0].id, page(deal).version
    for id, wish, error in (
        (won, Split("Part", frozenset(), "0.05", page(won).version), Refused),
        (deal, Split("Part", frozenset({foreign}), "", version), Refused),
        (deal, Split("Part", frozenset(), "a lot", version), Invalid),
        (deal, Split("Part", frozenset(), "-1", version), Invalid),
        (deal, Split("Part", frozenset(), "100000.02", version), Invalid),
        (deal, Split("", frozenset(), "1", version), Invalid),
    ):
        with pytest.raises(error):
            db.write_sync(split_deal, SYSTEM, id, wish)
    assert value(deal) == 100_000_01 and page(deal).version == version


def test_no_cent_is_lost_however_often_a_deal_is_split() -> None:
    random, source = Random(4), make_deal(make_pipeline(), value_minor=987_654_321_01, currency="USD")
    parts = [source]
    for _ in range(12):
        deal = random.choice(parts)
        held = value(deal) or 0
        if held < 2:
            continue
        minor = random.randint(1, held - 1)
        wish = Split("Part", frozenset(), f"{minor // 100}.{minor % 100:02}", page(deal).version)
        parts.append(db.write_sync(split_deal, SYSTEM, deal, wish).id)
    assert len(parts) > 5 and sum(value(p) or 0 for p in parts) == 987_654_321_01
