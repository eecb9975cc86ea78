"""The form of the organisation, in boxes by subject, beside a sample on its paper."""

from typing import Any

import reflex as rx

from crm_app import routes
from crm_app.organisation.rules import PAPERS
from crm_app.organisation.state import OrganisationPage
from crm_app.paper import LANGUAGES
from crm_app.ui.elements import banner, button, head, skeleton_rows
from crm_app.ui.field import field, fixed_choice, text_field
from crm_app.ui.icons import icon
from crm_app.ui.inputs import plain_form
from crm_app.ui.upload import drop_zone

UPLOAD = "organisation-logo"
PICTURES = {"image/png": [".png"], "image/jpeg": [".jpg", ".jpeg"], "image/gif": [".gif"], "image/webp": [".webp"]}
OPENED = "#toolbar=0&view=FitH"  # codespell:ignore fith
ROW, ERRORS = OrganisationPage.row, OrganisationPage.errors


def _text(label: str, name: str, help_text: str = "", **props: Any) -> rx.Component:
    return text_field(label, name, getattr(ROW, name), ERRORS[name], help_text, **props)


def _lines(label: str, name: str, help_text: str = "", rows: str = "2") -> rx.Component:
    area = rx.el.textarea(name=name, default_value=getattr(ROW, name), class_name="in", rows=rows, auto_complete="off")
    return field(label, area, ERRORS[name], help_text)


def _choice(label: str, name: str, options: list[tuple[str, str]], help_text: str = "") -> rx.Component:
    return field(label, fixed_choice(name, options, getattr(ROW, name)), ERRORS[name], help_text)


def _box(title: str, *parts: rx.Component) -> rx.Component:
    return rx.el.section(rx.el.header(rx.el.h3(title)), rx.el.div(*parts, class_name="pad form"), class_name="box")


def _pair(*parts: rx.Component) -> rx.Component:
    return rx.el.div(*parts, class_name="grid2")


def _who() -> rx.Component:
    return _box(
        "Who you are",
        _text("Name", "name", required=True, max_length=200),
        _lines("Street", "street"),
        _pair(_text("Postcode", "postcode", max_length=20), _text("City", "city", max_length=100)),
        _pair(_text("State or province", "region", max_length=100), _text("Country", "country", max_length=100)),
        _lines("Tax ids", "tax_ids", "One a line."),
        _pair(_text("E-mail", "email", max_length=254), _text("Phone", "phone", max_length=60)),
        _text("Website", "website", max_length=200),
    )


def _money() -> rx.Component:
    return _box(
        "Payment",
        _text("Days to pay", "payment_days", input_mode="numeric", max_length=3),
        _lines("Payment terms", "payment_terms", "{days} becomes the number of days."),
        _lines("Bank details", "bank", "One a line, such as the IBAN and the BIC.", "3"),
    )


def _look() -> rx.Component:
    return _box(
        "Look of documents",
        _pair(
            _choice("Language", "language", list(LANGUAGES.items())),
            _choice("Paper", "paper", [(name, name) for name in PAPERS]),
        ),
        field(
            "Colour",
            rx.el.input(name="colour", default_value=ROW.colour, class_name="in", type="color"),
            ERRORS["colour"],
            "Of the name, the bar at the top and the line under a table's header.",
        ),
        _lines("Footer", "footer", "On every page: register, directors, bank.", "3"),
    )


def _logo() -> rx.Component:
    return rx.el.section(
        rx.el.header(rx.el.h3("Logo")),
        rx.el.div(
            drop_zone(
                "Logo",
                rx.el.div(icon("file"), rx.el.span("Drop a picture here, or choose one"), class_name="drop small"),
                id=UPLOAD,
                accept=PICTURES,
                multiple=False,
                max_files=1,
                on_drop=OrganisationPage.receive_logo(rx.upload_files(upload_id=UPLOAD)),
            ),
            rx.el.span(ERRORS["logo"], class_name="err", role="alert"),
            rx.cond(
                ROW.logo != "",
                button("Remove the logo", kind="quiet", on_click=OrganisationPage.remove_logo),
                rx.el.span("PNG, JPEG, GIF or WebP. Without one, the name stands there.", class_name="mut"),
            ),
            class_name="pad form",
        ),
        class_name="box",
    )


def _sample() -> rx.Component:
    address = routes.SAMPLE + "?v=" + ROW.version.to(str)
    return rx.el.section(
        rx.el.header(
            rx.el.h3("What a customer sees"),
            rx.el.a("Open the sample", href=address, target="_blank", class_name="btn end"),
        ),
        rx.el.iframe(src=address + OPENED, title="A sample quote", class_name="sheet"),
        class_name="box",
    )


def organisation_screen() -> rx.Component:
    """The page of the organisation."""
    save = rx.el.div(button("Save", kind="pri", type="submit"), class_name="row")
    boxes = rx.el.div(_who(), _money(), _look(), save, class_name="stack far")
    form = plain_form(boxes, on_submit=OrganisationPage.save)
    return rx.el.div(
        rx.el.div(
            head("Organisation", "What stands on your quotes, orders, invoices and reports."),
            rx.cond(OrganisationPage.failure != "", banner(OrganisationPage.failure, "r", "alert"), rx.fragment()),
            rx.cond(
                ROW,
                rx.el.div(form, rx.el.div(_logo(), _sample(), class_name="stack far"), class_name="organisation"),
                skeleton_rows(10, "44px"),
            ),
            class_name="wide",
        ),
        class_name="page",
    )
