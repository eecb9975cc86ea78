"""The editor of pipelines: saving, ordering, removing and merging stages, on real databases."""

from collections import Counter

import pytest
from sqlalchemy import select

from crm_app.core import db
from crm_app.core.actor import SYSTEM, Principal
from crm_app.core.changes import Change, apply_many
from crm_app.core.changes.replay import differences
from crm_app.core.changes.working import table_of
from crm_app.core.errors import Forbidden, Invalid, KithError, NotFound, Refused
from crm_app.deals.editor.merge import merged, start_merge
from crm_app.deals.editor.queries import conditions_of, list_pipelines, merge_of, movers_of
from crm_app.deals.editor.service import (
    LAST_OPEN,
    Known,
    delete_pipeline,
    delete_stage,
    order_pipelines,
    order_stages,
    save_pipeline,
    save_stage,
)
from crm_app.deals.queries import Wish, board_snapshot
from crm_app.deals.service import move_deal
from crm_app.records.bulk import list_refusals, run_bulk, start_undo
from crm_app.tables import BulkRun, Deal, Finding, Stage
from tests.support.builders import change, make, make_deal, make_pipeline, make_team, make_user, principal, row

pytestmark = pytest.mark.usefixtures("database_url")
STAGE = {"name": "Talks", "kind": "open", "color": "teal", "probability": "60", "rot_days": "14", "wip_limit": ""}


def stages_of(pipeline_id: int) -> list[str]:
    found = next(p for p in db.read_sync(list_pipelines, SYSTEM) if p.id == pipeline_id)
    return [s.name for s in found.stages]


def boss() -> Principal:
    return principal(make_user(role="administrator"), "administrator")


def test_a_new_pipeline_has_the_usual_stages_and_its_rules() -> None:
    team = make_team(name="East")
    made = db.write_sync(save_pipeline, boss(), {"name": "Partners", "team_id": str(team), "allow_back": "on"}, None).id
    (found,) = db.read_sync(list_pipelines, SYSTEM)
    assert (found.id, found.team, found.allow_skip, found.allow_back) == (made, "East", False, True)
    assert [(s.name, s.kind, s.probability) for s in found.stages] == [
        ("Qualified", "open", 20),
        ("Offer", "open", 50),
        ("Negotiation", "open", 80),
        ("Won", "won", 100),
        ("Lost", "lost", 0),
    ]
    db.write_sync(save_pipeline, boss(), {"name": "Resale", "allow_skip": "on"}, Known(made, found.version))
    (found,) = db.read_sync(list_pipelines, SYSTEM)
    assert (found.name, found.team, found.allow_skip, found.allow_back) == ("Resale", "", True, False)


def test_deals_are_counted_as_far_as_the_reader_sees_them() -> None:
    me, team, pipeline = make_user(), make_team(), make_pipeline()
    mate = make_user(team_id=team)
    for owner in (me, mate, mate, None):
        make_deal(pipeline, "Prospecting", owner_id=owner)
    manager = principal(make_user(role="manager", team_id=team), "manager", team_id=team, member_ids=frozenset({mate}))
    marketer = principal(make_user(role="marketing"), "marketing")
    for reader, count in ((principal(me), 1), (manager, 2), (marketer, 4), (boss(), 4)):
        (found,) = db.read_sync(list_pipelines, reader)
        assert sum(s.deals for s in found.stages) == count and found.count.startswith(f"{count} deal")


def test_the_sums_of_a_pipeline_are_in_the_currency_chosen_for_it() -> None:
    made = db.write_sync(save_pipeline, boss(), {"name": "Partners", "currency": " chf "}, None).id
    (found,) = db.read_sync(list_pipelines, SYSTEM)
    assert found.currency == "CHF"
    with pytest.raises(Invalid) as refused:
        db.write_sync(save_pipeline, boss(), {"name": "Partners", "currency": "xyz"}, Known(made, found.version))
    assert refused.value.fields == {"currency": "'XYZ' is not a currency, such as EUR."}
    db.write_sync(save_pipeline, boss(), {"name": "Partners"}, Known(made, found.version))  # a tab from before
    assert db.read_sync(list_pipelines, SYSTEM)[0].currency == "CHF"


