"""Many cards at once: single ones and whole columns in one run, the gate asked for each, one undo."""

import pytest

from crm_app.core import db
from crm_app.core.actor import SYSTEM, Principal
from crm_app.core.errors import Forbidden, Invalid, KithError, Refused
from crm_app.deals.bulk import start_on_board
from crm_app.deals.queries import Wish, board_snapshot
from crm_app.records.bulk import list_refusals, run_bulk, start_undo
from crm_app.tables import Deal
from tests.support.builders import change, make, make_pipeline, make_user, principal, row

pytestmark = pytest.mark.usefixtures("database_url")


def counts() -> dict[str, int]:
    return {c.name: c.count for c in db.read_sync(board_snapshot, SYSTEM, Wish()).columns}


def run(actor: Principal, action: str, values: dict[str, str], ids: list[int], stages: list[int], wish: Wish = Wish()):  # noqa: B008
    return run_bulk(db.write_sync(start_on_board, actor, wish, action, values, ids, stages))


def test_a_whole_column_and_single_cards_move_together_and_come_back_together() -> None:
    _, stages = make_pipeline()
    for n in range(60):
        make("deal", title=f"D{n}", stage_id=stages["Prospecting"], value_minor=100 * n)
    single = make("deal", title="One", stage_id=stages["Engaging"], value_minor=0)
    done = run(SYSTEM, "move", {"stage_id": str(stages["Won"])}, [single], [stages["Prospecting"]])
    assert (done.changed, done.refused) == (61, 0) and counts()["Won"] == 61
    assert row(Deal, single)["closed_on"] is not None
    back = run_bulk(db.write_sync(start_undo, SYSTEM, done.batch_id))
    assert back.changed == 61 and counts() == {"Prospecting": 60, "Engaging": 1, "Won": 0, "Lost": 0}


def test_a_column_means_what_the_filter_shows_of_it() -> None:
    _, stages = make_pipeline()
    for name in ("Keep", "Take", "Take too"):
        make("deal", title=name, stage_id=stages["Engaging"])
    done = run(SYSTEM, "delete", {}, [], [stages["Engaging"]], Wish(text="take"))
    assert done.changed == 2 and counts()["Engaging"] == 1


def test_the_gate_refuses_one_by_one_and_says_whom() -> None:
    _, stages = make_pipeline()
    change("stage", stages["Lost"], required_fields=["lost_reason", "company_id"])
    company = make("company", name="Acme")
    ready = make("deal", title="Ready", stage_id=stages["Engaging"], company_id=company)
    bare = make("deal", title="Bare", stage_id=stages["Engaging"])
    wish = {"stage_id": str(stages["Lost"]), "lost_reason": "Price"}
    done = run(SYSTEM, "move", wish, [ready, bare], [])
    assert (done.changed, done.refused) == (1, 1) and row(Deal, ready)["lost_reason"] == "Price"
    refused = db.read_sync(list_refusals, SYSTEM, done.id)
    assert [(r.id, r.title) for r in refused] == [(bare, "Bare")] and "Company" in refused[0].reason


def test_a_seller_changes_only_own_deals_and_a_reader_none() -> None:
    _, stages = make_pipeline()
    me, other = make_user(), make_user()
    mine, theirs = (make("deal", title="D", stage_id=stages["Engaging"], owner_id=o) for o in (me, other))
    done = run(principal(me), "edit", {"owner_id": str(other)}, [mine, theirs], [stages["Engaging"]])
    assert (done.total, done.changed) == (1, 1) and row(Deal, mine)["owner_id"] == other
    with pytest.raises(Forbidden):
        run(principal(me, "read-only"), "delete", {}, [mine], [])


def test_tags_are_put_on_and_taken_off() -> None:
    _, stages = make_pipeline()
    one, tag = make("deal", title="D", stage_id=stages["Engaging"]), make("tag", name="hot")
    assert run(SYSTEM, "tag", {"tags": str(tag)}, [one], []).changed == 1
    assert run(SYSTEM, "tag", {"tags": str(tag)}, [one], []).changed == 0
    assert run(SYSTEM, "untag", {"tags": str(tag)}, [one], []).changed == 1


@pytest.mark.parametrize(
    ("action", "values"),
    [
        ("move", {"rank": "1"}),
        ("edit", {"title": "x"}),
        ("edit", {"stage_id": "1"}),
        ("erase", {"owner_id": "1"}),
        ("tag", {"tags": "x"}),
        ("move", {}),
        ("move", {"stage_id": "many"}),
    ],
)
def test_nothing_else_is_changed_this_way(action: str, values: dict[str, str]) -> None:
    _, stages = make_pipeline()
    one = make("deal", title="D", stage_id=stages["Engaging"])
    with pytest.raises((Invalid, Refused)):
        db.write_sync(start_on_board, SYSTEM, Wish(), action, values, [one], [])
    with pytest.raises(KithError):
        db.write_sync(start_on_board, SYSTEM, Wish(), "delete", {}, [], [])
