"""The dialog in which a field is made and changed: what is asked follows the type."""

from dataclasses import asdict
from typing import Any

import reflex as rx

from crm_app.records.custom.fields import TYPES
from crm_app.records.custom.queries import Example, Tick
from crm_app.records.custom.state import FieldEditor
from crm_app.records.listing.rows import Option
from crm_app.records.listing.rules import OPS
from crm_app.records.state import RefSearch
from crm_app.ui.field import choice, field, fixed_choice, text_field
from crm_app.ui.list import ConditionInput
from crm_app.ui.overlay import dialog

PAGE, FORM = FieldEditor.page, FieldEditor.form
ERRORS = FieldEditor.errors
ASKS = [("", "No"), ("always", "Always"), ("when", "Under a condition")]
SHOWS = [("", "Always"), ("when", "Under a condition")]
OPERATORS = {type_: [asdict(op) for op in ops if op.name != "was"] for type_, ops in OPS.items()}


def _condition(name: str, value: Any) -> rx.Component:
    return rx.el.div(
        ConditionInput.create(
            name=name,
            value=value,
            fields=FieldEditor.askable,
            ops=OPERATORS,
            names=FieldEditor.names,
            found=RefSearch.found,
            on_search=RefSearch.look_up,
        ),
        rx.el.span(ERRORS[name], class_name="err", role="alert"),
        class_name="field",
    )


def _ticks(label: str, prefix: str, ticks: Any, none: str) -> rx.Component:
    def one(tick: rx.vars.ObjectVar[Tick]) -> rx.Component:
        box = rx.el.input(type="checkbox", name=f"{prefix}." + tick.name.to(str), default_checked=tick.on)
        return rx.el.label(box, rx.el.span(tick.label), class_name="chooseone", key=tick.name)

    return rx.el.fieldset(
        rx.el.legend(label, class_name="lab"),
        rx.el.div(rx.foreach(ticks, one), class_name="choosemany"),
        rx.el.span(none, class_name="help"),
        class_name="field",
    )


def _box(label: str, name: str, checked: Any) -> rx.Component:
    return rx.el.label(
        rx.el.input(type="checkbox", name=name, default_checked=checked), rx.el.span(label), class_name="chooseone"
    )


def _options() -> rx.Component:
    def one(option: rx.vars.ObjectVar[Option]) -> rx.Component:
        return rx.el.input(
            name="option." + option.id.to(str),
            default_value=option.name,
            class_name="in",
            type="text",
            custom_attrs={"aria-label": "Option " + option.name.to(str)},
            key=option.id,
        )

    def goes(option: rx.vars.ObjectVar[Option]) -> rx.Component:
        where = rx.el.select(
            rx.el.option("Choose…", value=""),
            rx.el.option("Empty the field", value="-"),
            rx.foreach(FORM.options, lambda o: rx.el.option(o.name, value=o.id, key=o.id)),
            name="goes." + option.id.to(str),
            class_name="in",
        )
        return field(option.name, where)

    more = rx.el.textarea(name="more", rows="4", class_name="in", max_length=8000)
    return rx.fragment(
        rx.cond(
            FORM.options.length() > 0,
            rx.el.fieldset(
                rx.el.legend("Options", class_name="lab"),
                rx.foreach(FORM.options, one),
                rx.el.span("Write over a name to rename it everywhere; empty it to remove it.", class_name="help"),
                class_name="field",
            ),
            rx.fragment(),
        ),
        rx.foreach(FieldEditor.going, goes),
        field("New options", more, ERRORS["options"], "One a line. Gold = Au, Aurum: an import takes all three words."),
    )


def _pattern() -> rx.Component:
    return rx.el.div(
        text_field(
            "Pattern",
            "pattern",
            FORM.pattern,
            ERRORS["pattern"],
            "A regular expression for all of it.",
            max_length=200,
        ),
        text_field(
            "Example that fits",
            "pattern_example",
            FORM.pattern_example,
            ERRORS["pattern_example"],
            "Shown to those whose text does not fit.",
            max_length=200,
        ),
        text_field(
            "Or in your own words", "pattern_message", FORM.pattern_message, ERRORS["pattern_message"], max_length=200
        ),
        class_name="grid2",
    )


