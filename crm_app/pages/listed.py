"""A page that lists one kind of record."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from crm_app.core.changes import kind as catalogue
from crm_app.identity.state import Viewer
from crm_app.pages.feed import ListFeed
from crm_app.pages.frame import framed
from crm_app.pages.page import Page
from crm_app.pages.places import BOARD, DEAL_LIST, INVOICES, ORDERS
from crm_app.records.create.state import NewRecord
from crm_app.records.list_screen.state import ListBulk, RecordList
from crm_app.records.list_screen.views import left_alone, list_screen
from crm_app.territories.state import PoolChoices
from crm_app.ui.shell import Place


def list_page(
    kind: str,
    place: Place,
    *,
    other: str = "",
    on_new: Any = None,
    on_saved: Any = None,
    on_open: Any = None,
    above: Callable[[], rx.Component] | None = None,
) -> Page:
    """The page; `other` is the same records in another layout, `on_new` another dialog than the catalogue's.

    `above` stands over the list, `on_saved` follows the save of a cell, `on_open` opens one that has no page.
    """
    new = on_new or NewRecord.start(kind, {})

    def page() -> rx.Component:
        return framed(
            rx.fragment(
                above() if above else rx.fragment(),
                list_screen(kind, other, new, PoolChoices.options, on_saved, on_open),
                left_alone(),
            ),
            title=place.name,
            current={DEAL_LIST.path: BOARD.path, ORDERS.path: INVOICES.path}.get(place.path, place.path),
            after_undo=RecordList.load(kind),
            on_new=new,
            makes=kind if catalogue(kind).form else "",
            keys=LIST_KEYS,
        )

    loads = (Viewer.load, ListFeed.follow(kind), RecordList.load(kind), PoolChoices.load(kind), ListBulk.resume)
    return Page(place.path, f"{place.name} · Kith", page, loads)


LIST_KEYS = [
    ("J K ↑ ↓", "Move through the rows"),
    ("← →", "Move through the cells"),
    ("Enter", "Open the record, or edit the cell"),
    ("E", "Edit the cell"),
    ("Tab", "Save and edit the next cell"),
    ("X", "Select the row (Shift-click: up to here)"),
    ("Esc", "Clear the selection"),
]
