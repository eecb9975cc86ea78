"""The board's order, filters and lanes against a plain list: the same at every size, page by page."""

from datetime import date, datetime, time, timedelta
from itertools import pairwise
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from crm_app.core import db
from crm_app.core.actor import SYSTEM, Principal
from crm_app.core.changes import Change, apply_many
from crm_app.core.changes.working import table_of
from crm_app.core.clock import today
from crm_app.core.errors import Invalid
from crm_app.deals.queries import Board, Wish, board_snapshot, column_cards
from crm_app.deals.queries.cards import cards_above, placed_cards
from crm_app.deals.queries.sorting import sorting_of
from crm_app.deals.queries.totals import money_of
from crm_app.deals.queries.wish import living
from crm_app.tables import Deal
from tests.support.builders import change, make, make_pipeline, make_product, make_team, make_user

pytestmark = pytest.mark.usefixtures("database_url")
ZONE = "America/Los_Angeles"
READER = Principal(id=None, name="Reader", role="administrator", zone=ZONE, system=True)
RATES = {"EUR": 1.1, "JPY": 0.0065}
COUNT = 73


def days(n: int) -> date:
    return today(ZONE) + timedelta(days=n)


def seed(stage_id: int) -> list[dict[str, Any]]:
    """Deals with every kind of value, due at the edges of the reader's day too."""
    random = Random(4)
    morning = datetime.combine(today(ZONE), time(), ZoneInfo(ZONE))
    steps = [None, *(morning + timedelta(minutes=m) for m in (-3000, -1, 0, 1, 700, 1439, 1440, 9000))]
    values = [
        {
            "title": f"Deal {n}",
            "stage_id": stage_id,
            "value_minor": random.choice([None, 0, 100, 5_000, 900_000]),
            "currency": random.choice(["USD", "EUR", "JPY", "CHF"]),
            "expected_close_on": random.choice([None, days(-3), days(0), days(40)]),
            "opened_on": days(-random.randrange(9)),
        }
        for n in range(COUNT)
    ]
    made = db.write_sync(lambda s: apply_many(s, SYSTEM, [Change("deal", set=v, op="create") for v in values]))
    found = [v | {"id": done.id, "due": random.choice(steps)} for v, done in zip(values, made, strict=True)]
    planned = [
        Change("activity", set={"type": "call", "deal_id": v["id"], "due_at": v["due"]}, op="create")
        for v in found
        if v["due"] is not None
    ]
    db.write_sync(lambda s: apply_many(s, SYSTEM, planned))
    return found


def worth(deal: dict[str, Any]) -> float | None:
    factor = {"USD": 1.0, **RATES}.get(deal["currency"])
    if deal["value_minor"] is None or factor is None:
        return None
    return deal["value_minor"] * factor / (1 if deal["currency"] == "JPY" else 100)


def turn(due: datetime | None) -> tuple[int, float]:
    """Red, amber, green, grey: then by time."""
    if due is None:
        return 1, 0.0
    late = due.astimezone(ZoneInfo(ZONE)).date() < today(ZONE)
    return (0 if late else 2), due.timestamp()


ORACLE = {
    "next": lambda d: (turn(d["due"]), d["id"]),
    "value": lambda d: (worth(d) is None, -(worth(d) or 0), d["id"]),
    "close": lambda d: (d["expected_close_on"] is None, d["expected_close_on"] or date.min, d["id"]),
    "age": lambda d: (d["opened_on"], d["id"]),
}


def paged(wish: Wish, stage_id: int) -> list[Any]:
    found = next(c for c in db.read_sync(board_snapshot, READER, wish).columns if c.id == str(stage_id))
    cards, more = list(found.cards), found.more
    while more:
        page, more = db.read_sync(column_cards, READER, wish, stage_id, str(cards[-1].id))
        cards += page
    return cards


