"""A quote from a deal: lines, totals from the server, a refused number, sending."""

import re

from playwright.sync_api import Page, expect

from tests.browser.support import first_card, open_board


def write(page: Page, field: str, text: str) -> None:
    """Type into a field of the first line and press Enter."""
    page.locator(f".qline [data-field$='.{field}'] button.val").first.click()
    page.locator(f".qline [data-field$='.{field}'] input").fill(text)
    page.keyboard.press("Enter")


def test_a_quote_is_made_from_a_deal_filled_and_sent(admin: Page, site) -> None:
    open_board(admin, site)
    admin.goto(f"{site.url}/deals/{first_card(admin, 'Engaging')}")
    admin.get_by_role("button", name="Make a quote").click()
    admin.wait_for_url(re.compile(r"/quotes/\d+$"))
    admin.get_by_role("button", name="Add a product").click()
    admin.get_by_role("combobox", name="Product").fill("MG Sp")
    admin.get_by_role("option", name="MG Special").click()
    expect(admin.locator(".qline [data-field$='.unit_price'] .val")).to_have_text("$55.00")
    write(admin, "quantity", "3")
    totals = admin.get_by_role("group", name="Totals")
    expect(totals).to_contain_text("$165.00")
    write(admin, "tax", "1000")
    expect(admin.locator(".qline [data-field$='.tax'] .err")).to_contain_text("between 0 and 100 %")
    admin.locator(".qline [data-field$='.tax'] input").fill("20")
    admin.keyboard.press("Enter")
    expect(totals).to_contain_text("$198.00")
    admin.get_by_role("button", name="Send", exact=True).click()
    admin.get_by_role("dialog").get_by_role("button", name="Send", exact=True).click()
    expect(admin.get_by_role("textbox", name="Link for the customer")).to_have_value(re.compile(r"/q/[\w-]{43}$"))
    admin.get_by_role("button", name="Done").click()
    expect(admin.locator(".qbar .tag").first).to_have_text("Sent")
    expect(admin.get_by_role("button", name="Add a product")).to_have_count(0)
    with admin.expect_download() as found:
        admin.get_by_role("link", name="PDF").click()
    assert found.value.suggested_filename.endswith(".pdf")
