"""The board's screen: filters that live in the address, the sums, the columns, their skeleton and the empty state."""

from dataclasses import asdict

import reflex as rx

from crm_app.deals.queries.wish import LANES, SORTS
from crm_app.deals.state import CARD_FIELDS, BoardBulk, BoardFilters, DealBoard, DealMove
from crm_app.records.create.state import NewRecord
from crm_app.records.list_screen.state import ListBulk
from crm_app.records.listing.rules import OPS
from crm_app.records.state import RefSearch
from crm_app.ui import addresses
from crm_app.ui.board import board_tools, kanban_board
from crm_app.ui.elements import button, empty, link, page_link, skeleton
from crm_app.ui.inputs import url_segments, url_select, url_text


def _layouts() -> rx.Component:
    return rx.el.span(
        rx.el.span("Board", class_name="on", custom_attrs={"aria-current": "true"}),
        page_link("List", href=addresses.DEAL_LIST),
        class_name="seg",
        role="group",
        custom_attrs={"aria-label": "Layout"},
    )


def _filters(me: rx.Var[str]) -> rx.Component:
    return rx.el.div(
        _layouts(),
        url_segments(param="pipeline", label="Pipeline", options=DealBoard.pipelines, current=DealBoard.pipeline_id),
        url_select(param="owner", label="Owner", any="All owners", options=DealBoard.owners),
        url_text(param="q", label="Filter deals", placeholder="Filter deals"),
        _tools(me),
        rx.el.div(id="board-sum", class_name="sum", custom_attrs={"aria-live": "off"}),
        class_name="bar",
        role="search",
        custom_attrs={"aria-label": "Filter"},
    )


def _tools(me: rx.Var[str]) -> rx.Component:
    shown = {"filter": BoardFilters.filter, "chips": BoardFilters.chips, "names": BoardFilters.names}
    return board_tools(
        me=me,
        screen=rx.Var.create(shown),
        fields=BoardFilters.fields,
        ops={type_: [asdict(op) for op in ops] for type_, ops in OPS.items()},
        found=RefSearch.found,
        sorts=[{"id": id, "name": name} for id, name in SORTS.items()],
        lanes=[{"id": id, "name": name} for id, name in LANES.items()],
        on_search=RefSearch.look_up,
    )


def _skeleton() -> rx.Component:
    column = rx.el.div(
        skeleton("60%", "16px"),
        skeleton("100%", "3px"),
        *[skeleton("100%", "82px") for _ in range(5)],
        class_name="col",
    )
    return rx.el.div(
        *[column for _ in range(4)], class_name="board", role="status", custom_attrs={"aria-label": "Loading the board"}
    )


def _nothing() -> rx.Component:
    return rx.cond(
        DealBoard.filtered,
        empty(
            "No deal matches",
            rx.cond(DealBoard.problem != "", DealBoard.problem, "Nothing on this board fits the filter."),
            link("Clear the filters", addresses.BOARD),
            picture="deals",
        ),
        empty(
            "No deals yet",
            "A deal is an opportunity with a value, an owner and a date. It moves from left to right.",
            button("New deal", kind="pri", picture="plus", on_click=NewRecord.start("deal", {})),
            link("Import", addresses.IMPORTS),
            picture="deals",
        ),
    )


def _no_pipeline() -> rx.Component:
    return empty(
        "No pipeline yet",
        "Deals move through the stages of a pipeline. Somebody who administers Kith sets up the first one.",
        link("To the pipelines", addresses.PIPELINES, kind="pri"),
        link("Import", addresses.IMPORTS),
        picture="deals",
    )


def _once_read(board: rx.Component) -> rx.Component:
    return rx.cond(
        (DealBoard.pipelines.length() > 0) | (DealBoard.problem != ""),
        rx.fragment(rx.cond(DealBoard.nothing, _nothing(), rx.fragment()), board),
        _no_pipeline(),
    )


def board_screen(me: rx.Var[str]) -> rx.Component:
    """Everything below the top bar; `me` tells whose browser remembers the look."""
    board = kanban_board(
        rx.cond(DealBoard.problem == "", _skeleton(), rx.fragment()),
        columns=DealBoard.columns,
        names=list(CARD_FIELDS),
        lanes=DealBoard.lanes,
        cells=DealBoard.cells,
        every_lane=DealBoard.every_lane,
        sort=DealBoard.sort,
        wish=DealBoard.wish,
        day_left=DealBoard.day_left,
        may=DealBoard.may,
        fields=BoardFilters.fields,
        found=RefSearch.found,
        progress=ListBulk.progress,
        epoch=DealBoard.epoch,
        push=DealBoard.push,
        page=DealBoard.more,
        answer=DealMove.answer,
        summary=DealBoard.summary,
        movable=DealBoard.movable,
        giving=DealBoard.giving,
        on_move=DealMove.drop_card,
        on_more=DealBoard.show_more,
        on_resync=DealBoard.load,
        on_search=RefSearch.look_up,
        on_bulk=BoardBulk.start,
    )
    return rx.el.div(
        _filters(me),
        rx.cond(
            DealBoard.loaded,
            _once_read(board),
            _skeleton(),
        ),
        class_name="boardwrap",
    )
