"""What stands above a deal: the way through its stages, why it is this likely, what can be done with all of it."""

import reflex as rx

from crm_app.deals.queries.odds import Odds
from crm_app.deals.state import DealClone, DealMove, DealRecord, DealSplit, DealWhy
from crm_app.records.page.deleting import RecordDelete
from crm_app.ui import addresses
from crm_app.ui.elements import meter, page_link, skeleton_rows
from crm_app.ui.icons import icon
from crm_app.ui.overlay import menu, menu_item
from crm_app.ui.path import stage_path
from crm_app.ui.peek import peek


def top_bar() -> rx.Component:
    """The bar under the title."""
    deal = DealRecord.deal
    return rx.el.div(
        stage_path(
            steps=deal.path,
            label="Stages",
            disabled=~deal.editable,
            on_choose=lambda stage_id: DealMove.choose_stage(deal.id, stage_id, deal.version),
        ),
        rx.cond(deal.kind == "open", _why(), rx.fragment()),
        _actions(),
        class_name="bar dealbar",
    )


def _why() -> rx.Component:
    chance = DealRecord.deal.probability.to(str) + " %"
    return peek(
        "Why this probability: " + chance,
        rx.fragment(chance, icon("info")),
        rx.cond(DealWhy.shown, _reasons(), rx.el.div(skeleton_rows(4, "30px"), class_name="stack")),
        on_open=DealWhy.open,
        class_name="btn quiet why",
    )


def _reasons() -> rx.Component:
    why = DealWhy.shown
    return rx.fragment(
        rx.el.h3("Why " + why.probability.to(str) + " %?"),
        rx.el.p(
            "It is set for the stage ",
            rx.el.b(why.stage),
            ". This is what became of the deals that once stood there and are closed now:",
            class_name="note",
        ),
        rx.el.ul(rx.foreach(why.groups, _group), class_name="odds"),
        rx.cond(
            why.enough,
            rx.fragment(),
            rx.el.p("Fewer than 20 are closed: too few to compare the figure with.", class_name="mut"),
        ),
    )


def _group(group: rx.vars.ObjectVar[Odds]) -> rx.Component:
    return rx.el.li(
        rx.el.div(rx.el.span(group.label), rx.el.b(group.words)),
        rx.cond(group.percent.to(int) > 0, meter(group.percent, group.label), rx.fragment()),
        rx.cond(
            group.filter != "",
            page_link(group.counts, href=addresses.DEAL_LIST + "?f=" + group.filter.to(str), class_name="link"),
            rx.el.div(group.counts, class_name="mut"),
        ),
        key=group.label,
    )


def _actions() -> rx.Component:
    deal = DealRecord.deal

    delete = RecordDelete.start("deal", deal.id, deal.version, addresses.BOARD)

    def only(shown: rx.Var[bool], entry: rx.Component) -> rx.Component:
        return rx.cond(shown, entry, rx.fragment())

    return rx.cond(
        deal.may_clone | deal.deletable,
        menu(
            "More actions",
            icon("more"),
            only(deal.may_clone, menu_item("Clone deal", "copy", on_click=DealClone.start)),
            only(deal.splittable, menu_item("Split deal", "split", on_click=DealSplit.start)),
            only(deal.deletable, menu_item("Delete…", "trash", on_click=delete)),
            class_name="btn quiet icononly",
        ),
        rx.fragment(),
    )