def test_a_column_of_the_board_has_the_colour_of_its_stage_and_its_limit() -> None:
    pipeline, stages = make_pipeline()
    db.write_sync(save_stage, boss(), pipeline, STAGE | {"wip_limit": "12"}, Known(stages["Engaging"], 1))
    columns = db.read_sync(board_snapshot, SYSTEM, Wish(pipeline)).columns
    assert [(c.name, c.color, c.limit) for c in columns if c.id == str(stages["Engaging"])] == [("Talks", "teal", 12)]


@pytest.mark.parametrize("role", ["manager", "sales", "read-only"])
def test_only_an_administrator_edits(role: str) -> None:
    pipeline = make_pipeline()
    who = principal(make_user(role=role), role)
    stage = pipeline[1]["Engaging"]
    for attempt in (
        lambda s: save_pipeline(s, who, {"name": "x"}, None),
        lambda s: save_stage(s, who, pipeline[0], STAGE, None),
        lambda s: save_stage(s, who, pipeline[0], STAGE, Known(stage, 1)),
        lambda s: order_stages(s, who, stage, 0),
        lambda s: delete_stage(s, who, stage),
        lambda s: delete_pipeline(s, who, pipeline[0]),
        lambda s: start_merge(s, who, stage, pipeline[1]["Prospecting"]),
    ):
        with pytest.raises(Forbidden):
            db.write_sync(attempt)


def test_a_stage_is_saved_with_its_conditions_behind_those_of_its_kind() -> None:
    pipeline = make_pipeline()
    values = STAGE | {"entry.value_minor": "on", "exit.person_id": "on", "mover.manager": "on", "wip_refuses": "refuse"}
    made = db.write_sync(save_stage, boss(), pipeline[0], values | {"wip_limit": "5"}, None).id
    assert stages_of(pipeline[0]) == ["Prospecting", "Engaging", "Talks", "Won", "Lost"]
    found = row(Stage, made)
    assert (found["required_fields"], found["exit_fields"], found["movers"]) == (
        ["value_minor"],
        ["person_id"],
        ["manager"],
    )
    assert (found["probability"], found["rot_days"], found["wip_limit"], found["wip_refuses"]) == (60, 14, 5, True)
    shown = next(s for p in db.read_sync(list_pipelines, SYSTEM) for s in p.stages if s.id == made)
    assert shown.remark == "Needs value · Leaving needs person · Only manager · At most 5 deals"
    assert {c.name for c in db.read_sync(conditions_of, shown) if c.entry} == {"value_minor"}
    assert [(m.name, m.on) for m in movers_of(shown)] == [("manager", True), ("sales", False)]
    db.write_sync(save_stage, boss(), pipeline[0], STAGE | {"kind": "won"}, Known(made, found["version"]))
    assert (row(Stage, made)["probability"], row(Stage, made)["required_fields"]) == (100, [])


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"probability": "101"}, "probability"),
        ({"probability": "some"}, "probability"),
        ({"wip_limit": "-1"}, "wip_limit"),
        ({"rot_days": "1.5"}, "rot_days"),
        ({"name": "  "}, "name"),
        ({"color": "pink"}, "color"),
        ({"kind": "maybe"}, "kind"),
        ({"pipeline_id": "7"}, "pipeline_id"),
        ({"entry.stage_id": "on"}, "entry.stage_id"),
    ],
)
def test_a_wrong_value_is_said_beside_its_field(given: dict[str, str], wrong: str) -> None:
    pipeline = make_pipeline()
    with pytest.raises(Invalid) as refusal:
        db.write_sync(save_stage, boss(), pipeline[0], STAGE | given, None)
    assert list(refusal.value.fields) == [wrong]
    assert stages_of(pipeline[0]) == ["Prospecting", "Engaging", "Won", "Lost"]


