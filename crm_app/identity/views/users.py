"""The list of users, the dialog of one, and the invitation's link."""

from typing import Any

import reflex as rx

from crm_app.identity.policy import ROLE_NAMES
from crm_app.identity.queries import UserRow
from crm_app.identity.state import UserList, Viewer
from crm_app.ui import addresses
from crm_app.ui.elements import avatar, button, empty, grouped, head, page_link, skeleton_rows, tag
from crm_app.ui.field import choice, field, fixed_choice, text_field
from crm_app.ui.icons import icon
from crm_app.ui.inputs import url_text
from crm_app.ui.overlay import dialog, menu, menu_item

STATUS = (
    ("active", "g", "Active"),
    ("invited", "a", "Invited"),
    ("disabled", "r", "Disabled"),
    ("listed", "", "Not invited"),
)


def status_tag(status: rx.Var[str]) -> Any:
    """The status of an account in a word."""
    return rx.match(
        status, *[(key, tag(label, tone)) for key, tone, label in STATUS], rx.el.span("–", class_name="mut")
    )


def _role(role: rx.Var[str]) -> Any:
    return rx.match(role, *ROLE_NAMES.items(), role)


def _actions(row: rx.vars.ObjectVar[UserRow]) -> rx.Component:
    return menu(
        "Actions",
        icon("more"),
        menu_item("Edit", "person", on_click=UserList.start_edit(row.id)),
        rx.cond(
            row.email != "",
            menu_item(
                rx.cond(row.status == "active", "Link to a new password", "Invite with a link"),
                "exit",
                on_click=UserList.invite(row.id),
            ),
            rx.fragment(),
        ),
        rx.cond(
            row.status == "disabled",
            menu_item("Enable again", "check", on_click=UserList.enable(row.id)),
            rx.fragment(),
        ),
        rx.cond(
            row.status == "active", menu_item("Disable", "close", on_click=UserList.disable(row.id)), rx.fragment()
        ),
        class_name="btn quiet icononly",
    )


def _name(row: rx.vars.ObjectVar[UserRow]) -> rx.Component:
    """Leads to the page of rights for whom it opens."""
    shown = page_link(row.name, href=addresses.USERS + "/" + row.id.to(str), class_name="strong")
    return rx.cond(row.opens, shown, rx.el.span(row.name, class_name="strong"))


def _row(row: rx.vars.ObjectVar[UserRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(avatar(row.initials, row.color, row.name), _name(row), class_name="nowrap"),
        rx.el.td(
            rx.cond(row.email != "", row.email, rx.el.span("–", class_name="mut")),
            class_name=rx.cond(row.email != "", "mail", "mail none"),
        ),
        rx.el.td(_role(row.role), class_name="role nowrap"),
        rx.el.td(rx.cond(row.team != "", row.team, rx.el.span("–", class_name="mut")), class_name="team"),
        rx.el.td(status_tag(row.status), class_name="status"),
        rx.el.td(rx.cond(Viewer.may_administer, _actions(row), rx.fragment()), class_name="num"),
        key=row.id,
    )


def _table() -> rx.Component:
    names = ["Name", "E-mail", "Role", "Team", "Status"]
    return rx.el.div(
        rx.el.table(
            rx.el.thead(
                rx.el.tr(
                    *[rx.el.th(n, scope="col") for n in names],
                    rx.el.th(rx.el.span("Actions", class_name="sr"), scope="col"),
                )
            ),
            rx.el.tbody(rx.foreach(UserList.rows, _row)),
        ),
        class_name="tbl cards users",
        tab_index=0,
        role="region",
        custom_attrs={"aria-label": "Users"},
    )


def _user_dialog() -> rx.Component:
    who, errors = UserList.edited, UserList.errors
    return dialog(
        text_field("Name", "name", rx.cond(who, who.name, ""), errors["name"], required=True, max_length=120),
        text_field(
            "E-mail",
            "email",
            rx.cond(who, who.email, ""),
            errors["email"],
            type="email",
            help_text="Signs in with it; may stay empty for somebody who does not sign in.",
        ),
        rx.el.div(
            field(
                "Role", fixed_choice("role", list(ROLE_NAMES.items()), rx.cond(who, who.role, "sales")), errors["role"]
            ),
            field(
                "Team",
                choice("team_id", UserList.teams, rx.cond(who, who.team_id.to(str), ""), blank="No team"),
                errors["team_id"],
            ),
            class_name="grid2",
        ),
        open=UserList.editing,
        title=rx.cond(who, "Edit user", "New user"),
        submit="Save",
        on_submit=UserList.save,
        on_close=UserList.close,
        again=UserList.start_edit,
        about=(rx.cond(who, who.id, 0).to(int),),
    )


def _link_dialog() -> rx.Component:
    return dialog(
        rx.el.p(
            "Send this link to ",
            rx.el.b(rx.cond(UserList.invited != "", UserList.invited, "the new user")),
            ". It works once and is shown only now.",
            class_name="note",
        ),
        rx.el.input(value=UserList.link, read_only=True, class_name="in", custom_attrs={"aria-label": "Link"}),
        open=UserList.link != "",
        title=rx.cond(UserList.is_reset, "A new password", "Invitation"),
        submit="Done",
        on_submit=UserList.close_link,
        on_close=UserList.close,
    )


def users_screen() -> rx.Component:
    """The page of users."""
    return rx.el.div(
        rx.el.div(
            head(
                "Users",
                rx.el.span(
                    rx.cond(UserList.loaded, grouped(UserList.total) + " people. ", ""),
                    "An invited one chooses a password with a link.",
                ),
                url_text(param="q", label="Filter users", placeholder="Filter"),
                rx.cond(
                    Viewer.may_administer,
                    button("New user", kind="pri", picture="plus", on_click=UserList.start_new),
                    rx.fragment(),
                ),
            ),
            rx.cond(
                UserList.loaded,
                rx.cond(
                    UserList.rows.length() > 0,
                    _table(),
                    empty("Nobody found", "No user has these words in name, e-mail or team.", picture="users"),
                ),
                skeleton_rows(10),
            ),
            class_name="wide",
        ),
        _user_dialog(),
        _link_dialog(),
        class_name="page",
    )
