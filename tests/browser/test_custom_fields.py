"""An administrator adds a field: it stands at once on the open record and in the open list, is filled, filtered by."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

REMOVE = """
from sqlalchemy import select
from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply_many
from crm_app.core.changes.working import table_of
from crm_app.tables import CustomField

def clear(session):
    table = table_of(CustomField)
    ids = session.connection().execute(select(table.c.id).where(table.c.deleted_at.is_(None))).scalars()
    apply_many(session, SYSTEM, [Change("custom_field", id, op="delete") for id in list(ids)])

db.write_sync(clear)
"""
COMPANY = """
from crm_app.core import db
from crm_app.tables import Company
from sqlmodel import select
print(db.read_sync(lambda s: s.exec(select(Company.id).where(Company.name == "Cancity")).one()))
"""


COUNCIL = """
from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply
from crm_app.wire import wire

wire()
def make(**values):
    return db.write_sync(apply, SYSTEM, Change("custom_field", op="create", set={"kind": "company"} | values)).id

staff = make(key="staff", label="Staff", type="int", in_form=True)
shown = {"all": [{"f": f"custom.{staff}", "op": "ge", "v": "5"}]}
make(key="council", label="Council", required=True, visible_when=shown)
"""


@pytest.fixture(autouse=True)
def none_left(site) -> Iterator[None]:
    yield
    site.run(REMOVE)


def test_a_new_field_is_there_without_a_reload_and_is_used(admin: Page, sign_in: Callable[..., Page], site) -> None:
    company = int(site.run(COMPANY))
    record, listed = sign_in("manager"), sign_in("manager")
    record.goto(f"{site.url}/companies/{company}")
    expect(record.locator("[data-field=industry]")).to_be_visible()
    listed.goto(site.url + "/companies")
    listed.wait_for_selector("[data-ready=true] [data-row]")

    admin.goto(site.url + "/fields?kind=company")
    admin.get_by_role("button", name="New field").first.click()
    dialog = admin.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).fill("Metal")
    dialog.get_by_label("Type").select_option(label="Choice")
    dialog.get_by_label("New options").fill("Gold = Au\nSilver")
    dialog.get_by_label("What it means").fill("Of which the medal is made.")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    expect(admin.get_by_role("list", name="Fields", exact=True)).to_contain_text("2 options")

    field = record.locator(".prop", has_text="Metal")
    expect(field).to_be_visible()
    field.get_by_role("button", name="Metal: Add").click()
    field.get_by_label("Metal", exact=True).select_option(label="Gold")
    expect(field.get_by_role("button", name="Metal: Gold")).to_be_visible()

    listed.get_by_role("button", name="Columns", exact=True).click()
    listed.get_by_role("checkbox", name="Metal").click()
    listed.keyboard.press("Escape")
    expect(listed.locator(".lrow", has_text="Cancity")).to_contain_text("Gold")
    listed.get_by_role("button", name="Filter", exact=True).click()
    filters = listed.get_by_role("dialog")
    filters.get_by_label("Field").select_option(label="Metal")
    filters.get_by_label("Add to Metal").select_option(label="Gold")
    filters.get_by_role("button", name="Apply").click()
    expect(listed.locator("[data-row]")).to_have_count(1)
    expect(listed.locator(".fchip", has_text="Metal")).to_contain_text("is Gold")


def test_a_formula_says_what_is_wrong_and_shows_real_records_while_it_is_written(admin: Page, site) -> None:
    admin.goto(site.url + "/fields?kind=deal")
    admin.get_by_role("button", name="New field").first.click()
    dialog = admin.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).fill("Commission")
    dialog.get_by_label("Type").select_option(label="Formula")
    formula = dialog.get_by_role("textbox", name="Formula")
    formula.fill("{Title} * 0.1")
    expect(dialog.get_by_text("This is a text")).to_be_visible()
    formula.fill("{Value} * 0.1")
    expect(dialog.get_by_text("Gives: amount of money")).to_be_visible()
    expect(dialog.locator(".examples li")).to_have_count(3)
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    admin.goto(site.url + "/dictionary?kind=deal")
    expect(admin.locator("li", has_text="Commission")).to_contain_text("Computed: {Value} * 0.1")
    expect(admin).to_have_title(re.compile("Data dictionary"))


def test_the_dialog_shows_and_demands_what_is_typed_for(sign_in: Callable[..., Page], site) -> None:
    site.run(COUNCIL)
    page = sign_in("manager")
    page.goto(site.url + "/companies")
    page.wait_for_selector("[data-ready=true] [data-row]")
    page.keyboard.press("n")
    dialog = page.get_by_role("dialog")
    council, staff = dialog.get_by_label("Council"), dialog.get_by_label("Staff")
    expect(staff).to_be_visible()
    expect(council).to_be_hidden()
    staff.fill("12")
    expect(council).to_be_visible()
    expect(council).to_have_attribute("required", "")
    council.fill("Elected in May")
    staff.fill("4")
    expect(council).to_be_hidden()
    staff.fill("40")
    expect(council).to_be_visible()
    expect(council).to_have_value("Elected in May")
    dialog.locator("[name=name]").fill("Forty and Sons")
    dialog.get_by_role("button", name="Create company").click()
    expect(dialog).to_have_count(0)
    expect(page.locator(".prop", has_text="Council")).to_contain_text("Elected in May")


def test_help_leads_to_the_entry_of_the_dictionary(sign_in: Callable[..., Page], site) -> None:
    page = sign_in("manager", viewport={"width": 390, "height": 600})
    page.goto(site.url + "/dictionary?kind=deal#field-owner_id")
    expect(page.locator("#field-owner_id")).to_be_in_viewport()
    expect(page.locator("#field-title")).not_to_be_in_viewport()