def above(one: list[Any], other: list[Any]) -> bool:
    """As the browser compares."""
    for a, b in zip(one, other, strict=True):
        if a != b:
            return b is None or (a is not None and a < b)
    return False


@pytest.mark.parametrize("name", list(ORACLE))
def test_every_order_is_that_of_a_plain_list_page_by_page_and_by_index(name: str) -> None:
    pipeline, stages = make_pipeline()
    for currency, rate in RATES.items():
        make("rate", currency=currency, day=today(ZONE), rate=str(rate))
    stage = stages["Engaging"]
    expected = [d["id"] for d in sorted(seed(stage), key=ORACLE[name])]
    cards = paged(Wish(sort=name), stage)
    assert [c.id for c in cards] == expected
    assert all(above(a.key, b.key) and not above(b.key, a.key) for a, b in pairwise(cards))

    def places(session: Any) -> list[int]:
        order = sorting_of(name, READER, money_of(session, READER, pipeline))
        found = placed_cards(session, READER, expected, living(READER), order)
        return [cards_above(session, found[id], living(READER), order) for id in expected[::7]]

    assert db.read_sync(places) == list(range(0, COUNT, 7))


def test_tones_stand_in_their_order() -> None:
    _, stages = make_pipeline()
    seed(stages["Engaging"])
    tones = [c.tone for c in paged(Wish(), stages["Engaging"])]
    assert list(dict.fromkeys(tones)) == ["red", "amber", "green", "grey"]
    assert tones == sorted(tones, key=["red", "amber", "green", "grey"].index)


def test_closed_stages_show_the_latest_first_whatever_is_next() -> None:
    _, stages = make_pipeline()
    ids = [make("deal", title="D", stage_id=stages["Won"], value_minor=0, rank=-float(n)) for n in range(3)]
    assert [c.id for c in paged(Wish(), stages["Won"])] == ids[::-1]


# filters


def shown(actor: Principal, wish: Wish) -> set[str]:
    board: Board = db.read_sync(board_snapshot, actor, wish)
    return {card.title for column in board.columns for card in column.cards}


def test_the_filter_of_lists_filters_the_board_its_sums_and_its_pages() -> None:
    _, stages = make_pipeline()
    north = make_team(name="North")
    inner = make_team(name="Inner", parent_id=north)
    ann, bob = make_user(team_id=inner), make_user()
    tag, product = make("tag", name="hot"), make_product(name="Box")
    field = make("custom_field", kind="deal", key="region", label="Region", type="text")
    common = {"stage_id": stages["Engaging"], "currency": "USD"}
    make("deal", title="A", owner_id=ann, value_minor=10_00, tags=[{"tag_id": tag}], **common)
    make("deal", title="B", owner_id=bob, value_minor=20_00, lines=[{"product_id": product}], **common)
    make("deal", title="C", owner_id=bob, expected_close_on=days(3), custom={str(field): "North"}, **common)
    asked = {
        f'{{"f":"owner_id","op":"is","v":["team:{north}"]}}': {"A"},
        f'{{"f":"owner_id","op":"is","v":["{ann}","team:{north}"]}}': {"A"},
        f'{{"f":"owner_id","op":"is_not","v":["team:{north}"]}}': {"B", "C"},
        f'{{"f":"tags","op":"any","v":[{tag}]}}': {"A"},
        f'{{"f":"lines.product_id","op":"is","v":[{product}]}}': {"B"},
        '{"f":"value_minor","op":"ge","v":"15"}': {"B"},
        '{"f":"expected_close_on","op":"next_days","v":7}': {"C"},
        f'{{"f":"custom.{field}","op":"is","v":"north"}}': {"C"},
    }
    for text, titles in asked.items():
        assert shown(SYSTEM, Wish(filter=text)) == titles, text
    board = db.read_sync(board_snapshot, SYSTEM, Wish(filter='{"f":"value_minor","op":"ge","v":"15"}'))
    assert (board.summary.count, board.summary.total) == (1, "$20")


