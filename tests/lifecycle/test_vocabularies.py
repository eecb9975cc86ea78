"""Managed lists: synonyms become their term on every way, misspelt words are proposed, a rename is one undo."""

from pathlib import Path

import pytest

from crm_app.core import db
from crm_app.core.actor import Principal
from crm_app.core.changes import undo
from crm_app.core.errors import Forbidden, Invalid, Refused
from crm_app.imports.service import import_file
from crm_app.lifecycle.vocabularies.queries import list_page
from crm_app.lifecycle.vocabularies.service import add_term, merge_terms, save_term, take_for
from crm_app.records.bulk import run_bulk
from crm_app.records.editing import edit_field
from crm_app.records.lookup import find_refs
from crm_app.tables import Company, Deal, Person, VocabularyTerm
from search.nearest import proposals, surely
from tests.support.builders import (
    change,
    make_company,
    make_deal,
    make_person,
    make_pipeline,
    make_user,
    principal,
    row,
)


@pytest.fixture
def admin(database_url: str, wired: None) -> Principal:
    return principal(make_user(role="administrator"), "administrator")


def term(admin: Principal, name: str, synonyms: str = "", vocabulary: str = "industry") -> int:
    return db.write_sync(add_term, admin, vocabulary, name, synonyms).id


def industries(*ids: int) -> list[str]:
    return [row(Company, id)["industry"] for id in ids]


@pytest.mark.parametrize("written", ["Tech", "TECH", " technology ", "Technologie", "Technology"])
def test_a_synonym_becomes_its_term_wherever_it_is_written(admin: Principal, written: str) -> None:
    term(admin, "Technology", "Tech, Technologie")
    made = make_company(industry=written)
    edited = make_company()
    db.write_sync(edit_field, admin, "company", edited, "industry", written, None)
    assert industries(made, edited) == ["Technology", "Technology"]


def test_what_is_not_in_a_list_stays_as_written(admin: Principal) -> None:
    term(admin, "Technology")
    assert industries(make_company(industry="Bakery")) == ["Bakery"]


@pytest.mark.parametrize(
    ("written", "kept"),
    [("Deutschland", "Germany"), ("USA", "United States"), ("fr", "France"), ("Elbonia", "Elbonia")],
)
def test_countries_are_kept_by_one_name(admin: Principal, written: str, kept: str) -> None:
    company = make_company(country=written, addresses=[{"country": written, "city": "X"}])
    assert row(Company, company)["country"] == kept


def test_every_list_has_its_fields(admin: Principal) -> None:
    for vocabulary, name, synonym in (
        ("title", "CEO", "Chief"),
        ("source", "Fair", "Expo"),
        ("reason", "Price", "Cost"),
    ):
        term(admin, name, synonym, vocabulary)
    person = make_person(title="chief", source="EXPO")
    assert (row(Person, person)["title"], row(Person, person)["source"]) == ("CEO", "Fair")
    deal = make_deal(make_pipeline(), "Lost", lost_reason="cost")
    assert row(Deal, deal)["lost_reason"] == "Price"


def test_a_file_with_three_spellings_ends_with_one(admin: Principal, tmp_path: Path) -> None:
    term(admin, "Technology", "Tech")
    file = tmp_path / "companies.csv"
    file.write_text("name,industry\nA,techmology\nB,Tech\nC,Technology\nD,Bakery\nE,techmology\n")
    report = import_file(admin, "company", file)
    assert [(g.field, g.given, g.taken, g.rows) for g in report.guesses] == [
        ("Industry", "techmology", "Technology", 2)
    ]
    (page,) = [db.read_sync(list_page, admin, "industry")]
    assert [(t.name, t.used) for t in page.terms] == [("Technology", 4)]
    assert [(w.text, w.used, w.near) for w in page.loose] == [("Bakery", 1, "")]


@pytest.mark.parametrize(
    ("typed", "sure"), [("tech", ""), ("techmology", "Technology"), ("tehcnology", "Technology"), ("technology", "")]
)
def test_a_term_is_proposed_while_typing(admin: Principal, typed: str, sure: str) -> None:
    term(admin, "Technology")
    term(admin, "Retail")
    found = db.read_sync(find_refs, admin, "vocabulary.industry", typed)
    assert [o.name for o in found.options] == ["Technology"]
    assert (found.kind, found.text, found.surely) == ("vocabulary.industry", typed, sure)


