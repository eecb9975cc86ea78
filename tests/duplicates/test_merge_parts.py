"""What moves in a merge and how: trees, relations, consents, roles, documents; and all of it back."""

from typing import Any

import pytest

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply
from crm_app.core.changes.replay import differences
from crm_app.duplicates.merge.undoing import unmerge
from crm_app.records.editing import make_primary
from crm_app.tables import Company, Person, PersonRelation, Quote
from tests.duplicates.world import merge, snapshot
from tests.support.builders import change, make, make_company, make_person, row


def test_a_tree_of_companies_stays_a_tree(database_url: str) -> None:
    top, group, other = make_company(), make_company(), make_company()
    change("company", group, parent_id=top)
    middle = make_company(parent_id=group)
    below = make_company(parent_id=middle)
    leaf = make_company(parent_id=other)
    before = snapshot()
    done = merge("company", below, group, other)  # the survivor stands below one that goes
    assert row(Company, below)["parent_id"] == top
    assert row(Company, middle)["parent_id"] == row(Company, leaf)["parent_id"] == below
    db.write_sync(unmerge, SYSTEM, done.batch_id)
    assert snapshot() == before


def test_a_relation_to_oneself_goes(sqlite_database: str) -> None:
    a, b, c = make_person(), make_person(), make_person()
    change("person", a, relations=[{"other_id": b, "type": "knows"}, {"other_id": c, "type": "knows"}])
    change("person", b, relations=[{"other_id": a, "type": "knows"}, {"other_id": c, "type": "manager"}])
    change("person", c, relations=[{"other_id": a, "type": "knows"}, {"other_id": b, "type": "knows"}])
    before = snapshot()
    done = merge("person", a, b)
    there = {(r["person_id"], r["other_id"], r["type"]) for r in snapshot()["person_relation"] if r["person_id"] != b}
    assert there == {(a, c, "knows"), (a, c, "manager"), (c, a, "knows")}
    db.write_sync(unmerge, SYSTEM, done.batch_id)
    assert snapshot() == before
    assert row(PersonRelation, before["person_relation"][0]["id"])["other_id"] in (a, b, c)


@pytest.mark.parametrize(
    ("mine", "theirs", "expected"),
    [
        (("given", "2026-01-01"), ("withdrawn", "2026-02-01"), "withdrawn"),
        (("given", "2026-03-01"), ("withdrawn", "2026-02-01"), "given"),
        (("given", "2026-03-01"), ("refused", None), "refused"),
        (("refused", "2026-01-01"), ("given", "2026-02-01"), "given"),
        (("refused", "2026-02-01"), ("given", "2026-02-01"), "refused"),
        (None, ("given", "2026-02-01"), "given"),
        (("given", "2026-02-01"), None, "given"),
    ],
)
def test_the_later_consent_holds_and_a_no_in_doubt(sqlite_database: str, mine: Any, theirs: Any, expected: str) -> None:
    def said(answer: Any) -> dict[str, Any]:
        return {"consent_email": [{"state": answer[0], "on_day": answer[1]}]} if answer else {}

    def person(answer: Any) -> int:
        wish = Change("person", set={"last_name": "Ng"} | said(answer), op="create")
        return db.write_sync(lambda s: apply(s, SYSTEM, wish, source="import").id)

    a, b = person(mine), person(theirs)
    before = snapshot()
    done = merge("person", a, b)
    assert [r["state"] for r in snapshot()["person_consent"] if r["person_id"] == a] == [expected]
    db.write_sync(unmerge, SYSTEM, done.batch_id)
    assert snapshot() == before


