"""The gate on real databases: conditions, ways, roles, room in a stage, teams, and what came past it."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select

from crm_app.core import clock, db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply_many, undo
from crm_app.core.changes.working import table_of
from crm_app.core.config import settings
from crm_app.core.errors import Invalid, KithError, NotFound, Refused
from crm_app.deals.queries import asked_properties, deal_page
from crm_app.deals.service import DEAL_GONE, STAGE_GONE, edit_deal, move_deal
from crm_app.records.editing import delete_record
from crm_app.tables import Deal, Finding
from tests.support.builders import change, make, make_deal, make_pipeline, make_user, principal, row

pytestmark = pytest.mark.usefixtures("database_url")


def move(deal_id: int, stage_id: int, actor: Any = SYSTEM, **extra: str) -> Any:
    return db.write_sync(move_deal, actor, deal_id, stage_id, None, None, None, None, extra)


def refused(deal_id: int, stage_id: int, actor: Any = SYSTEM, **extra: str) -> dict[str, str]:
    before = row(Deal, deal_id)
    with pytest.raises(Invalid) as refusal:
        move(deal_id, stage_id, actor, **extra)
    assert row(Deal, deal_id) == before
    return refusal.value.fields


def findings() -> set[tuple[int, str]]:
    table = table_of(Finding)
    query = select(table.c.record_id, table.c.field)
    return {(id, name) for id, name in db.read_sync(lambda s: s.connection().execute(query).all())}


def test_won_asks_for_the_value_and_dates_itself() -> None:
    pipeline = make_pipeline()
    one = make_deal(pipeline)
    assert refused(one, pipeline[1]["Won"]) == {"value_minor": "Value is needed for Won."}
    asked = db.read_sync(asked_properties, SYSTEM, one, ["value_minor"], pipeline[1]["Won"])
    today = clock.today(settings().zone)
    assert [(p.field, p.raw) for p in asked.fields + asked.offered] == [
        ("value_minor", ""),
        ("closed_on", today.isoformat()),
    ]
    move(one, pipeline[1]["Won"], value_minor="1,250", closed_on="")
    assert (row(Deal, one)["value_minor"], row(Deal, one)["closed_on"]) == (125_000, today)
    with pytest.raises(Invalid):
        change("deal", one, closed_on=None)
    other = make_deal(pipeline, value_minor=1)
    with pytest.raises(Invalid) as refusal:
        change("deal", other, stage_id=pipeline[1]["Won"], closed_on=None)
    assert list(refusal.value.fields) == ["closed_on"]


def test_lost_asks_why_and_offers_who_won_it() -> None:
    pipeline = make_pipeline()
    one, other = make_deal(pipeline), make_deal(pipeline)
    assert list(refused(one, pipeline[1]["Lost"], lost_to="Acme")) == ["lost_reason"]
    move(one, pipeline[1]["Lost"], lost_reason="Price", lost_to="Acme")
    asked = db.read_sync(asked_properties, SYSTEM, other, ["lost_reason"], pipeline[1]["Lost"])
    assert ([p.field for p in asked.offered], asked.competitors, asked.stage) == (["lost_to"], ["Acme"], "Lost")
    move(one, pipeline[1]["Engaging"])
    assert (row(Deal, one)["lost_reason"], row(Deal, one)["lost_to"]) == ("", "")


def test_what_a_stage_asks_for_stays_filled_and_what_it_wants_on_leaving_is_asked_forwards_only() -> None:
    pipeline = make_pipeline()
    change("stage", pipeline[1]["Engaging"], required_fields=["value_minor"], exit_fields=["expected_close_on"])
    one = make_deal(pipeline, value_minor=100)
    move(one, pipeline[1]["Engaging"])
    with pytest.raises(Invalid) as refusal:
        db.write_sync(edit_deal, SYSTEM, one, "value_minor", "", None)
    assert refusal.value.fields == {"value_minor": "Value is needed while the deal is in Engaging."}
    assert list(refused(one, pipeline[1]["Won"])) == ["expected_close_on"]
    move(one, pipeline[1]["Prospecting"])
    move(one, pipeline[1]["Engaging"])
    move(one, pipeline[1]["Lost"], lost_reason="Price")


def test_a_strict_pipeline_takes_one_step_at_a_time() -> None:
    pipeline = make_pipeline()
    change("pipeline", pipeline[0], allow_skip=False, allow_back=False)
    stages, one = pipeline[1], make_deal(pipeline, value_minor=100)
    assert refused(one, stages["Won"]) == {"stage_id": "Sales allows no skipping: after Prospecting comes Engaging."}
    move(one, stages["Engaging"])
    assert list(refused(one, stages["Prospecting"])) == ["stage_id"]
    move(one, stages["Won"])
    assert list(refused(one, stages["Engaging"])) == ["stage_id"]
    other = make_pipeline("Partners")
    move(one, other[1]["Engaging"])
    assert row(Deal, one)["pipeline_id"] == other[0]


def test_losing_and_reopening_is_no_way_around_a_stage() -> None:
    pipeline = make_pipeline()
    change("pipeline", pipeline[0], allow_skip=False)
    stages, one = pipeline[1], make_deal(pipeline, value_minor=100)
    move(one, stages["Lost"], lost_reason="Price")
    assert list(refused(one, stages["Engaging"])) == ["stage_id"]
    assert list(refused(one, stages["Won"])) == ["stage_id"]
    move(one, stages["Prospecting"])
    move(one, stages["Engaging"])
    move(one, stages["Lost"], lost_reason="Price")
    move(one, stages["Engaging"])


def test_only_some_roles_move_a_deal_into_a_stage_or_create_it_there() -> None:
    pipeline = make_pipeline()
    change("stage", pipeline[1]["Engaging"], movers=["manager"])
    me = make_user()
    one = make_deal(pipeline, owner_id=me)
    said = refused(one, pipeline[1]["Engaging"], principal(me))
    assert said == {"stage_id": "Only these roles may move a deal into Engaging: manager."}
    with pytest.raises(Invalid):
        make("deal", principal(me), title="x", stage_id=pipeline[1]["Engaging"], owner_id=me)
    manager = principal(make_user(role="manager"), "manager", member_ids=frozenset({me}))
    move(one, pipeline[1]["Engaging"], manager)
    back = change("deal", one, manager, None, stage_id=pipeline[1]["Prospecting"])
    with pytest.raises(Invalid, match="Only these roles"):  # an undo turns no decision of others round
        db.write_sync(undo, principal(me), back)
    db.write_sync(undo, manager, back)
    mine = change("deal", one, principal(me), None, stage_id=pipeline[1]["Prospecting"])
    db.write_sync(undo, principal(me), mine)  # but it takes one's own slip back
    assert row(Deal, one)["stage_id"] == pipeline[1]["Engaging"]


def test_a_full_stage_refuses_and_a_filling_one_warns() -> None:
    pipeline = make_pipeline()
    stages = pipeline[1]
    change("stage", stages["Engaging"], wip_limit=2, wip_refuses=True)
    a, b, c = (make_deal(pipeline) for _ in range(3))
    assert move(a, stages["Engaging"]).warning == ""
    move(b, stages["Engaging"])
    assert refused(c, stages["Engaging"]) == {"stage_id": "Engaging is full: it holds at most 2 deals."}
    move(a, stages["Prospecting"])
    move(c, stages["Engaging"])
    change("stage", stages["Engaging"], wip_refuses=False)
    assert move(a, stages["Engaging"]).warning == "Engaging holds 3 deals; 2 are planned."


def test_what_one_call_adds_and_takes_away_counts() -> None:
    pipeline = make_pipeline()
    stages = pipeline[1]
    change("stage", stages["Engaging"], wip_limit=3, wip_refuses=True)
    there = make_deal(pipeline, "Engaging")
    ids = [make_deal(pipeline) for _ in range(5)]
    left: list[int | None] = []
    wishes = [Change("deal", i, {"stage_id": stages["Engaging"]}) for i in ids[:3]]
    wishes += [Change("deal", there, {"stage_id": stages["Prospecting"]})]
    wishes += [Change("deal", i, {"stage_id": stages["Engaging"]}) for i in ids[3:]]
    wishes += [Change("deal", ids[3], op=op) for op in ("delete", "restore", "delete")]
    wishes += [Change("deal", i, {"stage_id": stages["Engaging"]}) for i in (ids[2], ids[4])]
    db.write_sync(apply_many, SYSTEM, wishes, on_refused=lambda wish, _: left.append(wish.id))
    assert left == [ids[2], ids[4], ids[4]]
    assert [row(Deal, i)["stage_id"] == stages["Engaging"] for i in ids] == [True, True, True, True, False]


def test_many_at_once_do_not_overfill_a_stage() -> None:
    pipeline = make_pipeline()
    change("stage", pipeline[1]["Engaging"], wip_limit=3, wip_refuses=True)
    ids = [make_deal(pipeline) for _ in range(8)]

    def attempt(id: int) -> bool:
        try:
            move(id, pipeline[1]["Engaging"])
        except KithError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, ids)) == 3
    assert sum(row(Deal, i)["stage_id"] == pipeline[1]["Engaging"] for i in ids) == 3


def test_a_deal_or_a_stage_that_just_went_is_said_so() -> None:
    pipeline = make_pipeline()
    one, other = make_deal(pipeline), make_deal(pipeline)
    db.write_sync(delete_record, SYSTEM, "deal", one)
    for place in (None, 0):
        with pytest.raises(NotFound, match=DEAL_GONE):
            db.write_sync(move_deal, SYSTEM, one, pipeline[1]["Engaging"], place)
    db.write_sync(apply_many, SYSTEM, [Change("stage", pipeline[1]["Engaging"], op="delete")])
    with pytest.raises(Refused, match=STAGE_GONE):
        move(other, pipeline[1]["Engaging"])
    assert row(Deal, other)["stage_id"] == pipeline[1]["Prospecting"]


def test_a_history_comes_past_the_gate_and_leaves_findings_until_they_are_filled() -> None:
    pipeline = make_pipeline()
    given = {"pipeline_id": pipeline[0], "closed_on": None}

    def bring(stage: str, **values: object) -> int:
        wish = Change("deal", op="create", set={"title": stage, "stage_id": pipeline[1][stage]} | given | values)
        return db.write_sync(apply_many, SYSTEM, [wish], source="history")[0].id

    won, lost, fine = bring("Won"), bring("Lost"), bring("Lost", lost_reason="Price")
    assert findings() == {(won, "value_minor"), (won, "closed_on"), (lost, "lost_reason")}
    assert fine not in {id for id, _ in findings()}
    assert db.read_sync(deal_page, SYSTEM, won).missing == "Missing for Won: Closed, Value"
    filled = change("deal", won, value_minor=5)
    assert findings() == {(won, "closed_on"), (lost, "lost_reason")}
    db.write_sync(undo, SYSTEM, filled)
    assert (won, "value_minor") in findings()
    change("deal", lost, title="Another")
    assert (lost, "lost_reason") in findings()
    move(lost, pipeline[1]["Engaging"])
    assert {id for id, _ in findings()} == {won}
    db.write_sync(delete_record, SYSTEM, "deal", won)
    assert findings() == set()


def test_a_stage_that_asks_for_less_takes_its_findings_back() -> None:
    pipeline = make_pipeline()
    change("stage", pipeline[1]["Engaging"], required_fields=["person_id", "value_minor"])
    wish = Change("deal", op="create", set={"title": "x", "stage_id": pipeline[1]["Engaging"]})
    one = db.write_sync(apply_many, SYSTEM, [wish], source="history")[0].id
    assert findings() == {(one, "person_id"), (one, "value_minor")}
    change("stage", pipeline[1]["Engaging"], required_fields=["person_id"])
    assert findings() == {(one, "person_id")}


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"required_fields": ["no_such"]}, "required_fields"),
        ({"exit_fields": "value_minor"}, "exit_fields"),
        ({"exit_fields": ["stage_id"]}, "exit_fields"),
        ({"movers": ["pirate"]}, "movers"),
        ({"wip_limit": -1}, "wip_limit"),
        ({"color": "#fff"}, "color"),
        ({"kind": "won"}, "kind"),
    ],
)
def test_a_stage_is_not_given_nonsense(values: dict[str, object], wrong: str) -> None:
    pipeline = make_pipeline()
    make_deal(pipeline)
    with pytest.raises(Invalid) as refusal:
        change("stage", pipeline[1]["Prospecting"], **values)
    assert list(refusal.value.fields) == [wrong]
