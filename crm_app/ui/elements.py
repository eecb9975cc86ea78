"""Small pieces: buttons, avatars, tags, meters, banners, skeletons, empty states."""

from typing import Any

import reflex as rx
from reflex.utils.imports import ImportVar
from reflex.vars import VarData
from reflex.vars.base import var_operation, var_operation_return

from .icons import icon

Text = str | rx.Var[str]
WRITTEN = VarData(imports={"$/public/external/crm_app/ui/overlay/numbers.js": [ImportVar(tag="written")]})


def button(label: Text, *, kind: str = "", picture: str = "", **props: Any) -> rx.Component:
    """A button; kind is "", "pri", "quiet" or "danger"."""
    props.setdefault("type", "button")
    shown = [icon(picture)] if picture else []
    return rx.el.button(*shown, label, class_name=f"btn {kind}".strip(), **props)


def link(label: Text, href: Text, *, kind: str = "", picture: str = "") -> rx.Component:
    """A link inside the app that looks like a button; kind as for `button`, "link" for underlined text."""
    shown = [icon(picture)] if picture else []
    return page_link(*shown, label, href=href, class_name="link" if kind == "link" else f"btn {kind}".strip())


def page_link(*children: Any, href: Text, **props: Any) -> rx.Component:
    """A link to another page of the app, followed without a reload."""
    from reflex_components_core.react_router import link as router_link

    return router_link(*children, to=href, **props)


@var_operation
def _grouped(number: rx.vars.NumberVar[int]) -> Any:
    return var_operation_return(js_expression=f"written({number})", var_type=str, var_data=WRITTEN)


def grouped(number: Any) -> Any:
    """A whole number as it is read: its thousands stand apart, as in the formats of the profile."""
    return _grouped(number.to(int))


def avatar(initials: Text, colour: Text, name: Text, size: str = "") -> rx.Component:
    """A person's initials on their colour; the name is read aloud."""
    return rx.el.span(
        initials,
        class_name=f"av {size}".strip(),
        style={"background": colour},
        title=name,
        custom_attrs={"aria-hidden": "true"},
    )


def tag(label: Text, tone: Text = "") -> rx.Component:
    """A short status; tone is "", "a" (accent), "g", "r" or "y"."""
    return rx.el.span(label, class_name=f"tag {tone}" if isinstance(tone, str) else "tag " + tone.to(str))


def meter(percent: rx.Var[int] | int, label: Text, tone: str = "") -> rx.Component:
    """A thin bar from 0 to 100."""
    width = f"{percent}%" if isinstance(percent, int) else percent.to(str) + "%"
    return rx.el.div(
        rx.el.i(style={"width": width}),
        class_name=f"meter {tone}".strip(),
        role="progressbar",
        custom_attrs={"aria-label": label, "aria-valuenow": percent, "aria-valuemin": 0, "aria-valuemax": 100},
    )


def banner(text: Any, tone: str = "", picture: str = "info") -> rx.Component:
    """A remark above content; an error is announced at once."""
    return rx.el.div(
        icon(picture), rx.el.div(text), class_name=f"banner {tone}".strip(), role="alert" if tone == "r" else "note"
    )


def skeleton(width: str = "100%", height: str = "14px") -> rx.Component:
    """A grey block of the final size."""
    return rx.el.div(class_name="sk", style={"width": width, "height": height}, custom_attrs={"aria-hidden": "true"})


def skeleton_rows(count: int, height: str = "34px") -> rx.Component:
    """As many blocks as rows will come."""
    return rx.el.div(
        *[skeleton(height=height) for _ in range(count)],
        class_name="stack",
        role="status",
        custom_attrs={"aria-label": "Loading", "aria-busy": "true"},
    )


def empty(title: Text, text: Text, *actions: rx.Component, picture: str = "file") -> rx.Component:
    """Says what belongs here and offers the first action."""
    return rx.el.div(
        icon(picture, "huge"),
        rx.el.h2(title),
        rx.el.p(text),
        rx.el.div(*actions, class_name="row wrap") if actions else rx.fragment(),
        class_name="empty",
    )


def head(title: Text, text: Any, *actions: rx.Component) -> rx.Component:
    """The head of a page that scrolls: what it is, one line, its actions."""
    return rx.el.div(
        rx.el.div(rx.el.h2(title), rx.el.p(text)),
        rx.el.div(*actions, class_name="end"),
        class_name="head",
    )
