"""The page of the data dictionary: a tab a kind, a row a field."""

import reflex as rx

from crm_app.records.dictionary.queries import Entry
from crm_app.records.dictionary.state import DictionaryPage
from crm_app.records.listing.rows import Option
from crm_app.ui import addresses
from crm_app.ui.anchor import anchored
from crm_app.ui.elements import button, empty, head, page_link, skeleton_rows, tag
from crm_app.ui.field import choice, field
from crm_app.ui.overlay import dialog

PAGE = DictionaryPage.page


def _tab(one: rx.vars.ObjectVar[Option]) -> rx.Component:
    return page_link(
        one.name,
        href=addresses.DICTIONARY + "?kind=" + one.id.to(str),
        class_name=rx.cond(PAGE.kind == one.id, "btn on", "btn quiet"),
        custom_attrs={"aria-current": rx.cond(PAGE.kind == one.id, "page", "false")},
        key=one.id,
    )


def _fact(label: str, value: rx.Var[str]) -> rx.Component:
    return rx.cond(value != "", rx.el.div(rx.el.span(label, class_name="mut"), " ", value), rx.fragment())


def _entry(one: rx.vars.ObjectVar[Entry]) -> rx.Component:
    term = page_link("Terms and process", href=one.meaning_href, class_name="link")
    meaning = rx.fragment(
        rx.el.span(one.meaning), rx.cond(one.meaning_href != "", rx.fragment(" ", term), rx.fragment())
    )
    edit = button("Edit", kind="quiet", on_click=DictionaryPage.start(one.name))
    return rx.el.li(
        rx.el.div(
            rx.el.div(rx.el.b(one.label, class_name="strong"), tag(one.type), class_name="row wrap"),
            rx.el.div(one.filled, class_name="mut"),
            class_name="dictname",
        ),
        rx.el.div(
            rx.cond(one.meaning != "", rx.el.div(meaning), rx.fragment()),
            _fact("Rule:", one.rule),
            _fact("Seen by:", one.seen),
            _fact("Edited by:", one.edited),
            _fact("Responsible:", one.responsible),
            class_name="grow",
        ),
        rx.cond(DictionaryPage.editable, edit, rx.fragment()),
        id=one.anchor,
        key=one.name,
    )


def _dialog() -> rx.Component:
    one = DictionaryPage.edited
    text = rx.el.textarea(name="meaning", default_value=one.said, rows="3", class_name="in", max_length=2000)
    return dialog(
        field("What it means here", text, DictionaryPage.errors["meaning"]),
        field("Responsible", choice("responsible_id", DictionaryPage.people, one.responsible_id, blank="Nobody")),
        open=DictionaryPage.editing,
        title=one.label,
        submit="Save",
        on_submit=DictionaryPage.save,
        on_close=DictionaryPage.close,
        again=DictionaryPage.start,
        about=(one.name.to(str),),
    )


def dictionary_screen() -> rx.Component:
    """The page."""
    actions = rx.el.div(
        rx.cond(
            DictionaryPage.editable,
            rx.fragment(
                page_link("Fields", href=addresses.FIELDS, class_name="btn quiet"),
                button("Count now", kind="quiet", on_click=DictionaryPage.count),
            ),
            rx.fragment(),
        ),
        page_link("Terms and process", href=addresses.TERMS, class_name="btn quiet"),
        button("Export CSV", on_click=DictionaryPage.download),
        class_name="row wrap",
    )
    said = "Every field: what it means, its rule, who answers for it, how often it is filled."
    title = head("Data dictionary", said, actions)
    tabs = rx.el.nav(
        rx.foreach(DictionaryPage.kinds, _tab),
        class_name="row wrap kindtabs",
        custom_attrs={"aria-label": "Kinds of record"},
    )
    counted = rx.cond(PAGE.as_of != "", "Filled as of " + PAGE.as_of.to(str), "Filled: counted every night")
    rows = rx.fragment(
        rx.el.p(counted, class_name="mut"),
        rx.el.ul(rx.foreach(PAGE.rows, _entry), class_name="box states", custom_attrs={"aria-label": "Fields"}),
    )
    nothing = empty("Nothing to see", "Your role may not see any records.")
    body = rx.cond(DictionaryPage.loaded, rx.cond(PAGE.rows.length() > 0, rows, nothing), skeleton_rows(8, "48px"))
    inside = rx.el.div(title, tabs, body, class_name="wide")
    return rx.el.div(inside, anchored(ready=PAGE.rows.length()), _dialog(), class_name="page")
