"""The order of a column: what is dropped between two cards stays between them, however often and however close."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes.log import ChangeLog
from crm_app.core.changes.working import table_of
from crm_app.deals.queries import Wish, board_snapshot
from crm_app.deals.rules import LEAST_GAP, rank_between, spread
from crm_app.deals.service import move_deal
from tests.support.builders import change, make, make_deal, make_pipeline, make_user, principal

ranks = st.floats(min_value=-4e9, max_value=4e9)


@given(ranks, ranks, st.integers(1, 40))
def test_spread_ranks_rise_and_leave_room(one: float, other: float, count: int) -> None:
    low, high = sorted((one, other))
    for above, below in ((low, high), (low, None), (None, high), (None, None)):
        found = spread(count, above, below, -1.0)
        if found is None:
            assert above is not None and below is not None and (below - above) / (count + 1) < 0.011
            continue
        chain = [r for r in (above, *found, below) if r is not None]
        assert all(b - a > LEAST_GAP for a, b in pairwise(chain))


@given(ranks, ranks)
def test_a_rank_stands_between_or_there_is_no_room(one: float, other: float) -> None:
    above, below = sorted((one, other))
    found = rank_between(above, below, 0.0)
    assert (found is None) == (below - above < LEAST_GAP)
    assert found is None or above < found < below


def shown(stage_id: int) -> list[int]:
    """The cards of a stage, in order."""
    found = db.read_sync(board_snapshot, SYSTEM, Wish(sort="hand"))
    return next([card.id for card in c.cards] for c in found.columns if c.id == str(stage_id))


@pytest.fixture
def pipeline(database_url: str) -> tuple[int, dict[str, int]]:
    return make_pipeline()


@settings(max_examples=2)
@given(st.lists(st.booleans(), min_size=200, max_size=200))
def _drops(pipeline: tuple[int, dict[str, int]], upward: list[bool]) -> None:
    """Two cards change places around a third, two hundred times; the oracle is a list."""
    stage = make("stage", pipeline_id=pipeline[0], name="Narrow", position=9)
    cards = [make("deal", title=str(n), stage_id=stage, rank=-1.7e9) for n in range(6)]
    order = shown(stage)
    assert sorted(order) == sorted(cards)
    for up in upward:
        moved = order.pop(-1 if up else 0)
        place = 2
        order.insert(place, moved)
        db.write_sync(move_deal, SYSTEM, moved, stage, place, order[place - 1], order[place + 1])
    assert shown(stage) == order


def test_two_hundred_drops_in_one_place_keep_the_order(pipeline: tuple[int, dict[str, int]]) -> None:
    _drops(pipeline)


def test_room_is_made_by_the_system_in_a_batch_of_its_own_and_is_no_conflict(
    pipeline: tuple[int, dict[str, int]],
) -> None:
    stage, me = pipeline[1]["Engaging"], make_user()
    mine, theirs = make_deal(pipeline, "Engaging", owner_id=me), make_deal(pipeline, "Engaging")
    third = make_deal(pipeline, "Engaging", owner_id=me)
    for id in (mine, theirs):
        change("deal", id, rank=5.0)
    moved = db.write_sync(move_deal, principal(me), third, stage, 1, mine, theirs, 1)
    assert shown(stage) == [mine, third, theirs]
    log = table_of(ChangeLog)
    query = select(log.c.source, func.count()).where(log.c.record_id == theirs).group_by(log.c.source)
    sources = db.read_sync(lambda s: dict(s.connection().execute(query).all()))
    assert sources["order"] == 1
    assert list(moved.applied.diff) == ["rank"]
    again = db.write_sync(move_deal, principal(me), mine, stage, 2, theirs, None, 1)  # a version seen before the spread
    assert again.card.version > 2 and shown(stage) == [third, theirs, mine]


def test_a_card_dropped_under_the_last_one_shown_does_not_jump_over_those_not_shown(
    pipeline: tuple[int, dict[str, int]],
) -> None:
    stage = pipeline[1]["Engaging"]
    first, second, third, moved = (make_deal(pipeline, "Engaging") for _ in range(4))
    for place, id in enumerate((first, second, third, moved)):
        change("deal", id, rank=float(place))
    db.write_sync(move_deal, SYSTEM, moved, stage, 1, first, None)
    assert shown(stage) == [first, moved, second, third]
