"""Lists as people use them: keyboard, cells, filters, views, many at once, new records, a colleague, a phone."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.browser.support import resting_place

READY = "[data-ready=true] [data-row]"


def open_list(page: Page, site, path: str) -> None:
    page.goto(site.url + path)
    page.wait_for_selector(READY)


def title(page: Page, text: str) -> Locator:
    """The row with this title."""
    return page.locator(".lrow", has=page.locator(".open", has_text=re.compile(f"^{re.escape(text)}$")))


def cell(page: Page, text: str, column: str) -> Locator:
    return title(page, text).locator(f"[data-col='{column}']")


def count_deals(site) -> int:
    """How many there are; 202 at first, and other journeys make some."""
    return int(
        site.run(
            "from crm_app.core import db\nfrom crm_app.tables import Deal\nfrom sqlmodel import func, select\n"
            "print(db.read_sync(lambda s: s.exec(select(func.count()).where(Deal.deleted_at.is_(None))).one()))"
        )
    )


def test_keyboard_cells_and_the_way_back(admin: Page, site) -> None:
    """J and the arrows reach a cell, Enter edits it, Tab goes on, Esc leaves; a record and Back keep the place."""
    open_list(admin, site, "/companies")
    for key in ("j", "ArrowRight", "ArrowRight", "Enter"):
        admin.keyboard.press(key)
    expect(admin.get_by_role("textbox", name="Industry")).to_be_focused()
    admin.keyboard.press("Control+a")
    admin.keyboard.type("mining")
    admin.keyboard.press("Tab")
    expect(admin.get_by_role("textbox", name="Country")).to_be_focused()
    admin.keyboard.press("Escape")
    first = admin.locator("[data-row]").first
    expect(first.locator("[data-col=industry]")).to_have_text("mining")
    admin.keyboard.press("x")
    expect(admin.locator(".bulk b")).to_have_text("1 selected")
    name = first.locator(".open").inner_text()
    first.locator(".open").click()
    expect(admin).to_have_url(re.compile(r"/companies/\d+\?list=sort%3Dname"))
    admin.go_back()
    expect(title(admin, name)).to_have_class(re.compile(r"\bon\b"))
    expect(admin.locator(".bulk b")).to_have_text("1 selected")


def test_a_wrong_value_stays_in_its_cell_and_a_conflict_shows_both(admin: Page, site) -> None:
    open_list(admin, site, "/companies?cols=name,employees,domain")
    target = cell(admin, "Isdom", "employees")
    target.dblclick()
    admin.keyboard.type("many")
    admin.keyboard.press("Enter")
    expect(target.get_by_role("alert")).to_contain_text("must be a whole number")
    admin.keyboard.press("Escape")
    target = cell(admin, "Isdom", "domain")
    target.dblclick()
    site.run(
        "from crm_app.core import db\nfrom crm_app.core.actor import SYSTEM\n"
        "from crm_app.core.changes import Change, apply\nfrom crm_app.tables import Company\n"
        "from sqlmodel import select\n"
        "id = db.read_sync(lambda s: s.exec(select(Company.id).where(Company.name == 'Isdom')).one())\n"
        "db.write_sync(apply, SYSTEM, Change('company', id, {'domain': 'theirs.example'}))"
    )
    admin.keyboard.type("mine.example")
    admin.keyboard.press("Enter")
    expect(target.get_by_role("alert")).to_contain_text("theirs.example")
    target.get_by_role("button", name="Save mine").click()
    expect(target).to_have_text("mine.example")


def test_what_is_done_in_a_list_asks_for_what_comes_next(admin: Page, site) -> None:
    subject = "Call about the fair"
    site.run(
        "from datetime import timedelta\n"
        "from sqlalchemy import text\n"
        "from crm_app.core import db\nfrom crm_app.core.actor import SYSTEM\nfrom crm_app.core.clock import now\n"
        "from crm_app.core.changes import Change, apply\n"
        "def make(session):\n"
        "    deal = session.execute(text(\"SELECT id FROM deal WHERE title = 'Engaging deal 29'\")).scalar()\n"
        f"    due = dict(type='call', subject={subject!r}, deal_id=deal, due_at=now() + timedelta(days=1))\n"
        "    apply(session, SYSTEM, Change('activity', op='create', set=due))\n"
        "db.write_sync(make)"
    )
    open_list(admin, site, "/activities?cols=subject,done_at&sort=-subject")
    cell(admin, subject, "done_at").dblclick()
    admin.get_by_label("Done", exact=True).fill("2026-07-01T15:30")
    admin.keyboard.press("Enter")
    asked = admin.get_by_role("dialog", name="What comes next?")
    expect(asked).to_contain_text("Nothing else is planned for Engaging deal 29")
    asked.get_by_role("button", name="Not now").click()
    expect(asked).to_have_count(0)


def test_tags_are_typed_with_commas_between(admin: Page, site) -> None:
    open_list(admin, site, "/companies?cols=name,tags")
    target = cell(admin, "Isdom", "tags")
    for typed, shown in (("Key account, Berlin", 2), ("berlin", 1)):
        target.dblclick()
        admin.keyboard.type(typed)
        admin.keyboard.press("Enter")
        expect(target.locator(".tag")).to_have_count(shown)
    expect(target).to_have_text("Berlin")


def test_a_filter_becomes_a_view_in_the_rail(admin: Page, site) -> None:
    """Two conditions in words, sorted, kept under a name, changed, put back."""
    open_list(admin, site, "/deals/list")
    expect(admin.locator(".lbar .sum b")).to_have_text(str(count_deals(site)))
    admin.get_by_role("button", name="Filter", exact=True).click()
    admin.get_by_label("Field").select_option(label="Stage")
    admin.locator(".many select").select_option(label="Won")
    admin.get_by_role("button", name="Apply").click()
    expect(admin.locator(".lbar .sum b")).to_have_text("120")
    expect(admin.locator(".fchip b")).to_have_text("is Won")
    admin.get_by_role("button", name="Save view").click()
    admin.get_by_label("Name").fill("Won deals")
    admin.get_by_role("button", name="Save", exact=True).click()
    rail = admin.get_by_role("navigation", name="Main", exact=True).get_by_role("link", name="Won deals")
    expect(rail).to_have_attribute("aria-current", "page")
    admin.get_by_role("columnheader", name="Value").get_by_role("button").click()
    expect(admin.get_by_role("button", name="Reset")).to_be_visible()
    expect(admin.locator("[data-row] [data-col=value_minor]").first).to_have_text(re.compile("1,000"))
    admin.get_by_role("button", name="Reset").click()
    expect(admin.get_by_role("button", name="Reset")).to_have_count(0)
    admin.get_by_role("link", name="Board").click()
    expect(admin.locator("[data-card]").first).to_be_visible()


def test_scrolling_brings_every_row_once(admin: Page, site) -> None:
    open_list(admin, site, "/deals/list?sort=title")
    box = admin.get_by_role("grid")
    deals = count_deals(site)
    assert 200 < deals < 250
    for count in (100, 150, 200, deals):
        box.evaluate("e => e.scrollTo(0, e.scrollHeight)")
        expect(admin.locator("[data-row]")).to_have_count(count)
    ids = admin.locator("[data-row]").evaluate_all("all => all.map(e => e.dataset.row)")
    assert len(set(ids)) == deals


def test_a_list_stands_where_it_was_left_on_return(admin: Page, site) -> None:
    """Scrolled beyond the first page, a record opened from there: Back shows the same rows, to the pixel."""
    open_list(admin, site, "/deals/list?sort=title")
    box = admin.get_by_role("grid")
    box.evaluate("e => e.scrollTo(0, e.scrollHeight)")
    expect(admin.locator("[data-row]")).to_have_count(100)
    link = admin.locator("[data-row]").nth(70).locator(".open")
    link.evaluate("e => e.scrollIntoView({ block: 'center' })")
    name, before = link.inner_text(), resting_place(link)
    assert box.evaluate("e => e.scrollTop") > 1000
    link.click()
    admin.wait_for_url(re.compile(r"/deals/\d+"))
    expect(box).to_have_count(0)
    admin.go_back()
    expect(title(admin, name).locator(".open")).to_be_in_viewport(ratio=1)
    assert abs(resting_place(title(admin, name).locator(".open"))["y"] - before["y"]) <= 1
    assert admin.locator("[data-row]").count() >= 100


def test_all_that_match_are_changed_and_taken_back_at_once(admin: Page, site) -> None:
    open_list(admin, site, "/deals/list")
    deals = count_deals(site)
    first = admin.locator("[data-row]").first.get_attribute("data-row")
    close = admin.locator(f"[data-row='{first}'] [data-col=expected_close_on]")
    before = close.inner_text()
    admin.get_by_label("Select all rows").click()
    admin.get_by_role("button", name=f"All {deals}").click()
    admin.get_by_role("toolbar").get_by_role("button", name="Edit").click()
    dialog = admin.get_by_role("dialog")
    dialog.get_by_label("Field").select_option(label="Expected close")
    dialog.get_by_label("New value").last.fill("2032-03-04")  # a day that no other journey sets
    dialog.get_by_role("button", name="Apply").click()
    expect(admin.locator(".toast")).to_contain_text(f"{deals} changed.")
    expect(close).to_have_text("4 Mar 2032")
    admin.locator(".toast .act").click()
    expect(admin.locator(".toast")).to_contain_text([f"{deals} taken back."])
    expect(close).to_have_text(before)


def test_a_new_person_survives_a_mistake_and_a_reload(admin: Page, site) -> None:
    open_list(admin, site, "/people")
    admin.keyboard.press("n")
    dialog = admin.get_by_role("dialog", name="New person")
    dialog.get_by_label("Last name").fill("Okafor")
    dialog.get_by_label("E-mail").fill("nobody")
    dialog.get_by_role("button", name="Create person").click()
    expect(dialog.get_by_role("alert")).to_have_text("An e-mail address looks like name@example.org.")
    admin.reload()
    expect(dialog.get_by_label("Last name")).to_have_value("Okafor")
    dialog.get_by_label("E-mail").fill("okafor@example.org")
    dialog.get_by_role("button", name="Create person").click()
    expect(admin).to_have_url(re.compile(r"/people/\d+"))
    expect(admin.locator(".toast")).to_contain_text("Person created.")
    expect(admin.get_by_role("heading", name="Okafor").first).to_be_visible()


def test_a_colleague_sees_the_change_within_a_second(admin: Page, sign_in: Callable[..., Page], site) -> None:
    other = sign_in("manager")
    open_list(other, site, "/companies")
    open_list(admin, site, "/companies")
    cell(admin, "Hatfan", "country").dblclick()
    admin.keyboard.type("Peru")
    admin.keyboard.press("Enter")
    expect(cell(other, "Hatfan", "country")).to_have_text("Peru", timeout=1000)


def test_a_phone_shows_cards_and_never_scrolls_sideways(phone: Page, site) -> None:
    open_list(phone, site, "/companies")
    expect(phone.get_by_role("columnheader")).to_have_count(0)
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    box = phone.locator("[data-row] .lpick").first.bounding_box()
    assert box is not None and box["width"] >= 44 and box["height"] >= 44
    phone.locator("[data-row] input").first.tap()
    expect(phone.locator(".bulk b")).to_have_text("1 selected")
    phone.get_by_role("button", name="Clear the selection").tap()
    phone.locator("[data-row]").nth(1).tap()
    expect(phone).to_have_url(re.compile(r"/companies/\d+\?list="))


def test_nothing_found_and_nothing_readable_are_said_in_words(admin: Page, site) -> None:
    admin.goto(site.url + "/people?q=nobodyhasthisname")
    expect(admin.get_by_role("heading", name="No person matches")).to_be_visible()
    admin.get_by_role("button", name="Clear the filter").click()
    expect(admin.locator(READY).first).to_be_visible()
    admin.goto(site.url + "/people?sort=nothing")
    expect(admin.get_by_role("heading", name="This list cannot be shown")).to_be_visible()
    admin.get_by_role("link", name="Show all people").click()
    expect(admin.locator(READY).first).to_be_visible()
