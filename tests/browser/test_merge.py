"""Two people become one and two again: from the list, side by side, the toast, the old address, what came since."""

import re

from playwright.sync_api import Page, expect

MAKE = """
from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply
def make(**values):
    return db.write_sync(lambda s: apply(s, SYSTEM, Change("person", set=values, op="create")).id)
one = make(first_name="Merle", last_name="Fontaine", emails=[{{"value": "merle@{0}.example"}}])
two = make(first_name="Merle", last_name="Fontaine-Roy", title="Buyer", emails=[{{"value": "m.roy@{0}.example"}}])
print(one, two)
"""


def two_people(site, word: str) -> tuple[str, str]:
    one, two = site.run(MAKE.format(word)).split()
    return one, two


def test_two_people_are_merged_and_the_merge_undone(admin: Page, site) -> None:
    one, two = two_people(site, "list")
    admin.goto(f"{site.url}/people?q=Merle%20Fontaine")
    boxes = admin.locator("[role=row] input[type=checkbox]")
    expect(boxes.last).to_be_visible()
    for title in ("Merle Fontaine", "Merle Fontaine-Roy"):
        admin.get_by_role("row").filter(has=admin.get_by_text(title, exact=True)).locator("input").first.check()
    admin.get_by_role("toolbar", name="Selected rows").get_by_role("button", name="Merge").click()
    expect(admin.get_by_role("group", name="Last name")).to_be_visible()
    name = admin.get_by_role("group", name="Last name").get_by_role("radio").first
    name.click()
    expect(name).to_be_checked()
    stays = admin.get_by_role("group", name="Which one stays?").get_by_role("radio").first
    stays.click()
    expect(stays).to_be_checked()
    expect(admin.locator(".merge")).to_contain_text("m.roy@list.example")
    admin.get_by_role("button", name="Merge", exact=True).click()
    admin.wait_for_url(re.compile(r"/people/\d+"))
    survivor = admin.url.rsplit("/", 1)[1].split("?")[0]
    loser = two if survivor == one else one
    for address in ("merle@list.example", "m.roy@list.example"):
        expect(admin.get_by_role("link", name=address)).to_be_visible()
    expect(admin.locator(".ev").filter(has_text="into this person")).to_be_visible()
    toast = admin.locator(".toast .act").last
    expect(toast).to_be_visible()
    other = admin.context.new_page()
    other.goto(f"{site.url}/people/{loser}")
    other.wait_for_url(re.compile(rf"/people/{survivor}"))
    other.close()
    toast.click()
    expect(admin.locator(".toast").last).to_contain_text("Undone.")
    admin.goto(f"{site.url}/people/{loser}")
    expect(admin.locator(".timeline .ev").first).to_be_visible()
    assert admin.url.endswith(f"/people/{loser}")


def test_what_came_since_goes_where_one_says(admin: Page, site) -> None:
    one, two = two_people(site, "since")
    admin.goto(f"{site.url}/people/{one}")
    admin.get_by_role("button", name="More for this record").click()
    admin.get_by_role("menuitem", name="Merge…").click()
    admin.get_by_label("The other one").fill("Merle Fontaine-R")
    admin.get_by_role("option", name=re.compile("Merle Fontaine-Roy")).last.click()
    admin.get_by_role("button", name="Compare").click()
    expect(admin.get_by_role("group", name="Which one stays?")).to_be_visible()
    admin.goto(f"{site.url}/merge?kind=person&ids={one},{two}")
    stays = admin.get_by_role("group", name="Which one stays?").get_by_role("radio").first
    stays.click()
    expect(stays).to_be_checked()
    admin.get_by_role("button", name="Merge", exact=True).click()
    admin.wait_for_url(re.compile(rf"/people/{one}"))
    admin.get_by_role("button", name="Add an e-mail").click()
    admin.get_by_label("E-mail", exact=True).fill("later@since.example")
    admin.keyboard.press("Enter")
    expect(admin.get_by_role("link", name="later@since.example")).to_be_visible()
    event = admin.locator(".ev").filter(has_text="into this person")
    event.hover()
    event.get_by_role("button", name=re.compile("Undo")).click()
    admin.wait_for_url(re.compile("/unmerge"))
    admin.get_by_label("E-mail: later@since.example, work").select_option(label="Goes with Merle Fontaine-Roy")
    admin.get_by_role("button", name="Undo the merge").click()
    admin.wait_for_url(re.compile(rf"/people/{one}"))
    admin.goto(f"{site.url}/people/{two}")
    expect(admin.get_by_role("link", name="later@since.example")).to_be_visible()
