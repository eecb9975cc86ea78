"""The frame every page stands in: navigation by rights, the menus, the messages, the keyboard."""

from collections.abc import Sequence
from typing import Any

import reflex as rx

from crm_app import routes
from crm_app.activities.state import ActivityCard
from crm_app.activities.views import activity_card, next_step_dialog
from crm_app.attention.views import bell
from crm_app.duplicates.meeting.state import Meeting
from crm_app.identity.state import Viewer
from crm_app.pages.command import Command
from crm_app.pages.failure import unread
from crm_app.pages.here import onlookers
from crm_app.pages.places import ARRANGED, GROUPS, IMPORT, PLACES, PROFILE, SETTINGS
from crm_app.pages.undo import Undo
from crm_app.records.create.state import NewRecord
from crm_app.records.create.views import new_record_dialog
from crm_app.records.list_screen.views import saved_views
from crm_app.records.palette.views import command_palette
from crm_app.ui.elements import avatar, page_link
from crm_app.ui.icons import icon
from crm_app.ui.listener import offline, shortcuts, theme_sync
from crm_app.ui.overlay import menu, menu_item, menu_link, toasts
from crm_app.ui.palette import palette_field
from crm_app.ui.shell import Place, shell

NEW = (
    ("deal", "Deal", "deals"),
    ("person", "Person", "person"),
    ("company", "Company", "company"),
    ("activity", "Activity", "activities"),
    ("product", "Product", "products"),
    ("quote", "Quote", "quote"),
)
NEW_DEAL = NewRecord.start("deal", {})
Keys = Sequence[tuple[str, str]]


def _link_if(place: Place) -> rx.Component:
    entry = menu_link(place.name, place.picture, place.path)
    return entry if place.shown is True else rx.cond(place.shown, entry, rx.fragment())


def sign_out() -> rx.Component:
    """A classic POST: leaving is a write, and the cookie is the server's."""
    return rx.el.button(
        icon("exit"), rx.el.span("Sign out"), class_name="item", role="menuitem", type="submit", form="sign-out"
    )


def _sign_out_form() -> rx.Component:
    from reflex_components_core.el.elements.base import BaseHTML

    class PlainForm(BaseHTML):
        """A form that the browser sends by itself."""

        tag = "form"
        action: rx.Var[str]
        method: rx.Var[str]

    return PlainForm.create(action=routes.SIGN_OUT, method="post", id="sign-out", hidden=True)


def _account() -> rx.Component:
    return menu(
        Viewer.initials + " your account",
        avatar(Viewer.initials, Viewer.colour, Viewer.name, "m"),
        rx.el.div(rx.el.b(Viewer.name), rx.el.span(Viewer.role_label, class_name="mut"), class_name="who"),
        rx.el.hr(),
        menu_link("Profile", "person", PROFILE.path),
        rx.el.div(sign_out()),
        class_name="me",
    )


def _more() -> rx.Component:
    return menu(
        "More",
        rx.fragment(icon("more", "big"), "More"),
        *[_link_if(p) for p in PLACES if not p.phone and p not in ARRANGED],
        rx.el.div(sign_out()),
        class_name="",
    )


def _floating_new(on_new: Any, name: str) -> rx.Component:
    return rx.cond(
        Viewer.creatable.contains(name),
        rx.el.button(
            icon("plus", "big"),
            class_name="fab",
            type="button",
            on_click=on_new,
            custom_attrs={"aria-label": f"New {name}"},
        ),
        rx.fragment(),
    )


def _new() -> rx.Component:
    """Whatever this viewer may create."""
    starts = {"activity": ActivityCard.start({"type": "task"})}
    entries = [(name, words, picture, starts.get(name, NewRecord.start(name, {}))) for name, words, picture in NEW]
    return rx.cond(
        Viewer.creatable.length() > 0,
        menu(
            "New",
            rx.fragment(icon("plus"), "New"),
            *[
                rx.cond(Viewer.creatable.contains(name), menu_item(words, picture, on_click=start), rx.fragment())
                for name, words, picture, start in entries
            ],
            rx.cond(Viewer.may_import, menu_link("Import a file", "import", IMPORT.path), rx.fragment()),
            class_name="btn pri new",
        ),
        rx.fragment(),
    )


def _crumbs(place: Place) -> rx.Component:
    return rx.el.nav(
        page_link(place.name, href=place.path),
        rx.el.span("/"),
        class_name="crumbs",
        custom_attrs={"aria-label": "Path"},
    )


def _goals() -> list[dict[str, str]]:
    """Where the palette can go; the page itself says so to those who may not."""
    return [{"path": p.path, "name": p.name, "words": "go to open"} for p in PLACES]


def _actions() -> rx.Var:
    """What the palette can do, for this viewer."""
    made = [(name, words.lower(), "opportunity" if name == "deal" else "record") for name, words, _ in NEW]
    found: Any = [
        {"id": f"theme-{name}", "name": f"Change theme: {name}", "words": "appearance mode colour"}
        for name in ("light", "dark", "system")
    ]
    found = rx.Var.create(found)
    for name, words, also in reversed(made):
        entry = {"id": f"new-{name}", "name": f"New {words}", "words": f"create add {also}"}
        found = rx.cond(Viewer.creatable.contains(name), rx.Var.create([entry]), rx.Var.create([])) + found
    return found


def framed(
    body: rx.Component,
    *,
    title: Any,
    current: str,
    after_undo: Any = None,
    crumb: Place | None = None,
    on_new: Any = None,
    makes: str = "",
    keys: Keys = (),
) -> rx.Component:
    """The whole page; `after_undo` is an event that refreshes what the page shows once something was undone.

    `makes` is the kind of record that the page's floating button creates by `on_new`, `keys` are the page's own.
    """
    if current in {p.path for p in ARRANGED}:
        current, crumb = SETTINGS.path, crumb or SETTINGS
    follow = [] if after_undo is None else after_undo if isinstance(after_undo, list) else [after_undo]
    undone = [Undo.undo_batch, *follow]
    return shell(
        rx.fragment(unread(), body),
        title=title,
        current=current,
        groups=GROUPS,
        search=palette_field(),
        new=_new(),
        fab=_floating_new(on_new or NEW_DEAL, makes) if makes else rx.fragment(),
        below=saved_views(),
        me=rx.fragment(onlookers(), bell(), _account()),
        more=_more(),
        crumbs=None if crumb is None else _crumbs(crumb),
        extras=_extras(undone, follow, keys, on_new or NEW_DEAL),
    )


def _extras(undone: list[Any], follow: list[Any], keys: Keys, on_new: Any) -> list[rx.Component]:
    """What stands on no particular place: messages, dialogs, listeners."""
    places = {p.key: {"path": p.path, "name": p.name} for p in PLACES if p.key}
    return [
        toasts(undone),
        new_record_dialog(
            Viewer.creatable,
            me=Viewer.key,
            met=Meeting.met,
            offer=Meeting.offer,
            on_look=Meeting.look,
            on_choose=Meeting.choose,
            on_fill=Meeting.fill,
            on_ask=Meeting.ask,
        ),
        activity_card(follow, Viewer.key),
        next_step_dialog(follow),
        command_palette(_goals(), _actions(), Command.run, ActivityCard.open),
        theme_sync(theme=Viewer.theme, formats=Viewer.formats),
        shortcuts(places=places, keys=[list(k) for k in keys], on_new=on_new),
        offline(),
        _sign_out_form(),
    ]
