"""The questions before something is done with a quote, and the link that came of it."""

import reflex as rx

from crm_app.quotes.state import QuoteActions, QuoteRecord
from crm_app.ui.elements import banner, button
from crm_app.ui.field import field
from crm_app.ui.overlay import dialog

WORDS = {
    "send": (
        "Send this quote?",
        "From then on it stays as it is: to change something you make a new version. "
        "You get a link to give to the customer.",
        "Send",
    ),
    "ask": (
        "Ask for approval?",
        "The managers above you are told, or an administrator if there is none.",
        "Ask for approval",
    ),
    "approve": ("Approve this quote?", "It may be sent as long as it gives no more away than now.", "Approve"),
    "refuse": ("Do not approve this quote?", "The owner is told. It stays a draft.", "Do not approve"),
    "revoke": ("Revoke the links?", "Nobody can open or answer this quote by them any more.", "Revoke"),
}
NOTED = ("ask", "approve", "refuse")


def _question(name: str) -> rx.Component:
    title, text, submit = WORDS[name]
    note = field("Note", rx.el.textarea(name="note", class_name="in", max_length=500, rows=3))
    return dialog(
        rx.el.p(text, class_name="note"),
        note if name in NOTED else rx.fragment(),
        rx.foreach(QuoteActions.errors, lambda why: banner(why, "r", "alert")),
        open=QuoteActions.question == name,
        title=title,
        submit=submit,
        on_submit=QuoteActions.answer,
        on_close=QuoteActions.close,
        again=QuoteActions.ask if name in NOTED else None,
        about=(name,),
    )


def _link() -> rx.Component:
    return dialog(
        rx.el.p(
            "Give this link to the customer. It is shown once; it works until the validity ends or you revoke it.",
            class_name="note",
        ),
        rx.el.div(
            rx.el.input(
                value=QuoteActions.link,
                read_only=True,
                class_name="in",
                custom_attrs={"aria-label": "Link for the customer"},
            ),
            button("Copy", on_click=rx.set_clipboard(QuoteActions.link)),
            class_name="qlink",
        ),
        open=QuoteActions.link != "",
        title="Link for the customer",
        submit="Done",
        cancel="Close",
        on_submit=QuoteActions.close(),
        on_close=QuoteActions.close,
    )


def quote_dialogs() -> rx.Component:
    """All of them; one is open at a time."""
    return rx.cond(QuoteRecord.quote, rx.fragment(*[_question(name) for name in WORDS], _link()), rx.fragment())
