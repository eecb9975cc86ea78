"""The page of managed lists: terms, synonyms, and words that are written but in no list."""

import reflex as rx

from crm_app.lifecycle.state import VocabularyPage
from crm_app.lifecycle.vocabularies.queries import LooseRow, TermRow
from crm_app.records.vocabulary import VOCABULARIES
from crm_app.ui import addresses
from crm_app.ui.elements import banner, button, empty, grouped, head, page_link, skeleton_rows, tag
from crm_app.ui.field import choice, field, text_field
from crm_app.ui.icons import icon
from crm_app.ui.overlay import dialog, menu, menu_item

PAGE = VocabularyPage.page


def _records(count: rx.Var[int]) -> rx.Component:
    return rx.el.span(rx.cond(count == 1, "1 record", grouped(count) + " records"), class_name="mut")


def _term(row: rx.vars.ObjectVar[TermRow]) -> rx.Component:
    actions = menu(
        "Actions of " + row.name.to(str),
        icon("more"),
        menu_item("Edit", "process", on_click=VocabularyPage.start(row.id)),
        menu_item("Merge into another", "share", on_click=VocabularyPage.start_merge(row.id)),
        menu_item("Take off the list", "trash", on_click=VocabularyPage.remove(row.id)),
        class_name="btn quiet icononly",
    )
    return rx.el.li(
        rx.el.div(
            rx.el.b(row.name, class_name="strong"),
            rx.cond(row.code != "", tag(row.code), rx.fragment()),
            _records(row.used),
            class_name="row wrap",
        ),
        rx.el.div(rx.cond(row.said != "", "Also: " + row.said.to(str), ""), class_name="mut grow"),
        rx.cond(VocabularyPage.editable, actions, rx.fragment()),
        key=row.id,
    )


def _loose(row: rx.vars.ObjectVar[LooseRow]) -> rx.Component:
    take = button("Take for " + row.near.to(str), on_click=VocabularyPage.take(row.near_id, row.text))
    return rx.el.li(
        rx.el.div(rx.el.b(row.text, class_name="strong"), _records(row.used), class_name="row wrap"),
        rx.el.div(class_name="grow"),
        rx.cond(
            VocabularyPage.editable,
            rx.el.div(
                rx.cond(row.near_id.to(int) > 0, take, rx.fragment()),
                button("Add to the list", kind="quiet", on_click=VocabularyPage.add(row.text)),
                class_name="row wrap",
            ),
            rx.fragment(),
        ),
        key=row.text,
    )


def _tabs() -> rx.Component:
    return rx.el.nav(
        *[
            page_link(
                name,
                href=f"{addresses.VOCABULARIES}?list={key}",
                class_name=rx.cond(PAGE.vocabulary == key, "btn on", "btn quiet"),
                custom_attrs={"aria-current": rx.cond(PAGE.vocabulary == key, "page", "false")},
            )
            for key, name in VOCABULARIES.items()
        ],
        class_name="row wrap kindtabs",
        custom_attrs={"aria-label": "Lists"},
    )


def _term_dialog() -> rx.Component:
    row, errors = VocabularyPage.edited, VocabularyPage.errors
    said = rx.el.textarea(name="synonyms", default_value=row.said, class_name="in", rows="3", max_length=4000)
    return dialog(
        text_field("Name", "name", row.name, errors["name"], required=True, max_length=100),
        field("Also written as", said, errors["synonyms"], "With commas between them."),
        rx.cond(
            row.id.to(int) > 0,
            rx.el.p("Records that use an old word get the new one. One Undo takes all of it back.", class_name="mut"),
            rx.fragment(),
        ),
        open=VocabularyPage.editing,
        title=rx.cond(row.id.to(int) > 0, "Edit term", "New term"),
        submit="Save",
        on_submit=VocabularyPage.save,
        on_close=VocabularyPage.close,
        again=VocabularyPage.start,
        about=(row.id.to(int),),
    )


def _merge_dialog() -> rx.Component:
    row = VocabularyPage.edited
    return dialog(
        rx.el.p(rx.el.b(row.name), " becomes another way to write the other term. One Undo takes all of it back."),
        rx.el.p(
            rx.cond(row.used == 1, "1 record that says ", grouped(row.used) + " records that say "),
            rx.el.b(row.name),
            rx.cond(row.used == 1, " gets the other word.", " get the other word."),
            rx.cond(row.said != "", " With it goes what is also written: " + row.said.to(str) + ".", ""),
            class_name="note",
        ),
        field("Merge into", choice("into", VocabularyPage.others, required=True), VocabularyPage.errors["name"]),
        open=VocabularyPage.merging,
        title="Merge terms",
        submit="Merge",
        on_submit=VocabularyPage.merge,
        on_close=VocabularyPage.close,
    )


def _list() -> rx.Component:
    nothing = empty("Nothing in this list yet", "Add the words that are right here, or take them from below.")
    rows = rx.el.ul(rx.foreach(PAGE.terms, _term), class_name="box states", custom_attrs={"aria-label": "Terms"})
    loose = rx.el.section(
        rx.el.h3("Written in records, and not in the list", class_name="sect"),
        rx.el.ul(rx.foreach(PAGE.loose, _loose), class_name="box states"),
        rx.cond(PAGE.more.to(int) > 0, rx.el.p(grouped(PAGE.more) + " more", class_name="mut"), rx.fragment()),
        custom_attrs={"aria-label": "Not in the list"},
    )
    return rx.fragment(
        rx.cond(PAGE.terms.length() > 0, rows, nothing), rx.cond(PAGE.loose.length() > 0, loose, rx.fragment())
    )


def vocabularies_screen() -> rx.Component:
    """The page of managed lists."""
    new = button("New term", kind="pri", picture="plus", on_click=VocabularyPage.start(0))
    title = head(
        "Vocabularies",
        "The words that are right, and how else they are written: a term replaces its synonyms wherever they appear.",
        rx.cond(VocabularyPage.editable, new, rx.fragment()),
    )
    busy = rx.cond(VocabularyPage.busy != "", banner(VocabularyPage.busy), rx.fragment())
    body = rx.cond(VocabularyPage.loaded, _list(), skeleton_rows(6, "48px"))
    return rx.el.div(
        rx.el.div(title, _tabs(), busy, body, class_name="wide"), _term_dialog(), _merge_dialog(), class_name="page"
    )