def test_stages_are_put_in_order_and_the_ends_stay_at_the_end() -> None:
    pipeline = make_pipeline()
    db.write_sync(order_stages, boss(), pipeline[1]["Engaging"], 0)
    assert stages_of(pipeline[0]) == ["Engaging", "Prospecting", "Won", "Lost"]
    db.write_sync(order_stages, boss(), pipeline[1]["Engaging"], 99)
    assert stages_of(pipeline[0]) == ["Prospecting", "Engaging", "Won", "Lost"]
    db.write_sync(order_stages, boss(), pipeline[1]["Lost"], 0)
    assert stages_of(pipeline[0]) == ["Prospecting", "Engaging", "Won", "Lost"]


def test_pipelines_are_put_in_order() -> None:
    ids = [make_pipeline(name)[0] for name in ("A", "B", "C")]
    db.write_sync(order_pipelines, boss(), ids[2], -1)
    assert [p.name for p in db.read_sync(list_pipelines, SYSTEM)] == ["A", "C", "B"]
    db.write_sync(order_pipelines, boss(), ids[0], -1)
    assert [p.name for p in db.read_sync(list_pipelines, SYSTEM)] == ["A", "C", "B"]
    with pytest.raises(NotFound):
        db.write_sync(order_pipelines, boss(), 1, 1)


def test_what_is_in_use_stays_and_says_why() -> None:
    pipeline = make_pipeline()
    one = make_deal(pipeline)
    with pytest.raises(Refused, match="1 deal is in this stage"):
        db.write_sync(delete_stage, boss(), pipeline[1]["Prospecting"])
    with pytest.raises(Refused, match="1 deal is in this pipeline"):
        db.write_sync(delete_pipeline, boss(), pipeline[0])
    db.write_sync(delete_stage, boss(), pipeline[1]["Engaging"])
    db.write_sync(apply_many, SYSTEM, [Change("deal", one, op="delete")])
    with pytest.raises(Refused, match=LAST_OPEN):
        db.write_sync(delete_stage, boss(), pipeline[1]["Prospecting"])
    with pytest.raises(Refused, match=LAST_OPEN):
        db.write_sync(save_stage, boss(), pipeline[0], STAGE | {"kind": "won"}, Known(pipeline[1]["Prospecting"], 1))
    db.write_sync(delete_pipeline, boss(), pipeline[0])
    assert db.read_sync(list_pipelines, SYSTEM) == []


def test_a_stage_is_renamed_while_deals_stand_in_it_but_keeps_its_kind() -> None:
    pipeline = make_pipeline()
    make_deal(pipeline, "Engaging")
    known = Known(pipeline[1]["Engaging"], 1)
    db.write_sync(save_stage, boss(), pipeline[0], STAGE, known)
    assert stages_of(pipeline[0]) == ["Prospecting", "Talks", "Won", "Lost"]
    with pytest.raises(Invalid, match="1 deal stands in this stage"):
        db.write_sync(save_stage, boss(), pipeline[0], STAGE | {"kind": "lost"}, Known(known.id, 2))


def deals_by_stage() -> Counter[int]:
    table = table_of(Deal)
    query = select(table.c.stage_id).where(table.c.deleted_at.is_(None))
    return Counter(db.read_sync(lambda s: s.connection().execute(query).scalars().all()))


