"""Whatever is in the file: a report row by row, and never half a row."""

import os
from pathlib import Path

import pytest

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import replay
from crm_app.core.config import settings
from crm_app.core.errors import Refused
from crm_app.imports import reading, runs
from crm_app.imports.service import import_file, inspect_file, refused_csv
from crm_app.tables import ChangeLog, Company, Deal, ImportRun, Person, Stage
from tests.imports.files import all_of, load, reasons
from tests.support.builders import change, make_company, make_pipeline, make_product

HEAD = "opportunity_id,product,account,deal_stage,engage_date,close_date,close_value\n"


@pytest.fixture(autouse=True)
def _catalogue(sqlite_database: str) -> None:
    make_company(name="Isdom")
    make_product(name="GTX Pro")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252", "latin-1"])
def test_another_encoding_is_detected_and_said(tmp_path: Path, encoding: str) -> None:
    text = "account,sector\r\nMüller & Söhne Gerätebau,möbel\r\nCafé Größe,gastronomie\r\n"
    report = load(tmp_path, "companies", text.encode(encoding))
    assert (report.created, report.refused) == (2, 0)
    assert "Müller & Söhne Gerätebau" in [c.name for c in all_of(Company)]
    assert bool(report.notes) == (encoding != "utf-8-sig")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    lines = [["account", "sector", "revenue"], ["One", f'"a{delimiter}b"', "1.5"], ["Two", "x", "2"]]
    text = "\n".join(delimiter.join(cells) for cells in lines)
    assert load(tmp_path, "companies", text).created == 2
    assert {c.name: c.revenue_minor for c in all_of(Company) if c.name != "Isdom"} == {"One": 150, "Two": 200}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \r\n \n", "empty"),
        (b"account,sector\n", "no rows"),
        (b"PK\x03\x04rest", "Excel"),
        (b"account\x00,sector\x00\n1,2\n", "not a text file"),
        (b"Acme,technology\nBeta,retail\n", "No column"),
        (b"account^sector\nAcme^retail\n", "No column"),
        (b"sector,employees\nretail,5\n", "no column for: Name"),
    ],
)
def test_a_file_that_cannot_be_imported_says_why(tmp_path: Path, data: bytes, reason: str) -> None:
    report = load(tmp_path, "companies", data)
    assert reason in " ".join(report.problems)
    assert not report.ok and report.created == 0
    assert report.refused == report.total == len(report.errors)
    assert [c.name for c in all_of(Company)] == ["Isdom"]


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.write(b"account\n")
        os.truncate(file.fileno(), 200 * 1024 * 1024)
    report = import_file(SYSTEM, "companies", path)
    assert report.problems == [f"This file has 200 MB; at most {settings().import_mb} MB can be imported at once."]
    assert report.seconds < 1


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"a," * 3_000, "This file has no header. The row cannot be read: it has more than 4,000 characters."),
        (b"a," * 1_000 + b"\na\n", "This file has more than 500 columns, the most that can be imported."),
        (b"account,sector\n" + b"a," * 1_000, "The row has 1,001 cells; at most 500 can be imported."),
        (b"account,sector\n" + b"a," * 3_000, "The row cannot be read: it has more than 4,000 characters."),
        (b'account,sector\n"' + b'x\n","' * 1_000, "The row cannot be read: it has more than 4,000 characters."),
    ],
)
def test_a_row_without_end_is_not_taken_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes, said: str
) -> None:
    """100 MB of commas would be some gigabytes of cells; what comes after such a row is read again."""
    monkeypatch.setattr(reading, "LONGEST_ROW", 4_000)
    path = tmp_path / "wide.csv"
    path.write_bytes(data + b"\nAcme,retail\n")
    try:
        source = reading.open_source(path, {"account"}, 100)
        first, *_, last = reading.read_rows(source)
    except Refused as refusal:
        assert refusal.message == said
    else:
        assert first.problem == said and len(first.cells) <= 501
        assert last.cells == ["Acme", "retail"] and not last.problem


