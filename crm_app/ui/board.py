"""The Kanban board: @hello-pangea/dnd (mouse, touch, keyboard, screen reader) behind one local component."""

from typing import Any

import reflex as rx
from reflex_base.event import no_args_event_spec, passthrough_event_spec

from . import live, overlay  # the board's script uses theirs

rx.asset("board_model.js", shared=True)
_used = (live, overlay)
_jsx = rx.asset("board.jsx", shared=True).importable_path


class KanbanBoard(rx.Component):
    """A snapshot and what came since; on_move(ticket, card, column, index, before, after, version) gets an `answer`."""

    library = _jsx
    tag = "KanbanBoard"
    lib_dependencies: list[str] = ["@hello-pangea/dnd@18.0.1"]

    columns: rx.Var[list[Any]]
    epoch: rx.Var[int]
    push: rx.Var[dict[str, Any]]
    page: rx.Var[Any]
    answer: rx.Var[Any]
    summary: rx.Var[Any]
    movable: rx.Var[bool]
    on_move: rx.EventHandler[passthrough_event_spec(int, int, int, int, int, int, int)]
    on_more: rx.EventHandler[passthrough_event_spec(int, str)]
    on_resync: rx.EventHandler[no_args_event_spec]


kanban_board = KanbanBoard.create
