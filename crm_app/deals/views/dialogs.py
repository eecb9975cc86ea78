"""The dialog of a gate: only the fields that are missing."""

import reflex as rx

from crm_app.deals.state import DealMove
from crm_app.records.properties import Property
from crm_app.records.state import RefSearch
from crm_app.records.words import listed_word
from crm_app.ui.elements import banner
from crm_app.ui.field import choice, field, text_input
from crm_app.ui.inputs import helped, lookup
from crm_app.ui.overlay import dialog


def _gate_input(p: rx.vars.ObjectVar[Property]) -> rx.Component:
    chosen = choice(p.field, p.choices, p.raw, blank="Choose…", required=True)
    word = listed_word(p.field, p.label, p.vocabulary, p.raw, required=True)
    control = field(
        p.label,
        rx.match(
            p.type,
            ("choice", chosen),
            ("bool", chosen),
            (
                "ref",
                lookup(
                    name=p.field,
                    label=p.label,
                    kind=p.ref,
                    value=p.raw,
                    shown=p.value,
                    required=True,
                    found=RefSearch.found,
                    on_search=RefSearch.look_up,
                    makes=True,
                ),
            ),
            ("date", text_input(p.field, p.raw, type="date", required=True)),
            ("datetime", text_input(p.field, p.raw, type="datetime-local", required=True)),
            ("int", text_input(p.field, p.raw, input_mode="numeric", required=True)),
            ("longtext", rx.el.textarea(name=p.field, default_value=p.raw, class_name="in", required=True)),
            ("money", text_input(p.field, p.raw, input_mode="decimal", required=True)),
            rx.cond(p.vocabulary != "", word, text_input(p.field, p.raw, required=True)),
        ),
        DealMove.errors[p.field],
    )
    return helped(control, p.label, p.help)


def _offered(p: rx.vars.ObjectVar[Property]) -> rx.Component:
    """Something that may be said as well: a day, or a competitor that was named before."""
    typed = text_input(p.field, p.raw, list="competitors", max_length=120, placeholder="Not known")
    return field(p.label, rx.cond(p.type == "date", text_input(p.field, p.raw, type="date"), typed))


def gate_dialog() -> rx.Component:
    """Asks for what the stage needs; what was typed stays when an answer is refused."""
    asked = DealMove.asked
    return dialog(
        rx.cond(DealMove.problem != "", banner(DealMove.problem, "r", "alert"), rx.fragment()),
        rx.el.p(rx.el.b(asked.stage), " needs a little more about ", rx.el.b(asked.deal), ".", class_name="note"),
        rx.foreach(asked.fields, lambda p: rx.el.div(_gate_input(p), key=p.field)),
        rx.foreach(asked.offered, lambda p: rx.el.div(_offered(p), key=p.field)),
        rx.el.datalist(rx.foreach(asked.competitors, lambda name: rx.el.option(value=name)), id="competitors"),
        open=DealMove.asking,
        title="Before the deal moves",
        submit="Move the deal",
        on_submit=DealMove.fill_in,
        on_close=DealMove.cancel,
    )
