"""Form fields: label above, error beneath in plain words; inputs keep what was typed (they are uncontrolled)."""

from typing import Any

import reflex as rx

from .elements import Text


def field(label: Text, control: Any, error: Any = "", help_text: Text = "") -> rx.Component:
    """A labelled control; the error is announced when it appears."""
    return rx.el.label(
        rx.el.span(label, class_name="lab"),
        control,
        rx.el.span(help_text, class_name="help") if not isinstance(help_text, str) or help_text else rx.fragment(),
        rx.el.span(error, class_name="err", role="alert"),
        class_name="field",
    )


def text_input(name: str | rx.Var[str], value: Any = "", **props: Any) -> rx.Component:
    """A one-line input."""
    props.setdefault("type", "text")
    props.setdefault("auto_complete", "off")
    return rx.el.input(name=name, default_value=value, class_name="in", **props)


def text_field(
    label: Text, name: str, value: Any = "", error: Any = "", help_text: Text = "", **props: Any
) -> rx.Component:
    """A labelled one-line input."""
    return field(label, text_input(name, value, **props), error, help_text)


def choice(name: str | rx.Var[str], options: Any, value: Any = "", blank: str = "", **props: Any) -> rx.Component:
    """A select of options with `id` and `name`; `blank` adds an empty first entry."""
    first = [rx.el.option(blank, value="")] if blank else []
    return rx.el.select(
        *first,
        rx.foreach(options, lambda o: rx.el.option(o.name, value=o.id.to(str), key=o.id)),
        name=name,
        default_value=value,
        class_name="in",
        **props,
    )


def fixed_choice(name: str, options: list[tuple[str, str]], value: Any = "", **props: Any) -> rx.Component:
    """A select of (value, label) pairs known when the page is built."""
    return rx.el.select(
        *[rx.el.option(label, value=key) for key, label in options],
        name=name,
        default_value=value,
        class_name="in",
        **props,
    )
