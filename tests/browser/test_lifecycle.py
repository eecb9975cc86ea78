"""A lead is qualified through the conditions that an administrator has set, and becomes a contact with a deal."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

MAKE = """
from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply
wish = Change("person", op="create", set={"first_name": "Grace", "last_name": "Brewster", "lifecycle": "lead"})
print(db.write_sync(lambda session: apply(session, SYSTEM, wish)).id)
"""
REMOVE = """
from sqlalchemy import delete, select
from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply_many
from crm_app.core.changes.working import table_of
from crm_app.tables import Company, Deal, LifecycleState, Notification, ProcessAck, ProcessNotice

def clear(session):
    run = session.connection().execute
    deal, company, state = table_of(Deal), table_of(Company), table_of(LifecycleState)
    theirs = select(deal.c.id).where(deal.c.person_id == {person})
    wishes = [Change("deal", id, op="delete") for id in run(theirs).scalars()]
    wishes.append(Change("person", {person}, op="delete"))
    new = select(company.c.id).where(company.c.name == "Brewster Compilers", company.c.deleted_at.is_(None))
    wishes += [Change("company", id, op="delete") for id in run(new).scalars()]
    living = select(state.c.id).where(state.c.deleted_at.is_(None))
    wishes += [Change("lifecycle_state", id, op="delete") for id in run(living).scalars()]
    apply_many(session, SYSTEM, wishes)
    for model in (ProcessAck, ProcessNotice):
        run(delete(model))
    run(delete(Notification).where(Notification.type == "process"))

db.write_sync(clear)
"""


@pytest.fixture
def lead(site) -> Iterator[int]:
    """Somebody who showed interest, and of whom nothing else is known."""
    person = int(site.run(MAKE))
    yield person
    site.run(REMOVE.replace("{person}", str(person)))


def test_a_lead_is_qualified_through_its_conditions(admin: Page, site, lead: int) -> None:
    admin.goto(site.url + "/lifecycle")
    admin.get_by_role("button", name="Begin with the usual conditions").click()
    states = admin.get_by_role("region", name="States").get_by_role("listitem")
    expect(states).to_have_count(5)
    expect(states.nth(4)).to_contain_text("a deal, or a dated next step")

    admin.goto(f"{site.url}/people/{lead}")
    chain = admin.get_by_role("list", name="Lifecycle")
    expect(chain.locator("[aria-current=step]")).to_have_text("Suspect")
    chain.get_by_role("button", name="Move to Qualified lead").click()
    dialog = admin.get_by_role("dialog")
    expect(dialog.get_by_label("Owner")).to_be_visible()
    expect(dialog.get_by_label("Title", exact=True)).to_have_count(0)
    dialog.get_by_label("Owner").select_option(label="Noor Khalil")
    dialog.get_by_label("Or a new one").fill("Brewster Compilers")
    dialog.get_by_role("button", name="Move", exact=True).click()
    expect(dialog.get_by_text("An e-mail address or a telephone number is needed")).to_be_visible()
    expect(dialog.get_by_label("Or a new one")).to_have_value("Brewster Compilers")
    dialog.get_by_label("E-mail").fill("grace@brewster.example")
    dialog.get_by_role("button", name="Move", exact=True).click()
    expect(dialog).to_have_count(0)
    expect(chain.locator("[aria-current=step]")).to_have_text("Qualified lead")

    admin.get_by_role("button", name="Convert").click()
    expect(dialog.get_by_label("Owner")).to_have_count(0)
    expect(dialog.get_by_label("E-mail")).to_have_count(0)
    dialog.get_by_label("Title", exact=True).fill("Compiler for the harbour")
    dialog.get_by_label("Value").fill("12,500")
    dialog.get_by_role("button", name="Move", exact=True).click()
    expect(chain.locator("[aria-current=step]")).to_have_text("Contact")
    related = admin.get_by_role("region", name="Related")
    expect(related.get_by_role("link", name="Compiler for the harbour")).to_be_visible()
    expect(admin.get_by_role("button", name="Convert")).to_have_count(0)

    chain.get_by_role("button", name="Move to Suspect").click()
    dialog.get_by_label("Why back?").fill("The harbour is closed")
    dialog.get_by_role("button", name="Move", exact=True).click()
    expect(chain.locator("[aria-current=step]")).to_have_text("Suspect")


WORDS = """
from sqlalchemy import delete, select
from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply_many
from crm_app.core.changes.working import table_of
from crm_app.tables import Company, Notification, ProcessAck, ProcessNotice, Term, VocabularyTerm