@pytest.mark.parametrize("text", ["{", '{"f":"nothing","op":"is","v":"1"}', '{"f":"rank","op":"gt","v":0}', "[" * 2000])
def test_a_filter_that_cannot_be_read_is_refused_in_plain_words(text: str) -> None:
    make_pipeline()
    with pytest.raises(Invalid):
        db.read_sync(board_snapshot, SYSTEM, Wish(filter=text))


# lanes


def test_lanes_hold_every_deal_once_and_their_cells_page_on() -> None:
    _, stages = make_pipeline()
    north = make_team(name="North")
    ann, bob = make_user(name="Ann", team_id=north), make_user(name="Bob")
    stage = stages["Engaging"]
    owners = [ann] * 25 + [bob] * 2 + [None]
    made = [make("deal", title=f"D{n}", stage_id=stage, owner_id=owner) for n, owner in enumerate(owners)]
    board = db.read_sync(board_snapshot, SYSTEM, Wish(lanes="owner"))
    assert [(lane.name, lane.count) for lane in board.lanes] == [("Ann", 25), ("Bob", 2), ("Nobody", 1)]
    assert all(not column.cards for column in board.columns) and len(board.cells) == 12
    cells = {cell.id: cell for cell in board.cells}
    mine = cells[f"{stage}:{ann}"]
    assert (mine.count, len(mine.cards), mine.more) == (25, 20, True)
    rest, more = db.read_sync(column_cards, SYSTEM, Wish(lanes="owner"), stage, str(mine.cards[-1].id), ann)
    assert [c.id for c in [*mine.cards, *rest]] == made[:25] and not more
    assert {c.lane for c in rest} == {str(ann)}
    teams = db.read_sync(board_snapshot, SYSTEM, Wish(lanes="team"))
    assert [(lane.name, lane.count) for lane in teams.lanes] == [("North", 25), ("No team", 3)]
    assert {c.id for cell in teams.cells for c in cell.cards} >= set(made[25:])


def test_a_seller_sees_only_the_own_lane() -> None:
    _, stages = make_pipeline()
    ann, bob = make_user(name="Ann"), make_user(name="Bob")
    for owner in (ann, bob):
        make("deal", title="D", stage_id=stages["Engaging"], owner_id=owner)
    me = Principal(id=ann, name="Ann", role="sales", member_ids=frozenset({ann}))
    assert [lane.name for lane in db.read_sync(board_snapshot, me, Wish(lanes="owner")).lanes] == ["Ann"]


def test_the_next_page_goes_on_behind_a_card_that_was_deleted() -> None:
    _, stages = make_pipeline()
    stage = stages["Engaging"]
    ids = [make("deal", title=f"D{n}", stage_id=stage) for n in range(55)]
    first = next(c for c in db.read_sync(board_snapshot, SYSTEM, Wish()).columns if c.id == str(stage))
    last = first.cards[-1].id
    db.write_sync(lambda s: apply_many(s, SYSTEM, [Change("deal", last, op="delete")]))
    rest, more = db.read_sync(column_cards, SYSTEM, Wish(), stage, str(last))
    assert [c.id for c in rest] == ids[50:] and not more


def test_changes_of_the_next_step_move_the_card() -> None:
    _, stages = make_pipeline()
    one, two = (make("deal", title="D", stage_id=stages["Engaging"]) for _ in range(2))
    assert table_of(Deal) is not None
    late = make("activity", type="call", deal_id=two, due_at=datetime(2020, 1, 1, tzinfo=ZoneInfo("UTC")))
    assert [c.id for c in paged(Wish(), stages["Engaging"])] == [two, one]
    change("activity", late, done_at=datetime(2020, 1, 2, tzinfo=ZoneInfo("UTC")))
    assert [c.id for c in paged(Wish(), stages["Engaging"])] == [one, two]