def test_a_rename_changes_the_records_and_one_undo_takes_it_back(admin: Principal) -> None:
    id = term(admin, "Tech")
    companies = [make_company(industry="Tech") for _ in range(3)] + [make_company(industry="Retail")]
    change("company", companies[0], industry="Tech")
    wish = {"name": "Technology", "synonyms": "IT"}
    run = run_bulk(db.write_sync(save_term, admin, id, wish, row(VocabularyTerm, id)["version"]))
    assert (run.status, run.refused) == ("done", 0)
    assert industries(*companies) == ["Technology"] * 3 + ["Retail"]
    assert row(VocabularyTerm, id)["synonyms"] == ["IT", "Tech"]
    assert industries(make_company(industry="tech")) == ["Technology"]
    db.write_sync(undo, admin, run.batch_id or 0)
    assert industries(*companies) == ["Tech"] * 3 + ["Retail"]
    assert (row(VocabularyTerm, id)["name"], row(VocabularyTerm, id)["synonyms"]) == ("Tech", [])


def test_a_name_that_was_a_synonym_can_become_the_name(admin: Principal) -> None:
    id = term(admin, "Tech", "Technology")
    company = make_company(industry="Technology")
    assert industries(company) == ["Tech"]
    run_bulk(db.write_sync(save_term, admin, id, {"name": "Technology", "synonyms": ""}, None))
    assert industries(company) == ["Technology"]


def test_two_terms_become_one(admin: Principal) -> None:
    one, other = term(admin, "Technology", "IT"), term(admin, "Tech", "Hi-Tech")
    companies = [make_company(industry="Technology"), make_company(industry="Tech")]
    run = run_bulk(db.write_sync(merge_terms, admin, other, one))
    assert industries(*companies) == ["Technology", "Technology"]
    assert row(VocabularyTerm, one)["synonyms"] == ["IT", "Tech", "Hi-Tech"]
    assert row(VocabularyTerm, other)["deleted_at"] is not None
    db.write_sync(undo, admin, run.batch_id or 0)
    assert industries(*companies) == ["Technology", "Tech"]
    with pytest.raises(Refused):
        db.write_sync(merge_terms, admin, one, one)


def test_a_loose_word_is_taken_for_a_term(admin: Principal) -> None:
    company = make_company(industry="techmology")
    id = term(admin, "Technology")
    (loose,) = db.read_sync(list_page, admin, "industry").loose
    assert (loose.near, loose.near_id) == ("Technology", id)
    run_bulk(db.write_sync(take_for, admin, id, loose.text))
    assert industries(company) == ["Technology"]
    assert db.read_sync(list_page, admin, "industry").loose == []


def test_what_cannot_be_saved_is_said(admin: Principal) -> None:
    id = term(admin, "Technology")
    with pytest.raises(Invalid, match="Merge the two"):
        term(admin, "TECHNOLOGY")
    with pytest.raises(Invalid):
        db.write_sync(save_term, admin, id, {"name": " ", "synonyms": ""}, None)
    with pytest.raises(Refused, match="meanwhile"):
        db.write_sync(save_term, admin, id, {"name": "New", "synonyms": ""}, 99)
    seller = principal(make_user())
    with pytest.raises(Forbidden):
        term(seller, "Retail")
    with pytest.raises(Forbidden):
        db.write_sync(save_term, seller, id, {"name": "New", "synonyms": ""}, None)


PAIRS = [("Technology", "Technology"), ("Tech", "Technology"), ("Health care", "Health care"), ("Retail", "Retail")]


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("techmology", "Technology"),
        ("Helth care", "Health care"),
        ("tec", ""),
        ("Rental", ""),
        ("", ""),
    ],
)
def test_only_what_is_sure_is_taken(text: str, means: str) -> None:
    assert surely(text, PAIRS) == means


def test_the_nearest_comes_first() -> None:
    assert proposals("care health", PAIRS)[0] == "Health care"
    assert proposals("xyz", PAIRS) == []
    assert proposals("x" * 5000, PAIRS) == []
