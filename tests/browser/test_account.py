"""Signing in, the theme, the profile, users and teams, an import."""

import re
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.browser.seed import PASSWORD
from tests.browser.support import open_board


def test_signing_in_leads_home_and_out_again(browser: Browser, site) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(site.url)
    expect(page).to_have_url(re.compile("/sign-in"))
    page.locator("input[name=email]").fill("seller@example.org")
    page.locator("input[type=password]").fill(PASSWORD)
    page.locator("button[type=submit]").click()
    expect(page.get_by_role("heading", name="My open deals")).to_be_visible()
    page.locator("button.me").click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page).to_have_url(re.compile("/sign-in"))
    context.close()


def test_the_theme_follows_the_system_then_the_profile_without_a_flash(sign_in, site) -> None:
    page = sign_in("manager", color_scheme="dark")
    page.goto(site.url + "/profile")
    expect(page.locator("html")).to_have_class(re.compile("dark"))
    page.get_by_role("button", name="Light").click()
    expect(page.locator("html")).to_have_class(re.compile("light"))
    page.add_init_script(
        "new MutationObserver(() => { (window.seen ??= []).push(document.documentElement.className) })"
        ".observe(document, {subtree: true, attributes: true, attributeFilter: ['class']})"
    )
    page.reload()
    page.wait_for_selector(".seg .on")
    assert not any("dark" in name for name in page.evaluate("window.seen ?? []"))
    page.get_by_role("button", name="Like the system").click()
    expect(page.locator("html")).to_have_class(re.compile("dark"))


def test_the_rail_stays_folded(admin: Page, site) -> None:
    open_board(admin, site)
    admin.get_by_role("button", name="Fold the menu").click()
    admin.reload()
    assert admin.locator(".rail").evaluate("rail => rail.offsetWidth") == 56


def test_another_session_is_ended_from_the_profile(sign_in, site) -> None:
    other, mine = sign_in("seller"), sign_in("seller")
    open_board(other, site)
    mine.goto(site.url + "/profile")
    mine.wait_for_selector(".list li")
    while mine.get_by_role("button", name="Sign out").count():
        before = mine.get_by_role("button", name="Sign out").count()
        mine.get_by_role("button", name="Sign out").first.click()
        expect(mine.get_by_role("button", name="Sign out")).to_have_count(before - 1)
    expect(other).to_have_url(re.compile("/sign-in"), timeout=5_000)
    expect(mine.get_by_text("This one")).to_be_visible()


def test_the_profile_refuses_a_zone_that_is_none(admin: Page, site) -> None:
    admin.goto(site.url + "/profile")
    admin.locator("input[name=zone]").fill("Mars/Olympus")
    admin.get_by_role("button", name="Save").click()
    expect(admin.locator(".err", has_text="time zone")).to_be_visible()
    admin.locator("input[name=zone]").fill("Europe/Paris")
    admin.get_by_role("button", name="Save").click()
    expect(admin.locator(".toast")).to_contain_text("Saved.")


def test_a_user_is_made_and_invited(admin: Page, site) -> None:
    admin.goto(site.url + "/users")
    admin.get_by_role("button", name="New user").click()
    admin.locator("[role=dialog] input[name=name]").fill("Jonas Öberg")
    admin.locator("[role=dialog] input[name=email]").fill("jonas@example.org")
    admin.get_by_role("button", name="Save").click()
    link = admin.get_by_label("Link")
    expect(link).to_have_value(re.compile(r"/invite\?token="))
    admin.get_by_role("button", name="Done").click()
    expect(admin.locator("tr", has_text="Jonas Öberg")).to_contain_text("Invited")


def test_a_team_is_put_below_another(admin: Page, site) -> None:
    admin.goto(site.url + "/teams")
    admin.locator(".tree li", has_text="Region East").get_by_role("button", name="Actions").click()
    admin.get_by_role("menuitem", name="Add a team below").click()
    admin.locator("[role=dialog] input[name=name]").fill("Office Lyon")
    admin.get_by_role("button", name="Save").click()
    expect(admin.locator(".tree li[aria-level='2']")).to_contain_text("Office Lyon")


def test_a_seller_sees_no_buttons_for_users(seller: Page, site) -> None:
    seller.goto(site.url + "/users")
    seller.wait_for_selector("tbody tr")
    expect(seller.get_by_role("button", name="New user")).to_have_count(0)
    expect(seller.locator(".rail").get_by_text("Import")).to_have_count(0)


def test_a_file_is_uploaded_corrected_imported_and_reported(admin: Page, site, tmp_path: Path) -> None:
    file = tmp_path / "accounts.csv"
    file.write_text("account,sector,year_established,who knows\nNew Horizon,medical,1996,a\nBad Year,retail,soon,b\n")
    admin.goto(site.url + "/import")
    admin.get_by_role("button", name="Companies").click()
    admin.locator("input[type=file]").set_input_files(file)
    admin.get_by_label("Field for who knows").select_option("")
    expect(admin.get_by_label("Field for account")).to_have_value("name")
    admin.get_by_role("button", name="Try without saving").click()
    expect(admin.get_by_text("Nothing has been saved")).to_be_visible()
    admin.get_by_role("button", name="Import now").click()
    expect(admin.get_by_text("some rows were refused")).to_be_visible()
    expect(admin.locator(".kv div", has_text="created").locator("b")).to_have_text("1")
    expect(admin.get_by_role("link", name="To the companies")).to_be_visible()
    with admin.expect_download() as download:
        admin.get_by_role("button", name="Download them as CSV").click()
    assert "Bad Year" in Path(download.value.path()).read_text()


def test_a_file_that_is_none_is_refused_in_words(admin: Page, site, tmp_path: Path) -> None:
    file = tmp_path / "empty.csv"
    file.write_text("")
    admin.goto(site.url + "/import")
    admin.locator("input[type=file]").set_input_files(file)
    expect(admin.locator("[role=alert]", has_text="empty")).to_be_visible()


def test_a_missing_page_leads_back(admin: Page, site) -> None:
    admin.goto(site.url + "/nowhere")
    admin.get_by_role("link", name="To the board").click()
    admin.wait_for_selector("[data-card]")
