"""The palette: found while typing, from the keyboard alone, with a preview; and by touch on a phone."""

import re
import shutil

import pytest
from playwright.sync_api import Locator, Page, expect

from search.embedded.folder import Folder
from tests.browser.conftest import Site
from tests.browser.support import open_board

pytestmark = pytest.mark.browser


SAME_WORD = """
from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply
make = lambda s, kind, **values: apply(s, SYSTEM, Change(kind, set=values, op="create"))
db.write_sync(make, "company", name="Kumquat Works")
db.write_sync(make, "person", last_name="Kumquat", display_name="Dirk Kumquat")
"""


def opened(page: Page, site: Site) -> Page:
    open_board(page, site)
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Search or run a command")).to_be_focused()
    return page


def chosen(page: Page) -> Locator:
    """The row that Enter would take."""
    return page.get_by_role("listbox", name="Results").get_by_role("option", selected=True)


def test_a_record_is_found_previewed_and_opened_from_the_keyboard(admin: Page, site: Site) -> None:
    page = opened(admin, site)
    page.keyboard.type("rangr", delay=40)
    expect(chosen(page)).to_contain_text("Rangreen")
    preview = page.get_by_role("complementary", name="Preview")
    expect(preview.get_by_role("heading", name="Rangreen")).to_be_visible()
    expect(preview).to_contain_text("retail")
    page.keyboard.type("zzz")
    expect(page.get_by_text("Nothing is called “rangrzzz”.")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_what_is_found_is_narrowed_to_one_kind(admin: Page, site: Site) -> None:
    page = opened(admin, site)
    site.run(SAME_WORD)
    page.keyboard.type("kumquat")
    kinds = page.get_by_role("group", name="Kinds")
    expect(kinds.get_by_role("button")).to_have_text(["All2", "Companies1", "People1"], timeout=10_000)
    expect(kinds.get_by_role("button", name="All")).to_have_attribute("aria-pressed", "true")
    groups = page.locator(".pal-group")
    expect(groups).to_have_count(2)
    kinds.get_by_role("button", name="Companies").click()
    expect(groups).to_have_text(["Companies"])
    page.keyboard.press("Tab")
    expect(groups).to_have_text(["People"])
    expect(page.locator(".palette mark").first).to_have_text("Kumquat")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Control+a")
    page.keyboard.type("dark")
    expect(page.get_by_role("listbox", name="Results").get_by_role("option")).to_have_text(
        ["Change theme: dark", re.compile("Dirk Kumquat")]  # who is alike stands behind what is meant
    )
    expect(chosen(page)).to_have_text("Change theme: dark")


def test_owners_and_stages_narrow_from_the_keyboard_with_counts(admin: Page, site: Site) -> None:
    """Up from the first row to the chips, along them, Enter; a letter lands in the field again."""
    page = opened(admin, site)
    page.keyboard.type("deal")
    owners, stages = (page.get_by_role("group", name=name) for name in ("Owners", "Stages"))
    every = page.get_by_role("group", name="Kinds").get_by_role("button", name="All")
    noor = owners.get_by_role("button", name="Noor Khalil")
    count = noor.locator("span")
    expect(count).to_have_text(re.compile(r"^\d+$"), timeout=10_000)
    assert sum(map(int, owners.locator("span").all_inner_texts())) <= int(every.locator("span").inner_text())
    hers = count.inner_text()
    page.keyboard.press("ArrowUp")
    expect(every).to_be_focused()
    for _ in range(12):
        if noor.evaluate("e => e === document.activeElement"):
            break
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(noor).to_have_attribute("aria-pressed", "true")
    expect(every.locator("span")).to_have_text(hers)
    expect(count).to_have_text(hers)
    stages.get_by_role("button", name="Won").click()
    expect(page.get_by_role("combobox", name="Search or run a command")).to_be_focused()
    expect(page.get_by_role("listbox", name="Results").get_by_role("option")).not_to_have_count(0)
    expect(page.locator(".palette small").filter(has_not_text="Won")).to_have_count(0)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Backspace")
    page.keyboard.type("l 1")
    expect(page.get_by_role("combobox", name="Search or run a command")).to_have_value("deal 1")
    expect(chosen(page)).to_have_text(re.compile("^Won deal 1"))  # all that is found stays narrowed


def test_pages_and_actions_are_found_by_words(admin: Page, site: Site) -> None:
    page = opened(admin, site)
    page.keyboard.type("new deal")
    expect(chosen(page)).to_have_text("New deal")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="New deal").get_by_role("textbox", name="Title", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("Control+k")
    page.keyboard.type("import")
    expect(chosen(page)).to_have_text("Import")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/import$"))
    expect(page.get_by_role("heading", name="Import", level=1)).to_be_visible()
    page.keyboard.press("Control+k")
    page.keyboard.type("go usrs")
    expect(chosen(page)).to_have_text("Users")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Users", level=1)).to_be_visible()
    page.keyboard.press("Control+k")
    page.keyboard.type("theme dark")
    expect(chosen(page)).to_have_text("Change theme: dark")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_class(re.compile("dark"))
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Search or run a command")).to_be_focused()
    page.keyboard.type("theme system")
    expect(chosen(page)).to_have_text("Change theme: system")
    page.keyboard.press("Enter")
    expect(page.locator("html")).not_to_have_class(re.compile("dark"))


def test_papers_open_on_enter_and_an_activity_over_the_page(admin: Page, site: Site) -> None:
    page = opened(admin, site)
    page.keyboard.type("roll cancity", delay=20)
    expect(chosen(page)).to_contain_text("Cancity · Roll-out")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/(quotes|orders)/\d+$"))
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile(r"\d{4}-\d"))
    page.keyboard.press("Control+k")
    expect(chosen(page)).to_contain_text("Cancity · Roll-out")  # the first of those looked at
    page.keyboard.type("ask again", delay=20)
    expect(chosen(page)).to_contain_text("Ask again")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(1)
    expect(page.get_by_role("dialog").get_by_label("Subject")).to_have_value("Ask again")
    expect(page).to_have_url(re.compile(r"/(quotes|orders)/\d+$"))


