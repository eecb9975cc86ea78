"""The page of a deal: inline edit, errors, two people at one field, the timeline and its undo; a new deal."""

import re

from playwright.sync_api import Page, expect

from tests.browser.support import card, expect_versions, first_card, open_board

CHANGED = """
from tests.support.builders import change
change("deal", {}, title="Changed by somebody else")
"""


def open_deal(page: Page, site, column: str = "Engaging") -> int:
    """Open the first deal of a column."""
    open_board(page, site)
    deal = first_card(page, column)
    page.goto(f"{site.url}/deals/{deal}")
    page.wait_for_selector(".prop")
    return deal


def edit(page: Page, field: str, text: str) -> None:
    """Type into a property and press Enter."""
    page.locator(f"[data-field={field}] button.val").click()
    page.locator(f"[data-field={field}] input").fill(text)
    page.keyboard.press("Enter")


def test_a_value_is_edited_in_place_and_stands_in_the_timeline(admin: Page, site) -> None:
    open_deal(admin, site)
    edit(admin, "value_minor", "20500")
    expect(admin.locator("[data-field=value_minor] .val")).to_have_text("$20,500")
    expect(admin.locator(".ev[data-kind=change]").first).to_contain_text("Inès Moreau")
    expect(admin.locator(".ev[data-kind=change]").first).to_contain_text("$20,500")


def test_escape_restores_what_was_there(admin: Page, site) -> None:
    open_deal(admin, site)
    before = admin.locator("[data-field=title] .val").inner_text()
    admin.locator("[data-field=title] button.val").click()
    admin.keyboard.type("something else")
    admin.keyboard.press("Escape")
    expect(admin.locator("[data-field=title] .val")).to_have_text(before)


def test_an_error_stands_under_the_field_and_the_text_stays(admin: Page, site) -> None:
    open_deal(admin, site)
    edit(admin, "value_minor", "a lot")
    expect(admin.locator("[data-field=value_minor] .err")).not_to_be_empty()
    expect(admin.locator("[data-field=value_minor] input")).to_have_value("a lot")


def test_two_people_at_one_field_see_yours_theirs_and_before(admin: Page, manager: Page, site) -> None:
    deal = open_deal(admin, site)
    original = admin.locator("[data-field=title] .val").inner_text()
    manager.goto(f"{site.url}/deals/{deal}")
    manager.wait_for_selector(".prop")
    manager.locator("[data-field=title] button.val").click()
    manager.locator("[data-field=title] input").fill("What the manager wrote")
    edit(admin, "title", "What the administrator wrote")
    expect(manager.locator(".pane .title")).to_have_text("What the administrator wrote")
    manager.keyboard.press("Enter")
    dialog = manager.get_by_role("dialog")
    expect_versions(dialog, "What the manager wrote", "What the administrator wrote", original)
    expect(dialog).to_contain_text("was changed by Inès Moreau while you were writing")
    dialog.get_by_role("button", name="Keep mine").click()
    expect(manager.locator("[data-field=title] .val")).to_have_text("What the manager wrote")


def test_two_people_at_different_fields_do_not_meet(admin: Page, manager: Page, site) -> None:
    deal = open_deal(admin, site)
    manager.goto(f"{site.url}/deals/{deal}")
    manager.wait_for_selector(".prop")
    edit(admin, "expected_close_on", "2031-05-06")
    expect(admin.locator("[data-field=expected_close_on] .val")).to_contain_text("2031")
    edit(manager, "title", "A title beside a date")
    expect(manager.locator("[data-field=title] .val")).to_have_text("A title beside a date")
    expect(manager.locator("[data-field=expected_close_on] .val")).to_contain_text("2031")


def test_a_change_is_undone_from_the_timeline(admin: Page, site) -> None:
    open_deal(admin, site)
    before = admin.locator("[data-field=title] .val").inner_text()
    edit(admin, "title", "A passing name")
    expect(admin.locator("[data-field=title] .val")).to_have_text("A passing name")
    saved = admin.locator(".ev[data-kind=change]", has_text="→ A passing name")
    saved.get_by_role("button", name=re.compile("^Undo")).click()
    expect(admin.locator(".toast", has_text="Undone.")).to_be_visible()
    expect(admin.locator("[data-field=title] .val")).to_have_text(before)


def test_a_stage_asks_for_its_reason_and_keeps_what_was_typed(admin: Page, site) -> None:
    open_deal(admin, site)
    admin.locator(".stages").get_by_text("Lost").click()
    admin.get_by_label("Reason for the loss").fill("Another house was cheaper")
    admin.get_by_role("button", name="Move the deal").click()
    expect(admin.locator(".stages .on")).to_have_text("Lost")


