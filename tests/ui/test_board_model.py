"""The board's pure functions, run by the Node that pip installs: moves, roll-back, pushes, paging."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

MODEL = Path(__file__).parents[2] / "crm_app" / "ui" / "board_model.js"


def card(number: int, version: int = 1) -> dict[str, Any]:
    return {"id": number, "title": f"Deal {number}", "version": version}


def column(name: str, *cards: dict[str, Any], more: bool = False) -> dict[str, Any]:
    return {"id": name, "count": len(cards), "total": "0", "weighted": "0", "cards": list(cards), "more": more}


BOARD = [column("1", card(1), card(2), card(3)), column("2", card(4), more=True)]


@pytest.fixture
def call(tmp_path: Path):
    """Calls one exported function with JSON arguments."""
    module = tmp_path / "board_model.mjs"
    module.write_text(MODEL.read_text(encoding="utf-8"), encoding="utf-8")

    def run(name: str, *arguments: Any) -> Any:
        code = (
            f"import * as m from {json.dumps(module.as_uri())};"
            f"console.log(JSON.stringify(m[{json.dumps(name)}](...{json.dumps(arguments)}) ?? null));"
        )
        done = subprocess.run(["node", "--input-type=module", "-e", code], capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    return run


def ids(board: list[dict[str, Any]]) -> dict[str, list[int]]:
    return {c["id"]: [k["id"] for k in c["cards"]] for c in board}


def test_a_waiting_move_shows_at_once_and_counts(call):
    shown = call("withPending", BOARD, [{"ticket": 1, "id": 1, "to": "2", "index": 0}])
    assert ids(shown) == {"1": [2, 3], "2": [1, 4]}
    assert [c["count"] for c in shown] == [2, 2]


def test_without_the_waiting_move_everything_is_back(call):
    assert ids(call("withPending", BOARD, [])) == ids(BOARD)


def test_a_confirmed_move_takes_the_new_version(call):
    board = call("settle", BOARD, {"id": 2, "to": "2", "index": 1}, card(2, version=2))
    assert ids(board) == {"1": [1, 3], "2": [4, 2]}
    assert board[1]["cards"][1]["version"] == 2


def test_a_confirmation_never_overwrites_a_newer_push(call):
    newer = call(
        "applyPush", BOARD, {"ops": [{"op": "upsert", "id": 2, "column": "1", "index": 0, "card": card(2, 5)}]}
    )
    assert call("settle", newer, {"id": 2, "to": "2", "index": 0}, card(2, version=2)) == newer


def test_an_older_push_is_ignored(call):
    board = [column("1", card(1, version=3))]
    assert (
        call("applyPush", board, {"ops": [{"op": "upsert", "id": 1, "column": "1", "index": 0, "card": card(1, 2)}]})
        == board
    )


def test_a_push_moves_adds_removes_and_brings_totals(call):
    push = {
        "ops": [
            {"op": "upsert", "id": 3, "column": 2, "index": 0, "card": card(3, 2)},
            {"op": "remove", "id": 1},
            {"op": "upsert", "id": 9, "column": "1", "index": 1, "card": card(9)},
        ],
        "totals": [{"column": 1, "count": 41, "total": "$5", "weighted": "$1"}],
    }
    board = call("applyPush", BOARD, push)
    assert ids(board) == {"1": [2, 9], "2": [3, 4]}
    assert (board[0]["count"], board[0]["total"]) == (41, "$5")


def test_a_card_below_the_loaded_ones_stays_unseen(call):
    board = call(
        "applyPush", BOARD, {"ops": [{"op": "upsert", "id": 1, "column": "2", "index": 30, "card": card(1, 2)}]}
    )
    assert ids(board) == {"1": [2, 3], "2": [4]}


def test_more_cards_come_once(call):
    board = call("append", BOARD, "2", [card(4), card(5), card(1)], False)
    assert ids(board) == {"1": [1, 2, 3], "2": [4, 5]}
    assert board[1]["more"] is False


@pytest.mark.parametrize(
    ("moved", "to", "index", "before", "after"),
    [(1, "1", 1, 2, 3), (1, "1", 2, 3, 0), (4, "1", 0, 0, 1), (1, "2", 1, 4, 0)],
)
def test_neighbours_are_those_after_the_move(call, moved, to, index, before, after):
    assert call("neighbours", BOARD, moved, to, index) == {"before": before, "after": after}


def keyed(number: int, *key: float | None, version: int = 1) -> dict[str, Any]:
    return card(number, version) | {"key": list(key)}


SORTED = [
    column("1", keyed(1, 0, 5), keyed(2, 1, 0), keyed(3, 2, 9)),
    column("2", keyed(4, 0, 7), keyed(5, None, 5), more=True),
]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ([1, 2], [1, 3], True),
        ([1, 3], [1, 2], False),
        ([1], [None], True),
        ([None], [1], False),
        ([1, 2], [1, 2], False),
    ],
)
def test_keys_rise_and_nothing_is_the_last(call, one, other, expected):
    assert call("isAbove", one, other) is expected


def test_a_dropped_card_goes_where_the_order_puts_it_and_stays_there(call):
    waiting = [{"ticket": 1, "id": 3, "to": "2", "index": "sorted"}]
    shown = call("withPending", SORTED, waiting)
    assert ids(shown) == {"1": [1, 2], "2": [4, 3, 5]}
    settled = call("settle", SORTED, waiting[0], keyed(3, 2, 9, version=2))
    assert ids(settled) == ids(shown)
    push = {"ops": [{"op": "upsert", "id": 3, "column": "2", "index": 1, "card": keyed(3, 2, 9, version=2)}]}
    assert ids(call("applyPush", settled, push)) == ids(shown)


def test_a_card_that_belongs_behind_the_loaded_ones_is_not_shown_among_them(call):
    assert ids(call("put", SORTED, keyed(9, None, 9), "2", "sorted")) == {"1": [1, 2, 3], "2": [4, 5]}


@pytest.mark.parametrize(
    ("sort", "kind", "expected"),
    [
        ("hand", "open", 4),
        ("hand", "won", 4),
        ("next", "open", "sorted"),
        ("next", "won", 0),
        ("value", "won", "sorted"),
    ],
)
def test_only_by_hand_a_place_is_kept(call, sort, kind, expected):
    assert call("aim", sort, kind, 4) == expected


CELLS = [
    column("1:7", keyed(1, 0), keyed(2, 1)) | {"lane": "7"},
    column("2:7") | {"lane": "7"},
    column("1:8", keyed(3, 0)) | {"lane": "8"},
]


def test_in_lanes_the_heads_count_with_the_waiting_moves(call):
    heads = [column("1") | {"count": 3}, column("2")]
    found = call("shifted", heads, CELLS, [{"ticket": 1, "id": 2, "to": "2:7", "index": 0}])
    assert [c["count"] for c in found] == [2, 1]


def test_a_cell_that_the_board_does_not_have_makes_it_read_again(call):
    assert call("withCounts", CELLS, [{"id": "1:9", "count": 1}]) is None
    counted = call("withCounts", CELLS, [{"id": "1:7", "count": 5}, {"id": "1:9", "count": 0}])
    assert [c["count"] for c in counted] == [5, 0, 1]


def test_a_range_is_within_one_column(call):
    assert call("span", SORTED, 1, 3) == [1, 2, 3]
    assert call("span", SORTED, 3, 1) == [1, 2, 3]
    assert call("span", SORTED, 1, 4) == [4]


def test_cards_come_as_lists_of_values_and_are_named_again(call) -> None:
    names = ["id", "title", "version"]
    assert call("unpack", names, [7, "Deal 7", 3]) == {"id": 7, "title": "Deal 7", "version": 3}
    assert call("unpack", names, card(7)) == card(7)  # what a colleague's change brings has its names
    found = call("unpackAll", names, [{"id": "1", "count": 2, "cards": [[1, "Deal 1", 1], card(2)]}])
    assert found == [{"id": "1", "count": 2, "cards": [card(1), card(2)]}]