def test_without_an_index_beginnings_are_found_and_a_notice_says_so(admin: Page, site: Site) -> None:
    """The index deleted under the running server, its new one held back: the notice stands until it is built."""
    page, folder = opened(admin, site), site.server.data_dir / "search"
    notice = page.get_by_text("Search is being rebuilt: only beginnings of names are compared for now.")
    shutil.rmtree(folder)
    with Folder(folder, "").turn("rebuild"):
        page.keyboard.type("rangr", delay=20)
        expect(notice).to_be_visible()
        expect(chosen(page)).to_contain_text("Rangreen")
        page.keyboard.type("x")
        expect(page.get_by_text("Nothing is called “rangrx”.")).to_be_visible()
    expect(notice).to_have_count(0)
    page.keyboard.press("Backspace")
    page.keyboard.type("een")
    expect(chosen(page)).to_contain_text("Rangreen")
    expect(notice).to_have_count(0)


def test_it_opens_by_touch_and_fits_the_phone(phone: Page, site: Site) -> None:
    open_board(phone, site)
    phone.get_by_role("button", name="Search or run a command").tap()
    box = phone.get_by_role("dialog", name="Search or run a command").bounding_box()
    assert box is not None and box["width"] <= 390
    phone.get_by_role("option", name="Teams").tap()
    expect(phone).to_have_url(re.compile("/teams$"))


def test_a_seller_does_not_find_the_deals_of_others(seller: Page, site: Site) -> None:
    page = opened(seller, site)
    page.keyboard.type("prospecting deal 0")  # belongs to the manager
    expect(page.get_by_text("Nothing is called “prospecting deal 0”.")).to_be_visible()
    page.keyboard.press("Backspace")
    page.keyboard.type("1")
    expect(chosen(page)).to_contain_text("Prospecting deal 1")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/deals/\d+$"))
