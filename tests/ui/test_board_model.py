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
