"""The dialog for a role at a company."""

import reflex as rx

from crm_app.people.state import RoleForm
from crm_app.records.state import RefSearch
from crm_app.records.words import listed_word
from crm_app.ui.field import field, text_field
from crm_app.ui.inputs import lookup
from crm_app.ui.overlay import dialog


def _check(name: str, words: str) -> rx.Component:
    return rx.el.label(
        rx.el.input(type="checkbox", name=name, default_checked=True), rx.el.span(words), class_name="checkline"
    )


def role_dialog() -> rx.Component:
    """A company, what somebody is or was there, and since when."""
    return dialog(
        field(
            "Company",
            lookup(
                name="company_id",
                label="Company",
                kind="company",
                placeholder="Type a name",
                found=RefSearch.found,
                on_search=RefSearch.look_up,
            ),
            RoleForm.errors["company_id"],
        ),
        field("Title", listed_word("title", "Title", "title", max_length=120)),
        rx.el.div(
            text_field("From", "starts_on", type="date"),
            text_field("Until", "ends_on", type="date"),
            class_name="grid2",
        ),
        rx.el.div(
            _check("current", "Works there now"),
            _check("is_primary", "This is the role that counts: company and title of the person"),
            class_name="checks",
        ),
        open=RoleForm.open,
        title="Add role",
        submit="Save",
        on_submit=RoleForm.create,
        on_close=RoleForm.close,
        again=RoleForm.start,
    )