def _formula() -> rx.Component:
    preview = FieldEditor.preview

    def example(one: rx.vars.ObjectVar[Example]) -> rx.Component:
        return rx.el.li(rx.el.b(one.title, class_name="strong"), " ", rx.el.span(one.value), key=one.title)

    text = rx.el.textarea(
        name="formula",
        default_value=FORM.formula,
        rows="4",
        class_name="in",
        max_length=1000,
        on_change=FieldEditor.try_formula.debounce(300),
        custom_attrs={"aria-describedby": "formula-says", "spellcheck": "false"},
    )
    said = rx.el.div(
        rx.cond(
            preview.error != "",
            rx.el.span(preview.error, class_name="err", role="status"),
            rx.cond(
                preview.type != "",
                rx.fragment(
                    rx.el.span("Gives: " + preview.type.to(str), class_name="mut"),
                    rx.el.ul(rx.foreach(preview.examples, example), class_name="examples"),
                ),
                rx.fragment(),
            ),
        ),
        id="formula-says",
    )
    help_text = "Fields stand in braces: {Value} * 0.1. There are if, coalesce, min, max, round, days and more."
    return rx.fragment(field("Formula", text, ERRORS["formula"], help_text), said)


def _rules() -> rx.Component:
    """When it is required and shown; nobody fills in a formula."""
    asks = fixed_choice("asks", ASKS, FieldEditor.asks, on_change=lambda v: FieldEditor.choose("asks", v))
    shows = fixed_choice("shows", SHOWS, FieldEditor.shows, on_change=lambda v: FieldEditor.choose("shows", v))
    required = rx.fragment(
        field("Required", asks),
        rx.cond(FieldEditor.asks == "when", _condition("required_when", FORM.required_when), rx.fragment()),
    )
    return rx.fragment(
        rx.cond(FieldEditor.type == "formula", rx.fragment(), required),
        field("Shown", shows),
        rx.cond(FieldEditor.shows == "when", _condition("visible_when", FORM.visible_when), rx.fragment()),
    )


def _of_type() -> rx.Component:
    """What is asked of this type alone."""
    return rx.fragment(
        rx.match(
            FieldEditor.type,
            ("choice", _options()),
            ("choices", _options()),
            ("formula", _formula()),
            ("text", _pattern()),
            ("longtext", _pattern()),
            ("url", _pattern()),
            rx.fragment(),
        )
    )


def _further() -> rx.Component:
    """Where it is asked and found, and who has to do with it."""
    people = choice("responsible_id", FieldEditor.people, FORM.responsible_id, blank="Nobody")
    return rx.fragment(
        rx.el.div(
            _box("Asked for in a new record", "in_form", FORM.in_form),
            _box("Found by search", "searchable", FORM.searchable),
            class_name="choosemany",
        ),
        text_field("Headers on import", "synonyms", FORM.synonyms, ERRORS["synonyms"], "Other names, with commas."),
        field("Responsible", people, ERRORS["responsible_id"]),
        _ticks("Who sees it", "read", FORM.readers, "Nobody ticked: everybody who sees the record."),
        _ticks("Who edits it", "edit", FORM.editors, "Nobody ticked: everybody who edits the record."),
    )


def field_dialog() -> rx.Component:
    """Opens when `FieldEditor.start` has answered."""
    names = list(TYPES.items())
    types = fixed_choice("type", names, FieldEditor.type, on_change=lambda v: FieldEditor.choose("type", v))
    means = rx.el.textarea(name="help", default_value=FORM.help, rows="2", class_name="in", max_length=2000)
    return dialog(
        rx.el.div(
            text_field("Name", "label", FORM.label, ERRORS["label"], required=True, max_length=80),
            field("Type", types, ERRORS["type"]),
            class_name="grid2",
        ),
        field("What it means", means, ERRORS["help"]),
        _of_type(),
        _rules(),
        _further(),
        open=FieldEditor.editing,
        title=rx.cond(FORM.id.to(int) > 0, "Edit field", "New field"),
        submit="Save",
        wide=True,
        on_submit=FieldEditor.save,
        on_close=FieldEditor.close,
        again=FieldEditor.start,
        about=(FORM.id.to(int),),
    )
