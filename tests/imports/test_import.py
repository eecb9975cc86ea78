"""Matching, modes, custom fields, rights, and going on after a crash."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes.replay import differences
from crm_app.core.errors import Forbidden, NotFound, Refused
from crm_app.core.text import literal, neutral
from crm_app.imports import running
from crm_app.imports.service import import_file, inspect_file, keep_upload, likeliest_kind, refused_csv, resume
from crm_app.imports.state import ImportPage
from crm_app.imports.values import parse_date, parse_number
from crm_app.tables import ChangeLog, Company, CustomField, Deal, DealLine, ImportRun, Person, PersonEmail, Stage
from search.names import NameIndex, squeeze
from tests.imports.files import all_of, load
from tests.support.builders import change, make_company, make_pipeline, make_product, make_user, principal
from tests.support.tabs import Tab


def test_unknown_columns_become_custom_fields_once(database_url: str, tmp_path: Path) -> None:
    report = load(tmp_path, "companies", "account,Shoe size\nAcme,38\nBeta,\n")
    assert report.unknown_columns == ["Shoe size"] and report.also_created == {"custom_field": 1}
    again = load(tmp_path, "companies", "account,shoe SIZE\nAcme,39\nBeta,\n")
    assert (again.updated, again.unchanged) == (1, 1)
    (field,) = all_of(CustomField)
    assert (field.kind, field.label) == ("company", "Shoe size")
    assert {c.name: c.custom for c in all_of(Company)} == {"Acme": {str(field.id): "39"}, "Beta": {}}
    assert db.read_sync(differences) == []


def test_many_unknown_columns_are_asked_for_and_a_file_adds_no_flood_of_fields(
    sqlite_database: str, tmp_path: Path
) -> None:
    def file(n: int) -> str:
        return ",".join(["account", *(f"X{i}" for i in range(n))]) + "\nAcme" + ",1" * n + "\n"

    few = load(tmp_path, "companies", file(20))
    assert (few.created, few.also_created) == (1, {"custom_field": 20})
    asked = load(tmp_path, "companies", file(41))  # 20 of them are fields by now
    assert asked.refused == 1 and asked.problems[0].startswith("Kith has no field for 21 columns of this file.")
    said = {f"X{i}": "custom" if i < 22 else "" for i in range(20, 41)}
    decided = load(tmp_path, "companies", file(41), mapping=said)
    assert (decided.problems, decided.also_created) == ([], {"custom_field": 2})
    flood = load(tmp_path, "companies", file(73), mapping={f"X{i}": "custom" for i in range(22, 73)})
    assert flood.problems == ["This would add 51 new fields; with one file it can be 50. Please skip some columns."]
    assert len(all_of(CustomField)) == 22

    path = tmp_path / "page.csv"
    path.write_text(file(43))
    tab = Tab(principal(make_user(role="administrator"), "administrator"), "/import")
    page = tab.state(ImportPage)
    page._path = str(path)
    tab.call(ImportPage, "map_rest", field="?")
    assert page.asks and page.problems
    tab.call(ImportPage, "map_column", index=23, field="custom")
    tab.call(ImportPage, "map_rest", field="")
    assert not page.asks and page.problems == []
    assert [c.header for c in page.columns if c.field == "custom"] == ["X22"]


def test_only_what_differs_is_updated_and_an_empty_cell_says_nothing(database_url: str, tmp_path: Path) -> None:
    load(tmp_path, "companies", "account,sector,employees\nAcme,retail,5\nBeta,medical,7\n")
    report = load(tmp_path, "companies", "account,sector,employees\nAcme,retail,6\nBeta,,7\n")
    assert (report.created, report.updated, report.unchanged) == (0, 1, 1)
    assert {c.name: (c.industry, c.employees, c.version) for c in all_of(Company)} == {
        "Acme": ("retail", 6, 2),
        "Beta": ("medical", 7, 1),
    }
    (entry,) = [e for e in all_of(ChangeLog) if e.op == "update"]
    assert entry.diff == {"employees": [5, 6]}


def test_the_modes(sqlite_database: str, tmp_path: Path) -> None:
    load(tmp_path, "companies", "account,employees\nAcme,5\n")
    text = "account,employees\nAcme,6\nBeta,7\n"
    only_new = load(tmp_path, "companies", text, mode="create", dry_run=True)
    assert (only_new.created, only_new.updated, only_new.unchanged) == (1, 0, 1)
    only_old = load(tmp_path, "companies", text, mode="update")
    assert (only_old.created, only_old.updated, only_old.refused) == (0, 1, 1)


def test_a_list_of_another_language_is_known_by_its_headers(sqlite_database: str, tmp_path: Path) -> None:
    """As Excel writes it there: semicolons, Windows-1252. What it holds is told by its columns, if nobody said it."""
    path = tmp_path / "kontakte.csv"
    header, row = (
        "Vorname;Nachname;E-Mail;Telefon;Firma;Straße;PLZ;Ort",
        "Jürgen;Köhler;j@k.example;030;Köhler;Am Markt;1;Köln",
    )
    path.write_bytes(f"{header}\r\n{row}".encode("cp1252"))
    assert likeliest_kind(SYSTEM, path, "companies") == "people"
    columns = inspect_file(SYSTEM, "people", path).columns
    parts = ["emails.value", "phones.value", "company_id", "addresses.street", "addresses.postcode", "addresses.city"]
    assert [c.field for c in columns] == ["first_name", "last_name", *parts]
    for head, known in (
        ("Name;Vorname", ["last_name", "first_name"]),
        ("Vorname;Name", ["first_name", "last_name"]),
        ("Name;Vorname;Nachname", ["display_name", "first_name", "last_name"]),
        ("Name;Firma", ["display_name", "company_id"]),
    ):
        path.write_text(f"{head}\n{';'.join('x' for _ in known)}")
        assert [c.field for c in inspect_file(SYSTEM, "people", path).columns] == known
    assert inspect_file(SYSTEM, "people", path, {"Name": "display_name"}).columns[0].field == "display_name"
    path.write_text("Colour;Shape\nred;round")
    assert likeliest_kind(SYSTEM, path, "companies") == "companies"


def test_a_mapping_and_a_match_as_somebody_wants_them(sqlite_database: str, tmp_path: Path) -> None:
    make_company(name="Acme", domain="acme.example")
    mapping = {"firm name": "name", "site": "domain", "mio": {"field": "revenue_minor", "scale": 1_000_000}, "x": ""}
    report = load(
        tmp_path, "companies", "firm name;site;mio;x\nAcme Ltd;acme.example;1,5;no\n", mapping=mapping, match=["domain"]
    )
    assert (report.updated, report.unknown_columns) == (1, [])
    (company,) = all_of(Company)
    assert (company.name, company.revenue_minor, company.custom) == ("Acme Ltd", 150_000_000, {})
    for wrong in ({"mapping": {"firm name": "nmae"}}, {"mapping": {"nowhere": "name"}}, {"match": ["shoe"]}):
        assert load(tmp_path, "companies", "firm name\nX\n", **wrong).problems


def test_a_name_that_two_companies_have_is_not_guessed(sqlite_database: str, tmp_path: Path) -> None:
    for _ in range(2):
        make_company(name="Twin")
    make_company(name="Twin Peaks")
    report = load(tmp_path, "people", "name,company\nAda,Twin\nBob,twinpeaks\nCleo,Twinn\n")
    assert [g.taken for g in report.guesses] == ["Twin Peaks"]
    assert report.created == 1
    assert [e.reason for e in report.errors] == [
        "Company: 2 companies are called 'Twin'.",
        "Company: No company is called 'Twinn'. Is it 'Twin'?",
    ]


def test_people_are_found_again_by_address_then_by_name(database_url: str, tmp_path: Path) -> None:
    make_company(name="Acme")
    text = "first name,last name,email,company\nAda,Byron,Ada@Acme.example,Acme\nGrace,Hopper,,Acme\n,,x@y.example,\n"
    assert load(tmp_path, "people", text).created == 3
    assert load(tmp_path, "people", text).unchanged == 3
    moved = load(tmp_path, "people", "name,email,title\nAda King,ada@acme.example,Countess\n")
    assert (moved.updated, moved.created) == (1, 0)
    titles = {p.display_name: p.title for p in all_of(Person)}
    assert titles == {"Ada King": "Countess", "Grace Hopper": "", "x@y.example": ""}
    emails = sorted((e.value, e.is_primary) for e in all_of(PersonEmail))
    assert emails == [("ada@acme.example", True), ("x@y.example", True)]


def test_a_deal_moves_on_and_changes_its_product(database_url: str, tmp_path: Path) -> None:
    _, stages = make_pipeline()
    first, second = make_product(name="GTX Pro"), make_product(name="MG Special")
    head = "opportunity_id,product,deal_stage,engage_date,close_date,close_value\n"
    load(tmp_path, "deals", head + "A1,GTX Pro,Engaging,2017-01-01,,\n")
    assert [line.product_id for line in all_of(DealLine)] == [first]
    report = load(tmp_path, "deals", head + "A1,MG Special,Won,2017-01-01,2017-02-01,55\n")
    assert report.updated == 1
    (deal,) = all_of(Deal)
    assert (deal.stage_id, deal.value_minor, str(deal.closed_on)) == (stages["Won"], 5500, "2017-02-01")
    assert deal.title == "GTX Pro"
    assert [line.product_id for line in all_of(DealLine)] == [second]
    days = [str(e.effective_at.date()) for e in all_of(ChangeLog) if e.kind == "deal"]
    assert days == ["2017-01-01", "2017-02-01"]


def test_a_stage_that_is_missing_is_made_behind_the_open_ones(sqlite_database: str, tmp_path: Path) -> None:
    make_pipeline()
    report = load(tmp_path, "deals", "deal,stage,close date\nBig one,Negotiation,2030-01-01\n")
    assert report.also_created == {"stage": 1}
    assert [s.name for s in sorted(all_of(Stage), key=lambda s: s.position)] == [
        "Prospecting",
        "Engaging",
        "Negotiation",
        "Won",
        "Lost",
    ]
    (deal,) = all_of(Deal)
    assert (deal.closed_on, str(deal.expected_close_on)) == (None, "2030-01-01")


def test_the_right_to_import_is_asked_for(sqlite_database: str, tmp_path: Path) -> None:
    seller = principal(make_user(role="sales"), "sales")
    with pytest.raises(Forbidden):
        load(tmp_path, "companies", "account\nAcme\n", actor=seller)
    run = load(tmp_path, "companies", "account,employees\nAcme,x\n").run_id
    assert run is not None
    with pytest.raises(NotFound):
        refused_csv(seller, run)
    manager = principal(make_user(role="manager"), "manager")
    assert load(tmp_path, "companies", "account\nAcme\n", actor=manager).created == 1
    assert load(tmp_path, "users", "name\nEve\n", actor=SYSTEM).created == 1
    with pytest.raises(Forbidden):
        load(tmp_path, "users", "name\nEve\n", actor=manager)


def test_a_chain_of_rows_that_wait_for_one_another_has_an_end(
    sqlite_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each pass over all that wait makes one company of such a file: 100,000 rows would take days."""
    monkeypatch.setattr(running, "MOST_LEVELS", 3)
    text = "account,subsidiary_of\n" + "".join(f"C{n},C{n + 1}\n" for n in range(7)) + "C7,\n"
    report = load(tmp_path, "companies", text)
    assert (report.created, report.refused, report.status) == (5, 3, "done")
    assert "Parent company: No company is called 'C1'." in {e.reason for e in report.errors}
    calls = iter((False, True))
    stopped = load(tmp_path, "companies", text, cancel=lambda: next(calls, True))
    assert stopped.status == "cancelled"


