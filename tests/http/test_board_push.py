"""Which boards hear of a change: those that show the deal or showed it before, and nobody else that it exists."""

import pytest

from crm_app.core import db
from crm_app.core.actor import SYSTEM, Principal
from crm_app.deals.queries import Wish
from crm_app.http.board_push import whereabouts
from crm_app.http.live_views import BoardView, News
from tests.support.builders import change, make, make_pipeline, make_team, make_user

pytestmark = pytest.mark.usefixtures("database_url")


def seller(id: int, *members: int, role: str = "sales") -> Principal:
    return Principal(id=id, name="Somebody", role=role, member_ids=frozenset({id, *members}))


def news(batch: int, *deals: int) -> News:
    places = db.read_sync(whereabouts, list(deals), [batch])
    return News({"deal": frozenset(deals)}, places=places)


def heard(who: Principal, pipeline: int, deal: int, batch: int) -> bool:
    return BoardView(pipeline).reaches(who, news(batch, deal))


def told(who: Principal, view: BoardView, batch: int, *deals: int) -> dict:
    return db.read_sync(view.push, who, news(batch, *deals))


def test_a_move_is_told_to_those_who_may_see_the_deal() -> None:
    pipeline, stages = make_pipeline()
    other, _ = make_pipeline()
    mine, theirs = make_user(), make_user()
    deal = make("deal", title="A deal", stage_id=stages["Prospecting"], owner_id=mine)
    batch = change("deal", deal, stage_id=stages["Engaging"])
    assert heard(seller(mine), pipeline, deal, batch) and heard(SYSTEM, pipeline, deal, batch)
    assert not heard(seller(theirs), pipeline, deal, batch)
    assert not heard(seller(mine), other, deal, batch)


def test_a_manager_hears_of_the_team() -> None:
    pipeline, stages = make_pipeline()
    team = make_team()
    boss, mine, stranger = make_user(role="manager", team_id=team), make_user(team_id=team), make_user()
    inside, outside = (make("deal", title="D", stage_id=stages["Engaging"], owner_id=o) for o in (mine, stranger))
    batches = [change("deal", id, title="Changed") for id in (inside, outside)]
    manager = seller(boss, mine, role="manager")
    assert heard(manager, pipeline, inside, batches[0]) and not heard(manager, pipeline, outside, batches[1])


def test_who_loses_a_deal_is_told_to_take_it_away() -> None:
    pipeline, stages = make_pipeline()
    before, after, third = make_user(), make_user(), make_user()
    deal = make("deal", title="A deal", stage_id=stages["Prospecting"], owner_id=before, value_minor=500)
    batch = change("deal", deal, owner_id=after)
    assert [heard(seller(u), pipeline, deal, batch) for u in (before, after, third)] == [True, True, False]
    view = BoardView(pipeline)
    gone = told(seller(before), view, batch, deal)
    assert gone["ops"] == [{"op": "remove", "id": deal}] and all(t["count"] == 0 for t in gone["totals"])
    came = told(seller(after), view, batch, deal)["ops"][0]
    assert (came["op"], came["column"], came["index"]) == ("upsert", str(stages["Prospecting"]), 0)


def test_a_deal_leaves_the_board_of_the_pipeline_it_left() -> None:
    pipeline, stages = make_pipeline()
    other, elsewhere = make_pipeline()
    owner = make_user()
    deal = make("deal", title="A deal", stage_id=stages["Prospecting"], owner_id=owner)
    batch = change("deal", deal, stage_id=elsewhere["Engaging"])
    assert heard(seller(owner), pipeline, deal, batch) and heard(seller(owner), other, deal, batch)
    for view, op in ((BoardView(pipeline), "remove"), (BoardView(other), "upsert")):
        assert [o["op"] for o in told(seller(owner), view, batch, deal)["ops"]] == [op]


def test_the_index_counts_the_cards_above() -> None:
    pipeline, stages = make_pipeline()
    owner = make_user()
    ids = [make("deal", title="D", stage_id=stages["Engaging"], owner_id=owner, rank=float(n)) for n in range(3)]
    view = BoardView(pipeline, Wish(owner_id=owner, sort="hand"))
    ops = told(seller(owner), view, 0, *ids[::-1])["ops"]
    assert {op["id"]: op["index"] for op in ops} == {ids[0]: 0, ids[1]: 1, ids[2]: 2}
