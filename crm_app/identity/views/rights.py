"""The page of one user: the matrix of rights with its reasons, one record explained, open sessions."""

from typing import Any

import reflex as rx

from crm_app.identity.policy import ACTIONS
from crm_app.identity.rights import ACTION_NAMES, RightCell, RightRow, Verdict
from crm_app.identity.state import UserRights
from crm_app.ui import addresses
from crm_app.ui.elements import avatar, banner, button, empty, head, link, skeleton_rows, tag
from crm_app.ui.field import field
from crm_app.ui.icons import icon
from crm_app.ui.inputs import lookup, plain_form

from .sessions import session_list
from .users import status_tag

Search = dict[str, Any]
OBJECTS = [("deal", "Deal"), ("company", "Company"), ("person", "Person"), ("user", "User")]


def _tone(scope: rx.Var[str]) -> Any:
    return rx.match(scope, ("all", "g"), ("team", "a"), ("own", "a"), "")


def _cell(cell: rx.vars.ObjectVar[RightCell]) -> rx.Component:
    shown = rx.cond(cell.reach == "No", rx.el.span("No", class_name="mut"), tag(cell.reach, _tone(cell.scope)))
    return rx.el.td(shown, title=cell.why, key=cell.action)


def _matrix() -> rx.Component:
    names = [rx.el.th(ACTION_NAMES[action], scope="col") for action in ACTIONS]
    return rx.el.div(
        rx.el.table(
            rx.el.thead(rx.el.tr(rx.el.th(rx.el.span("Object", class_name="sr"), scope="col"), *names)),
            rx.el.tbody(
                rx.foreach(
                    UserRights.rows,
                    lambda row: rx.el.tr(
                        rx.el.th(row.label, scope="row"), rx.foreach(row.cells, _cell), key=row.object
                    ),
                )
            ),
        ),
        class_name="tbl rights",
        tab_index=0,
        role="region",
        custom_attrs={"aria-label": "Rights"},
    )


def _reason(cell: rx.vars.ObjectVar[RightCell]) -> rx.Component:
    return rx.el.li(
        rx.el.span(cell.action, class_name="strong"),
        rx.cond(cell.reach == "No", tag(cell.reach), tag(cell.reach, _tone(cell.scope))),
        rx.el.span(cell.why, class_name="ink2"),
        key=cell.action,
    )


def _reasons(row: rx.vars.ObjectVar[RightRow]) -> rx.Component:
    return rx.el.details(
        rx.el.summary(icon("right"), rx.el.span(row.label), rx.el.span(row.short, class_name="mut clip")),
        rx.el.ul(rx.foreach(row.cells, _reason), class_name="why"),
        key=row.object,
    )


def _rights() -> rx.Component:
    return rx.el.section(
        rx.el.header(rx.el.h3("Rights")),
        rx.el.div(
            rx.el.p(
                "Own is what this person owns, Team what their team and the teams below own, All is everything.",
                class_name="note",
            ),
            _matrix(),
            rx.el.div(
                rx.el.h4("Why", class_name="lab"),
                rx.el.div(rx.foreach(UserRights.rows, _reasons), class_name="reasons"),
                class_name="stack",
            ),
            class_name="pad stack far",
        ),
        class_name="box",
    )


def _verdict(row: rx.vars.ObjectVar[Verdict]) -> rx.Component:
    return rx.el.li(
        rx.el.span(row.label, class_name="strong"),
        rx.cond(row.allowed, tag("Yes", "g"), tag("No", "r")),
        rx.el.span(row.why, class_name="ink2"),
        key=row.label,
    )


def _kinds() -> rx.Component:
    return rx.el.div(
        *[
            rx.el.button(
                label,
                type="button",
                class_name=rx.cond(UserRights.object == key, "on", ""),
                custom_attrs={"aria-pressed": UserRights.object == key},
                on_click=UserRights.choose_object(key),
            )
            for key, label in OBJECTS
        ],
        class_name="seg",
        role="group",
        custom_attrs={"aria-label": "Kind of record"},
    )


def _chooser(search: Search) -> rx.Component:
    """One look-up for each kind, so that what was typed for another does not stay."""
    finders = [
        (
            key,
            lookup(
                name="record_id",
                label=f"{label} to explain",
                placeholder="Type a name",
                kind=key,
                **search,
            ),
        )
        for key, label in OBJECTS
    ]
    shown = rx.fragment(*[rx.cond(UserRights.object == key, finder, rx.fragment()) for key, finder in finders])
    return plain_form(
        rx.el.div(
            _kinds(),
            field("Record", shown, UserRights.error),
            rx.el.div(button("Explain", type="submit")),
            class_name="stack",
        ),
        on_submit=UserRights.explain,
    )


def _record(search: Search) -> rx.Component:
    found = UserRights.record
    shown = rx.el.div(
        rx.el.h4(found.title),
        rx.cond(found.owner != "", rx.el.p("Owner: ", found.owner, class_name="mut"), rx.fragment()),
        rx.el.ul(rx.foreach(found.verdicts, _verdict), class_name="why"),
        rx.cond(
            found.fields.length() > 0,
            rx.fragment(
                rx.el.h4("Fields with a rule of their own"),
                rx.el.ul(rx.foreach(found.fields, _verdict), class_name="why"),
            ),
            rx.fragment(),
        ),
        class_name="stack",
        role="status",
    )
    return rx.el.section(
        rx.el.header(rx.el.h3("One record")),
        rx.el.div(_chooser(search), rx.cond(found, shown, rx.fragment()), class_name="pad stack far"),
        class_name="box",
    )


def _sessions() -> rx.Component:
    shown = rx.cond(
        UserRights.sessions.length() > 0,
        session_list(UserRights.sessions, UserRights.revoke),
        rx.el.div(rx.el.p("Nowhere at the moment.", class_name="note"), class_name="pad"),
    )
    return rx.el.section(rx.el.header(rx.el.h3("Signed in")), shown, class_name="box")


def _head() -> rx.Component:
    user = UserRights.user
    return rx.el.div(
        avatar(user.initials, user.color, user.name, "l"),
        head(
            user.name,
            rx.fragment(
                user.role,
                rx.cond(user.team != "", " · " + user.team.to(str), ""),
                rx.cond(user.email != "", " · " + user.email.to(str), ""),
            ),
            rx.cond(user.status != "", status_tag(user.status), rx.fragment()),
        ),
        class_name="row",
    )


def rights_screen(search: Search) -> rx.Component:
    """The page of one user; `search` is what a look-up asks and where its answer stands."""
    page = rx.fragment(
        _head(),
        rx.cond(UserRights.user.own, banner("These are your own rights. An administrator gives them."), rx.fragment()),
        _rights(),
        _record(search),
        rx.cond(UserRights.sees_sessions, _sessions(), rx.fragment()),
    )
    missing = empty("Not shown", UserRights.reason, link("To the users", addresses.USERS), picture="users")
    return rx.el.div(
        rx.el.div(
            rx.cond(UserRights.user, page, rx.cond(UserRights.missing, missing, skeleton_rows(12, "40px"))),
            class_name="wide",
        ),
        class_name="page",
    )