def test_each_bad_row_is_refused_with_its_reasons_and_the_others_are_taken(tmp_path: Path) -> None:
    make_pipeline()
    report = load(
        tmp_path,
        "deals",
        HEAD
        + "\n".join(
            [
                "A1,GTX Pro,Isdom,Won,2017-01-01,2017-02-01,100",
                "A2,GTX Pro,Isdom,Won,2017-13-01,2017-02-01,100",
                "A3,GTX Pro,Isdom,Won,2017-01-01,2017-02-01,-5",
                "A4,GTX Pro,Isdom,Won,2017-01-01,2017-02-01,100,surplus",
                "A5,GTX Pro,Isdom,Won",
                "A6,Abacus,Nobody Inc,Won,2017-01-01,2017-02-01,100",
                "A7,GTX Pro,Isdom,Won,2017-03-01,2017-02-01,lots",
                "A8,GTX Pro,Isdom,Lost,2017-03-01,2017-02-01,0",
                "",
                "A9,,,Prospecting,,,",
            ]
        ),
    )
    assert (report.total, report.created, report.refused) == (9, 2, 7)
    assert {d.external_id for d in all_of(Deal)} == {"A1", "A9"}
    said = reasons(report)
    assert "'2017-13-01' is not a date" in said[3]
    assert said[4] == "Value must not be negative."
    assert said[5] == "The row has 8 cells, the header has 7."
    assert said[6] == "The row has 4 cells, the header has 7."
    assert "No product is called 'Abacus'." in said[7] and "No company is called 'Nobody Inc'." in said[7]
    assert "'lots' is not a number" in said[8]
    assert "is before" in said[9]
    assert db.read_sync(replay.differences) == []


def test_a_row_whose_second_change_is_refused_leaves_nothing(tmp_path: Path) -> None:
    """The closing is refused after the opening was taken: neither is there, and the other rows are."""
    _, stages = make_pipeline()
    change("stage", stages["Won"], required_fields=["person_id"])
    text = HEAD + "A1,GTX Pro,Isdom,Engaging,2017-01-01,,\n"
    assert load(tmp_path, "deals", text).created == 1
    moved = load(tmp_path, "deals", HEAD + "A1,GTX Pro,Isdom,Won,2017-01-01,2017-02-01,100\n")
    assert moved.refused == 1 and "Person" in moved.errors[0].reason
    assert all_of(Deal)[0].stage_id == stages["Engaging"] and all_of(Deal)[0].value_minor is None
    created = load(tmp_path, "deals", HEAD + "A2,GTX Pro,Isdom,Won,2017-01-01,2017-02-01,100\n")
    assert created.created == 1, "an import may create a deal in any stage"
    assert created.lacking == 1 and "1 lack something that their stage asks for" in str(created)
    assert db.read_sync(runs.load, SYSTEM, created.run_id or 0)[0].lacking == 1


def test_the_refused_rows_come_back_as_a_file_without_formulas(tmp_path: Path) -> None:
    report = load(tmp_path, "companies", 'account,revenue,sector\n=HYPERLINK("x"),abc,+1\n@SUM,-1,"a\tb"\n')
    assert report.refused == 2 and report.run_id is not None
    lines = refused_csv(SYSTEM, report.run_id).splitlines()
    assert lines[0] == "account,revenue,sector,row,reason"
    assert lines[1].startswith('"\'=HYPERLINK(""x"")",abc,\'+1,2,')
    assert lines[2].startswith("'@SUM,'-1,")
    assert "not be negative" in lines[2]


def test_a_broken_quote_costs_its_rows_only(tmp_path: Path) -> None:
    report = load(tmp_path, "companies", 'account,sector\nGood,x\nBad,"never closed\nLost,y\n')
    assert report.created + report.refused == report.total
    assert "Good" in {c.name for c in all_of(Company)}


def test_looking_at_a_file_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("first_name,surname,e-mail,company,shoe size\nAda,Byron,ada@isdom.example,Isdom,38\n")
    before = len(all_of(ChangeLog))
    found = inspect_file(SYSTEM, "people", path)
    assert [c.field for c in found.columns] == ["first_name", "last_name", "emails.value", "company_id", "custom"]
    assert found.columns[4].samples == ["38"] and found.rows == 1 and found.problems == []
    assert len(all_of(ChangeLog)) == before and all_of(ImportRun) == [] and all_of(Person) == []


def test_a_dry_run_reports_the_same_and_leaves_nothing(tmp_path: Path) -> None:
    text = "account,revenue,subsidiary_of\nChild,1,Parent\nParent,2,\nBad,x,\nOrphan,1,Nobody\n"
    tried = load(tmp_path, "companies", text, dry_run=True)
    assert [c.name for c in all_of(Company)] == ["Isdom"] and all_of(ImportRun) == []
    real = load(tmp_path, "companies", text)
    for report in (tried, real):
        assert (report.created, report.refused, sorted(reasons(report))) == (2, 2, [4, 5])
    assert all_of(Stage) == []