def clear(session):
    run = session.connection().execute
    wishes = []
    for kind, model in (("term", Term), ("vocabulary_term", VocabularyTerm)):
        table = table_of(model)
        living = select(table.c.id).where(table.c.deleted_at.is_(None))
        wishes += [Change(kind, id, op="delete") for id in run(living).scalars()]
    company = table_of(Company)
    mended = select(company.c.id).where(company.c.domain == "hatfan.example")
    wishes += [Change("company", id, {"domain": ""}) for id in run(mended).scalars()]
    apply_many(session, SYSTEM, wishes)
    for model in (ProcessAck, ProcessNotice):
        run(delete(model))
    run(delete(Notification).where(Notification.type == "process"))

db.write_sync(clear)
"""


@pytest.fixture
def own_words(site) -> Iterator[None]:
    yield
    site.run(WORDS)


def _misspell(admin: Page, site) -> None:
    """What a misspelt word surely means is taken by Enter; the same word entered once more stays."""
    admin.goto(site.url + "/companies")
    admin.locator("[data-row] a", has_text="Cancity").first.click()
    field = admin.locator("[data-field=industry]")
    for expected in ("Retail", "Retaill"):
        field.locator("button.val").click()
        admin.get_by_role("combobox", name="Industry").fill("Retaill")
        expect(admin.get_by_role("option", name="Retail", exact=True)).to_be_visible()
        admin.keyboard.press("Enter")
        expect(field.locator("button.val")).to_have_text(expected)
    field.locator("button.val").click()
    admin.get_by_role("combobox", name="Industry").fill("retail")
    admin.keyboard.press("Enter")
    expect(field.locator("button.val")).to_have_text("Retail")


def test_words_are_changed_told_and_merged_and_a_figure_is_mended(
    admin: Page, seller: Page, site, own_words: None
) -> None:
    """A term with its day and who knows it; a list of words with a merge and its undo; a figure in its grid."""
    admin.goto(site.url + "/terms")
    admin.get_by_role("button", name="New term").click()
    dialog = admin.get_by_role("dialog")
    dialog.get_by_label("Term", exact=True).fill("Visitor")
    dialog.get_by_label("What it means here").fill("Somebody who came to the fair.")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)

    seller.goto(site.url + "/terms")
    mine = seller.locator(".notices > li", has_text="Visitor")
    mine.get_by_role("button", name="I know this now").click()
    expect(mine).to_contain_text("You know")
    expect(seller.get_by_role("button", name="New term")).to_have_count(0)

    admin.reload()
    notice = admin.locator(".notices > li", has_text="Visitor")
    notice.get_by_text("Who knows").click()
    expect(notice.get_by_role("listitem").filter(has_text="Noor Khalil")).not_to_contain_text("not yet")
    expect(notice.get_by_role("listitem").filter(has_text="Ravi Shah")).to_contain_text("not yet")
    notice.get_by_label("Acknowledge until").fill("2099-03-04")
    expect(notice).to_contain_text("4 Mar 2099")

    admin.goto(site.url + "/vocabularies?list=industry")
    for name, also in (("Retail", ""), ("Trade", "commerce")):
        admin.get_by_role("button", name="New term").click()
        dialog.get_by_label("Name").fill(name)
        dialog.get_by_label("Also written as").fill(also)
        dialog.get_by_role("button", name="Save").click()
        expect(dialog).to_have_count(0)
    rows = admin.get_by_role("list", name="Terms").get_by_role("listitem")
    expect(rows).to_have_count(2)
    used = rows.first.locator(".row").inner_text().split("\n")[-1]
    assert re.fullmatch(r"\d+ records", used)
    rows.first.get_by_role("button", name="Actions of Retail").click()
    admin.get_by_role("menuitem", name="Merge into another").click()
    expect(dialog).to_contain_text(f"{used} that say Retail")
    dialog.get_by_role("button", name="Merge").click()
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text(used)
    expect(rows).to_contain_text("Also: commerce, Retail")
    message = admin.locator(".toast", has_text="Retail merged into Trade")
    message.get_by_role("button", name="Undo").click()
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text(used)
    _misspell(admin, site)

    admin.goto(site.url + "/quality")
    figure = admin.get_by_role("row", name="No web domain")
    before = int(figure.get_by_role("cell").first.inner_text())
    figure.get_by_role("link", name="Fix: No web domain").click()
    expect(admin.locator(".lbar .sum b")).to_have_text(str(before))
    cell = admin.locator("[data-row]", has_text="Hatfan").locator("[data-col=domain]")
    cell.dblclick()
    admin.keyboard.type("hatfan.example")
    admin.keyboard.press("Enter")
    expect(cell).to_have_count(0)  # what is mended leaves the list by itself
    for _ in range(20):  # the figure follows a moment after the cell
        admin.goto(site.url + "/quality")
        if figure.get_by_role("cell").first.inner_text() == str(before - 1):
            break
    expect(figure.get_by_role("cell").first).to_have_text(str(before - 1))
