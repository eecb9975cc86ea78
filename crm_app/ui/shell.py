"""The frame of every page: rail, top bar, content, the phone's bottom bar. Only pages that exist are named."""

from dataclasses import dataclass
from typing import Any

import reflex as rx

from .elements import page_link
from .icons import icon
from .listener import rail_fold


@dataclass(frozen=True)
class Place:
    """A page in the navigation; `shown` is whether this viewer may open it, `key` the letter after G."""

    path: str
    name: str
    picture: str
    shown: Any = True
    key: str = ""
    phone: bool = False


def _nav(place: Place, current: str) -> rx.Component:
    on = place.path == current
    entry = page_link(
        icon(place.picture),
        rx.el.span(place.name, class_name="label"),
        href=place.path,
        class_name="nav on" if on else "nav",
        title=place.name,
        custom_attrs={"aria-current": "page"} if on else {},
    )
    return entry if place.shown is True else rx.cond(place.shown, entry, rx.fragment())


def _rail(groups: list[tuple[str, list[Place]]], current: str, below: rx.Component) -> rx.Component:
    parts: list[rx.Component] = []
    for heading, places in groups:
        if heading:
            title = rx.el.h2(heading)
            always = any(p.shown is True for p in places)
            parts.append(title if always else rx.cond(any_of([p.shown for p in places]), title, rx.fragment()))
        parts += [_nav(p, current) for p in places]
    return rx.el.nav(
        page_link(
            rx.el.span("K", class_name="mark"), rx.el.span("Kith", class_name="label"), href="/", class_name="brand"
        ),
        *parts,
        below,
        rail_fold(icon("fold"), rx.el.span("Fold", class_name="label"), label="Fold the menu", class_name="nav fold"),
        class_name="rail",
        custom_attrs={"aria-label": "Main"},
    )


def any_of(conditions: list[Any]) -> Any:
    """True when one of the vars is."""
    total = conditions[0]
    for condition in conditions[1:]:
        total = total | condition
    return total


def _phone_bar(places: list[Place], current: str, more: rx.Component) -> rx.Component:
    return rx.el.nav(
        *[
            page_link(
                icon(p.picture, "big"),
                p.name,
                href=p.path,
                class_name="on" if p.path == current else "",
                custom_attrs={"aria-current": "page"} if p.path == current else {},
            )
            for p in places
        ],
        more,
        class_name="phonebar",
        custom_attrs={"aria-label": "Main, phone"},
    )


def shell(
    body: rx.Component,
    *,
    title: Any,
    current: str,
    groups: list[tuple[str, list[Place]]],
    search: rx.Component,
    new: rx.Component,
    fab: rx.Component,
    below: rx.Component,
    me: rx.Component,
    more: rx.Component,
    crumbs: rx.Component | None = None,
    extras: list[rx.Component],
) -> rx.Component:
    """Rail and top bar stand still; `body` scrolls by itself; `below` ends the rail."""
    places = [p for _, group in groups for p in group]
    return rx.el.div(
        rx.el.a("Skip to the content", href="#content", class_name="skip"),
        _rail(groups, current, below),
        rx.el.div(
            rx.el.header(
                crumbs if crumbs is not None else rx.fragment(),
                rx.el.h1(title),
                rx.el.div(search, new, me, class_name="row end"),
                class_name="top",
            ),
            rx.el.main(body, id="content", class_name="body", tab_index=-1),
            _phone_bar([p for p in places if p.phone], current, more),
            class_name="main",
        ),
        fab,
        *extras,
        class_name="app",
    )
