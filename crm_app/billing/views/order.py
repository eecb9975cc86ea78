"""The page of an order: what was accepted, its schedule, and the invoices made of it."""

from typing import Any

import reflex as rx

from crm_app.billing.queries.rows import DocLine, PartRow
from crm_app.billing.state import OrderScreen
from crm_app.billing.views.document import box, doc_rows, loading, paper_link, problem, sheet, sums, typed
from crm_app.records.page.views import walk_bar
from crm_app.ui.elements import button, empty, link, page_link, tag
from crm_app.ui.icons import icon
from crm_app.ui.overlay import dialog, menu, menu_item


def _entry(label: str, name: str) -> rx.Component:
    return menu_item(label, "file", on_click=OrderScreen.open_dialog(name))


def _actions() -> rx.Component:
    page: Any = OrderScreen.page
    rest = button("Invoice what is left", kind="pri", on_click=OrderScreen.invoice_rest)
    following = button(page.next_label, kind="pri", on_click=OrderScreen.invoice_next)
    kinds = menu(
        "Other invoices",
        rx.fragment(icon("plus"), "Other invoice"),
        _entry("Deposit", "deposit"),
        _entry("A share in percent", "share"),
        _entry("Some of the lines", "part"),
        rx.cond(page.has_next, menu_item("All that is left", "file", on_click=OrderScreen.invoice_rest), rx.fragment()),
    )
    return rx.el.div(
        rx.cond(page.may_invoice, rx.fragment(rx.cond(page.has_next, following, rest), kinds), rx.fragment()),
        paper_link(page),
        rx.cond(
            page.may_cancel,
            menu(
                "More actions",
                icon("more"),
                menu_item("Cancel the order", "trash", on_click=OrderScreen.open_dialog("cancel")),
                class_name="btn quiet icononly",
            ),
            rx.fragment(),
        ),
        class_name="bar docbar",
    )


def _part(part: rx.vars.ObjectVar[PartRow]) -> rx.Component:
    state = tag(part.state, part.tone)
    inner = rx.fragment(
        rx.el.span(rx.el.b(part.label), rx.el.span(part.share, " %, to pay in ", part.days, " days", class_name="mut")),
        rx.el.span(rx.el.span(part.amount, class_name="num"), state),
    )
    row = rx.cond(part.href != "", page_link(inner, href=part.href), rx.el.div(inner))
    return rx.el.li(row, key=part.id)


def _schedule() -> rx.Component:
    page: Any = OrderScreen.page
    return box(
        "Payment schedule",
        rx.cond(
            page.parts.length() > 0,
            rx.el.ul(rx.foreach(page.parts, _part), class_name="docrows"),
            rx.el.p("Paid in one sum, unless you invoice in parts.", class_name="mut"),
        ),
        rx.cond(
            page.may_schedule,
            button(
                rx.cond(page.parts.length() > 0, "Change the schedule", "Pay in instalments"),
                kind="quiet",
                on_click=OrderScreen.open_dialog("schedule"),
            ),
            rx.fragment(),
        ),
    )


def _share_dialog(name: str, title: str, help_text: str) -> rx.Component:
    return dialog(
        typed("Share in %", "share", OrderScreen.wrong, "30", help_text, input_mode="decimal", required=True),
        problem(OrderScreen.problem),
        open=OrderScreen.dialog == name,
        title=title,
        submit="Make a draft",
        on_submit=OrderScreen.submit,
        on_close=OrderScreen.close,
        again=OrderScreen.open_dialog,
        about=(name,),
    )


def _quantity(line: rx.vars.ObjectVar[DocLine]) -> rx.Component:
    name, id = "q." + line.id.to(str), line.id.to(str)
    return rx.cond(
        line.left_raw != "",
        rx.el.label(
            rx.el.span(rx.el.b(line.name), rx.el.span(line.left, class_name="mut")),
            rx.el.input(name=name, default_value="", placeholder="0", input_mode="decimal", class_name="in"),
            rx.el.span(OrderScreen.wrong.get(id, ""), class_name="err", role="alert"),
            class_name="docquantity",
            key=line.id,
        ),
        rx.fragment(),
    )


def _part_dialog() -> rx.Component:
    page: Any = OrderScreen.page
    return dialog(
        rx.el.p("How much of each line is invoiced now? A deposit is taken off by itself.", class_name="note"),
        rx.foreach(page.lines, _quantity),
        problem(OrderScreen.problem),
        open=OrderScreen.dialog == "part",
        title="Invoice some of the lines",
        submit="Make a draft",
        on_submit=OrderScreen.submit,
        on_close=OrderScreen.close,
        again=OrderScreen.open_dialog,
        about=("part",),
    )


def _row(row: Any) -> rx.Component:
    def cell(name: str, label: str, mode: Any) -> rx.Component:
        return rx.el.input(
            name=name + "." + row["n"],
            default_value=row[name],
            class_name="in",
            input_mode=mode,
            placeholder=label,
            custom_attrs={"aria-label": label},
        )

    return rx.el.div(
        cell("label", "Name, such as On delivery", "text"),
        cell("share", "%", "decimal"),
        cell("days", "Days", "numeric"),
        class_name="docinstalment",
        key=row["n"],
    )


def _schedule_dialog() -> rx.Component:
    return dialog(
        rx.el.p("Instalments with their share in percent, 100 in all, and the days to pay each.", class_name="note"),
        rx.foreach(OrderScreen.rows, _row),
        problem(OrderScreen.problem),
        open=OrderScreen.dialog == "schedule",
        title="Payment schedule",
        submit="Save the schedule",
        wide=True,
        on_submit=OrderScreen.submit,
        on_close=OrderScreen.close,
        again=OrderScreen.open_dialog,
        about=("schedule",),
    )


def _cancel_dialog() -> rx.Component:
    return dialog(
        rx.el.p("The order is kept, marked as cancelled. Its quote can be ordered anew.", class_name="note"),
        problem(OrderScreen.problem),
        open=OrderScreen.dialog == "cancel",
        title="Cancel this order?",
        submit="Cancel the order",
        cancel="Keep it",
        on_submit=OrderScreen.submit,
        on_close=OrderScreen.close,
        again=OrderScreen.open_dialog,
        about=("cancel",),
    )


def order_screen() -> rx.Component:
    """Everything below the top bar."""
    page: Any = OrderScreen.page
    title = rx.fragment("Order ", page.number, " ", tag(page.state, page.tone))
    aside = rx.el.aside(
        box("Money", sums(page.money)),
        _schedule(),
        box("Invoices", doc_rows(page.invoices, "Nothing is invoiced yet.")),
        class_name="docside",
    )
    shown = rx.fragment(
        walk_bar(),
        _actions(),
        rx.el.div(sheet(page, title), aside, class_name="docpage"),
        _share_dialog("deposit", "Deposit", "Of the whole order, before anything is delivered."),
        _share_dialog("share", "Invoice a share", "Of the whole order; never more than is left."),
        _part_dialog(),
        _schedule_dialog(),
        _cancel_dialog(),
    )
    gone = empty(
        "This order is not here", "It does not exist, or you may not see it.", link("To the orders", "/orders")
    )
    return rx.cond(OrderScreen.missing, gone, rx.cond(OrderScreen.page, shown, loading()))
