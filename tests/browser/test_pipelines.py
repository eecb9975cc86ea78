"""A pipeline is made, its stages are ordered and ask for something, the board asks it; a merge is taken back."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.support import card

MAKE = """
from sqlalchemy import select
from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply
from crm_app.tables import Pipeline, Stage

def fill(session):
    pipeline = session.scalars(select(Pipeline.id).where(Pipeline.name == "Partners")).one()
    stage = session.scalars(select(Stage.id).where(Stage.pipeline_id == pipeline, Stage.name == "Qualified")).one()
    wish = {"title": "Resale of storage", "stage_id": stage, "value_minor": 90000}
    return pipeline, apply(session, SYSTEM, Change("deal", op="create", set=wish)).id

print(*db.write_sync(fill))
"""
REMOVE = """
from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply_many
wishes = [Change("deal", {deal}, op="delete"), Change("pipeline", {pipeline}, op="delete")]
db.write_sync(lambda session: apply_many(session, SYSTEM, wishes))
"""


@pytest.fixture
def made(site) -> Iterator[list[int]]:
    """What the journey made: the pipeline and the deal go with it."""
    found: list[int] = []
    yield found
    if found:
        site.run(REMOVE.format(pipeline=found[0], deal=found[1]))


def test_a_pipeline_is_shaped_and_holds_the_board_to_it(admin: Page, site, made: list[int]) -> None:
    admin.goto(site.url + "/pipelines")
    admin.get_by_role("button", name="New pipeline").click()
    admin.get_by_label("Name", exact=True).fill("Partners")
    admin.get_by_role("button", name="Save", exact=True).click()
    box = admin.get_by_role("region", name="Partners", exact=True)
    names = box.locator("[data-stage] b")
    expect(names).to_have_text(["Qualified", "Offer", "Negotiation", "Won", "Lost"])
    box.get_by_role("button", name="Move Negotiation").focus()
    admin.keyboard.press("ArrowUp")
    expect(names).to_have_text(["Qualified", "Negotiation", "Offer", "Won", "Lost"])
    box.get_by_role("button", name="Actions of Negotiation").click()
    admin.get_by_role("menuitem", name="Edit stage").click()
    dialog = admin.get_by_role("dialog")
    dialog.get_by_label("Expected close: needed to enter").check()
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(box.locator("[data-stage]").nth(1)).to_contain_text("Needs expected close")

    made += [int(n) for n in site.run(MAKE).split()]
    pipeline, deal = made
    admin.goto(f"{site.url}/deals?pipeline={pipeline}")
    card(admin, deal).hover()
    card(admin, deal).locator(".cardmenu").click()
    admin.get_by_role("menuitem").filter(has_text="Negotiation").click()
    expect(dialog.locator(".field")).to_have_count(1)
    dialog.get_by_label("Expected close").fill("2027-03-01")
    dialog.get_by_role("button", name="Move the deal").click()
    expect(card(admin, deal, "Negotiation")).to_be_visible()

    admin.goto(site.url + "/pipelines")
    box.get_by_role("button", name="Actions of Negotiation").click()
    admin.get_by_role("menuitem", name="Merge into another").click()
    dialog.get_by_label("Merge into").select_option(label="Offer")
    dialog.get_by_role("button", name="Merge", exact=True).click()
    expect(names).to_have_text(["Qualified", "Offer", "Won", "Lost"])
    admin.locator(".toast", has_text=re.compile("Negotiation merged into Offer")).get_by_role(
        "button", name="Undo"
    ).click()
    expect(names).to_have_text(["Qualified", "Negotiation", "Offer", "Won", "Lost"])
