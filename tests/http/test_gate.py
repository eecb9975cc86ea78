"""The gate over a real socket: a drop, a choice of a stage and an edit in a list that are not allowed leave nothing."""

import asyncio

import pytest

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply
from crm_app.tables import Deal
from tests.http.conftest import House
from tests.http.test_walk import content_hash, hydrate
from tests.support.builders import change, make_deal, make_pipeline
from tests.support.sockets import connected

pytestmark = [pytest.mark.server, pytest.mark.slow]


def handler(handlers: list[dict], ending: str) -> str:
    return next(h["name"] for h in handlers if h["name"].endswith(ending))


async def test_an_illegal_move_by_socket_is_answered_and_leaves_nothing(
    house_database: House, handlers: list[dict]
) -> None:
    house = house_database
    pipeline = await asyncio.to_thread(make_pipeline, "Strict")
    await asyncio.to_thread(lambda: change("pipeline", pipeline[0], allow_skip=False))
    deal = await asyncio.to_thread(lambda: make_deal(pipeline, value_minor=100))
    before = content_hash(house)
    async with connected(house.server, house.enter("administrator")) as tab:
        await hydrate(tab)
        stage = pipeline[1]["Won"]
        where = {"index": 0, "before_id": 0, "after_id": 0, "owner_id": -1}
        drop = handler(handlers, "deal_move.drop_card")
        await tab.send(drop, "/deals", ticket=7, deal_id=deal, stage_id=stage, version=1, **where)
        answer = await tab.until(lambda: [a for a in tab.values("answer") if a.get("ticket") == 7])
        assert (answer[-1]["ok"], "allows no skipping" in answer[-1]["reason"]) == (False, True)
        choose = handler(handlers, "deal_move.choose_stage")
        await tab.send(choose, f"/deals/{deal}", deal_id=deal, stage_id=stage, version=1)
        await tab.until(lambda: [t for t in tab.values("latest") if "allows no skipping" in t["text"]])
        await tab.send(handler(handlers, "deal_move.fill_in"), "/deals", values={"stage_id": str(stage)})
        await tab.quiet()
        assert content_hash(house) == before
        gone = await db.write(lambda s: apply(s, SYSTEM, Change("deal", deal, op="delete")))
        assert gone.diff
        await tab.send(drop, "/deals", ticket=8, deal_id=deal, stage_id=stage, version=1, **where)
        answer = await tab.until(lambda: [a for a in tab.values("answer") if a.get("ticket") == 8])
        assert "Somebody deleted this deal meanwhile" in answer[-1]["reason"]
    stored = await db.read(lambda s: s.get_one(Deal, deal).stage_id)
    assert stored == pipeline[1]["Prospecting"]
