"""The own profile: three boxes."""

from zoneinfo import available_timezones

import reflex as rx

from crm_app.identity.state import OwnPassword, Profile
from crm_app.ui import addresses
from crm_app.ui.elements import button, head, link, skeleton_rows
from crm_app.ui.field import field, fixed_choice, text_field, text_input
from crm_app.ui.inputs import plain_form
from crm_app.ui.overlay import dialog

from .sessions import session_list

THEMES = [("system", "Like the system"), ("light", "Light"), ("dark", "Dark")]
LANGUAGES = [
    ("en", "English"),
    ("en-GB", "English (UK)"),
    ("de", "Deutsch"),
    ("fr", "Français"),
    ("nl", "Nederlands"),
    ("es", "Español"),
    ("it", "Italiano"),
    ("pl", "Polski"),
]
REGIONS = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")
ZONES = ["UTC", *sorted(zone for zone in available_timezones() if zone.startswith(REGIONS) and zone.count("/") == 1)]


def _about() -> rx.Component:
    me, errors = Profile.me, Profile.errors
    return rx.el.section(
        rx.el.header(rx.el.h3("You")),
        plain_form(
            rx.el.div(
                text_field("Name", "name", me.name, errors["name"], required=True, max_length=120),
                text_field(
                    "E-mail", "shown_email", me.email, help_text="An administrator can change it.", disabled=True
                ),
                rx.el.div(
                    field(
                        "Formats",
                        fixed_choice("locale", LANGUAGES, me.locale),
                        errors["locale"],
                        "How dates, numbers and money are written.",
                    ),
                    field(
                        "Time zone",
                        rx.fragment(
                            text_input("zone", me.zone, list="zones"),
                            rx.el.datalist(*[rx.el.option(value=zone) for zone in ZONES], id="zones"),
                        ),
                        errors["zone"],
                    ),
                    class_name="grid2",
                ),
                class_name="pad form",
            ),
            rx.el.footer(button("Save", kind="pri", type="submit")),
            on_submit=Profile.save,
        ),
        class_name="box",
    )


def _theme() -> rx.Component:
    return rx.el.section(
        rx.el.header(rx.el.h3("Appearance")),
        rx.el.div(
            rx.el.div(
                *[
                    rx.el.button(
                        label,
                        type="button",
                        class_name=rx.cond(Profile.me.theme == key, "on", ""),
                        custom_attrs={"aria-pressed": Profile.me.theme == key},
                        on_click=Profile.choose_theme(key),
                    )
                    for key, label in THEMES
                ],
                class_name="seg",
                role="group",
                custom_attrs={"aria-label": "Theme"},
            ),
            class_name="pad",
        ),
        class_name="box",
    )


def _sessions() -> rx.Component:
    return rx.el.section(
        rx.el.header(rx.el.h3("Where you are signed in")),
        session_list(Profile.sessions, Profile.revoke),
        class_name="box",
    )


def _access() -> rx.Component:
    return rx.el.section(
        rx.el.header(rx.el.h3("Access")),
        rx.el.div(
            button("Change password", on_click=OwnPassword.start),
            link("What you may do", addresses.USERS + "/" + Profile.me.id.to(str)),
            class_name="pad row wrap",
        ),
        class_name="box",
    )


def _password() -> rx.Component:
    errors = OwnPassword.errors
    return dialog(
        _secret("Present password", "current", errors["current"], "current-password"),
        _secret("New password", "password", errors["password"], "new-password", "At least 10 characters."),
        _secret("New password again", "repeated", errors["repeated"], "new-password"),
        open=OwnPassword.open,
        title="Change password",
        submit="Change",
        on_submit=OwnPassword.change,
        on_close=OwnPassword.close,
    )


def _secret(label: str, name: str, error: rx.Var[str], complete: str, help_text: str = "") -> rx.Component:
    return text_field(label, name, "", error, help_text, type="password", required=True, auto_complete=complete)


def profile_screen(*more: rx.Component) -> rx.Component:
    """The page of the profile; `more` are boxes of other features."""
    return rx.el.div(
        rx.el.div(
            head("Profile", "How Kith shows itself to you."),
            rx.cond(
                Profile.me, rx.fragment(_about(), _access(), _theme(), *more, _sessions()), skeleton_rows(8, "40px")
            ),
            class_name="narrow",
        ),
        _password(),
        class_name="page",
    )
