"""An administrator changes a rule, sees what it would do, saves; the page of a person explains the new points."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

LENA = """
from crm_app.core import db
from crm_app.tables import Person
from sqlmodel import select
print(db.read_sync(lambda s: s.exec(select(Person.id).where(Person.display_name == "Lena Arndt")).one()))
"""
RULE = """
from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply
from crm_app.wire import wire

wire()
condition = {"all": [{"f": "last_name", "op": "is", "v": "Arndt"}]}
values = {"name": "Named Arndt", "points": 5, "condition": condition}
print(db.write_sync(apply, SYSTEM, Change("scoring_rule", op="create", set=values)).id)
"""
STORED = """
import time
from sqlalchemy import text
from crm_app.core import db
for _ in range(100):
    if db.read_sync(lambda s: s.execute(text("SELECT band FROM person WHERE id = {}")).scalar()) == "hot":
        break
    time.sleep(0.2)
else:
    raise SystemExit("the score set by hand was not stored")
"""
CLEAR = """
from sqlalchemy import select
from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply_many
from crm_app.core.changes.working import table_of
from crm_app.tables import Person, ScoringRule
from crm_app.wire import wire

def clear(session):
    table, person = table_of(ScoringRule), table_of(Person)
    run = session.connection().execute
    rules = run(select(table.c.id).where(table.c.deleted_at.is_(None))).scalars()
    apply_many(session, SYSTEM, [Change("scoring_rule", id, op="delete") for id in list(rules)])
    lena = run(select(person.c.id).where(person.c.display_name == "Lena Arndt")).scalar_one()
    apply_many(session, SYSTEM, [Change("person", lena, {"score_override": []})])

wire()
db.write_sync(clear)
"""


@pytest.fixture
def lena(site) -> Iterator[int]:
    site.run(RULE)
    yield int(site.run(LENA))
    site.run(CLEAR)


def test_a_changed_rule_is_previewed_saved_and_explained(
    admin: Page, sign_in: Callable[..., Page], site, lena: int
) -> None:
    record, other = sign_in("admin"), sign_in("admin")
    record.goto(f"{site.url}/people/{lena}")
    panel = record.get_by_role("region", name="Score").or_(record.locator("section.box", has_text="Score")).first
    expect(panel).to_contain_text("+5")
    expect(panel).to_contain_text("Named Arndt")

    other.goto(site.url + "/scoring")
    expect(other.locator("li", has_text="Named Arndt")).to_contain_text("+5")
    admin.goto(site.url + "/scoring")
    rule = admin.locator("li", has_text="Named Arndt")
    rule.get_by_role("button", name="Actions").click()
    admin.get_by_role("menuitem", name="Edit").click()
    form = admin.get_by_role("region", name="What is being changed")
    form.get_by_label("Points").fill("30")
    form.get_by_role("button", name="See what it does").click()
    expect(form.get_by_role("status")).to_contain_text(re.compile(r"1 of \d+ people would change band"))
    expect(panel).to_contain_text("+5")
    form.get_by_role("button", name="Save").click()
    expect(form).to_have_count(0)
    expect(rule).to_contain_text("+30")
    expect(other.locator("li", has_text="Named Arndt")).to_contain_text("+30")
    expect(panel).to_contain_text("+30")
    expect(record.locator("main")).to_contain_text("Warm")

    panel.get_by_role("button", name="Set by hand").click()
    dialog = record.get_by_role("dialog")
    dialog.get_by_label("Score", exact=True).fill("77")
    dialog.get_by_label("Why").fill("Asked for a price at the fair.")
    dialog.get_by_role("button", name="Save").click()
    expect(panel).to_contain_text("77")
    site.run(STORED.format(lena))
    rule.get_by_role("button", name="Actions").click()
    admin.get_by_role("menuitem", name="Edit").click()
    form.get_by_label("Points").fill("40")
    form.get_by_role("button", name="See what it does").click()
    expect(form.get_by_role("status")).to_contain_text(re.compile(r"0 of \d+ people would change band"))
    form.get_by_role("button", name="Save").click()
    expect(rule).to_contain_text("+40")
    expect(panel).to_contain_text("+40")
    expect(panel).to_contain_text("77")
    expect(record.locator("main")).to_contain_text("Hot")
