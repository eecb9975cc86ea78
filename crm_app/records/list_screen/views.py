"""The list screen of any kind."""

from dataclasses import asdict
from typing import Any

import reflex as rx

from crm_app.core.changes import kind
from crm_app.identity.policy import ROLE_NAMES
from crm_app.records.addresses import list_path
from crm_app.records.create.state import NewRecord
from crm_app.records.list_screen.state import ListBulk, ListViews, RecordList
from crm_app.records.listing.rules import OPS
from crm_app.records.state import RefSearch
from crm_app.ui.list import rail_views, record_list
from crm_app.ui.overlay import dialog

HINTS = {
    "person": "People you know by name, leads and contacts, each with everything that happened.",
    "company": "Organisations that you sell to, buy from or compete with.",
    "deal": "A deal is an opportunity with a value, an owner and a date.",
    "activity": "Calls, meetings, tasks, notes and e-mails, planned and done.",
    "product": "What you sell, with its price.",
    "quote": "What you offered, to whom and until when. Make one here, or from a deal.",
    "price_book": "Prices in a currency, for the companies of one price segment or for everybody.",
    "text_block": "Texts for proposals, with fields such as {{company.name}}.",
    "rate": "What other currencies are worth, so that boards and sums can be shown in one.",
    "order": "What customers ordered by accepting a quote. Make one on the page of an accepted quote.",
    "invoice": "What customers owe and paid. Invoices are made on the page of an order.",
}


def list_screen(
    name: str, other: str = "", on_new: Any = None, rules: Any = None, on_saved: Any = None, on_open: Any = None
) -> rx.Component:
    """Everything below the top bar; `other` is the address of these records in another layout.

    `rules` are the pools to which records can be given; `on_saved(kind, id, field, raw, version)` follows a save,
    `on_open(id)` opens a record that has no page.
    """
    known = kind(name)
    return record_list(
        kind=name,
        singular=known.label,
        plural=known.plural,
        path=list_path(name),
        other=other,
        hint=HINTS[name],
        ops={type_: [asdict(op) for op in ops] for type_, ops in OPS.items()},
        roles=[{"id": id, "name": words} for id, words in ROLE_NAMES.items()],
        screen=RecordList.screen,
        fields=RecordList.fields,
        more=RecordList.more,
        answer=RecordList.answer,
        push=RecordList.push,
        found=RefSearch.found,
        views=ListViews.views,
        view_answer=ListViews.answer,
        bulk=ListBulk.progress,
        rules=rx.Var.create([]) if rules is None else rules,
        on_more=RecordList.show_more,
        on_refresh=RecordList.refresh,
        on_reload=RecordList.load,
        on_save=[RecordList.save_cell, on_saved] if on_saved else RecordList.save_cell,
        on_search=RefSearch.look_up,
        on_save_view=ListViews.save,
        on_delete_view=ListViews.delete,
        on_bulk=ListBulk.start,
        on_new=on_new or NewRecord.start(name, {}),
        **({} if on_open is None else {"on_open": on_open}),
    )


def left_alone() -> rx.Component:
    """What a run over many records did not change, each with its reason."""
    return dialog(
        rx.el.p(ListBulk.left_count, " were not changed.", class_name="note"),
        rx.el.ul(
            rx.foreach(
                ListBulk.left,
                lambda r: rx.el.li(
                    rx.el.b(rx.cond(r.title, r.title, "Not visible to you")), rx.el.span(r.reason), key=r.id
                ),
            ),
            class_name="refusals",
        ),
        open=ListBulk.left_count > 0,
        title="Left alone",
        cancel="Close",
        on_close=ListBulk.close_left,
    )


def saved_views() -> rx.Component:
    """For the rail of every page."""
    return rail_views(views=ListViews.views)
