"""The page of a quote: what is offered and what it comes to; beside it for whom, until when, and its versions."""

import reflex as rx

from crm_app import routes
from crm_app.quotes.queries.rows import Badge, VersionRow
from crm_app.quotes.state import QuoteActions, QuoteRecord
from crm_app.records.page.deleting import RecordDelete
from crm_app.records.page.views import walk_bar
from crm_app.ui import addresses
from crm_app.ui.elements import banner, button, empty, link, page_link, skeleton, skeleton_rows, tag
from crm_app.ui.icons import icon
from crm_app.ui.overlay import menu, menu_item

from .dialogs import quote_dialogs
from .edit import edit
from .lines import lines_section
from .proposal import file_row, proposal_section


def _shown(condition: rx.Var, part: rx.Component) -> rx.Component:
    return rx.cond(condition, part, rx.fragment())


def _buttons() -> rx.Component:
    quote = QuoteRecord.quote
    draft = quote.editable
    pdf = routes.QUOTE_PAPER.replace("{quote_id:int}", "")
    delete = RecordDelete.start("quote", quote.id, quote.version, addresses.QUOTES)
    approving = quote.may_approve & quote.needs_approval
    return rx.el.div(
        rx.el.a(icon("file"), "PDF", href=pdf + quote.id.to(str), class_name="btn", target="_blank"),
        _shown(approving, button("Approve", picture="check", on_click=QuoteActions.ask("approve"))),
        _shown(
            draft & quote.needs_approval & ~quote.may_approve & (quote.approval != "asked"),
            button("Ask for approval", kind="pri", on_click=QuoteActions.ask("ask")),
        ),
        _shown(draft & ~quote.needs_approval, button("Send", kind="pri", on_click=QuoteActions.ask("send"))),
        _shown(quote.may_link, button("New link", picture="plus", on_click=QuoteActions.make_link)),
        _shown(quote.may_replace, button("New version", kind="pri", on_click=QuoteActions.new_version)),
        menu(
            "More actions",
            icon("more"),
            _shown(approving, menu_item("Do not approve", "close", on_click=QuoteActions.ask("refuse"))),
            _shown(
                quote.may_edit & (quote.links.to(int) > 0),
                menu_item("Revoke the links", "close", on_click=QuoteActions.ask("revoke")),
            ),
            _shown(quote.may_create, menu_item("Clone", "copy", on_click=QuoteActions.clone)),
            _shown(quote.deletable, menu_item("Delete…", "trash", on_click=delete)),
            class_name="btn quiet icononly",
        ),
        class_name="qacts",
    )


def _bar() -> rx.Component:
    quote = QuoteRecord.quote
    return rx.el.div(
        rx.el.h2(rx.cond(quote.title != "", quote.title, quote.number), class_name="title"),
        tag(quote.state_name, quote.tone),
        rx.foreach(quote.badges, lambda b: tag(b.text, b.tone)),
        _buttons(),
        class_name="bar qbar",
    )


def _remark(remark: rx.vars.ObjectVar[Badge]) -> rx.Component:
    return rx.el.div(
        rx.match(
            remark.tone,
            ("r", banner(remark.text, "r", "alert")),
            ("y", banner(remark.text, "y", "alert")),
            ("g", banner(remark.text, "g", "check")),
            banner(remark.text),
        )
    )


def _version(row: rx.vars.ObjectVar[VersionRow]) -> rx.Component:
    return rx.el.div(
        rx.el.div(page_link(row.name, href=row.href, class_name="strong"), rx.el.span(row.note, class_name="mut")),
        class_name=rx.cond(row.here, "item2 here", "item2"),
        key=row.href,
    )


def _aside(files: rx.Component, history: rx.Component) -> rx.Component:
    quote = QuoteRecord.quote
    return rx.el.aside(
        rx.el.h3("Details", class_name="sect"),
        rx.el.div(rx.foreach(quote.details, lambda p: edit(p, key=p.field)), class_name="props"),
        _shown(
            quote.versions.length() > 0,
            rx.fragment(rx.el.h3("Versions", class_name="sect"), rx.foreach(quote.versions, _version)),
        ),
        files,
        rx.el.ul(rx.foreach(quote.files, file_row), class_name="qfiles"),
        _shown(
            quote.editable & (quote.files.length() > 0),
            rx.el.p("Ticked files are named on the quote and go with it.", class_name="mut"),
        ),
        rx.el.h3("History", class_name="sect"),
        history,
        class_name="qaside",
        custom_attrs={"aria-label": "Details"},
    )


def quote_screen(files: rx.Component, history: rx.Component) -> rx.Component:
    """Everything below the top bar; `files` is where files are dropped, `history` what happened."""
    quote = QuoteRecord.quote
    shown = rx.fragment(
        walk_bar(),
        _bar(),
        rx.el.div(
            rx.el.div(
                rx.el.div(rx.foreach(quote.remarks, _remark), class_name="qremarks"),
                lines_section(),
                proposal_section(),
                class_name="qmain",
            ),
            _aside(files, history),
            class_name="quote",
        ),
        quote_dialogs(),
    )
    loading = rx.el.div(
        rx.el.div(skeleton("40%", "22px"), rx.el.br(), skeleton_rows(6, "40px"), class_name="qmain"),
        rx.el.div(skeleton_rows(6, "28px"), class_name="qaside"),
        class_name="quote",
    )
    gone = empty("This quote is not here", "It was deleted, or you may not see it.", link("Quotes", addresses.QUOTES))
    return rx.cond(QuoteRecord.missing, gone, rx.cond(QuoteRecord.quote, shown, loading))
