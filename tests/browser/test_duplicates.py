"""Somebody is typed who is here already: met beside the form, used instead, created anyway; on both sizes."""

import re

import pytest
from playwright.sync_api import Page, expect

MAKE = """
from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply
def make(kind, **values):
    return db.write_sync(lambda s: apply(s, SYSTEM, Change(kind, set=values, op="create")).id)
print(make("person", first_name="Oluwaseun", last_name="{0}", emails=[{{"value": "seun@{0}.example"}}]),
      make("company", name="{0} Instruments GmbH", domain="{0}.example"))
"""


def begin(page: Page, site) -> None:
    page.goto(f"{site.url}/people")
    expect(page.locator("[role=row]").nth(1)).to_be_visible()
    page.keyboard.press("n")
    opened = page.get_by_role("dialog", name="New person")
    expect(opened).to_be_visible()
    opened.evaluate("box => Promise.all(box.getAnimations({subtree: true}).map(a => a.finished)).then(() => null)")


def top_of(page: Page, label: str) -> float:
    box = page.get_by_label(label, exact=True).bounding_box()
    assert box is not None
    return box["y"]


def test_whom_one_types_is_here_already_and_takes_what_is_new(admin: Page, site) -> None:
    person, _ = site.run(MAKE.format("Adebayo")).split()
    begin(admin, site)
    before = top_of(admin, "Phone")
    admin.get_by_label("First name").fill("Oluwaseun")
    admin.get_by_label("Last name").fill("Adebayo")
    admin.get_by_label("E-mail", exact=True).fill("seun@adebayo.example")
    admin.get_by_label("Phone", exact=True).fill("+44 20 7946 0018")
    panel = admin.get_by_role("complementary", name="Possible duplicates")
    expect(panel).to_contain_text("Very likely the same")
    expect(panel).to_contain_text("Oluwaseun Adebayo")
    assert top_of(admin, "Phone") == pytest.approx(before, abs=0.5)  # nothing moved under the fingers
    panel.get_by_role("button", name="Use this one").click()
    expect(panel.get_by_role("checkbox", name=re.compile("Phone"))).to_be_checked()
    panel.get_by_role("button", name="Use and fill in").click()
    admin.wait_for_url(re.compile(rf"/people/{person}"))
    expect(admin.get_by_role("link", name=re.compile("7946 0018"))).to_be_visible()


def test_a_save_asks_first_and_a_double_click_makes_one(admin: Page, site) -> None:
    site.run(MAKE.format("Okonkwo"))
    begin(admin, site)
    admin.get_by_label("First name").fill("Oluwaseun")
    admin.get_by_label("Last name").fill("Okonkwo")
    admin.get_by_label("E-mail", exact=True).fill("seun@okonkwo.example")
    admin.keyboard.press("Control+Enter")  # before the panel could answer
    panel = admin.get_by_role("complementary", name="Possible duplicates")
    expect(panel).to_contain_text("Nothing was saved yet")
    expect(panel.get_by_role("button", name="Use this one")).to_be_visible()
    assert admin.get_by_label("E-mail", exact=True).input_value() == "seun@okonkwo.example"
    expect(admin.get_by_role("button", name="Create anyway")).to_be_visible()
    panel.get_by_role("button", name="is not a duplicate").click()
    expect(panel.get_by_role("button")).to_have_count(0)
    admin.get_by_role("button", name="Create person").dblclick()
    admin.wait_for_url(re.compile(r"/people/\d+"))
    admin.goto(f"{site.url}/people?q=Okonkwo")
    expect(admin.get_by_text("Oluwaseun Okonkwo", exact=True)).to_have_count(2)


def test_a_company_is_made_in_a_deal_where_the_one_that_is_here_is_taken(admin: Page, site) -> None:
    site.run(MAKE.format("Zyntra"))
    admin.goto(f"{site.url}/deals")
    admin.wait_for_selector("[data-card]")
    admin.keyboard.press("n")
    deal = admin.get_by_role("dialog", name="New deal")
    deal.get_by_role("textbox", name="Title", exact=True).fill("Scales for the lab")
    deal.get_by_role("combobox", name="Company").fill("Zyntra Instrments")
    deal.get_by_role("option", name=re.compile("New company")).click()
    quick = admin.get_by_role("dialog", name="New company")
    expect(quick.get_by_label("Name")).to_have_value("Zyntra Instrments")
    expect(quick).to_contain_text("Zyntra Instruments GmbH")
    quick.get_by_role("button", name="Use this one").first.click()
    take = quick.get_by_role("button", name=re.compile("^Use "))
    if take.count() and not quick.is_hidden():
        take.first.click()
    expect(quick).to_be_hidden()
    expect(deal.get_by_role("combobox", name="Company")).to_have_value("Zyntra Instruments GmbH")
    assert deal.get_by_role("textbox", name="Title", exact=True).input_value() == "Scales for the lab"


