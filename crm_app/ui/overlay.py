"""Menu, dialog and toasts: local React parts that answer without asking the server."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from time import time_ns
from typing import Any

import reflex as rx
from reflex_base.event import no_args_event_spec, passthrough_event_spec

from crm_app.ui.scripts import script

from .elements import Text
from .icons import icon

script(__name__, "popover.js")
script(__name__, "line.js")
script(__name__, "numbers.js")
script(__name__, "drafts.js")
script(__name__, "typed.js")
_jsx = script(__name__, "overlay.jsx").importable_path
_ids = count(time_ns() // 1_000_000)  # a restarted server repeats none


@dataclass(frozen=True)
class Toast:
    """One message; `action` names a button whose press sends `action_value` to the frame's handler."""

    id: int = 0
    text: str = ""
    tone: str = ""
    action: str = ""
    action_value: int = 0


class Toaster(rx.State):
    """The last message of this tab; it has no handlers, other states assign it."""

    latest: rx.Field[Toast] = rx.field(default_factory=Toast)


def undo_toast(text: str, batch_id: int) -> Toast:
    """A message that offers to undo one batch."""
    return Toast(next(_ids), text, "", "Undo", batch_id)


def plain_toast(text: str, tone: str = "") -> Toast:
    """A message; tone is "" or "bad"."""
    return Toast(next(_ids), text, tone)


class Menu(rx.Component):
    """A button that opens a menu of `menu_item`s."""

    library = _jsx
    tag = "Menu"
    label: rx.Var[str]
    trigger: rx.Var[Any]


class FormDialog(rx.Component):
    """A dialog around a form; on_submit receives the fields as text by name."""

    library = _jsx
    tag = "FormDialog"
    open: rx.Var[bool]
    title: rx.Var[str]
    submit: rx.Var[str]
    cancel: rx.Var[str]
    busy: rx.Var[bool]
    wide: rx.Var[bool]
    again: rx.Var[str]
    about: rx.Var[list[Any]]
    on_submit: rx.EventHandler[passthrough_event_spec(dict[str, str])]
    on_close: rx.EventHandler[no_args_event_spec]
    on_again: rx.EventHandler[passthrough_event_spec(list[Any])]


class Toasts(rx.Component):
    """Shows what `Toaster.latest` receives."""

    library = _jsx
    tag = "Toasts"
    latest: rx.Var[Toast]
    on_action: rx.EventHandler[passthrough_event_spec(int)]


def reopening(handler: Any, about: Sequence[Any]) -> dict[str, Any]:
    """Props of a form that the server opens by `handler(*about)`: what is typed outlives the state; it opens again."""

    def ask(given: Any) -> Any:
        args = [given[n].to(one._var_type) if isinstance(one, rx.Var) else one for n, one in enumerate(about)]
        return handler(*args)

    fixed = [str(one) for one in about if not isinstance(one, rx.Var)]
    name = "|".join([f"{handler.state_full_name}.{handler.fn.__name__}", *fixed])
    return {"again": name, "about": list(about), "on_again": ask}


def dialog(*inner: Any, again: Any = None, about: Sequence[Any] = (), **props: Any) -> rx.Component:
    """A form in a dialog. One that the server opens says by which handler, `again`, and what that is given, `about`."""
    return FormDialog.create(*inner, **props, **(reopening(again, about) if again is not None else {}))


def toasts(on_action: Any) -> rx.Component:
    """The place of the messages; once per page."""
    return Toasts.create(latest=Toaster.latest, on_action=on_action)


def menu(label: Text, trigger: rx.Component, *items: rx.Component, class_name: str = "btn") -> rx.Component:
    """A button and its items."""
    return Menu.create(*items, label=label, trigger=trigger, class_name=class_name)


def menu_item(label: Text, picture: str, **props: Any) -> rx.Component:
    """An action of a menu."""
    return rx.el.button(icon(picture), rx.el.span(label), class_name="item", role="menuitem", type="button", **props)


def menu_link(label: Text, picture: str, href: Text) -> rx.Component:
    """A page named in a menu."""
    from .elements import page_link

    return page_link(icon(picture), rx.el.span(label), href=href, class_name="item", role="menuitem")


def clash_dialog(clash: Any, *, open: rx.Var[bool], on_mine: Any, on_theirs: Any) -> rx.Component:
    """Two people, one field: `clash` has `label`, `who`, `yours`, `theirs`, `original`; closing keeps theirs."""
    return dialog(
        rx.el.p(rx.el.b(clash.label), " was changed by ", clash.who, " while you were writing.", class_name="note"),
        rx.el.div(
            rx.el.div(rx.el.div("Yours", class_name="lab"), clash.yours, class_name="mine"),
            rx.el.div(rx.el.div("Theirs, saved", class_name="lab"), clash.theirs),
            rx.el.div(rx.el.div("Before", class_name="lab"), clash.original),
            class_name="versions",
        ),
        open=open,
        title="Two people, one field",
        submit="Keep mine",
        cancel="Keep theirs",
        on_submit=on_mine,
        on_close=on_theirs,
    )
