"""What wakes a deal: talks and moves. Not an edit, not a finished task."""

from datetime import date, timedelta
from typing import Any

import pytest

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply, apply_many
from crm_app.core.clock import now
from crm_app.deals.queries import Wish, board_snapshot
from crm_app.tables import Deal
from tests.support.builders import change, make, make_pipeline, row

pytestmark = pytest.mark.usefixtures("database_url")
LONG_AGO = now() - timedelta(days=100)


def rotten(name: str = "Engaging") -> bool:
    found = next(c for c in db.read_sync(board_snapshot, SYSTEM, Wish()).columns if c.name == name)
    return found.cards[0].rotten


@pytest.fixture
def quiet(database_url: str) -> tuple[dict[str, int], int]:
    """A deal that nobody has touched for a hundred days, in a stage that allows thirty."""
    _, stages = make_pipeline()
    for name in ("Prospecting", "Engaging"):
        change("stage", stages[name], rot_days=30)
    deal = make("deal", title="D", stage_id=stages["Engaging"], stage_since=LONG_AGO)
    assert rotten()
    return stages, deal


@pytest.mark.parametrize(
    ("what", "wakes"), [("call", True), ("meeting", True), ("email", True), ("note", True), ("task", False)]
)
def test_a_talk_wakes_a_deal_and_a_finished_task_does_not(quiet: tuple[Any, int], what: str, wakes: bool) -> None:
    activity = make("activity", type=what, deal_id=quiet[1], done_at=now())
    assert rotten() is not wakes
    db.write_sync(lambda s: apply(s, SYSTEM, Change("activity", activity, op="delete")))
    assert rotten()


def test_a_move_wakes_a_deal_and_an_edit_does_not(quiet: tuple[dict[str, int], int]) -> None:
    stages, deal = quiet
    change("deal", deal, title="Another name", value_minor=100)
    assert rotten()
    change("deal", deal, stage_id=stages["Prospecting"])
    assert not rotten("Prospecting")


def test_a_planned_step_keeps_a_deal_fresh_until_it_is_overdue(quiet: tuple[Any, int]) -> None:
    step = make("activity", type="task", deal_id=quiet[1], due_at=now() + timedelta(days=2))
    assert not rotten()
    change("activity", step, due_at=now() - timedelta(days=2))
    assert rotten()


def test_a_history_counts_from_its_own_day(database_url: str) -> None:
    _, stages = make_pipeline()
    values = {"title": "D", "stage_id": stages["Engaging"], "opened_on": date(2026, 1, 5)}
    new = Change("deal", set=values, op="create")
    done = db.write_sync(lambda s: apply_many(s, SYSTEM, [new], source="history"))
    assert row(Deal, done[0].id)["stage_since"].date() == date(2026, 1, 5)
