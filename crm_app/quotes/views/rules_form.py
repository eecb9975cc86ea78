"""The rules for all quotes: taxes and rounding, what a new one starts with, and from when somebody must agree."""

import reflex as rx

from crm_app.quotes.state.rules_form import QuoteRules
from crm_app.ui.elements import button, head, skeleton_rows
from crm_app.ui.field import field, fixed_choice, text_field
from crm_app.ui.inputs import plain_form

MODES = [("exclusive", "Without tax, tax is added"), ("inclusive", "Tax included")]
ROUNDINGS = [("document", "Once for each tax rate"), ("line", "For every line")]
HALVES = [
    ("half_up", "Away from zero (0.5 becomes 1)"),
    ("half_even", "To the even one (0.5 becomes 0, 1.5 becomes 2)"),
]


def _numbers() -> rx.Component:
    form, errors = QuoteRules.form, QuoteRules.errors
    return rx.el.div(
        field("Prices", fixed_choice("price_mode", MODES, form.price_mode), errors["price_mode"]),
        field("Taxes are rounded", fixed_choice("rounding", ROUNDINGS, form.rounding), errors["rounding"]),
        field("Half a cent goes", fixed_choice("rounding_mode", HALVES, form.rounding_mode), errors["rounding_mode"]),
        text_field("Usual tax rate in %", "tax_milli", form.tax, errors["tax_milli"], input_mode="decimal"),
        text_field("Days of validity", "valid_days", form.valid_days, errors["valid_days"], input_mode="numeric"),
        class_name="grid2",
    )


def _approval() -> rx.Component:
    form, errors = QuoteRules.form, QuoteRules.errors
    return rx.el.div(
        text_field(
            "Largest discount without approval in %",
            "most_discount_milli",
            form.most_discount,
            errors["most_discount_milli"],
            "Against the list price, everything taken together. Empty: no limit.",
            input_mode="decimal",
        ),
        text_field(
            "Least margin without approval in %",
            "least_margin_milli",
            form.least_margin,
            errors["least_margin_milli"],
            "Of the lines whose cost is known. Empty: no limit.",
            input_mode="decimal",
        ),
        class_name="grid2",
    )


def rules_screen() -> rx.Component:
    """The form; who may not change it reads it."""
    terms = rx.el.textarea(name="terms", default_value=QuoteRules.form.terms, class_name="in", rows=5)
    form = plain_form(
        rx.el.fieldset(
            rx.el.div(
                _numbers(),
                field(
                    "Terms of a new quote",
                    terms,
                    QuoteRules.errors["terms"],
                    "Empty: the payment terms of the organisation.",
                ),
                _approval(),
                class_name="pad form",
            ),
            disabled=~QuoteRules.form.editable,
        ),
        rx.cond(
            QuoteRules.form.editable,
            rx.el.footer(button("Save", kind="pri", type="submit")),
            rx.el.footer(rx.el.span("Managers and administrators can change these rules.", class_name="mut")),
        ),
        on_submit=QuoteRules.save,
    )
    return rx.el.div(
        head(
            "Rules for quotes", "They hold for quotes made from now on; those that exist keep what they were made with."
        ),
        rx.cond(QuoteRules.form, rx.el.section(form, class_name="box"), skeleton_rows(6, "40px")),
        class_name="pagebody",
    )
