"""The calendar and one's day: plan by a click, move by a drag, done by a key, and asked for what comes next."""

import re

from playwright.sync_api import Page, expect

WHO = """
from sqlmodel import select
from crm_app.core import db
from crm_app.tables import User
print(db.read_sync(lambda s: s.exec(select(User.id).where(User.email == "manager@example.org")).one()))
"""
PLAN = """
from datetime import timedelta
from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply
from crm_app.core.clock import now
values = dict(type="meeting", subject="Look at the new hall", owner_id={}, due_at=now() + timedelta(minutes=5))
print(db.write_sync(lambda s: apply(s, SYSTEM, Change("activity", set=values, op="create"))).id)
"""
DROP = """
from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply
db.write_sync(lambda s: apply(s, SYSTEM, Change("activity", {}, op="delete")))
"""


def slot(page: Page, day: int, clock: str) -> tuple[float, float]:
    """The middle of a place in the week: its day from 0, its hour as `HH:00:00`."""
    lane = page.locator(f".fc-timegrid-slot-lane[data-time='{clock}']").bounding_box()
    column = page.locator(".fc-timegrid-col[data-date]").nth(day).bounding_box()
    assert lane is not None and column is not None
    return column["x"] + column["width"] / 2, lane["y"] + lane["height"] / 2


def test_planned_by_a_click_moved_by_a_drag_and_done_by_a_key(manager: Page, site) -> None:
    page = manager
    page.goto(site.url + "/calendar?view=week")
    page.wait_for_selector(".calendar[data-ready]")
    page.mouse.click(*slot(page, 2, "10:00:00"))
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Time (empty: the whole day)")).to_have_value("10:00")
    dialog.get_by_label("Subject").fill("Walk through the offer")
    page.keyboard.press("Control+Enter")
    event = page.locator(".fc-event", has_text="Walk through the offer")
    expect(event).to_contain_text("10:00")
    box = event.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + 22, box["y"] + 20, steps=3)
    page.mouse.move(*slot(page, 3, "13:00:00"), steps=12)
    page.mouse.up()
    expect(page.locator(".toast", has_text="Moved.")).to_be_visible()
    expect(event).to_contain_text(re.compile("1[23]:"))
    page.keyboard.press("g")
    page.keyboard.press("m")
    page.wait_for_selector(".daylist [data-activity]")
    overdue = page.get_by_role("region", name="Overdue")
    before = overdue.locator("li").count()
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator(".toast", has_text="Done.")).to_be_visible()
    expect(page.get_by_role("dialog", name="What comes next?")).to_contain_text("Nothing else is planned for")
    page.get_by_role("button", name="Plan it").click()
    expect(page.locator(".toast", has_text="Planned.")).to_be_visible()
    expect(overdue.locator("li")).to_have_count(before - 1)


def test_what_a_colleague_plans_for_me_appears_while_i_look(manager: Page, admin: Page, site) -> None:
    """A calendar and a day hear of it without a reload; the calendar of somebody else does not change."""
    for page in (manager, admin):
        page.goto(site.url + "/calendar?view=week")
        page.wait_for_selector(".calendar[data-ready]")
    me = int(site.run(WHO))
    planned = site.run(PLAN.format(me)).strip()
    event = manager.locator(".fc-event", has_text="Look at the new hall")
    expect(event).to_have_count(1)
    expect(admin.locator(".fc-event", has_text="Look at the new hall")).to_have_count(0)
    manager.goto(site.url + "/day")
    row = manager.locator(".daylist [data-activity]", has_text="Look at the new hall")
    expect(row).to_have_count(1)
    site.run(DROP.format(planned))
    expect(row).to_have_count(0)
