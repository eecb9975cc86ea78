"""The record that the address names, or blocks: never long the one that was open before."""

from typing import Any

import reflex as rx

from crm_app.ui.scripts import script

from .elements import Text, skeleton_rows

_jsx = script(__name__, "current.jsx").importable_path


class _Current(rx.Component):
    """`record` is the id of the one which its first child shows; `words`: it is a text."""

    library = _jsx
    tag = "Current"
    record: rx.Var[Any]
    words: rx.Var[bool]


def current(id: Any, screen: rx.Component, waiting: rx.Component | None = None) -> rx.Component:
    """The screen of the record with this id (0: none yet); `waiting` while another one is on its way."""
    blocks = rx.el.div(skeleton_rows(8, "44px"), class_name="page") if waiting is None else waiting
    return _Current.create(screen, blocks, record=id)


def current_title(id: Any, title: Text, what: str) -> rx.Component:
    """The title of that record; `what` it is while another one is on its way."""
    return _Current.create(rx.el.span(title), rx.el.span(what), record=id, words=True)