@pytest.mark.parametrize("taken", [{"role": "sales"}, {"status": "disabled"}])
def test_who_loses_the_right_meanwhile_imports_no_further(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, taken: dict[str, str]
) -> None:
    """What was saved before stays, the rest of the file is not taken on behalf of who may do it no more."""
    monkeypatch.setattr(running, "CHUNK_ROWS", 2)
    me = make_user(role="manager")
    rows = "".join(f"C{n}\n" for n in range(6))
    with pytest.raises(Forbidden, match=r"may not import|no longer sign in"):
        load(
            tmp_path,
            "companies",
            f"account\n{rows}",
            actor=principal(me, "manager"),
            progress=lambda done, _: change("user", me, **taken) if done == 2 else None,
        )
    assert [c.name for c in all_of(Company)] == ["C0", "C1"]
    assert [(run.status, run.created) for run in all_of(ImportRun)] == [("failed", 2)]


def test_an_import_does_not_reach_beyond_the_rights_of_its_actor(sqlite_database: str, tmp_path: Path) -> None:
    """A manager may not change a deal of another team by loading a file over it, nor make stages."""
    make_pipeline()
    stranger = make_user(name="Stranger")
    text = "opportunity_id,owner,stage,value\nA1,Stranger,Engaging,5\n"
    load(tmp_path, "deals", text)
    manager = principal(make_user(role="manager"), "manager")
    report = load(tmp_path, "deals", text.replace(",5", ",1"), actor=manager)
    assert (report.updated, report.refused) == (0, 1)
    assert all_of(Deal)[0].value_minor == 500 and all_of(Deal)[0].owner_id == stranger
    report = load(tmp_path, "deals", "opportunity_id,stage\nA2,Brand new\n", actor=manager)
    assert report.refused == 1 and report.errors[0].reason.startswith("There is no stage called 'Brand new'.")


