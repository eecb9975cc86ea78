"""Live boards in every order, filter and lane: a push says what reading anew would show."""

from typing import Any

import pytest

from crm_app.core import db
from crm_app.core.actor import SYSTEM, Principal
from crm_app.core.clock import now
from crm_app.deals.queries import Wish, board_snapshot
from crm_app.http.board_push import deals_of
from crm_app.http.live import located
from crm_app.http.live_views import BoardView, News
from tests.support.builders import change, make, make_pipeline, make_team, make_user

pytestmark = pytest.mark.usefixtures("database_url")


def told(wish: Wish, pipeline: int, batch: int, **ids: int) -> dict[str, Any]:
    """What a board hears of these records."""
    news = News({kind: frozenset({id}) for kind, id in ids.items()})
    found = db.read_sync(located, news, [batch])
    return db.read_sync(BoardView(pipeline, wish).push, SYSTEM, found)


def places(wish: Wish) -> dict[str, list[int]]:
    """What reading anew shows: the cards by column or cell."""
    board = db.read_sync(board_snapshot, SYSTEM, wish)
    return {box.id: [card.id for card in box.cards] for box in (board.cells if wish.lanes else board.columns)}


@pytest.mark.parametrize("sort", ["next", "hand", "value", "close", "age"])
@pytest.mark.parametrize("lanes", ["", "owner", "team"])
def test_the_pushed_place_is_the_one_that_reading_anew_shows(sort: str, lanes: str) -> None:
    pipeline, stages = make_pipeline()
    ann, bob = make_user(team_id=make_team()), make_user()
    deals = [
        make(
            "deal",
            title=f"D{n}",
            stage_id=stages["Engaging"],
            owner_id=[ann, bob, None][n % 3],
            value_minor=(n * 37) % 11 * 100,
            opened_on=f"2026-01-{n * 7 % 28 + 1:02}",
            expected_close_on=f"2026-05-{n * 5 % 28 + 1:02}" if n % 4 else None,
        )
        for n in range(12)
    ]
    wish = Wish(sort=sort, lanes=lanes)
    moved = make(
        "deal", title="M", stage_id=stages["Prospecting"], owner_id=ann, value_minor=500, opened_on="2026-01-09"
    )
    batch = change("deal", moved, stage_id=stages["Engaging"])
    push = told(wish, pipeline, batch, deal=moved)
    op = push["ops"][0]
    assert places(wish)[op["column"]].index(moved) == op["index"]
    counts = {c["id"]: c["count"] for c in push["cells"]}
    assert not lanes or counts[op["column"]] == len(places(wish)[op["column"]])
    totals = {t["column"]: t["count"] for t in push["totals"]}
    assert totals[str(stages["Engaging"])] == len(deals) + 1


def test_a_finished_activity_moves_the_card_of_its_deal() -> None:
    pipeline, stages = make_pipeline()
    one, two = (make("deal", title="D", stage_id=stages["Engaging"]) for _ in range(2))
    due = make("activity", type="call", deal_id=two, due_at="2020-01-01T10:00+00:00")
    assert places(Wish())[str(stages["Engaging"])] == [two, one]
    batch = change("activity", due, done_at=now())
    op = told(Wish(), pipeline, batch, activity=due)["ops"][0]
    assert (op["id"], op["index"], op["card"]["tone"]) == (two, 1, "amber")
    batch = change("activity", due, deal_id=one)
    assert db.read_sync(deals_of, [due], [batch]) == {one, two}


def test_a_deal_that_no_longer_fits_the_filter_leaves_the_board() -> None:
    pipeline, stages = make_pipeline()
    wish = Wish(filter='{"f":"value_minor","op":"ge","v":"10"}')
    one = make("deal", title="D", stage_id=stages["Engaging"], value_minor=10_00, currency="USD")
    batch = change("deal", one, value_minor=9_00)
    push = told(wish, pipeline, batch, deal=one)
    assert push["ops"] == [{"op": "remove", "id": one}] and push["summary"]["count"] == 0
    batch = change("deal", one, value_minor=11_00)
    push = told(wish, pipeline, batch, deal=one)
    assert [o["op"] for o in push["ops"]] == ["upsert"] and push["summary"]["total"] == "$11"


def test_many_activities_or_a_rate_make_a_board_read_again() -> None:
    view = BoardView(1, Wish())
    assert view.concern(News({"activity": frozenset(range(40))})) == "again"
    assert view.concern(News({"rate": frozenset({1})})) == "again"
    assert view.concern(News({"activity": frozenset({1})})) == "none"
    assert not view.reaches(Principal(id=1, name="x", role="sales"), News({"deal": frozenset({1})}))
