"""The dialogs that make one deal of another."""

import reflex as rx

from crm_app.deals.kind import TYPES
from crm_app.deals.queries import Line
from crm_app.deals.state import DealClone, DealRecord, DealSplit
from crm_app.records.listing.cells import group_label
from crm_app.ui.field import field, fixed_choice, text_field
from crm_app.ui.overlay import dialog

TAKEN = (
    ("value", "Value"),
    ("lines", "Products"),
    ("recurring", "Recurring value and term"),
    ("contacts", "Contacts and roles"),
    ("competitors", "Competitors"),
    ("tags", "Tags"),
)
OWNERS = [("me", "Me"), ("same", "The same as here")]


def _tick(name: str | rx.Var[str], label: str | rx.Var[str], *, ticked: bool, aside: rx.Component) -> rx.Component:
    return rx.el.label(
        rx.el.input(type="checkbox", name=name, value="yes", default_checked=ticked), rx.el.span(label), aside
    )


def clone_dialog() -> rx.Component:
    """What to take over; the new deal begins in the first open stage, today."""
    errors = DealClone.errors
    return dialog(
        text_field("Title", "title", DealRecord.deal.title, errors["title"], required=True, max_length=200),
        rx.el.div(
            field("Type", fixed_choice("type", [(t, group_label(t)) for t in TYPES]), errors["type"]),
            field("Owner", fixed_choice("owner", OWNERS)),
            class_name="grid2",
        ),
        text_field(
            "Expected close",
            "expected_close_on",
            error=errors["expected_close_on"],
            type="date",
        ),
        rx.el.fieldset(
            rx.el.legend("Take over", class_name="lab"),
            *[_tick(name, label, ticked=True, aside=rx.fragment()) for name, label in TAKEN],
            class_name="ticks two",
        ),
        rx.el.p(
            "It starts in the first open stage, without activities, files or history. A renewal, upsell or cross-sell "
            "names this deal as its earlier one.",
            class_name="mut",
        ),
        open=DealClone.open,
        title="Clone deal",
        submit="Clone",
        on_submit=DealClone.create,
        on_close=DealClone.close,
        again=DealClone.start,
    )


def _line(line: rx.vars.ObjectVar[Line]) -> rx.Component:
    aside = rx.el.span(line.total, class_name="end")
    return rx.el.div(
        _tick(
            "line" + line.id.to(str), line.quantity.value.to(str) + " × " + line.name.to(str), ticked=False, aside=aside
        ),
        key=line.id,
    )


def _going() -> rx.Component:
    lines = DealRecord.deal.lines
    return rx.cond(
        lines.length() > 0,
        rx.el.fieldset(
            rx.el.legend("Products that go to it", class_name="lab"), rx.foreach(lines, _line), class_name="ticks"
        ),
        rx.fragment(),
    )


def split_dialog() -> rx.Component:
    """Which products, or which amount, become a deal of their own."""
    deal, errors = DealRecord.deal, DealSplit.errors
    return dialog(
        text_field(
            "Title of the new deal",
            "title",
            deal.title.to(str) + " (2)",
            errors["title"],
            required=True,
            max_length=200,
        ),
        _going(),
        text_field(
            "Value that goes to it",
            "amount",
            "",
            errors["amount"],
            _worth(),
            input_mode="decimal",
            placeholder="0.00",
        ),
        rx.el.p(
            "Both together are worth what this deal is now. People, competitors, dates and tags stand on both.",
            class_name="mut",
        ),
        open=DealSplit.open,
        title="Split deal",
        submit="Split",
        on_submit=DealSplit.create,
        on_close=DealSplit.close,
        again=DealSplit.start,
    )


def _worth() -> rx.Var[str]:
    deal = DealRecord.deal
    worth = rx.cond(deal.value != "", "This deal is worth " + deal.value.to(str) + ".", "This deal has no value yet.")
    hint = rx.cond(deal.lines.length() > 0, " Leave this empty to take what the chosen products come to.", "")
    return worth.to(str) + hint.to(str)