def test_a_company_made_from_the_form_of_a_person_stands_in_it(admin: Page, site) -> None:
    begin(admin, site)
    person = admin.get_by_role("dialog", name="New person")
    person.get_by_label("Last name").fill("Quarshie")
    person.get_by_role("combobox", name="Company").fill("Quixnor")
    person.get_by_role("option", name=re.compile("New company")).click()
    quick = admin.get_by_role("dialog", name="New company")
    quick.get_by_role("combobox", name="Parent company").fill("Quixnor Holding")
    quick.get_by_role("option", name=re.compile("New company")).click()
    expect(quick).to_have_count(2)
    quick.last.get_by_role("button", name="Create company").click()
    expect(quick).to_have_count(1)
    expect(quick.get_by_role("combobox", name="Parent company")).to_have_value("Quixnor Holding")
    quick.get_by_role("button", name="Create company").click()
    expect(quick).to_have_count(0)
    expect(person.get_by_role("combobox", name="Company")).to_have_value("Quixnor")
    expect(person.get_by_label("Last name")).to_have_value("Quarshie")
    person.get_by_role("button", name="Create person").click()
    admin.wait_for_url(re.compile(r"/people/\d+"))
    expect(admin.get_by_role("link", name="Quixnor").first).to_be_visible()


def test_on_a_phone_they_stand_below_the_fields(phone: Page, site) -> None:
    site.run(MAKE.format("Eze"))
    phone.goto(f"{site.url}/people")
    phone.get_by_role("button", name="New person").click()
    phone.get_by_label("First name").fill("Oluwaseun")
    phone.get_by_label("Last name").fill("Eze")
    phone.get_by_label("E-mail", exact=True).fill("seun@eze.example")
    jump = phone.get_by_role("button", name="1 here already?")
    expect(jump).to_be_visible()
    jump.tap()
    use = phone.get_by_role("button", name="Use this one")
    expect(use).to_be_in_viewport()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    box = use.bounding_box()
    assert box is not None and box["height"] >= 44


def test_the_work_list_by_keyboard_and_by_mouse(admin: Page, site) -> None:
    for word in ("Umeh", "Nwosu"):
        first, _ = site.run(MAKE.format(word)).split()
        second, _ = site.run(MAKE.format(word)).split()
    admin.goto(f"{site.url}/people/{first}")
    admin.get_by_role("link", name="1 possible duplicate").click()
    group = admin.get_by_role("article", name="Oluwaseun Nwosu")
    expect(group).to_have_count(1)
    expect(admin.get_by_role("article")).to_have_count(1)
    admin.keyboard.press("j")
    expect(group).to_be_focused()
    admin.keyboard.press("n")
    expect(group).to_have_count(0)
    expect(admin.get_by_role("status").filter(has_text="kept apart")).to_be_visible()
    admin.get_by_role("button", name="Take back").click()
    expect(group).to_have_count(1)
    admin.keyboard.press("j")
    admin.keyboard.press("m")
    admin.wait_for_url(re.compile(rf"/merge\?kind=person&ids=({first},{second}|{second},{first})"))

    admin.goto(f"{site.url}/duplicates")
    for word in ("Umeh", "Nwosu"):
        box = admin.get_by_role("checkbox", name=f"Choose Oluwaseun {word}")
        box.click()
        expect(box).to_be_checked()
    admin.get_by_role("toolbar", name="Chosen groups").get_by_role("button", name="Merge…").click()
    plan = admin.get_by_role("dialog", name="Merge the chosen ones")
    expect(plan).to_contain_text("2 groups become one record each")
    plan.get_by_role("button", name="Merge", exact=True).click()
    expect(plan).to_be_hidden()
    expect(admin.locator(".toast").last).to_contain_text("2 merged")
    expect(admin.get_by_role("article", name="Oluwaseun Nwosu")).to_have_count(0)
