"""Script in names, notes, import rows and file names: shown as text on every page, run on none."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

# From the usual collections: elements, attributes, breaking out of text, template and URL schemes.
CORPUS = (
    "<script>window.hit=1</script>",
    "<img src=x onerror=window.hit=2>",
    '"><svg onload=window.hit=3>',
    "'-window.hit=4-'",
    "</title></textarea></style><script>window.hit=5</script>",
    "{{constructor.constructor('window.hit=6')()}}${window.hit=7}",
    "javascript:window.hit=8",
    "<iframe srcdoc='<script>parent.hit=9</script>'>",
    "<a href='javascript:window.hit=10'>x</a>",
    "\u202e<math><mtext></p><style><img src onerror=window.hit=11>",
)
SEED = """
from sqlalchemy import select
from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply
from crm_app.tables.deal import Stage
from crm_app.tables.user import User
from sqlmodel import col

def fill(s):
    make = lambda kind, **v: apply(s, SYSTEM, Change(kind, op="create", set=v)).id
    stage = s.scalars(select(Stage).where(col(Stage.name) == "Lost").order_by(col(Stage.id))).first()
    owner = s.scalars(select(col(User.id)).where(col(User.email) == "seller@example.org")).one()
    last = None
    for text in CORPUS:
        company = make("company", name=text)
        team = make("team", name=text, office=text)
        make("user", name=text, email="", role="sales", status="listed", team_id=team, zone="UTC", locale="en")
        last = make("deal", title=text, pipeline_id=stage.pipeline_id, stage_id=stage.id, owner_id=owner,
                    company_id=company, lost_reason=text)
        make("activity", type="note", subject=text, owner_id=owner, deal_id=last)
    return last

print(db.write_sync(fill))
"""


@pytest.fixture(scope="module")
def deal(site) -> int:
    return int(site.run(f"CORPUS = {CORPUS!r}\n{SEED}").split()[-1])


def watched(page: Page) -> Page:
    page.on("dialog", lambda dialog: pytest.fail(f"a dialog opened: {dialog.message}"))
    return page


def unharmed(page: Page) -> None:
    """No payload ran, none became an element."""
    assert page.evaluate("window.hit") is None
    assert page.locator("main img, main iframe, main math, main a[href^='javascript:'], main script").count() == 0


def test_names_are_text_on_every_page(admin: Page, site, deal: int) -> None:
    page = watched(admin)
    for path, ready in (
        ("/deals", "[data-card]"),
        (f"/deals/{deal}", ".prop"),
        ("/users", "tbody tr"),
        ("/teams", ".tree li"),
    ):
        page.goto(site.url + path)
        page.wait_for_selector(ready)
        unharmed(page)
    expect(page.get_by_text(CORPUS[0]).first).to_be_visible()
    page.goto(site.url + "/deals?q=" + "%3Cimg%20src%3Dx%20onerror%3Dwindow.hit%3D2%3E")
    page.wait_for_selector("[data-card]")
    unharmed(page)


def test_file_names_headers_and_refused_rows_are_text(admin: Page, site, tmp_path: Path) -> None:
    page = watched(admin)
    file = tmp_path / "<img src=x onerror=window.hit=12>.csv"
    rows = "\n".join(f'"{text.replace(chr(34), chr(34) * 2)}",retail,soon' for text in CORPUS)
    file.write_text(f'account,"<svg onload=window.hit=13>",year_established\n{rows}\n')
    page.goto(site.url + "/import")
    page.get_by_role("button", name="Companies").click()
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Try without saving").click()
    expect(page.get_by_text(re.compile("Nothing has been saved|refused")).first).to_be_visible()
    unharmed(page)


def test_rights_are_explained_for_a_record(admin: Page, site, deal: int) -> None:
    """The page of a user: the matrix, and why a seller may not delete a colleague's deal."""
    page = watched(admin)
    page.goto(site.url + "/users?q=ravi")
    page.get_by_role("link", name="Ravi Shah").click()
    expect(page.get_by_role("region", name="Rights").get_by_role("row", name=re.compile("^Deals"))).to_contain_text(
        "Team"
    )
    page.get_by_label("Deal to explain").fill(CORPUS[1])
    page.get_by_role("option", name=CORPUS[1]).first.click()
    page.get_by_role("button", name="Explain", exact=True).click()
    expect(page.get_by_text("The role Manager may see deals of the own team, and the owner is in it.")).to_be_visible()
    unharmed(page)
    page.goto(site.url + "/profile")
    page.get_by_role("link", name="What you may do").click()
    expect(page.get_by_text("These are your own rights.")).to_be_visible()
