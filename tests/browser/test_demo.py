"""An administrator removes the demo with one button; what was added stays, and the message takes it back."""

from playwright.sync_api import Page, expect

MAKE = """
from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply
from crm_app.demo.marks import DEMO, mark_seeded
def make(s, kind, **values):
    return apply(s, SYSTEM, Change(kind, set=values, op="create"), source=DEMO).id
def work(s):
    make(s, "company", name="Paper Moon Demo")
    needed = make(s, "company", name="Needed Demo")
    apply(s, SYSTEM, Change("company", set={"name": "Own Branch", "parent_id": needed}, op="create"))
    mark_seeded(s)
db.write_sync(work)
"""


def test_the_demo_goes_by_one_button_and_comes_back(admin: Page, seller: Page, site) -> None:
    site.run(MAKE)
    seller.goto(site.url + "/")
    expect(seller.get_by_role("heading", name="My activities")).to_be_visible()
    expect(seller.get_by_text("This is the demo company.")).to_have_count(0)
    page = admin
    page.goto(site.url + "/")
    page.get_by_role("button", name="Remove demo data").click()
    dialog = page.get_by_role("dialog", name="Remove the demo data?")
    expect(dialog).to_contain_text("2 records")
    dialog.get_by_role("button", name="Remove demo data").click()
    message = page.locator(".toasts")
    expect(message).to_contain_text(
        "Removed from the demo: 1. Kept, because something that was added needs it: 1.", timeout=15000
    )
    expect(page.get_by_text("This is the demo company.")).to_have_count(0)
    names = "SELECT name FROM company WHERE deleted_at IS NULL AND name LIKE '%Demo'"
    living = (
        "from crm_app.core import db; from sqlalchemy import text\n"
        f"print(db.read_sync(lambda s: s.scalars(text({names!r})).all()))"
    )
    assert site.run(living).strip() == "['Needed Demo']"
    message.get_by_role("button", name="Undo").click()
    expect(message).to_contain_text("1 taken back.", timeout=15000)
    assert "Paper Moon Demo" in site.run(living)
