"""Custom fields where records are found and carried: search, export and import of the same file, merges."""

import csv
from pathlib import Path

import pytest
from sqlmodel import col, select

from crm_app.core import db
from crm_app.core.actor import SYSTEM, Principal
from crm_app.core.changes.replay import differences
from crm_app.core.errors import Invalid
from crm_app.deals.queries.page import deal_page
from crm_app.deals.service import edit_deal
from crm_app.imports.service import import_file, inspect_file
from crm_app.quotes.queries.page import quote_page
from crm_app.quotes.service.editing import edit_quote
from crm_app.records.listing import Listing
from crm_app.records.listing.export import write_export
from crm_app.records.search.documents import documents
from crm_app.records.search.index import FOUND_BY, _holding
from crm_app.tables import Company
from tests.support.builders import (
    change,
    make,
    make_company,
    make_deal,
    make_person,
    make_pipeline,
    make_user,
    principal,
    row,
)

OPTIONS = [{"key": "o1", "label": "Gold", "synonyms": ["Au"]}, {"key": "o2", "label": "Silver"}]


@pytest.fixture
def ann(database_url: str) -> Principal:
    return principal(make_user(name="Ann", role="administrator"), role="administrator")


def field(type_: str, **values: object) -> int:
    given = {"options": OPTIONS} if type_ in ("choice", "choices") else {}
    return make(
        "custom_field", **{"kind": "company", "key": type_, "label": f"My {type_}", "type": type_} | given | values
    )


def words(id: int) -> str:
    (found,) = db.read_sync(documents, "company", [id])
    return repr(found)


def test_records_are_found_by_fields_that_search_looks_into(ann: Principal) -> None:
    text, metal = field("text", searchable=True), field("choice", searchable=True)
    acme = make_company(**{f"custom.{text}": "harbour", f"custom.{metal}": "o1"})
    assert "harbour" in words(acme) and "Gold" in words(acme)
    assert db.read_sync(_holding, "company", text, 0) == [acme] and "searchable" in FOUND_BY
    change("custom_field", metal, SYSTEM, None, options=[{"key": "o1", "label": "Aurum"}])
    change("custom_field", text, SYSTEM, None, read_roles=["manager"])
    assert "Aurum" in words(acme) and "harbour" not in words(acme)


def test_an_export_comes_back_as_the_same_values(ann: Principal, tmp_path: Path) -> None:
    given = {"int": 12, "float": 0.1, "money": 1250, "date": "2031-05-06", "bool": True, "url": "https://a.example"}
    given |= {
        "choice": "o1",
        "choices": ["o1", "o2"],
        "text": "=north",
        "person": make_person(display_name="Zoe Quint"),
    }
    ids = {type_: field(type_) for type_ in given}
    double = field("formula", formula=f"{{custom.{ids['int']}}} * 2", result="float")
    acme = make_company(name="Acme", **{f"custom.{ids[t]}": v for t, v in given.items()})
    before = row(Company, acme)["custom"]
    assert before[str(double)] == 24
    file = tmp_path / "companies.csv"
    columns = ("name", *(f"custom.{id}" for id in (*ids.values(), double)))
    db.read_sync(write_export, ann, Listing("company", columns=columns), file, "csv")
    with file.open(encoding="utf-8-sig") as opened:
        (shown,) = csv.DictReader(opened)
    assert (shown["My choice"], shown["My choices"], shown["My money"]) == ("Gold", "Gold; Silver", "12.50")
    assert "custom" not in [c.field for c in inspect_file(ann, "companies", file).columns]
    change("company", acme, SYSTEM, None, **{f"custom.{id}": None for id in ids.values()})
    assert row(Company, acme)["custom"] == {}
    report = import_file(ann, "companies", file)
    assert (report.updated, report.refused, report.also_created.get("custom_field", 0)) == (1, 0, 0), report.errors
    assert row(Company, acme)["custom"] == before
    assert db.read_sync(differences) == []


def test_a_column_is_known_by_its_synonyms_and_its_values_are_checked(ann: Principal, tmp_path: Path) -> None:
    size = field("int", synonyms=["Beds"])
    file = tmp_path / "companies.csv"
    file.write_text('name,beds,note\nAcme,"1,200",x\nBeta,many,y\n')
    report = import_file(ann, "companies", file)
    assert (report.created, report.refused) == (1, 1) and "not a number" in report.errors[0].reason
    assert _custom_of("Acme")[str(size)] == 1200


def _custom_of(name: str) -> dict[str, object]:
    return db.read_sync(lambda s: dict(s.scalars(select(Company).where(col(Company.name) == name)).one().custom))


def test_the_pages_of_deals_and_quotes_show_and_save_them(ann: Principal) -> None:
    metal, fee = field("choices", kind="deal"), field("money", kind="quote")
    deal = make_deal(make_pipeline())
    db.write_sync(edit_deal, ann, deal, f"custom.{metal}", "o2,o1", None)
    shown = {p.field: p for p in db.read_sync(deal_page, ann, deal).properties}[f"custom.{metal}"]
    assert (shown.value, shown.raw, [o.name for o in shown.choices]) == ("Gold, Silver", "o1,o2", ["Gold", "Silver"])
    quote = make("quote", title="Q", currency="EUR", owner_id=ann.id)
    db.write_sync(edit_quote, ann, quote, f"custom.{fee}", "1,250.50", 1)
    shown = {p.field: p for p in db.read_sync(quote_page, ann, quote).details}[f"custom.{fee}"]
    assert (shown.value, shown.raw) == ("€1,250.50", "1250.50")
    with pytest.raises(Invalid, match="does not exist any more"):
        db.write_sync(edit_quote, ann, quote, "custom.1", "x", 2)
