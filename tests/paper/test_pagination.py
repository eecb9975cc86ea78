"""Every row is on paper once, in order, and what is carried is the sum so far."""

from hypothesis import given
from hypothesis import strategies as st

from crm_app.paper.pagination import Plan, Room, Row

ROOM = Room(first=60, other=100, header=7, carry=6)
row = st.builds(
    Row,
    st.lists(st.sampled_from([3.0, 4.5, 6.0]), min_size=1, max_size=30).map(tuple),
    st.integers(-10_000, 10_000),
    keeps_next=st.booleans(),
    keeps_previous=st.booleans(),
)


def height(plan: Plan, number: int) -> float:
    sheet = plan.sheets[number]
    rows = sum(sum(plan.rows[p.row].heights[p.start : p.stop]) for p in sheet.pieces)
    carries = (sheet.brought is not None) + (sheet.carried is not None)
    return rows + ROOM.header + carries * ROOM.carry


@given(st.lists(row, min_size=1, max_size=40), st.floats(0, 40))
def test_every_line_once_and_carried_sums(rows: list[Row], tail: float) -> None:
    plan = Plan(rows, ROOM, tail)
    shown = [(p.row, line) for sheet in plan.sheets for p in sheet.pieces for line in range(p.start, p.stop)]
    assert shown == [(i, line) for i, row in enumerate(rows) for line in range(len(row.heights))]
    so_far, before = 0, None
    for number, sheet in enumerate(plan.sheets):
        assert sheet.brought == before
        so_far += sum(rows[p.row].amount for p in sheet.pieces if p.start == 0)
        last = number == len(plan.sheets) - 1
        assert sheet.carried == (so_far if sheet.pieces and not last else None)
        before = sheet.carried
        assert sheet.pieces or number == 0


@given(st.lists(row, min_size=1, max_size=40), st.floats(0, 40))
def test_nothing_runs_over_the_end_of_a_page(rows: list[Row], tail: float) -> None:
    plan = Plan(rows, ROOM, tail)
    for number in range(len(plan.sheets)):
        assert height(plan, number) <= (ROOM.first if number == 0 else ROOM.other) + 1e-3
    fits = height(plan, len(plan.sheets) - 1) + tail <= (ROOM.first if len(plan.sheets) == 1 else ROOM.other) + 1e-3
    assert plan.tail_fits == fits


def pages(rows: list[Row], tail: float = 0) -> list[list[int]]:
    return [[p.row for p in sheet.pieces] for sheet in Plan(rows, ROOM, tail).sheets]


def test_a_title_stays_with_its_first_row_and_a_subtotal_with_its_last() -> None:
    ten = Row((10.0,), 1)
    title, subtotal = Row((10.0,), keeps_next=True), Row((10.0,), keeps_previous=True)
    assert pages([ten, ten, ten, ten, title, ten]) == [[0, 1, 2, 3], [4, 5]]
    assert pages([ten, ten, ten, ten, ten, subtotal]) == [[0, 1, 2, 3], [4, 5]]


def test_the_last_row_goes_with_the_totals() -> None:
    ten = Row((10.0,), 1)
    assert pages([ten, ten, ten, ten], tail=5) == [[0, 1, 2, 3]]
    assert pages([ten, ten, ten, ten], tail=20) == [[0, 1, 2], [3]]


def test_only_a_row_that_no_page_could_hold_is_broken() -> None:
    whole = Row((10.0,) * 8)
    assert pages([Row((10.0,)), whole]) == [[0], [1]]
    assert pages([Row((10.0,) * 12)]) == [[0], [0]]
    assert pages([Row((200.0,))]) == [[], [0]]


def test_a_first_page_without_room_has_no_part_of_the_table() -> None:
    plan = Plan([Row((10.0,), 5)], Room(first=8, other=100, header=7, carry=6))
    assert [sheet.pieces != [] for sheet in plan.sheets] == [False, True]
    assert plan.sheets[1].brought is None
