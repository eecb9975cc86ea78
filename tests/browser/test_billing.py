"""From the link on a customer's phone to the money: accept, order, invoice, payment."""

import re
from collections.abc import Callable

from playwright.sync_api import Browser, Page, expect

SEND = """
from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply
from crm_app.quotes.service import send_quote
from crm_app.tables import User
from sqlalchemy import select
def send(session):
    seller = session.connection().execute(select(User.id).where(User.email == "seller@example.org")).scalar()
    line = {"name": "Roll-out", "quantity_milli": 2_000, "unit": "day", "unit_price_minor": 98_000, "tax_milli": 19_000}
    option = {"name": "Training", "quantity_milli": 1_000, "unit_price_minor": 50_000, "tax_milli": 19_000}
    lines = [line, option | {"optional": True}]
    values = {"title": "Roll-out in Lyon", "customer": "Cancity", "owner_id": seller, "lines": lines}
    quote = apply(session, SYSTEM, Change("quote", op="create", set=values)).id
    print(quote, send_quote(session, SYSTEM, quote).token)
db.write_sync(send)
"""
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def accept_on_a_phone(browser: Browser, url: str) -> None:
    """Whoever has the link: looks at the PDF, ticks an option, sees the total follow, types a name."""
    context = browser.new_context(**PHONE)  # pyright: ignore[reportArgumentType]
    page = context.new_page()
    page.goto(url)
    expect(page.get_by_role("heading", name="Roll-out in Lyon")).to_be_visible()
    assert page.request.get(url + "/pdf").body().startswith(b"%PDF-")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Update the total").click()
    page.get_by_label("Your full name").fill("Lena Arndt")
    page.get_by_role("button", name="Accept for $2,927.40").click()
    expect(page.get_by_text("Accepted by Lena Arndt")).to_be_visible()
    context.close()


def test_from_the_quote_to_the_payment(browser: Browser, sign_in: Callable[..., Page], site) -> None:
    quote, token = site.run(SEND).split()
    seller = sign_in("seller")
    seller.goto(f"{site.url}/quotes/{quote}")
    expect(seller.get_by_role("button", name="Make an order")).to_have_count(0)
    accept_on_a_phone(browser, f"{site.url}/q/{token}")
    seller.get_by_role("button", name="Make an order").click()  # it came by itself
    expect(seller).to_have_url(re.compile(r"/orders/\d+"))
    seller.get_by_role("button", name="Invoice what is left").click()
    expect(seller.get_by_text("This is a draft.")).to_be_visible()
    seller.get_by_role("button", name="Issue the invoice").click()
    seller.get_by_role("button", name="Record a payment").click()
    dialog = seller.get_by_role("dialog")
    expect(dialog.get_by_label("Amount")).to_have_value("2927.40")
    dialog.get_by_label("Amount").fill("3000")
    dialog.get_by_role("button", name="Record a payment").click()
    expect(dialog.get_by_text("more than is open")).to_be_visible()
    dialog.get_by_label("Amount").fill("2927.40")
    dialog.get_by_role("button", name="Record a payment").click()
    expect(seller.locator("main .tag", has_text="Paid").first).to_be_visible()
    frozen = seller.get_by_role("link", name="Open PDF").get_attribute("href") or ""
    assert seller.request.get(site.url + frozen).body().startswith(b"%PDF-")
    seller.goto(site.url + "/inbox")
    expect(seller.get_by_text("Lena Arndt accepted").first).to_be_visible()
