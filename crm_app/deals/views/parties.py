"""Beside a deal: its people with their roles, its competitors, the deals it came from or led to, its stages so far."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from crm_app.deals.parts import ROLES, STATUSES
from crm_app.deals.queries import Competitor, DealPerson, RelatedDeal, StageStay
from crm_app.deals.state import DealCompetitors, DealContacts, DealRecord
from crm_app.records.listing.cells import group_label
from crm_app.records.state import RefSearch
from crm_app.ui.elements import button, page_link, tag
from crm_app.ui.icons import icon
from crm_app.ui.inputs import lookup, plain_form

Edit = Callable[..., rx.Component]


def _remove(label: rx.Var[str], event: Any) -> rx.Component:
    return rx.el.button(
        icon("close"),
        type="button",
        class_name="btn quiet icononly remove",
        on_click=event,
        custom_attrs={"aria-label": label},
    )


def _chooser(label: rx.Var[str], names: tuple[str, ...], value: rx.Var[str], event: Any, none: str) -> rx.Component:
    """A choice that looks like text; saved when it is made."""
    return rx.el.select(
        rx.cond(value == "", rx.el.option(none, value="", disabled=True), rx.fragment()),
        *[rx.el.option(group_label(name), value=name) for name in names],
        value=value,
        on_change=event,
        class_name="in plain",
        custom_attrs={"aria-label": label},
    )


def _person(one: rx.vars.ObjectVar[DealPerson]) -> rx.Component:
    editable = DealRecord.deal.editable
    role = _chooser(
        "Role of " + one.name.to(str),
        ROLES,
        one.role,
        lambda value: DealContacts.choose_role(one.person_id, value),
        "Choose a role",
    )
    return rx.el.li(
        rx.el.span(one.initials, class_name="av m tint" + one.tint.to(str), custom_attrs={"aria-hidden": "true"}),
        rx.el.div(
            rx.el.div(
                rx.cond(
                    one.href != "",
                    page_link(one.name, href=one.href, class_name="strong"),
                    rx.el.span(one.name, class_name="strong"),
                ),
                rx.cond(one.is_main, tag("Main"), rx.fragment()),
            ),
            rx.el.div(
                rx.cond(editable, role, rx.el.span(one.role, class_name="role")),
                rx.cond(one.note != "", rx.el.span(one.note, class_name="mut clip"), rx.fragment()),
            ),
            class_name="grow",
        ),
        rx.cond(
            editable & (one.row != 0) & ~one.is_main,
            _remove("Remove " + one.name.to(str), DealContacts.remove(one.row)),
            rx.fragment(),
        ),
        class_name="party",
        key=one.person_id.to(str) + "-" + one.row.to(str),
    )


def people_section() -> rx.Component:
    """Who has a part in the deal."""
    deal = DealRecord.deal
    adding = lookup(
        label="Contact",
        kind="person",
        auto_focus=True,
        found=RefSearch.found,
        on_search=RefSearch.look_up,
        on_pick=DealContacts.add,
        on_cancel=DealContacts.stop,
    )
    start = button("Add a contact", kind="quiet", picture="plus", on_click=DealContacts.start)
    return rx.el.section(
        rx.el.h3("Contacts", rx.el.span(deal.people.length()), class_name="sect"),
        rx.cond(
            deal.people.length() > 0,
            rx.el.ul(rx.foreach(deal.people, _person), class_name="parties"),
            rx.el.p("Nobody yet: who decides, who uses it, who pays?", class_name="mut"),
        ),
        rx.cond(deal.editable, rx.cond(DealContacts.adding, adding, start), rx.fragment()),
        custom_attrs={"aria-label": "Contacts"},
    )


def _competitor(one: rx.vars.ObjectVar[Competitor], edit: Edit) -> rx.Component:
    editable = DealRecord.deal.editable
    status = _chooser(
        "Status of " + one.name.to(str),
        STATUSES,
        one.status,
        lambda value: DealCompetitors.choose_status(one.id, value),
        "",
    )
    return rx.el.li(
        rx.el.div(
            rx.el.div(rx.el.span(one.name, class_name="strong")),
            rx.el.div(
                rx.cond(editable, status, rx.el.span(one.status, class_name="role")),
                rx.cond(editable | (one.note.value != ""), edit(one.note, bare=True), rx.fragment()),
            ),
            class_name="grow",
        ),
        rx.cond(editable, _remove("Remove " + one.name.to(str), DealCompetitors.remove(one.id)), rx.fragment()),
        class_name="party rival",
        key=one.id,
    )


def _naming() -> rx.Component:
    return plain_form(
        rx.el.div(
            rx.el.input(
                name="name",
                list="competitors-before",
                auto_focus=True,
                auto_complete="off",
                max_length=120,
                placeholder="Name",
                class_name="in",
                custom_attrs={"aria-label": "Competitor"},
            ),
            rx.el.datalist(
                rx.foreach(DealCompetitors.names, lambda o: rx.el.option(value=o.id, key=o.id)), id="competitors-before"
            ),
            button("Add", kind="pri", type="submit"),
            button("Cancel", kind="quiet", on_click=DealCompetitors.stop),
            class_name="row",
        ),
        rx.el.span(DealCompetitors.error, class_name="err", role="alert"),
        on_submit=DealCompetitors.add,
    )


def competitors_section(edit: Edit) -> rx.Component:
    """Who else bids; `edit` makes the inline edit of one property."""
    deal = DealRecord.deal
    start = button("Add a competitor", kind="quiet", picture="plus", on_click=DealCompetitors.start)
    return rx.el.section(
        rx.el.h3("Competitors", rx.el.span(deal.competitors.length()), class_name="sect"),
        rx.cond(
            deal.competitors.length() > 0,
            rx.el.ul(rx.foreach(deal.competitors, lambda one: _competitor(one, edit)), class_name="parties"),
            rx.el.p("None known.", class_name="mut"),
        ),
        rx.cond(deal.editable, rx.cond(DealCompetitors.adding, _naming(), start), rx.fragment()),
        custom_attrs={"aria-label": "Competitors"},
    )


def _related(one: rx.vars.ObjectVar[RelatedDeal]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            page_link(one.title, href="/deals/" + one.id.to(str), class_name="strong"),
            rx.cond(one.value != "", rx.el.span(one.value), rx.fragment()),
        ),
        rx.el.div(one.note, class_name="mut"),
        class_name="item2",
        key=one.id,
    )


def related_section() -> rx.Component:
    """Earlier and later deals; nothing without any."""
    related = DealRecord.deal.related
    return rx.cond(
        related.length() > 0,
        rx.el.section(
            rx.el.h3("Related deals", rx.el.span(related.length()), class_name="sect"),
            rx.el.ul(rx.foreach(related, _related)),
            custom_attrs={"aria-label": "Related deals"},
        ),
        rx.fragment(),
    )


def _stay(stay: rx.vars.ObjectVar[StageStay]) -> rx.Component:
    came = rx.cond(stay.came_from != "", "from " + stay.came_from.to(str) + " · ", "")
    return rx.el.li(
        rx.el.div(rx.el.span(stay.stage, class_name="strong"), rx.el.span(stay.days)),
        rx.el.div(came, stay.since, " · ", stay.who, class_name="mut"),
    )


def history_section() -> rx.Component:
    """Every stay in a stage, newest first; folded until somebody asks."""
    stays = DealRecord.deal.stays
    return rx.el.details(
        rx.el.summary("Stage history", rx.el.span(stays.length()), class_name="sect"),
        rx.el.ol(rx.foreach(stays, _stay), class_name="stays"),
        class_name="fold",
    )