def test_a_cancelled_run_goes_on_exactly(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "CHUNK_ROWS", 20)
    calls = iter((False, False, True))
    path = Path(__file__).parents[2] / "crm_app" / "demo" / "data" / "accounts.csv"
    report = import_file(SYSTEM, "companies", path, cancel=lambda: next(calls))
    assert report.status == "cancelled" and 0 < report.created <= 40 and report.run_id is not None
    seen: list[tuple[int, int]] = []
    done = resume(SYSTEM, report.run_id, progress=lambda a, b: seen.append((a, b)))
    assert (done.status, done.created, done.refused) == ("done", 85, 0)
    assert seen[-1] == (85, 85)
    assert len(all_of(Company)) == 85
    assert resume(SYSTEM, report.run_id).created == 85


def test_a_changed_file_is_not_gone_on_with(sqlite_database: str, tmp_path: Path) -> None:
    report = load(tmp_path, "companies", "account\nAcme\n")
    (tmp_path / "file.csv").write_text("account\nOther\n")
    with pytest.raises(Refused, match="changed"):
        resume(SYSTEM, report.run_id or 0)


def test_rows_that_refer_to_later_rows_wait_for_them(sqlite_database: str, tmp_path: Path) -> None:
    report = load(tmp_path, "companies", "account,parent\nA,B\nB,C\nC,\nD,Nowhere\n")
    assert (report.created, report.refused) == (3, 1)
    ids = {c.name: c.id for c in all_of(Company)}
    assert {c.name: c.parent_id for c in all_of(Company)} == {"A": ids["B"], "B": ids["C"], "C": None}


