"""Brings what the address points to (`#field-12`) into sight once it is there."""

from typing import Any

import reflex as rx

from crm_app.ui.scripts import script

_jsx = script(__name__, "anchor.jsx").importable_path


class Anchored(rx.Component):
    """`ready` is the var that says that the rows have come."""

    library = _jsx
    tag = "Anchored"
    ready: rx.Var[Any]


anchored = Anchored.create
