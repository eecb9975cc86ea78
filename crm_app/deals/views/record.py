"""The page of a deal: properties on the left, what happened in the middle, what belongs to it on the right."""

from typing import Any

import reflex as rx

from crm_app.deals.state import DealRecord
from crm_app.records.page.views import walk_bar
from crm_app.records.properties import Property
from crm_app.records.state import RefSearch
from crm_app.ui import addresses
from crm_app.ui.elements import empty, link, page_link, skeleton, skeleton_rows
from crm_app.ui.inputs import inline_edit, panes
from crm_app.ui.overlay import clash_dialog

from .copying import clone_dialog, split_dialog
from .dialogs import gate_dialog
from .lines import lines_section
from .parties import competitors_section, history_section, people_section, related_section
from .top import top_bar


def _missing() -> rx.Component:
    """What the gate of this stage would have asked, had the deal come through it."""
    return rx.cond(
        DealRecord.deal.missing != "",
        rx.el.p(DealRecord.deal.missing, class_name="lacking", role="note"),
        rx.fragment(),
    )


def _edit(p: rx.vars.ObjectVar[Property], **props: Any) -> rx.Component:
    """A field of the deal or of one of its lines, edited in place."""
    return inline_edit(
        property=p,
        version=DealRecord.deal.version,
        answer=DealRecord.answer,
        found=RefSearch.found,
        on_save=DealRecord.save_field,
        on_search=RefSearch.look_up,
        **props,
    )


def _properties() -> rx.Component:
    deal = DealRecord.deal
    return rx.el.section(
        rx.el.div(rx.el.div(rx.el.h2(deal.title, class_name="title")), class_name="id"),
        rx.el.div(
            rx.foreach(
                deal.properties,
                lambda p: _edit(p, key=p.field),
            ),
            class_name="props",
        ),
        class_name="pane",
        custom_attrs={"aria-label": "Properties"},
    )


def _related(aside: rx.Component) -> rx.Component:
    deal = DealRecord.deal
    return rx.el.section(
        rx.el.h3("Company", class_name="sect"),
        rx.cond(
            deal.company,
            rx.el.div(
                rx.el.div(
                    page_link(deal.company.name, href="/companies/" + deal.company.id.to(str), class_name="strong")
                ),
                rx.foreach(deal.company.lines, lambda text: rx.el.div(text, class_name="mut")),
                class_name="item2",
            ),
            rx.el.p("No company yet.", class_name="mut"),
        ),
        people_section(),
        competitors_section(_edit),
        lines_section(_edit),
        related_section(),
        aside,
        history_section(),
        class_name="pane",
        custom_attrs={"aria-label": "Related"},
    )


def record_waiting() -> rx.Component:
    """Blocks of the size of what comes."""
    return panes(
        rx.el.section(skeleton("70%", "22px"), rx.el.br(), skeleton_rows(8, "24px"), class_name="pane"),
        rx.el.section(skeleton_rows(6, "44px"), class_name="pane"),
        rx.el.section(skeleton_rows(3, "56px"), class_name="pane"),
        labels=["Details", "Timeline", "Related"],
    )


def record_screen(centre: rx.Component, aside: rx.Component) -> rx.Component:
    """Everything below the top bar; `centre` is what happened, `aside` follows what is related."""
    timeline = rx.el.section(centre, class_name="pane", custom_attrs={"aria-label": "Timeline"})
    return rx.fragment(
        rx.cond(
            DealRecord.missing,
            empty(
                "This deal is not here", "It was deleted, or you may not see it.", link("To the board", addresses.BOARD)
            ),
            rx.cond(
                DealRecord.deal,
                rx.fragment(
                    walk_bar(),
                    top_bar(),
                    _missing(),
                    panes(_properties(), timeline, _related(aside), labels=["Details", "Timeline", "Related"]),
                ),
                record_waiting(),
            ),
        ),
        clash_dialog(
            DealRecord.clash, open=DealRecord.clashing, on_mine=DealRecord.keep_mine, on_theirs=DealRecord.keep_theirs
        ),
        gate_dialog(),
        rx.cond(DealRecord.deal, rx.fragment(clone_dialog(), split_dialog()), rx.fragment()),
    )
