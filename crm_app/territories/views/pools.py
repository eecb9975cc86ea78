"""Pools: who shares what, what waits, and how much everybody has and takes."""

from typing import Any

import reflex as rx

from crm_app.territories.queries.screens import COVERS_NAMES, LoadRow, PoolRow
from crm_app.territories.rules.choosing import METHOD_NAMES
from crm_app.territories.state import PoolList
from crm_app.ui.elements import avatar, button, empty, grouped, head, skeleton_rows, tag
from crm_app.ui.field import field, fixed_choice, text_field
from crm_app.ui.icons import icon
from crm_app.ui.inputs import inline_edit
from crm_app.ui.overlay import dialog, menu, menu_item

from .ticks import tick, ticks

HOW = "Whoever is away or has as many as they take is passed over. An owner given by hand always stays."


def _row(row: rx.vars.ObjectVar[PoolRow]) -> rx.Component:
    share = rx.cond(
        row.waiting.to(int) > 0,
        button("Share out " + row.waiting.to(str) + " waiting", on_click=PoolList.share(row.id)),
        rx.el.span("Nothing waits", class_name="mut"),
    )
    return rx.el.li(
        rx.el.div(
            rx.el.div(row.name, class_name="strong"),
            rx.el.div(
                tag(row.covers),
                tag(row.method, "a"),
                rx.el.span(row.arrives, class_name="mut"),
                class_name="row wrap rules",
            ),
            rx.el.div(row.people, class_name="mut"),
            class_name="grow",
        ),
        share,
        menu(
            "Actions",
            icon("more"),
            menu_item("Edit", "person", on_click=PoolList.start(row.id)),
            menu_item("Delete", "trash", on_click=PoolList.delete(row.id)),
            class_name="btn quiet icononly",
        ),
        key=row.id,
    )


def _limit(row: rx.vars.ObjectVar[LoadRow], shown: rx.Var[Any]) -> rx.Component:
    edit = inline_edit(property=shown, version=row.version, answer=PoolList.answer, bare=True, on_save=PoolList.limit)
    return rx.el.td(edit, class_name="limit")


def _load(row: rx.vars.ObjectVar[LoadRow]) -> rx.Component:
    state: Any = rx.cond(row.away, " is away", " is here")
    words = row.name.to(str) + state
    toggle = rx.el.button(
        rx.cond(row.away, "Away", "Here"),
        type="button",
        class_name=rx.cond(row.away, "tag y", "tag g"),
        disabled=~row.editable,
        on_click=PoolList.leave(row.id, ~row.away, row.version),
        custom_attrs={
            "aria-pressed": row.away,
            "aria-label": words,
        },
    )
    return rx.el.tr(
        rx.el.th(rx.el.div(avatar(row.initials, row.color, row.name), row.name, class_name="row"), scope="row"),
        rx.el.td(toggle),
        rx.el.td(grouped(row.leads), class_name="num"),
        _limit(row, row.most_leads),
        rx.el.td(grouped(row.deals), class_name="num"),
        _limit(row, row.most_deals),
        key=row.id,
    )


def _loads() -> rx.Component:
    names = ["Who", "Takes work", "Leads", "at most", "Open deals", "at most"]
    heads = [rx.el.th(n, scope="col", class_name="num" if n in ("Leads", "Open deals") else "") for n in names]
    table = rx.el.div(
        rx.el.table(rx.el.thead(rx.el.tr(*heads)), rx.el.tbody(rx.foreach(PoolList.loads, _load))),
        class_name="tbl loads",
        tab_index=0,
        role="region",
        custom_attrs={"aria-label": "Who takes how much"},
    )
    return rx.cond(PoolList.loads.length() > 0, table, rx.fragment())


def _dialog() -> rx.Component:
    edited: Any = PoolList.edited
    errors = PoolList.errors

    def given(name: str, usual: str = "") -> Any:
        return rx.cond(edited, edited.raw[name], usual)

    covers, methods = list(COVERS_NAMES.items()), list(METHOD_NAMES.items())
    return dialog(
        text_field("Name", "name", given("name"), errors["name"], required=True, max_length=80),
        rx.el.div(
            field("Shares out", fixed_choice("covers", covers, given("covers", "lead")), errors["covers"]),
            field("How", fixed_choice("method", methods, given("method", "round_robin")), errors["method"]),
            class_name="grid2",
        ),
        ticks("Members", "member", PoolList.people, PoolList.ticked),
        rx.el.fieldset(
            rx.el.legend("New ones without an owner", class_name="lab"),
            rx.el.div(
                tick("from forms", "from_forms", rx.cond(edited, edited.from_forms, True)),
                tick("from imports", "from_imports", rx.cond(edited, edited.from_imports, True)),
                class_name="choosemany",
            ),
            class_name="field",
        ),
        open=PoolList.editing,
        title=rx.cond(edited, "Edit pool", "New pool"),
        submit="Save",
        on_submit=PoolList.save,
        on_close=PoolList.close,
        again=PoolList.start,
        about=(rx.cond(edited, edited.id, 0).to(int),),
    )


def pools_screen() -> rx.Component:
    """Everything below the top bar."""
    new = button("New pool", kind="pri", picture="plus", on_click=PoolList.start(0))
    nothing = empty(
        "No pools yet",
        "A pool shares out what arrives among its members: in turn, by load, by room or by territory.",
        new,
        picture="users",
    )
    rows = rx.el.ul(rx.foreach(PoolList.rows, _row), class_name="box list pools")
    body = rx.el.div(
        head("Assignment", HOW, new),
        rx.cond(
            PoolList.loaded,
            rx.fragment(rx.cond(PoolList.rows.length() > 0, rows, nothing), _loads()),
            skeleton_rows(5, "56px"),
        ),
        class_name="wide",
    )
    return rx.el.div(body, _dialog(), class_name="page")