def test_a_company_is_looked_up_cleared_with_one_press_and_brought_back_from_the_message(admin: Page, site) -> None:
    open_deal(admin, site)
    place = admin.locator("[data-field=company_id]")
    place.locator("button.val").click()
    place.get_by_role("combobox").fill("rangr")
    admin.get_by_role("option", name="Rangreen").click()
    expect(place.locator(".val")).to_have_text("Rangreen")
    expect(admin.locator("section[aria-label=Related]")).to_contain_text("Rangreen")
    place.locator("button.val").click()
    place.get_by_role("button", name="Clear company").click()
    expect(place.locator(".val")).to_have_text("Add")
    admin.locator(".toast", has_text="Company cleared.").get_by_role("button", name="Undo").click()
    expect(place.locator(".val")).to_have_text("Rangreen")


def test_a_colleagues_edit_appears_and_what_is_being_typed_stays(admin: Page, manager: Page, site) -> None:
    deal = open_deal(admin, site)
    manager.goto(f"{site.url}/deals/{deal}")
    manager.wait_for_selector(".prop")
    admin.locator("[data-field=value_minor] button.val").click()
    admin.locator("[data-field=value_minor] input").fill("777")
    edit(manager, "title", "Named by a colleague")
    expect(admin.locator(".pane .title")).to_have_text("Named by a colleague")
    edit(manager, "value_minor", "888")
    expect(admin.locator(".ev[data-kind=change]").first).to_contain_text("$888")
    expect(admin.locator("[data-field=value_minor] input")).to_have_value("777")
    admin.keyboard.press("Enter")
    expect(admin.get_by_role("dialog")).to_contain_text("$888")
    admin.get_by_role("dialog").get_by_role("button", name="Keep theirs").click()
    expect(admin.locator("[data-field=value_minor] .val")).to_have_text("$888")


def test_products_are_added_changed_and_removed(admin: Page, site) -> None:
    open_deal(admin, site)
    pane = admin.locator("section[aria-label=Related]")
    pane.get_by_role("button", name="Add a product").click()
    pane.get_by_role("combobox", name="Product").fill("mg")
    admin.get_by_role("option", name="MG Special").click()
    expect(pane.locator(".linesum")).to_contain_text("$55")
    pane.get_by_role("button", name="Quantity: 1").click()
    pane.locator(".line input").fill("3")
    admin.keyboard.press("Enter")
    expect(pane.locator(".linesum")).to_contain_text("$165")
    pane.get_by_role("button", name="Remove MG Special").click()
    expect(pane).to_contain_text("No products on this deal.")


def test_a_contact_gets_a_role_and_a_split_is_undone(admin: Page, site) -> None:
    open_deal(admin, site)
    contacts = admin.locator("section[aria-label=Contacts]")
    contacts.get_by_role("button", name="Add a contact").click()
    contacts.get_by_role("combobox", name="Contact").fill("lena")
    admin.get_by_role("option", name="Lena Arndt").click()
    contacts.get_by_label("Role of Lena Arndt").select_option("champion")
    expect(admin.locator(".toast", has_text="Role changed to champion.")).to_be_visible()
    expect(contacts.get_by_label("Role of Lena Arndt")).to_have_value("champion")
    edit(admin, "value_minor", "1000.01")
    expect(admin.locator("[data-field=value_minor] .val")).to_have_text("$1,000.01")
    admin.get_by_role("button", name="More actions").click()
    admin.get_by_role("menuitem", name="Split deal").click()
    dialog = admin.get_by_role("dialog")
    dialog.locator("input[name=amount]").fill("2000")
    dialog.get_by_role("button", name="Split", exact=True).click()
    expect(dialog.locator(".err", has_text="more than the deal is worth")).to_be_visible()
    dialog.locator("input[name=amount]").fill("0.02")
    dialog.get_by_role("button", name="Split", exact=True).click()
    expect(admin.locator("[data-field=value_minor] .val")).to_have_text("$999.99")
    expect(admin.locator("section[aria-label='Related deals']")).to_contain_text("Split off")
    admin.locator(".toast", has_text="was split off").get_by_role("button", name="Undo").click()
    expect(admin.locator("[data-field=value_minor] .val")).to_have_text("$1,000.01")
    expect(admin.locator("section[aria-label='Related deals']")).to_have_count(0)


