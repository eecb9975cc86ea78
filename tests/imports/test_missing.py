"""Companies that rows name and that are not here: made on the way, each once, where it is asked for and allowed."""

from pathlib import Path
from typing import Any, cast

import pytest

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes.replay import differences
from crm_app.identity.matrix import MATRIX
from crm_app.imports import running
from crm_app.imports.history import report_of, undo_run
from crm_app.imports.rows import remarks_of
from crm_app.imports.service import inspect_file
from crm_app.tables import Company, Deal, DuplicatePair, Person
from tests.imports.files import all_of, load, reasons
from tests.support.builders import make_person, make_pipeline, make_user, principal

PEOPLE = """name,email,company,owner,time zone
Ada Byron,ada@gmail.com,Nordlys Energi,Olga,
Bo Diaz,bo@nordlys.example,NORDLYS ENERGI,,
Cy Young,cy@acme.example,ACME Ltd,,
Di Moe,di@else.example,-,,
Ed Poe,ed@zentrum.example,Zentrum Bau GmbH,,
Flo Ray,flo@twin.example,Twin Inc,,
Gus Orr,gus@nordlys.example,Nordlys energi,,
Hal Ito,hal@zentrum.example,Zentrum Bau,,
Ada Byron,,Nordlys Energi,,
Ivo Lee,a@lone.example,Lone Star Mining,,Atlantis
Jan Lee,b@lone.example,Lone Star Mining Ltd,,Atlantis
"""
HERE = "name,domain\nAcme Limited,\nTwin GmbH,twin.example\nTwin AG,twin.example\n" + "".join(
    f"Filling {n} Works,\n" for n in range(60)
)


def firms() -> dict[str, Company]:
    return {c.name: c for c in all_of(Company) if c.deleted_at is None}


def staff() -> dict[str, str]:
    names = {c.id: c.name for c in all_of(Company)}
    return {p.display_name: names[p.company_id] for p in all_of(Person) if p.deleted_at is None}


@pytest.mark.parametrize("size", [500, 1])
def test_they_are_made_once_and_taken_back_with_the_import(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(running, "CHUNK_ROWS", size)
    monkeypatch.setattr(running, "LEAST_ROWS", size)
    olga = make_user(name="Olga")
    load(tmp_path, "companies", HERE)
    trial = load(tmp_path, "people", PEOPLE, create_companies=True, dry_run=True)
    assert len(firms()) == 63 and staff() == {}
    found = inspect_file(SYSTEM, "people", tmp_path / "file.csv").absent
    assert (found.count, found.say(True)) == (4, "4 companies will be created."), "also for rows that fall"
    real = load(tmp_path, "people", PEOPLE, create_companies=True)
    for report in (trial, real):
        assert report.also_created == {"company": 3}, "Nordlys, Zentrum and the one that could be either Twin"
        assert (report.created, report.unchanged, report.refused) == (7, 1, 3)
        assert reasons(report)[5] == "Company: No company is called '-'." and "Atlantis" in reasons(report)[12]
        taken = {(g.given, g.taken, g.rows) for g in report.guesses if "ordlys" not in g.given.lower()}
        assert taken == {("ACME Ltd", "Acme Limited", 1), ("Zentrum Bau", "Zentrum Bau GmbH", 1)}
        assert "Also created: 3 companies." in remarks_of(report) and report.alike == 1
    kept = db.read_sync(report_of, SYSTEM, real.run_id or 0)
    assert kept.also_created == {"company": 3}, "it says so later, too"
    made = firms()
    assert len(made) == 66, "none for nobody"
    assert made["Nordlys Energi"].owner_id == olga and made["Zentrum Bau GmbH"].owner_id is None
    assert made["Zentrum Bau GmbH"].domain == "zentrum.example"
    assert made["Nordlys Energi"].domain == ("nordlys.example" if size > 1 else ""), "none of a public provider"
    assert staff()["Cy Young"] == "Acme Limited" and staff()["Gus Orr"] == "Nordlys Energi"
    assert {staff()["Hal Ito"], staff()["Ed Poe"]} == {"Zentrum Bau GmbH"}
    assert {p.kind for p in all_of(DuplicatePair)} == {"company"}, "the unsure one waits"
    assert db.read_sync(differences) == []
    again = load(tmp_path, "people", PEOPLE, create_companies=True)
    assert (again.created, again.unchanged, again.also_created) == (0, 8, {})
    assert undo_run(SYSTEM, real.run_id or 0).ok
    assert len(firms()) == 63 and staff() == {}


def test_none_is_made_for_rows_that_change_nothing(sqlite_database: str, tmp_path: Path) -> None:
    make_person(
        first_name="Ada",
        last_name="Byron",
        display_name="Ada Byron",
        emails=[{"value": "ada@byron.example"}],
        phones=[{"value": "+4722123456"}],
    )
    known, new = "Ada Byron,ada@byron.example,,New One\n", "Bo Diaz,bo@diaz.example,,Other One\n"
    like = "Ada Byron,,+47 22 12 34 56,Third One\n"
    head = "name,email,phone,company\n"
    for rows, how in ((known, {"mode": "create"}), (new, {"mode": "update"}), (like, {"likely": "leave"})):
        report = load(tmp_path, "people", head + rows, create_companies=True, **how)
        assert (report.created, report.updated, report.also_created, firms()) == (0, 0, {}, {}), str(report)
    report = load(tmp_path, "people", head + like, create_companies=True, likely="update")
    assert (report.taken, report.also_created, staff()) == (1, {"company": 1}, {"Ada Byron": "Third One"})
    make_pipeline()
    report = load(tmp_path, "deals", "company,stage\nFifth One,Engaging\n", create_companies=True)
    assert report.also_created == {"company": 1} and [d.title for d in all_of(Deal)] == ["Deal with Fifth One"]
    report = load(tmp_path, "people", head + f"Cy Young,,,{'x' * 201}\n", create_companies=True)
    assert reasons(report)[2].startswith("Company: ") and "200" in reasons(report)[2]


def test_who_may_make_no_companies_is_told_so(
    sqlite_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = principal(make_user(role="manager"), "manager")
    rights = {**MATRIX["manager"], "company": {**MATRIX["manager"]["company"], "create": "none"}}
    monkeypatch.setitem(cast(Any, MATRIX), "manager", rights)
    report = load(tmp_path, "people", "name,company\nAda,Acme\nBo,\n", create_companies=True, actor=manager)
    why = "The role Manager may not create companies."
    assert reasons(report) == {2: f"Company: No company is called 'Acme'. {why}"} and report.created == 1
    said = inspect_file(manager, "people", tmp_path / "file.csv").absent.say(True)
    assert said == f"1 company is not here; rows that name it are refused. {why}"
