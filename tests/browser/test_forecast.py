"""The forecast: another category moves a deal from one sum to the other, and the sums stand against the target."""

import re

from playwright.sync_api import Page, expect

SEED = """
from datetime import timedelta
from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply
from crm_app.core.clock import today
from crm_app.forecast.rules.periods import period_of
from sqlalchemy import text
start = period_of("month", today()).start
def make(session):
    one = lambda sql: session.execute(text(sql)).scalar()
    seller = one("SELECT id FROM \\"user\\" WHERE email = 'seller@example.org'")
    stage = one("SELECT id FROM stage WHERE name = 'Engaging'")
    deal = {"title": "Forecast me", "stage_id": stage, "owner_id": seller, "value_minor": 777700}
    deal |= {"expected_close_on": start}
    target = {"user_id": seller, "starts_on": start, "amount_minor": 1000000}
    apply(session, SYSTEM, Change("target", op="create", set=target))
    return apply(session, SYSTEM, Change("deal", op="create", set=deal)).id
print(db.write_sync(make))
"""


def test_a_category_is_chosen_and_the_sums_follow(seller: Page, site) -> None:
    deal = site.run(SEED).strip()
    seller.goto(site.url + "/forecast")
    commit = seller.locator("[data-tile=commit] b")
    expect(commit).to_have_text("$0")
    expect(seller.locator("[data-tile=Target] b")).to_have_text("$10,000")
    expect(seller.locator("[data-tile=Expected]")).to_contain_text("0 % of the target")
    seller.locator(f"select[data-deal='{deal}']").select_option("commit")
    expect(commit).to_have_text("$7,777")
    expect(seller.locator("[data-tile=Expected]")).to_contain_text("77 % of the target")
    expect(seller.locator("[data-tile=best_case] b")).not_to_have_text("$7,777")
    seller.get_by_role("button", name=re.compile("^Commit of Noor Khalil")).click()
    expect(seller.locator("#forecast-deals h3")).to_have_text("Commit · Noor Khalil")
    expect(seller.locator(".fdeals tbody tr")).to_have_count(1)
    seller.get_by_role("button", name="Undo").click()
    expect(commit).to_have_text("$0")
