"""A report is chosen, narrowed to an owner, and taken away; the organisation's name stands on it afterwards."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.paper.documents import text_of


def test_a_report_is_chosen_and_downloaded(admin: Page, site) -> None:
    admin.goto(site.url + "/organisation")
    admin.get_by_label("Name", exact=True).fill("Analytical Engines")
    admin.get_by_role("button", name="Save").click()
    expect(admin.locator(".toast", has_text="Saved.")).to_be_visible()
    admin.goto(site.url + "/reports?report=activity")
    admin.get_by_role("button", name="Pipeline", exact=True).click()
    expect(admin.locator(".headlines")).to_contain_text("Open deals")
    name = "Noor Khalil"  # who owns half of the deals
    admin.get_by_label("Owner", exact=True).select_option(label=name)
    expect(admin).to_have_url(re.compile(r"owner=\d+"))
    expect(admin.locator(".report .head")).to_contain_text(name)
    figures = admin.locator(".headlines dd").all_inner_texts()
    rows = [" ".join(row.split()) for row in admin.locator(".report tbody tr, .report tfoot tr").all_inner_texts()]
    with admin.expect_download() as waiting:
        admin.get_by_role("link", name="PDF").click()
    text = text_of(Path(waiting.value.path()).read_bytes())
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert "Analytical Engines" in text and [f for f in figures if f not in text] == []
    assert rows and [row for row in rows if row not in lines] == []
