"""The board's screen: filters that live in the address, the sums, the columns, their skeleton and the empty state."""

import reflex as rx

from crm_app.deals.state import DealBoard, DealMove, NewDealForm
from crm_app.ui import addresses
from crm_app.ui.board import kanban_board
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


def _filters() -> rx.Component:
    return rx.el.div(
        _layouts(),
        url_segments(param="pipeline", label="Pipeline", options=DealBoard.pipelines, current=DealBoard.pipeline_id),
        url_select(param="owner", label="Owner", any="All owners", options=DealBoard.owners),
        url_text(param="q", label="Filter deals", placeholder="Filter deals"),
        rx.el.div(id="board-sum", class_name="sum", custom_attrs={"aria-live": "off"}),
        class_name="bar",
        role="search",
        custom_attrs={"aria-label": "Filter"},
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
            "Nothing on this board has that owner and these words.",
            link("Clear the filters", addresses.BOARD),
            picture="deals",
        ),
        empty(
            "No deals yet",
            "A deal is an opportunity with a value, an owner and a date. It moves from left to right.",
            button("New deal", kind="pri", picture="plus", on_click=NewDealForm.start),
            link("Import", addresses.IMPORTS),
            picture="deals",
        ),
    )


def board_screen() -> rx.Component:
    """Everything below the top bar."""
    board = kanban_board(
        columns=DealBoard.columns,
        epoch=DealBoard.epoch,
        push=DealBoard.push,
        page=DealBoard.more,
        answer=DealMove.answer,
        summary=DealBoard.summary,
        movable=DealBoard.movable,
        on_move=DealMove.drop_card,
        on_more=DealBoard.show_more,
        on_resync=DealBoard.load,
    )
    return rx.el.div(
        _filters(),
        rx.cond(
            DealBoard.loaded,
            rx.fragment(rx.cond(DealBoard.nothing, _nothing(), rx.fragment()), board),
            _skeleton(),
        ),
        class_name="boardwrap",
    )
