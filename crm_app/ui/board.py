"""The Kanban board: @hello-pangea/dnd (mouse, touch, keyboard, screen reader) behind one local component."""

from typing import Any

import reflex as rx
from reflex_base.event import no_args_event_spec, passthrough_event_spec

from crm_app.ui.scripts import script

from . import inputs, live, overlay  # the board's scripts use theirs
from . import list as lists

for _part in ("board_model.js", "board_idle.js", "board_card.jsx", "board_bulk.jsx"):
    script(__name__, _part)
_used = (inputs, live, overlay, lists)
_tools = script(__name__, "board_tools.jsx").importable_path
_jsx = script(__name__, "board.jsx").importable_path


class KanbanBoard(rx.Component):
    """A snapshot and what came since; a move gets an `answer`: on_move(ticket, card, column, index, before, after,
    version, lane), where the lane is -1 while the card stays in its own; with `giving` it may go into another one.

    `wish` is what the address asks for: another one empties the selection. `day_left` are the seconds until the
    viewer's day ends, when the board is read again. `names` are those of the values that a card is a list of. While
    there are no columns the children stand in their place.
    """

    library = _jsx
    tag = "KanbanBoard"
    lib_dependencies: list[str] = ["@hello-pangea/dnd@18.0.1"]

    columns: rx.Var[list[Any]]
    names: rx.Var[list[str]]
    lanes: rx.Var[list[Any]]
    cells: rx.Var[list[Any]]
    every_lane: rx.Var[int]
    sort: rx.Var[str]
    wish: rx.Var[str]
    day_left: rx.Var[int]
    may: rx.Var[Any]
    fields: rx.Var[list[Any]]
    found: rx.Var[Any]
    progress: rx.Var[Any]
    epoch: rx.Var[int]
    push: rx.Var[dict[str, Any]]
    page: rx.Var[Any]
    answer: rx.Var[Any]
    summary: rx.Var[Any]
    movable: rx.Var[bool]
    giving: rx.Var[bool]
    on_move: rx.EventHandler[passthrough_event_spec(int, int, int, int, int, int, int, int)]
    on_more: rx.EventHandler[passthrough_event_spec(int, str, str)]
    on_search: rx.EventHandler[passthrough_event_spec(str, str)]
    on_bulk: rx.EventHandler[passthrough_event_spec(str, dict[str, str], list[int], list[int])]
    on_resync: rx.EventHandler[no_args_event_spec]


class BoardTools(rx.Component):
    """Conditions, order, lanes and the size of the cards; `me` tells whose browser remembers them."""

    library = _tools
    tag = "BoardTools"

    me: rx.Var[str]
    screen: rx.Var[Any]
    fields: rx.Var[list[Any]]
    ops: rx.Var[dict[str, Any]]
    found: rx.Var[Any]
    sorts: rx.Var[list[Any]]
    lanes: rx.Var[list[Any]]
    on_search: rx.EventHandler[passthrough_event_spec(str, str)]


kanban_board, board_tools = KanbanBoard.create, BoardTools.create