def test_a_stage_is_merged_with_all_its_deals_and_one_undo_takes_it_back() -> None:
    """Past the gate of the other stage: it is a change of the process, not of the deals; what they lack is found."""
    pipeline = make_pipeline()
    stages = pipeline[1]
    change("stage", stages["Engaging"], required_fields=["person_id"], wip_limit=1, wip_refuses=True)
    change("pipeline", pipeline[0], allow_skip=False, allow_back=False)
    ids = [make_deal(pipeline) for _ in range(45)]
    kept = {i: row(Deal, i) for i in ids}
    run_id = db.write_sync(start_merge, boss(), stages["Prospecting"], stages["Engaging"])
    done = run_bulk(run_id)
    assert (done.status, done.done, done.total, done.refused) == ("done", 45, 45, 0)
    assert stages_of(pipeline[0]) == ["Engaging", "Won", "Lost"]
    assert deals_by_stage() == {stages["Engaging"]: 45}
    now = row(Deal, ids[7])
    assert [now[n] == kept[ids[7]][n] for n in ("rank", "stage_since", "value_minor")] == [True, True, True]
    table = table_of(Finding)
    found = db.read_sync(lambda s: s.connection().execute(select(table.c.record_id)).scalars().all())
    assert sorted(found) == sorted(ids)
    back = run_bulk(db.write_sync(start_undo, boss(), done.batch_id))
    assert (back.status, back.refused) == ("done", 0)
    assert stages_of(pipeline[0]) == ["Prospecting", "Engaging", "Won", "Lost"]
    assert deals_by_stage() == {stages["Prospecting"]: 45}
    assert db.read_sync(differences) == []


def test_a_deal_that_comes_while_its_stage_is_merged_goes_along() -> None:
    pipeline = make_pipeline()
    stages = pipeline[1]
    late = make_deal(pipeline, "Engaging")
    ids = [make_deal(pipeline) for _ in range(3)]
    run_id = db.write_sync(start_merge, SYSTEM, stages["Prospecting"], stages["Engaging"])

    def portion(limit: int) -> tuple[int, bool]:
        found = db.read_sync(lambda s: merged(s, SYSTEM, s.get_one(BulkRun, run_id), limit))
        return len(found.changes), found.is_last

    assert portion(2) == (2, False)
    db.write_sync(move_deal, SYSTEM, late, stages["Prospecting"])  # its id is behind the cursor of a run that has begun
    db.write_sync(lambda s: setattr(s.get_one(BulkRun, run_id), "cursor", ids[1]))
    assert portion(2) == (1, False)
    assert run_bulk(run_id).refused == 0
    assert deals_by_stage() == {stages["Engaging"]: 4}
    with pytest.raises(KithError):
        db.write_sync(move_deal, SYSTEM, late, stages["Prospecting"])


def test_a_merge_is_refused_where_it_would_change_what_deals_are() -> None:
    pipeline, other = make_pipeline(), make_pipeline("Partners")
    stages = pipeline[1]
    for into, words in ((stages["Won"], "same kind"), (stages["Prospecting"], "itself")):
        with pytest.raises(Refused, match=words):
            db.write_sync(start_merge, boss(), stages["Prospecting"], into)
    with pytest.raises(NotFound):
        db.write_sync(start_merge, boss(), stages["Prospecting"], 1)
    db.write_sync(delete_stage, boss(), stages["Engaging"])
    with pytest.raises(Refused, match=LAST_OPEN):
        db.write_sync(start_merge, boss(), stages["Prospecting"], other[1]["Engaging"])


def test_a_merge_into_a_stage_that_goes_meanwhile_leaves_everything_and_says_so() -> None:
    pipeline = make_pipeline()
    stages, deal = pipeline[1], make_deal(pipeline)
    third = make("stage", pipeline_id=pipeline[0], name="Talks", position=2)
    run_id = db.write_sync(start_merge, boss(), stages["Prospecting"], third)
    db.write_sync(delete_stage, boss(), third)
    done = run_bulk(run_id)
    assert done.changed == 0 and done.refused > 0
    assert row(Deal, deal)["stage_id"] == stages["Prospecting"]
    assert "Prospecting" in stages_of(pipeline[0])
    assert "does not exist" in db.read_sync(list_refusals, SYSTEM, run_id)[0].reason


def test_where_a_stage_can_go() -> None:
    pipeline, other = make_pipeline(), make_pipeline("Partners")
    found = merge_of(db.read_sync(list_pipelines, SYSTEM), pipeline[1]["Engaging"])
    assert [t.name for t in found.targets] == ["Prospecting", "Partners: Prospecting", "Partners: Engaging"]
    assert [t.id for t in found.targets][1] == str(other[1]["Prospecting"])
    assert merge_of([], 7).stage_id == 0
