"""The chain over a person's page, and the dialog that asks only for what is missing."""

from typing import Any

import reflex as rx

from crm_app.lifecycle.service import STEP_TYPES
from crm_app.lifecycle.state import LifecycleMove
from crm_app.records.properties import Property
from crm_app.records.state import RefSearch
from crm_app.records.words import listed_word
from crm_app.ui.elements import banner, button
from crm_app.ui.field import choice, field, fixed_choice, text_field, text_input
from crm_app.ui.inputs import helped, lookup
from crm_app.ui.overlay import dialog
from crm_app.ui.path import stage_path

ASKED, ERRORS = LifecycleMove.asked, LifecycleMove.errors


def lifecycle_bar() -> rx.Component:
    """The states, `Convert`, and what is lacking where the person stands."""
    bar = LifecycleMove.bar
    return rx.fragment(
        rx.cond(
            bar.person_id.to(int) > 0,
            rx.el.div(
                stage_path(
                    steps=bar.chain.steps, label="Lifecycle", disabled=~bar.editable, on_choose=LifecycleMove.choose
                ),
                rx.cond(
                    bar.convertible,
                    button("Convert", kind="pri", picture="check", on_click=LifecycleMove.convert),
                    rx.fragment(),
                ),
                class_name="bar dealbar",
            ),
            rx.fragment(),
        ),
        rx.cond(
            bar.lacks.length() > 0,
            rx.el.div(rx.foreach(bar.lacks, lambda text: rx.el.p(text, key=text)), class_name="lacking", role="note"),
            rx.fragment(),
        ),
        _move_dialog(),
    )


def _input(p: rx.vars.ObjectVar[Property]) -> rx.Component:
    chosen = choice(p.field, p.choices, p.raw, blank="Choose…", required=True)
    word = listed_word(p.field, p.label, p.vocabulary, p.raw, required=True)
    control = field(
        p.label,
        rx.match(
            p.type,
            ("choice", chosen),
            ("bool", chosen),
            ("date", text_input(p.field, p.raw, type="date", required=True)),
            ("longtext", rx.el.textarea(name=p.field, default_value=p.raw, class_name="in", required=True)),
            rx.cond(p.vocabulary != "", word, text_input(p.field, p.raw, required=True)),
        ),
        ERRORS[p.field],
    )
    return helped(control, p.label, p.help)


def _group(title: str, *parts: Any, note: str = "") -> rx.Component:
    said = [rx.el.p(note, class_name="mut")] if note else []
    head = rx.el.h3(title, class_name="sect")
    return rx.el.div(head, *parts, *said, class_name="stepasked", role="group", custom_attrs={"aria-label": title})


def _channel() -> rx.Component:
    return _group(
        "How to reach them",
        rx.el.div(
            text_field("E-mail", "email", type="email", max_length=254),
            text_field("Phone", "phone", type="tel", max_length=60),
            class_name="grid2",
        ),
        _error("emails"),
        note="One of them is enough.",
    )


def _setback() -> rx.Component:
    why = listed_word("setback_reason", "Why back?", "setback", required=True, max_length=200)
    return field("Why back?", why, ERRORS["setback_reason"])


def _error(name: str) -> rx.Component:
    return rx.cond(ERRORS[name] != "", rx.el.span(ERRORS[name], class_name="err", role="alert"), rx.fragment())


def _company() -> rx.Component:
    known = lookup(
        name="company_id",
        label="Company",
        kind="company",
        placeholder="Type a name",
        found=RefSearch.found,
        on_search=RefSearch.look_up,
    )
    private = rx.el.label(
        rx.el.input(type="checkbox", name="private"), rx.el.span("A private person"), class_name="checkline"
    )
    return _group(
        "Company",
        rx.el.div(
            field("One that is known", known),
            text_field("Or a new one", "company_name", ASKED.company_name, max_length=200),
            class_name="grid2",
        ),
        rx.cond(ASKED.company_hint != "", rx.el.p(ASKED.company_hint, class_name="note"), rx.fragment()),
        private,
        _error("company_id"),
        note="A company of the same name or domain is used, never made a second time.",
    )


def _deal() -> rx.Component:
    return _group(
        "Deal",
        text_field("Title", "deal_title", error=ERRORS["deal_title"], max_length=200, placeholder="What is sold"),
        rx.el.div(
            text_field("Value", "deal_value", error=ERRORS["deal_value"], input_mode="decimal", placeholder="0.00"),
            field("Stage", choice("deal_stage", ASKED.stages, ASKED.stage_id)),
            class_name="grid2",
        ),
    )


def _step() -> rx.Component:
    types = [(name, name.capitalize()) for name in STEP_TYPES]
    return _group(
        "Or the next step",
        rx.el.div(
            field("What", fixed_choice("step_type", types, STEP_TYPES[0])),
            text_field("When", "step_at", type="datetime-local"),
            class_name="grid2",
        ),
        _error("next_step"),
    )


def _move_dialog() -> rx.Component:
    """Asks for what the state needs; what was typed stays when an answer is refused."""

    def only(shown: Any, part: rx.Component) -> rx.Component:
        return rx.cond(shown, part, rx.fragment())

    return dialog(
        only(LifecycleMove.problem != "", banner(LifecycleMove.problem, "r", "alert")),
        rx.el.p(rx.el.b(ASKED.person), " moves to ", rx.el.b(ASKED.state), ".", class_name="note"),
        only(ASKED.reason, _setback()),
        rx.foreach(ASKED.fields, lambda p: rx.el.div(_input(p), key=p.field)),
        only(ASKED.channel, _channel()),
        only(ASKED.company | ASKED.offers_company, _company()),
        only(ASKED.offers_deal, _deal()),
        only(ASKED.work, _step()),
        open=LifecycleMove.asking,
        title="Before the person moves",
        submit="Move",
        on_submit=LifecycleMove.fill_in,
        on_close=LifecycleMove.cancel,
    )
