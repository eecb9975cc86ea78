"""Territories in order: rules, who looks after them, a preview of what applying would change, and applying."""

from typing import Any

import reflex as rx

from crm_app.identity.state import Viewer
from crm_app.records.listing.rows import Option
from crm_app.territories.queries.screens import TerritoryRow
from crm_app.territories.rules.choosing import METHOD_NAMES, METHODS
from crm_app.territories.state import TerritoryList
from crm_app.ui.elements import button, empty, grouped, head, skeleton_rows, tag
from crm_app.ui.field import choice, field, fixed_choice, text_field
from crm_app.ui.icons import icon
from crm_app.ui.inputs import lookup
from crm_app.ui.overlay import dialog, menu, menu_item

from .preview import preview_section
from .ticks import ticks

Search = dict[str, Any]


def _account(row: rx.vars.ObjectVar[TerritoryRow], one: rx.vars.ObjectVar[Option]) -> rx.Component:
    drop = rx.el.button(
        icon("close"),
        type="button",
        on_click=TerritoryList.drop_account(row.id, one.id),
        custom_attrs={"aria-label": "No longer name " + one.name.to(str)},
    )
    return rx.el.span(one.name, rx.cond(Viewer.may_administer, drop, rx.fragment()), class_name="tag a", key=one.id)


def _accounts(row: rx.vars.ObjectVar[TerritoryRow], search: Search) -> rx.Component:
    finder = lookup(
        name="company_id",
        label="Company to name",
        placeholder="Type a company's name",
        kind="company",
        on_pick=TerritoryList.add_account,
        auto_focus=True,
        **search,
    )
    return rx.fragment(
        rx.cond(
            row.accounts.length() > 0,
            rx.el.div(rx.foreach(row.accounts, lambda one: _account(row, one)), class_name="row wrap accounts"),
            rx.fragment(),
        ),
        rx.cond(TerritoryList.naming == row.id, rx.el.div(finder, class_name="finder"), rx.fragment()),
    )


def _row(row: rx.vars.ObjectVar[TerritoryRow], search: Search) -> rx.Component:
    actions = menu(
        "Actions",
        icon("more"),
        menu_item("Edit", "person", on_click=TerritoryList.start(row.id)),
        menu_item("Name an account", "company", on_click=TerritoryList.name_one(row.id)),
        menu_item("Move up", "left", on_click=TerritoryList.move(row.id, -1)),
        menu_item("Move down", "right", on_click=TerritoryList.move(row.id, 1)),
        menu_item("Delete", "trash", on_click=TerritoryList.delete(row.id)),
        class_name="btn quiet icononly",
    )
    return rx.el.li(
        rx.el.span(row.place, class_name="place", custom_attrs={"aria-hidden": "true"}),
        rx.el.div(
            rx.el.div(row.name, class_name="strong"),
            rx.el.div(rx.foreach(row.rules, lambda words: tag(words)), class_name="row wrap rules"),
            _accounts(row, search),
            class_name="grow",
        ),
        rx.el.div(
            rx.el.div(row.people, class_name="clip"), rx.el.div(row.method, class_name="mut"), class_name="people"
        ),
        tag(rx.cond(row.companies == 1, "1 company", grouped(row.companies) + " companies")),
        rx.cond(Viewer.may_administer, actions, rx.fragment()),
        key=row.id,
    )


def _area(label: str, name: str, help_text: str) -> rx.Component:
    """Several words, one a line."""
    edited: Any = TerritoryList.edited
    control = rx.el.textarea(
        name=name, default_value=rx.cond(edited, edited.raw[name], ""), rows=3, class_name="in", auto_complete="off"
    )
    return field(label, control, TerritoryList.errors[name], help_text)


def _given(name: str) -> Any:
    """What the form begins with."""
    edited: Any = TerritoryList.edited
    return rx.cond(edited, edited.raw[name], "")


def _conditions() -> rx.Component:
    errors = TerritoryList.errors
    sizes = [
        text_field(label, name, _given(name), errors[name], input_mode="numeric")
        for label, name in (("Employees from", "employees_from"), ("to", "employees_to"))
    ]
    return rx.fragment(
        rx.el.div(
            _area("Countries", "countries", "One a line; any of them."),
            _area("Postcodes begin with", "postcodes", "One a line, such as 10 or SW1."),
            class_name="grid2",
        ),
        _area("Industries", "industries", "One a line; any of them."),
        rx.el.div(*sizes, class_name="grid2"),
        rx.el.p("Every given condition must hold. Without any, it takes everything that is left.", class_name="note"),
    )


def _dialog() -> rx.Component:
    edited: Any = TerritoryList.edited
    errors = TerritoryList.errors
    methods = [(key, METHOD_NAMES[key]) for key in METHODS]
    team = choice("team_id", TerritoryList.teams, rx.cond(edited, edited.team_id, ""), blank="No team")
    return dialog(
        text_field("Name", "name", _given("name"), errors["name"], required=True, max_length=80),
        _conditions(),
        ticks("Owners", "owner", TerritoryList.people, TerritoryList.ticked),
        rx.el.div(
            field("or a whole team", team, errors["team_id"]),
            field("Shared out", fixed_choice("method", methods, _given("method")), errors["method"]),
            class_name="grid2",
        ),
        open=TerritoryList.editing,
        title=rx.cond(edited, "Edit territory", "New territory"),
        submit="Save",
        wide=True,
        on_submit=TerritoryList.save,
        on_close=TerritoryList.close,
        again=TerritoryList.start,
        about=(rx.cond(edited, edited.id, 0).to(int),),
    )


def territories_screen(search: Search) -> rx.Component:
    """Everything below the top bar; `search` is what a look-up asks and where its answer stands."""
    new = button("New territory", kind="pri", picture="plus", on_click=TerritoryList.start(0))
    may = Viewer.may_administer
    words = "A company belongs to the first one in order that names it or whose rules all hold."
    nothing = empty(
        "No territories yet",
        "Say by country, postcode, industry or size who looks after which companies.",
        rx.cond(may, new, rx.fragment()),
        picture="map",
    )
    rows = rx.el.ul(rx.foreach(TerritoryList.rows, lambda row: _row(row, search)), class_name="box list territories")
    shown = rx.cond(TerritoryList.rows.length() > 0, rows, nothing)
    body = rx.el.div(
        head("Territories", words, rx.cond(may, new, rx.fragment())),
        rx.cond(TerritoryList.loaded, shown, skeleton_rows(5, "56px")),
        rx.cond(may & (TerritoryList.rows.length() > 0), preview_section(), rx.fragment()),
        class_name="wide",
    )
    return rx.el.div(body, _dialog(), class_name="page")
