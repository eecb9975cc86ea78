"""Terms and process: what the words mean, how the process runs, and who knows of a change."""

from typing import Any

import reflex as rx

from crm_app.lifecycle.editor import Choice
from crm_app.lifecycle.state import TermsPage
from crm_app.lifecycle.terms.notices import NoticeRow, Reader
from crm_app.lifecycle.terms.queries import TermRow, Wording
from crm_app.lifecycle.terms.rules import ARROW, BOX, LEFT, WIDTH, Arrow, Box, Drawing, Words
from crm_app.ui import addresses
from crm_app.ui.elements import button, empty, head, link, skeleton_rows, tag
from crm_app.ui.field import field, text_field
from crm_app.ui.icons import icon
from crm_app.ui.overlay import dialog, menu, menu_item


def _box(box: rx.vars.ObjectVar[Box]) -> rx.Component:
    svg = rx.el.svg
    return svg.g(
        svg.rect(x=LEFT // 2, y=box.y, width=WIDTH - LEFT, height=BOX, rx=6, class_name="state " + box.kind.to(str)),
        svg.text(box.name, x=LEFT + 6, y=box.name_y, class_name="name"),
        svg.text(box.note, x=LEFT + 6, y=box.note_y, class_name="count"),
        key=box.key,
    )


def _words(words: rx.vars.ObjectVar[Words]) -> rx.Component:
    return rx.el.svg.text(
        words.text, x=ARROW + 16, y=words.y, class_name=rx.cond(words.moved, "moved", "asks"), key=words.y.to(str)
    )


def _arrow(arrow: rx.vars.ObjectVar[Arrow]) -> rx.Component:
    return rx.el.svg.path(d=arrow.path, class_name=rx.cond(arrow.dashed, "arrow dashed", "arrow"), key=arrow.path)


def _drawing(one: rx.vars.ObjectVar[Drawing]) -> rx.Component:
    return rx.el.section(
        rx.el.h3(one.title, class_name="strong"),
        rx.el.svg(
            rx.foreach(one.arrows, _arrow),
            rx.foreach(one.heads, lambda d: rx.el.svg.path(d=d, class_name="tip", key=d)),
            rx.foreach(one.boxes, _box),
            rx.foreach(one.words, _words),
            view_box=one.view_box,
            class_name="flow",
            role="img",
            custom_attrs={"aria-label": one.title.to(str) + ", as a flowchart; the list below says the same"},
        ),
        rx.cond(one.note != "", rx.el.p(one.note, class_name="mut"), rx.fragment()),
        rx.el.details(
            rx.el.summary("In words"),
            rx.el.ol(rx.foreach(one.lines, lambda text: rx.el.li(text, key=text))),
        ),
        class_name="box flowbox",
        custom_attrs={"aria-label": one.title},
        key=one.title,
    )


def _earlier(one: rx.vars.ObjectVar[Wording]) -> rx.Component:
    return rx.el.li(rx.el.span(one.text), " ", rx.el.span(one.note, class_name="mut"), key=one.note)


def _term(row: rx.vars.ObjectVar[TermRow]) -> rx.Component:
    actions = menu(
        "Actions of " + row.name.to(str),
        icon("more"),
        menu_item("Edit term", "process", on_click=TermsPage.start(row.id)),
        menu_item("Delete term", "trash", on_click=TermsPage.remove(row.id)),
        class_name="btn quiet icononly",
    )
    return rx.el.div(
        rx.el.dt(row.name, rx.cond(TermsPage.editable, actions, rx.fragment())),
        rx.el.dd(
            rx.el.p(row.definition),
            rx.cond(row.helps != "", rx.el.p("Help of: ", row.helps, class_name="mut"), rx.fragment()),
            rx.cond(
                row.earlier.length() > 0,
                rx.el.details(rx.el.summary("Earlier meanings"), rx.el.ul(rx.foreach(row.earlier, _earlier))),
                rx.fragment(),
            ),
        ),
        id="term-" + row.id.to(str),
        key=row.id,
    )


def _reader(one: rx.vars.ObjectVar[Reader]) -> rx.Component:
    return rx.el.li(one.name, " ", rx.el.span(one.when, class_name="mut"), key=one.name)


def _notice(row: rx.vars.ObjectVar[NoticeRow]) -> rx.Component:
    state = rx.cond(
        row.known,
        tag("You know", "g"),
        rx.cond(row.mine, button("I know this now", kind="pri", on_click=TermsPage.know(row.id)), rx.fragment()),
    )
    day = rx.el.label(
        "Acknowledge until ",
        rx.el.input(
            type="date",
            class_name="in small",
            default_value=row.until_day,
            on_change=lambda day: TermsPage.postpone(row.id, day),
        ),
    )
    return rx.el.li(
        rx.el.div(
            rx.foreach(row.lines, lambda text: rx.el.div(text, key=text)),
            rx.el.div(
                rx.el.span(row.note, class_name="mut"),
                rx.cond(row.late, tag("late, " + row.until.to(str), "r"), rx.el.span(row.until, class_name="mut")),
                rx.cond(row.count != "", tag(row.count), rx.fragment()),
                class_name="row wrap",
            ),
            rx.cond(
                row.readers.length() > 0,
                rx.el.details(
                    rx.el.summary("Who knows"),
                    rx.cond(TermsPage.editable, day, rx.fragment()),
                    rx.el.ul(rx.foreach(row.readers, _reader)),
                ),
                rx.fragment(),
            ),
            class_name="grow",
        ),
        state,
        id="notice-" + row.id.to(str),
        key=row.id,
    )


def _choice(one: rx.vars.ObjectVar[Choice]) -> rx.Component:
    box = rx.el.input(type="checkbox", name="field." + one.name.to(str), default_checked=one.on)
    return rx.el.label(box, rx.el.span(one.label), class_name="checkline", key=one.name)


def _dialog() -> rx.Component:
    row, errors = TermsPage.edited, TermsPage.errors
    meaning = rx.el.textarea(
        name="definition", default_value=row.definition, class_name="in", rows="5", required=True, max_length=5000
    )
    return dialog(
        text_field("Term", "name", row.name, errors["name"], required=True, max_length=60),
        field("What it means here", meaning, errors["definition"]),
        rx.el.details(
            rx.el.summary("Fields whose help this is"),
            rx.el.div(rx.foreach(TermsPage.offered, _choice), class_name="checks columns"),
        ),
        rx.el.p("Everybody is told what changed, and asked to acknowledge it.", class_name="mut"),
        open=TermsPage.editing,
        title=rx.cond(row.id.to(int) > 0, "Edit term", "New term"),
        submit="Save",
        wide=True,
        on_submit=TermsPage.save,
        on_close=TermsPage.close,
        again=TermsPage.start,
        about=(row.id.to(int),),
    )


def _section(title: str, *parts: Any) -> rx.Component:
    return rx.el.section(rx.el.h3(title, class_name="sect"), *parts, custom_attrs={"aria-label": title})


def _changes() -> rx.Component:
    rows = rx.el.ul(rx.foreach(TermsPage.notices, _notice), class_name="box states notices")
    return rx.cond(TermsPage.notices.length() > 0, _section("Changes", rows), rx.fragment())


def _words_of_ours() -> rx.Component:
    nothing = empty(
        "No terms yet",
        "Write down what a name, a lead or a contact is here. Each can be the help of a field.",
        rx.cond(TermsPage.editable, button("Begin with the usual terms", on_click=TermsPage.begin), rx.fragment()),
        picture="process",
    )
    rows = rx.el.dl(rx.foreach(TermsPage.terms, _term), class_name="box terms")
    return _section("Terms", rx.cond(TermsPage.terms.length() > 0, rows, nothing))


def _process() -> rx.Component:
    links = rx.el.div(
        link("Conditions of the lifecycle", addresses.LIFECYCLE),
        link("Pipelines", addresses.PIPELINES),
        class_name="row wrap",
    )
    drawn = rx.el.div(rx.foreach(TermsPage.drawings, _drawing), class_name="flows")
    return _section("Process", rx.cond(TermsPage.editable, links, rx.fragment()), drawn)


def terms_screen() -> rx.Component:
    """The page of terms and process."""
    title = head(
        "Terms and process",
        "The words of this organisation, and the way that its people and deals take.",
        rx.cond(
            TermsPage.editable,
            button("New term", kind="pri", picture="plus", on_click=TermsPage.start(0)),
            rx.fragment(),
        ),
    )
    body = rx.cond(TermsPage.loaded, rx.fragment(_changes(), _words_of_ours(), _process()), skeleton_rows(6, "48px"))
    return rx.el.div(rx.el.div(title, body, class_name="wide"), _dialog(), class_name="page")
