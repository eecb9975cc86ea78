"""A button with a small explanation that opens beside it."""

from typing import Any

import reflex as rx
from reflex_base.event import no_args_event_spec

from crm_app.ui.scripts import script

from .elements import Text

_peek = script(__name__, "peek.jsx").importable_path


class Peek(rx.Component):
    """`on_open` asks for the content whenever it is shown."""

    library = _peek
    tag = "Peek"
    label: rx.Var[str]
    trigger: rx.Var[Any]
    on_open: rx.EventHandler[no_args_event_spec]


def peek(label: Text, trigger: rx.Component, *content: rx.Component, on_open: Any, class_name: str) -> rx.Component:
    """A button and what it explains."""
    return Peek.create(*content, label=label, trigger=trigger, on_open=on_open, class_name=class_name)
