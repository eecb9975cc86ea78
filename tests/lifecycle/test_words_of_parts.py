"""Words of managed lists in parts of records: the country of an address, the title of a role, and reasons."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from crm_app.core import db
from crm_app.core.actor import SYSTEM, Principal
from crm_app.core.changes import undo
from crm_app.core.changes.replay import differences
from crm_app.core.changes.working import table_of
from crm_app.core.errors import Forbidden, Invalid, Refused
from crm_app.imports.service import import_file
from crm_app.lifecycle.vocabularies.queries import list_page
from crm_app.lifecycle.vocabularies.service import add_term, merge_terms, save_term, take_for
from crm_app.quotes.service import decline
from crm_app.records.bulk import run_bulk
from crm_app.records.lookup import find_refs
from crm_app.records.page.queries import record_page
from crm_app.records.vocabulary import places_of_list
from crm_app.tables import Company, CompanyAddress, Person, PersonAddress, PersonRole, VocabularyTerm
from tests.quotes.support import make_quote, send, stored
from tests.support.builders import change, make, make_company, make_person, make_user, principal, row


@pytest.fixture
def admin(database_url: str, wired: None) -> Principal:
    return principal(make_user(role="administrator"), "administrator")


def term(admin: Principal, vocabulary: str, name: str, synonyms: str = "") -> int:
    return db.write_sync(add_term, admin, vocabulary, name, synonyms).id


def written(table: type, field: str) -> list[Any]:
    column = table_of(table).c[field]
    query = select(column).order_by(table_of(table).c.id)
    return list(db.read_sync(lambda s: s.connection().execute(query).scalars()))


def used(admin: Principal, vocabulary: str) -> dict[str, int]:
    page = db.read_sync(list_page, admin, vocabulary)
    return {t.name: t.used for t in page.terms} | {w.text: w.used for w in page.loose}


def test_these_fields_and_parts_take_their_words_from_lists(wired: None) -> None:
    found = {name: [f"{p.kind.name}.{p.path}" for p in places_of_list(name)] for name in ("country", "title", "reason")}
    assert sorted(found["country"]) == ["company.addresses.country", "company.country", "person.addresses.country"]
    assert found["title"] == ["person.title", "person.roles.title"] and found["reason"] == ["deal.lost_reason"]
    assert [p.path for v in ("setback", "decline") for p in places_of_list(v)] == ["setback_reason", "decline_reason"]


def test_a_synonym_becomes_its_term_in_parts_and_reasons(admin: Principal) -> None:
    term(admin, "title", "CEO", "Chief")
    term(admin, "setback", "No budget", "no money")
    firm = make_company()
    ada = make_person(roles=[{"company_id": firm, "title": "chief", "current": True, "is_primary": True}])
    change("person", ada, addresses=[{"country": "Deutschland", "city": "Ulm"}], setback_reason="NO MONEY")
    assert (written(PersonRole, "title"), row(Person, ada)["title"]) == (["CEO"], "CEO")
    assert (written(PersonAddress, "country"), row(Person, ada)["setback_reason"]) == (["Germany"], "No budget")


@pytest.mark.parametrize(("typed", "named"), [("germ", "Germany"), ("frnace", "France"), ("Xyzzy", "")])
def test_countries_are_proposed_although_nobody_has_listed_them(admin: Principal, typed: str, named: str) -> None:
    found = [o.name for o in db.read_sync(find_refs, admin, "vocabulary.country", typed).options]
    assert found[:1] == ([named] if named else [])


def test_parts_are_edited_with_the_words_of_their_list(admin: Principal) -> None:
    page = db.read_sync(record_page, admin, "company", make_company())
    (addresses,) = [p for p in page.parts if p.name == "addresses"]
    assert {f.name: f.vocabulary for f in addresses.fields if f.vocabulary} == {"country": "country"}


def test_a_misspelt_country_of_an_address_is_guessed_and_told(admin: Principal, tmp_path: Path) -> None:
    term(admin, "country", "Germany")
    file = tmp_path / "people.csv"
    file.write_text(
        "last name,email,country,city\nA,a@x.org,Germny,Ulm\nB,b@x.org,Germny,Bonn\nC,c@x.org,Deutschland,Kiel\n"
        "D,d@x.org,Elbonia,Mud\n"
    )
    mapping = {"country": "addresses.country", "city": "addresses.city"}
    report = import_file(admin, "person", file, mapping=mapping)
    assert [(g.field, g.given, g.taken, g.rows) for g in report.guesses] == [
        ("Addresses: Country", "Germny", "Germany", 2)
    ]
    assert written(PersonAddress, "country") == ["Germany", "Germany", "Germany", "Elbonia"]


def test_a_record_counts_once_for_a_word_however_often_it_is_written(admin: Principal) -> None:
    term(admin, "country", "Germany")
    places = [{"country": "Germany", "city": "Ulm"}, {"country": "Germany", "city": "Bonn"}, {"country": "Elbonia"}]
    make_company(country="Germany", addresses=places)
    make_person(addresses=places[:2])
    gone = make_company(country="Germany", addresses=places)
    db.write_sync(lambda s: _delete(s, "company", gone))
    assert used(admin, "country") == {"Germany": 2, "Elbonia": 1}


def _delete(session, kind: str, id: int):
    from crm_app.core.changes import Change, apply

    return apply(session, SYSTEM, Change(kind, id, op="delete"))


def test_a_rename_changes_parts_and_one_undo_takes_it_back(admin: Principal) -> None:
    id = term(admin, "title", "CEO", "Chief")
    one, other = make_company(), make_company()
    both = [
        {"company_id": one, "title": "CEO", "ends_on": "2020-01-01"},
        {"company_id": other, "title": "CEO", "current": True, "is_primary": True},
    ]
    ada, bob, eve = make_person(roles=both), make_person(title="CEO"), make_person(title="Clerk")
    before = [row(Person, p) for p in (ada, bob, eve)]
    wish = {"name": "Chief executive", "synonyms": "Chief"}
    run = run_bulk(db.write_sync(save_term, admin, id, wish, row(VocabularyTerm, id)["version"]))
    assert (run.status, run.total, run.changed, run.refused) == ("done", 2, 3, 0)  # two people, and the term itself
    assert written(PersonRole, "title") == ["Chief executive"] * 2
    after = [row(Person, p) for p in (ada, bob, eve)]
    assert [r["title"] for r in after] == ["Chief executive", "Chief executive", "Clerk"]
    assert after[0]["company_id"] == other and written(PersonRole, "ends_on")[0].isoformat() == "2020-01-01"
    db.write_sync(undo, admin, run.batch_id or 0)
    assert written(PersonRole, "title") == ["CEO"] * 2
    assert [row(Person, p)["title"] for p in (ada, bob, eve)] == [r["title"] for r in before]
    assert db.read_sync(differences) == []


def test_two_countries_become_one_in_every_address(admin: Principal) -> None:
    one, other = term(admin, "country", "Elbonia"), term(admin, "country", "Elbonien")
    whole = {"street": "Mud 1", "city": "Mudville", "postcode": "1", "label": "office", "country": "Elbonien"}
    firm = make_company(country="Elbonia", addresses=[whole, whole | {"country": "France"}])
    run = run_bulk(db.write_sync(merge_terms, admin, other, one))
    assert (run.total, row(Company, firm)["country"]) == (1, "Elbonia")
    assert written(CompanyAddress, "country") == ["Elbonia", "France"]
    assert written(CompanyAddress, "street") == ["Mud 1"] * 2 and written(CompanyAddress, "label") == ["office"] * 2
    db.write_sync(undo, admin, run.batch_id or 0)
    assert written(CompanyAddress, "country") == ["Elbonien", "France"]


def test_what_a_customer_said_gets_the_word_of_the_list_and_nothing_else_of_a_quote_does(admin: Principal) -> None:
    id, quote, open_ = term(admin, "decline", "Price"), make_quote(), make_quote()
    send(quote)
    send(open_)
    db.write_sync(decline, quote, " Too  dear ")
    assert used(admin, "decline") == {"Price": 0, "Too  dear": 1}
    run = run_bulk(db.write_sync(take_for, admin, id, "Too  dear"))
    assert (run.status, run.refused, stored(quote)["decline_reason"]) == ("done", 0, "Price")
    for actor, source in ((admin, "form"), (admin, "bulk"), (SYSTEM, "form"), (SYSTEM, "import")):
        with pytest.raises((Refused, Invalid, Forbidden)):
            _say(actor, source, quote, decline_reason="Forged")
    with pytest.raises((Refused, Invalid)):
        _say(SYSTEM, "bulk", quote, decline_reason="Price", state="accepted")
    with pytest.raises((Refused, Invalid)):
        _say(SYSTEM, "bulk", open_, decline_reason="Forged")
    db.write_sync(undo, admin, run.batch_id or 0)
    assert stored(quote)["decline_reason"] == "Too  dear"


def _say(actor: Principal, source: str, id: int, **values: str) -> None:
    from crm_app.core.changes import Change, apply

    db.write_sync(lambda s: apply(s, actor, Change("quote", id, values), source=source))


def test_a_seller_counts_only_what_they_may_see(admin: Principal) -> None:
    seller = make_user()
    for owner in (seller, make_user()):
        quote = make_quote(owner_id=owner)
        send(quote)
        db.write_sync(decline, quote, "Price")
    assert used(principal(seller), "decline") == {"Price": 1} and used(admin, "decline") == {"Price": 2}
    assert make("vocabulary_term", vocabulary="decline", name="Price") > 0