def test_the_same_record_twice_in_a_file_is_one(sqlite_database: str, tmp_path: Path) -> None:
    report = load(tmp_path, "companies", "account,employees\nAcme,5\nAcme,6\n")
    assert (report.created, report.updated) == (1, 1)
    assert [(c.name, c.employees) for c in all_of(Company)] == [("Acme", 6)]
    tried = load(tmp_path, "products", "product\nX\nX\n", dry_run=True)
    assert (tried.created, tried.unchanged) == (1, 1)


def test_an_upload_beyond_the_limit_leaves_nothing(sqlite_database: str, tmp_path: Path) -> None:
    big = tmp_path / "big"
    big.write_bytes(b"x" * (2 * 1024 * 1024))
    with big.open("rb") as file, pytest.raises(Refused, match="larger than 1 MB"):
        keep_upload(file, 1)
    with big.open("rb") as file:
        kept = keep_upload(file, 3)
    assert list(kept.parent.iterdir()) == [kept]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,234.50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1234,5", "1234.5"),
        ("$1,234", "1234"),
        ("1 234 €", "1234"),
        ("-5", "-5"),
        ("1100.04", "1100.04"),
        ("1'000.00", "1000.00"),
        ("-$5", "-5"),
        ("0", "0"),
    ],
)
def test_numbers_as_people_write_them(text: str, number: str) -> None:
    assert str(parse_number("Value", text)) == number


@pytest.mark.parametrize(
    "text", ["", "lots", "1,2,3", "12-5", "1.2.3", "NaN", "Infinity", "1e400", "--5", "1.5M", "5%", "5 pieces"]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="number"):
        parse_number("Value", text)


def test_days_are_never_guessed() -> None:
    assert str(parse_date("Day", "31.05.2026")) == str(parse_date("Day", "2026-05-31T10:00:00")) == "2026-05-31"
    for text in ("05/06/2026", "2026-02-30", "yesterday", "31.02.2026"):
        with pytest.raises(ValueError, match="date"):
            parse_date("Day", text)


@given(st.text())
@example("＝1+1")
def test_no_cell_is_ever_a_formula(text: str) -> None:
    assert not neutral(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))
    assert literal(neutral(text)) == text


@given(st.text(alphabet="'=+-@a＝"))
def test_what_was_exported_comes_back_the_same(text: str) -> None:
    assert literal(neutral(text)) == text


def test_an_exported_formula_is_imported_as_it_was(sqlite_database: str, tmp_path: Path) -> None:
    load(tmp_path, "companies", f"account,sector\n{neutral('=1+1 Ltd')},{neutral('-')}\n'Quoted,retail\n")
    assert {c.name: c.industry for c in all_of(Company)} == {"=1+1 Ltd": "-", "'Quoted": "retail"}


def test_names_that_are_the_same_but_for_spelling() -> None:
    index = NameIndex([(1, "GTX Pro"), (2, "GTX Plus Pro"), (3, "Ähre"), (4, "twin"), (5, "Twin")])
    assert index.find("GTXPro") == (1, "GTX Pro")
    assert index.find("gtx-plus pro") == (2, "GTX Plus Pro")
    assert index.find("AHRE") == (3, "Ähre")
    assert index.find("twin") is None and index.find("") is None and index.find("GTX") is None
    assert squeeze("GTX Pro") == "gtxpro"


def test_what_cannot_be_imported_is_refused(sqlite_database: str, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="cannot be imported"):
        load(tmp_path, "sessions", "name\nx\n")
    assert import_file(SYSTEM, "deals", tmp_path / "nowhere.csv").problems == ["There is no file nowhere.csv."]