def test_the_roles_of_both_agree_with_what_was_chosen(sqlite_database: str) -> None:
    first, second, third = make_company(), make_company(), make_company()
    a, b = make_person(company_id=first, title="Buyer"), make_person(company_id=third, title="Clerk")
    change("person", b, company_id=second, title="Head")
    before = snapshot()
    for chosen, company in ((b, second), (a, first)):
        done = merge("person", a, b, chosen={"company_id": chosen, "title": chosen})
        roles = [r for r in snapshot()["person_role"] if r["person_id"] == a]
        assert [r["company_id"] for r in roles if r["is_primary"] and r["current"]] == [company]
        assert {r["company_id"] for r in roles} == {second, third} | {company}
        assert row(Person, a)["company_id"] == company
        db.write_sync(unmerge, SYSTEM, done.batch_id)
        assert snapshot() == before


def test_roles_follow_a_merged_company(sqlite_database: str) -> None:
    a, b, c = make_company(), make_company(), make_company()
    person = make_person(company_id=c)
    change("person", person, company_id=b)
    before = snapshot()
    done = merge("company", a, b)
    assert row(Person, person)["company_id"] == a
    assert {r["company_id"] for r in snapshot()["person_role"]} == {a, c}
    db.write_sync(unmerge, SYSTEM, done.batch_id)
    assert snapshot() == before


def test_a_title_that_was_edited_since_stays_and_company_and_roles_go_back(database_url: str) -> None:
    """Whoever was merged, the person or the company: the job says one and the same afterwards."""
    first, second, before = make_company(), make_company(), make_company()
    a, b = make_person(company_id=before, title="Buyer"), make_person(company_id=before, title="Clerk")
    change("person", a, company_id=first)
    change("person", b, company_id=second)
    roles = _roles(a)
    done = merge("person", a, b, chosen={"company_id": b, "title": b})
    change("person", a, title="Head")
    told = db.write_sync(unmerge, SYSTEM, done.batch_id).undone.kept
    assert [line.partition(": ")[2] for line in told] == ["title was changed since."]
    assert (row(Person, a)["company_id"], row(Person, a)["title"]) == (first, "Head")
    renamed = [r | {"title": "Head"} if r["is_primary"] else r for r in roles]
    assert _roles(a) == renamed
    done = merge("company", second, first)
    change("person", a, title="Chief")
    assert db.write_sync(unmerge, SYSTEM, done.batch_id).undone.kept == []
    assert row(Person, a)["company_id"] == first
    assert _roles(a) == [r | {"title": "Chief"} if r["is_primary"] else r for r in renamed]
    assert db.read_sync(differences) == []


def _roles(person: int) -> list[dict[str, Any]]:
    return [r for r in snapshot()["person_role"] if r["person_id"] == person]


def test_an_address_that_was_made_the_first_one_goes_back_all_the_same(sqlite_database: str) -> None:
    """It says the same as before, and is no address of the survivor; whose own was first is first again."""
    a = make_person(emails=[{"value": "a@example.org", "is_primary": True}])
    b = make_person(emails=[{"value": "b@example.org", "is_primary": True}])
    before = snapshot()
    done = merge("person", a, b)
    (came,) = [r["id"] for r in snapshot()["person_email"] if r["person_id"] == a and r["value"] == "b@example.org"]
    db.write_sync(make_primary, SYSTEM, "person", a, "emails", came)
    assert db.write_sync(unmerge, SYSTEM, done.batch_id).undone.kept == []
    assert snapshot() == before


def test_a_sent_quote_keeps_its_origin(sqlite_database: str) -> None:
    a, b = make_company(name="A"), make_company(name="B")
    draft = make("quote", title="Draft", company_id=b)
    sent = make("quote", title="Sent", company_id=b)
    change("quote", sent, lines=[LINE])
    db.write_sync(lambda s: apply(s, SYSTEM, Change("quote", sent, {"state": "sent"}), source="quote"))
    before = snapshot()
    done = merge("company", a, b)
    assert (row(Quote, draft)["company_id"], row(Quote, sent)["company_id"]) == (a, b)
    db.write_sync(unmerge, SYSTEM, done.batch_id)
    assert snapshot() == before


LINE = {"name": "Work", "quantity_milli": 1000, "unit_price_minor": 100}
