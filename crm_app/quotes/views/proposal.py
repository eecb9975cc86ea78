"""What makes a quote a proposal: a cover letter, sections of text, attachments; then terms and notes."""

import reflex as rx

from crm_app.quotes.queries.rows import FileRow, TextRow
from crm_app.quotes.state import QuoteParts, QuoteRecord
from crm_app.ui import addresses
from crm_app.ui.elements import button, page_link
from crm_app.ui.field import choice
from crm_app.ui.icons import icon
from crm_app.ui.inputs import plain_form

from .edit import edit


def _text(row: rx.vars.ObjectVar[TextRow]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            edit(row.heading, bare=True),
            rx.cond(
                QuoteRecord.quote.editable,
                rx.el.button(
                    icon("close"),
                    type="button",
                    class_name="btn quiet icononly",
                    on_click=QuoteParts.remove_text(row.id),
                    custom_attrs={"aria-label": "Remove the text " + row.heading.value.to(str)},
                ),
                rx.fragment(),
            ),
            class_name="qtexthead",
        ),
        edit(row.body, bare=True),
        class_name="qtext",
        key=row.id,
    )


def _add_text() -> rx.Component:
    return plain_form(
        choice(
            "block_id",
            QuoteRecord.quote.blocks,
            blank="An empty text",
            custom_attrs={"aria-label": "Text of the library"},
        ),
        button("Add text", type="submit", picture="plus"),
        page_link("Library", href=addresses.TEXTS, class_name="link"),
        on_submit=QuoteParts.add_text,
        class_name="qaddtext",
    )


def file_row(row: rx.vars.ObjectVar[FileRow]) -> rx.Component:
    """A file on the quote, and whether it goes with it."""
    return rx.el.li(
        rx.el.label(
            rx.el.input(
                type="checkbox",
                checked=row.sent,
                disabled=~QuoteRecord.quote.editable,
                on_change=lambda on: QuoteParts.choose_file(row.id, on.to(bool)),
                custom_attrs={"aria-label": "Goes with the quote: " + row.name.to(str)},
            ),
            rx.el.a(row.name, href=row.href, class_name="link", download=True, target="_blank"),
        ),
        key=row.id,
        class_name="qfile",
    )


def proposal_section() -> rx.Component:
    """Only the parts that have something to show, or that can be written."""
    quote = QuoteRecord.quote
    return rx.el.section(
        rx.el.h3("Letter, terms and notes", class_name="sect"),
        rx.el.div(rx.foreach(quote.prose, lambda p: edit(p, key=p.field)), class_name="qprose"),
        rx.cond(
            quote.editable | (quote.texts.length() > 0),
            rx.fragment(
                rx.el.h3("Sections of text", class_name="sect"),
                rx.el.ul(rx.foreach(quote.texts, _text), class_name="qtexts"),
            ),
            rx.fragment(),
        ),
        rx.cond(quote.editable, _add_text(), rx.fragment()),
        class_name="qproposal",
        custom_attrs={"aria-label": "Proposal"},
    )
