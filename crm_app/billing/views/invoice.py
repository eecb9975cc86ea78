"""The page of an invoice: the document, what was paid, what was credited."""

from typing import Any

import reflex as rx

from crm_app.billing.kind import METHODS
from crm_app.billing.queries.rows import PaymentRow
from crm_app.billing.state import InvoiceScreen
from crm_app.billing.views.document import box, doc_rows, loading, paper_link, problem, sheet, sums, typed
from crm_app.records.page.deleting import RecordDelete
from crm_app.records.page.views import walk_bar
from crm_app.ui.elements import banner, button, empty, link, tag
from crm_app.ui.field import field, fixed_choice
from crm_app.ui.icons import icon
from crm_app.ui.overlay import dialog, menu, menu_item


def _if(condition: Any, shown: rx.Component) -> rx.Component:
    return rx.cond(condition, shown, rx.fragment())


def _open(name: str) -> Any:
    return InvoiceScreen.open_dialog(name)


def _actions() -> rx.Component:
    page: Any = InvoiceScreen.page
    delete = RecordDelete.start("invoice", page.id, page.version, page.order)
    draft = rx.fragment(
        button("Issue the invoice", kind="pri", on_click=InvoiceScreen.issue),
        button("Edit the draft", on_click=_open("edit")),
        _if(page.may_delete, button("Delete…", kind="danger", on_click=delete)),
    )
    more = menu(
        "More actions",
        icon("more"),
        menu_item("Give a credit", "undo", on_click=_open("credit")),
        menu_item("Cancel the invoice", "trash", on_click=_open("cancel")),
        class_name="btn quiet icononly",
    )
    return rx.el.div(
        _if(page.is_draft & page.may_edit, draft),
        _if(page.may_pay, button("Record a payment", kind="pri", on_click=_open("payment"))),
        _if(page.may_refund, button("Record a refund", kind="pri", on_click=_open("refund"))),
        paper_link(page),
        _if(page.may_credit, more),
        class_name="bar docbar",
    )


def _payment(payment: rx.vars.ObjectVar[PaymentRow]) -> rx.Component:
    page: Any = InvoiceScreen.page
    remove = rx.el.button(
        icon("close"),
        type="button",
        class_name="btn quiet icononly",
        on_click=InvoiceScreen.remove_payment(payment.id),
        custom_attrs={"aria-label": "Remove the payment of " + payment.day.to(str)},
    )
    return rx.el.li(
        rx.el.div(
            rx.el.span(rx.el.b(payment.day), rx.el.span(payment.note, class_name="mut")),
            rx.el.span(rx.el.span(payment.amount, class_name="num"), _if(page.may_edit, remove)),
        ),
        key=payment.id,
    )


def _payments() -> rx.Component:
    page: Any = InvoiceScreen.page
    return box(
        "Payments",
        rx.cond(
            page.payments.length() > 0,
            rx.el.ul(rx.foreach(page.payments, _payment), class_name="docrows"),
            rx.el.p("Nothing was paid yet.", class_name="mut"),
        ),
    )


def _dialog(name: str, title: str, submit: str, *inner: rx.Component) -> rx.Component:
    return dialog(
        *inner,
        problem(InvoiceScreen.problem),
        open=InvoiceScreen.dialog == name,
        title=title,
        submit=submit,
        on_submit=InvoiceScreen.submit,
        on_close=InvoiceScreen.close,
        again=InvoiceScreen.open_dialog,
        about=(name,),
    )


def _money_dialog(name: str, title: str, day: str) -> rx.Component:
    page, wrong = InvoiceScreen.page, InvoiceScreen.wrong
    raw: Any = page.raw  # pyright: ignore[reportOptionalMemberAccess]
    methods = [(method, method.capitalize()) for method in METHODS]
    return _dialog(
        name,
        title,
        title,
        typed("Amount", "amount", wrong, raw["open"], input_mode="decimal", required=True),
        typed(day, "paid_on", wrong, InvoiceScreen.today, type="date", required=True),
        field("How", fixed_choice("method", methods)),
        typed("Reference", "reference", wrong, "", "Such as the line of the bank statement.", max_length=200),
    )


def _credit_dialogs() -> rx.Component:
    page, wrong = InvoiceScreen.page, InvoiceScreen.wrong
    raw: Any = page.raw  # pyright: ignore[reportOptionalMemberAccess]
    return rx.fragment(
        _dialog(
            "credit",
            "Give a credit",
            "Issue the credit note",
            rx.el.p("A credit note lowers what is to be paid. It is issued at once.", class_name="note"),
            typed("Amount, tax included", "amount", wrong, raw["open"], input_mode="decimal", required=True),
            typed("What for", "reason", wrong, "", rows="2", max_length=500, required=True),
        ),
        _dialog(
            "cancel",
            "Cancel the invoice",
            "Cancel the invoice",
            rx.el.p(
                "A credit note is issued for all that is left of it, and the order can be invoiced anew.",
                class_name="note",
            ),
            typed("Why", "reason", wrong, "", rows="2", max_length=500, required=True),
        ),
    )


def _edit_dialog() -> rx.Component:
    page, wrong = InvoiceScreen.page, InvoiceScreen.wrong
    raw: Any = page.raw  # pyright: ignore[reportOptionalMemberAccess]
    return _dialog(
        "edit",
        "Edit the draft",
        "Save",
        typed("Customer", "customer", wrong, raw["customer"], required=True),
        typed("Address", "address", wrong, raw["address"], rows="3"),
        rx.el.div(
            typed("Days to pay", "due_days", wrong, raw["due_days"], input_mode="numeric"),
            typed("Or due on", "due_on", wrong, raw["due_on"], type="date"),
            class_name="grid2",
        ),
        typed("Payment terms", "terms", wrong, raw["terms"], rows="2"),
        typed("Notes", "notes", wrong, raw["notes"], rows="2"),
    )


def invoice_screen() -> rx.Component:
    """Everything below the top bar."""
    page: Any = InvoiceScreen.page
    title = rx.fragment(page.what, " ", page.number, " ", tag(page.state, page.tone))
    tone = rx.cond(page.tone == "r", banner(page.warning, "r", "alert"), banner(page.warning))
    aside = rx.el.aside(
        _if(page.money.length() > 0, rx.fragment(box("Money", sums(page.money)), _payments())),
        _if(page.credits.length() > 0, box("Credit notes", doc_rows(page.credits, ""))),
        class_name="docside",
    )
    shown = rx.fragment(
        walk_bar(),
        _actions(),
        rx.el.div(
            rx.el.div(_if(page.warning != "", tone), sheet(page, title), class_name="docmain"),
            aside,
            class_name="docpage",
        ),
        _money_dialog("payment", "Record a payment", "Paid on"),
        _money_dialog("refund", "Record a refund", "Paid back on"),
        _credit_dialogs(),
        _edit_dialog(),
    )
    text = "It does not exist, was deleted, or you may not see it."
    gone = empty("This invoice is not here", text, link("To the invoices", "/invoices"))
    return rx.cond(InvoiceScreen.missing, gone, rx.cond(InvoiceScreen.page, shown, loading()))
