"""The list's pure functions, run by the Node that pip installs: addresses, pages, pushes, selection, filters."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

MODEL = Path(__file__).parents[2] / "crm_app" / "ui" / "list" / "model.js"


def rows(*ids: int, **more: Any) -> list[dict[str, Any]]:
    return [{"id": i, "editable": True, **more} for i in ids]


@pytest.fixture
def call(tmp_path: Path):
    """Calls one exported function with JSON arguments."""
    module = tmp_path / "model.mjs"
    module.write_text(MODEL.read_text(encoding="utf-8"), encoding="utf-8")

    def run(name: str, *arguments: Any) -> Any:
        code = (
            f"import * as m from {json.dumps(module.as_uri())};"
            f"console.log(JSON.stringify(m[{json.dumps(name)}](...{json.dumps(arguments)}) ?? null));"
        )
        done = subprocess.run(["node", "--input-type=module", "-e", code], capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    return run


@pytest.mark.parametrize(
    ("search", "view", "changes", "expected"),
    [
        ("", 0, {"sort": "-name"}, "sort=-name"),
        ("?sort=name", 0, {"f": ""}, "sort=name"),
        ("?view=7", 7, {"f": ""}, "view=7&f="),
        ("", 7, {"group": ""}, "view=7&group="),
        ("?view=0&f=x", 0, {"f": ""}, "view=0"),
        ("?view=7&cols=a,b", 7, {"cols": None}, "view=7"),
    ],
)
def test_an_address_says_none_only_where_a_view_would_say_something(
    call, search: str, view: int, changes: dict[str, Any], expected: str
) -> None:
    assert call("address", search, view, changes) == expected


def test_a_page_is_appended_without_repeating_a_record(call) -> None:
    assert [r["id"] for r in call("append", rows(1, 2), rows(2, 3))] == [1, 2, 3]


def test_a_new_first_page_keeps_what_was_scrolled_to(call) -> None:
    old, fresh = rows(*range(1, 121)), rows(500, *range(1, 50))
    assert [r["id"] for r in call("merge", fresh, old, True)] == [500, *range(1, 121)]
    assert [r["id"] for r in call("merge", rows(1, 2), old, False)] == [1, 2]


def test_rows_are_replaced_and_leave(call) -> None:
    found = call("update", rows(1, 2, 3), rows(2, title="new"), [3])
    assert [(r["id"], r.get("title")) for r in found] == [(1, None), (2, "new")]
    late = call("update", rows(1, version=2) + rows(2, version=2), rows(1, version=1) + rows(2, version=2, title="new"))
    assert [(r["version"], r.get("title")) for r in late] == [(2, None), (2, "new")]


def test_a_range_reaches_both_ways(call) -> None:
    assert call("between", rows(5, 3, 9, 1), 9, 5) == [5, 3, 9]
    assert call("between", rows(5, 3), 77, 3) == [3]


def test_tab_goes_to_the_next_cell_that_can_be_edited(call) -> None:
    columns = [{"name": "a", "editable": True}, {"name": "b", "editable": False}, {"name": "c", "editable": True}]
    table = [*rows(1), {"id": 2, "editable": False}, *rows(3)]
    assert call("nextCell", table, columns, 1, "a", 1) == {"id": 1, "name": "c"}
    assert call("nextCell", table, columns, 1, "c", 1) == {"id": 3, "name": "a"}
    assert call("nextCell", table, columns, 3, "a", -1) == {"id": 1, "name": "c"}
    assert call("nextCell", table, columns, 3, "c", 1) is None


def test_a_filter_survives_the_builder(call) -> None:
    text = '{"all":[{"f":"a","op":"is","v":["x"]},{"any":[{"f":"b","op":"empty"},{"f":"c","op":"is","v":["y"]}]}]}'
    tree = call("treeOf", text)
    assert [i.get("mode") for i in tree["items"]] == [None, "any"]
    assert call("treeOf", "") == {"mode": "all", "items": []}
    assert call("without", tree, 0)["items"] == tree["items"][1:]


def test_columns_move_one_place_and_not_beyond_the_ends(call) -> None:
    assert call("moved", ["a", "b", "c"], "c", -1) == ["a", "c", "b"]
    assert call("moved", ["a", "b", "c"], "c", 1) == ["a", "b", "c"]


def test_a_number_and_a_choice_are_never_cut_and_a_head_seldom(call) -> None:
    columns = [
        {"name": "name", "label": "Name", "type": "text", "numeric": False},
        {"name": "revenue_minor", "label": "Revenue", "type": "money", "numeric": True},
        {"name": "employees", "label": "Employees", "type": "int", "numeric": True},
        {"name": "state", "label": "State", "type": "choice", "numeric": False},
    ]
    texts = ("A company of a long name", "$123,456,789,012.34", "9,000", "Part of it paid")
    cells = [[{"text": text} for text in texts]]
    longest = call("longestOf", columns, [{"cells": row} for row in cells])
    assert longest == [0, 19, 5, 15]
    least = [
        int(part.split("px")[0]) for part in call("template", "company", columns, longest)["cols"].split("minmax(")[1:]
    ]
    assert least[1] >= 24 + 19 * 7.5 and least[2] >= 24 + len("Employees") * 6.5
    assert 24 + 15 * 7 < least[3] <= 170, "a word of a choice is not cut"