def test_a_deleted_deal_comes_back_from_the_message_on_the_board(admin: Page, site) -> None:
    deal = open_deal(admin, site)
    admin.get_by_role("button", name="More actions").click()
    admin.get_by_role("menuitem", name="Delete…").click()
    dialog = admin.get_by_role("dialog", name="Delete this record?")
    expect(dialog).to_contain_text("can be undone")
    site.run(CHANGED.format(deal))
    dialog.get_by_role("button", name="Delete", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("Somebody changed this meanwhile: Title.")
    dialog.get_by_role("button", name="Delete", exact=True).click()
    admin.wait_for_url(site.url + "/deals")
    admin.wait_for_selector("[data-card]")
    expect(card(admin, deal)).to_have_count(0)
    admin.locator(".toast", has_text="deleted").get_by_role("button", name="Undo").click()
    expect(admin.locator(".toast", has_text="Undone.")).to_be_visible()
    expect(card(admin, deal)).to_have_count(1)


def test_an_unknown_deal_says_so(admin: Page, site) -> None:
    admin.goto(site.url + "/deals/999999999")
    expect(admin.get_by_role("heading", name="This deal is not here")).to_be_visible()


def test_a_new_deal_is_made_with_a_company_found_by_name(admin: Page, site) -> None:
    open_board(admin, site)
    admin.keyboard.press("n")
    dialog = admin.get_by_role("dialog")
    dialog.locator("input[name=title]").fill("A deal of my own")
    dialog.get_by_role("combobox", name="Company").fill("isd")
    admin.get_by_role("option", name="Isdom").click()
    dialog.locator("input[name=value_minor]").fill("nonsense")
    admin.keyboard.press("Control+Enter")
    expect(dialog.locator(".err", has_text=re.compile("."))).to_have_count(1)
    expect(dialog.locator("input[name=title]")).to_have_value("A deal of my own")
    dialog.locator("input[name=value_minor]").fill("1,250.50")
    for _ in range(2):  # as many press every key
        admin.keyboard.press("Control+Enter")
    admin.wait_for_url(re.compile(r"/deals/\d+"))
    expect(admin.locator(".pane .title")).to_have_text("A deal of my own")
    expect(admin.locator("[data-field=value_minor] .val")).to_have_text("$1,250.50")
    admin.goto(site.url + "/deals/list?q=A+deal+of+my+own")
    expect(admin.locator(".lbar .sum b")).to_have_text("1")


def test_a_new_deal_outlives_a_restart_and_a_reload_and_its_message_offers_undo(admin: Page, site) -> None:
    open_board(admin, site)
    admin.keyboard.press("n")
    dialog = admin.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Title", exact=True).fill("Half a thought")
    dialog.get_by_role("combobox", name="Company").fill("isd")
    admin.get_by_role("option", name="Isdom").click()
    admin.context.set_offline(True)
    site.server.start_anew()
    dialog.get_by_label("Value").fill("12.50")
    admin.context.set_offline(False)
    expect(admin.locator(".offline")).to_have_count(0)
    admin.keyboard.press("Escape")
    expect(dialog.get_by_text("Leave without saving?")).to_be_visible()
    dialog.get_by_role("button", name="Keep writing").click()
    expect(dialog.get_by_role("textbox", name="Title", exact=True)).to_have_value("Half a thought")
    admin.reload()
    admin.wait_for_selector("[data-card]")
    admin.keyboard.press("n")
    expect(dialog).to_contain_text("What you had typed is still here.")
    expect(dialog.get_by_role("textbox", name="Title", exact=True)).to_have_value("Half a thought")
    expect(dialog.get_by_label("Value")).to_have_value("12.50")
    expect(dialog.get_by_role("combobox", name="Company")).to_have_value("Isdom")
    dialog.get_by_role("button", name="Create deal").click()
    admin.wait_for_url(re.compile(r"/deals/\d+"))
    admin.locator(".toast .act").last.click()
    expect(admin.get_by_role("heading", name="This deal is not here")).to_be_visible()


def test_a_dialog_of_the_server_outlives_a_restart_and_asks_before_it_goes(admin: Page, site) -> None:
    admin.goto(site.url + "/teams")
    admin.get_by_role("button", name="New team").first.click()
    dialog = admin.get_by_role("dialog", name="New team")
    name = dialog.get_by_role("textbox", name="Name")
    name.fill("Half a thought")
    site.server.start_anew()
    expect(dialog).to_contain_text("What you had typed is still here.")
    expect(name).to_have_value("Half a thought")
    admin.keyboard.press("Escape")
    expect(dialog.get_by_text("Leave without saving?")).to_be_visible()
    dialog.get_by_role("button", name="Keep writing").click()
    dialog.get_by_role("button", name="Save").click()
    expect(admin.locator(".toast").last).to_contain_text("Team saved.")
    expect(dialog).to_have_count(0)
    admin.locator(".toast .act").last.click()
    expect(admin.locator(".toast").last).to_contain_text("Undone.")
    admin.get_by_role("button", name="New team").first.click()
    expect(name).to_have_value("")
    name.fill("Another one")
    admin.keyboard.press("Escape")
    dialog.get_by_role("button", name="Discard").click()
    expect(dialog).to_have_count(0)
