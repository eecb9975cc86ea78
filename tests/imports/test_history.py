"""Past runs: listed for those who may see them, gone on with, and taken back in chunks."""

from datetime import timedelta
from pathlib import Path

import pytest

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes.replay import differences
from crm_app.core.errors import Forbidden, NotFound, Refused
from crm_app.imports import chunk, history, running
from crm_app.imports.history import list_runs, report_of, undo_run
from crm_app.imports.service import import_file, resume
from crm_app.records.bulk import running as bulk_running
from crm_app.tables import ChangeBatch, Company, CustomField, Deal, ImportRun, Person, Stage, Team, User
from tests.imports.files import all_of, load, load_maven
from tests.support.builders import change, make_company, make_person, make_pipeline, make_team, make_user, principal

ACCOUNTS = Path(__file__).parents[2] / "crm_app" / "demo" / "data" / "accounts.csv"


def _living(model: type) -> list:
    return [row for row in all_of(model) if row.deleted_at is None]


def test_undo_takes_everything_back_in_one_batch_and_many_transactions(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_running, "MOST_ROWS", 20)
    kept = make_company(name="Was here", employees=3)
    report = load_maven("companies", "users")[0]
    again = load(tmp_path, "companies", "account,employees,shoe size\nWas here,9,38\n")
    seen: list[tuple[int, int]] = []
    assert again.run_id is not None and undo_run(SYSTEM, again.run_id).kept == ()
    done = undo_run(SYSTEM, report.run_id or 0, progress=lambda a, b: seen.append((a, b)))
    assert (done.status, done.kept_count, done.done) == ("done", 0, 85)
    assert [a for a, _ in seen] == [20, 40, 60, 80, 85] and {b for _, b in seen} == {85}
    assert [(c.id, c.employees, c.custom) for c in _living(Company)] == [(kept, 3, {})]
    assert _living(CustomField) == [] and len(_living(User)) > 30
    assert sum(b.undoes == report.batch_id for b in all_of(ChangeBatch)) == 1
    assert {r.id: r.status for r in all_of(ImportRun)}[report.run_id or 0] == "undone"
    assert db.read_sync(differences) == []
    for refuse in (undo_run, resume):
        with pytest.raises(Refused, match="undone"):
            refuse(SYSTEM, report.run_id or 0)


def test_what_rows_brought_along_goes_with_them(database_url: str) -> None:
    report = load_maven("users")[-1]
    assert _living(Team) and _living(User)
    assert undo_run(SYSTEM, report.run_id or 0).kept == ()
    assert _living(Team) == [] and _living(User) == []


def test_undo_leaves_what_others_built_on_and_says_so(database_url: str, tmp_path: Path) -> None:
    report = load(tmp_path, "companies", "account,employees\nAcme,5\nBeta,6\nGamma,7\n")
    ids = {c.name: c.id for c in all_of(Company)}
    make_person(company_id=ids["Acme"], display_name="Ada Byron")
    change("company", ids["Beta"], employees=60)
    done = undo_run(SYSTEM, report.run_id or 0)
    assert [c.name for c in _living(Company)] == ["Acme"]
    assert done.kept == ("Company Acme: This company is used elsewhere and cannot go. (Person: Ada Byron)",)
    assert len(_living(Person)) == 1 and db.read_sync(differences) == []


def test_an_undo_that_was_broken_off_goes_on(sqlite_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_running, "MOST_ROWS", 20)
    report = import_file(SYSTEM, "companies", ACCOUNTS)
    calls = iter((False, True))
    assert undo_run(SYSTEM, report.run_id or 0, cancel=lambda: next(calls)).status == "cancelled"
    assert len(_living(Company)) == 45
    with pytest.raises(Refused, match="undone"):
        resume(SYSTEM, report.run_id or 0)
    done = undo_run(SYSTEM, report.run_id or 0)
    assert done.kept == () and _living(Company) == []
    assert sum(b.undoes == report.batch_id for b in all_of(ChangeBatch)) == 1


def test_the_list_says_what_its_reader_may_do(sqlite_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "CHUNK_ROWS", 20)
    manager = principal(make_user(name="Mia", role="manager"), "manager")
    marketer = principal(make_user(role="marketing"), "marketing")
    seller = principal(make_user(), "sales")
    calls = iter((False, False, True))
    report = import_file(manager, "companies", ACCOUNTS, cancel=lambda: next(calls))
    (own,) = db.read_sync(list_runs, manager)
    assert (own.who, own.file_name, own.status, own.total) == ("Mia", "accounts.csv", "cancelled", 85)
    assert (own.created, own.can_resume, own.can_undo) == (report.created, True, True)
    assert db.read_sync(list_runs, seller) == [] and db.read_sync(list_runs, marketer) == []
    other = principal(make_user(role="manager"), "manager")
    (theirs,) = db.read_sync(list_runs, other)
    assert (theirs.can_resume, theirs.can_undo) == (False, False)
    for refuse in (undo_run, resume):
        with pytest.raises(Forbidden):
            refuse(other, own.id)
        with pytest.raises(NotFound):
            refuse(seller, own.id)
    with pytest.raises(NotFound):
        db.read_sync(report_of, seller, own.id)
    assert resume(manager, own.id).created == 85


def test_a_run_whose_process_died_is_seen_to_be_broken_off(
    sqlite_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = load(tmp_path, "companies", "account,employees\nAcme,5\nBad,x\n")
    db.write_sync(history._mark, report.run_id or 0, "running")
    assert db.read_sync(list_runs, SYSTEM)[0].status == "running"
    with pytest.raises(Refused, match="still running"):
        undo_run(SYSTEM, report.run_id or 0)
    monkeypatch.setattr(history, "QUIET", timedelta(0))
    (seen,) = db.read_sync(list_runs, SYSTEM)
    assert (seen.status, seen.can_resume, seen.can_undo) == ("broken off", True, True)
    (tmp_path / "file.csv").unlink()
    with pytest.raises(Refused, match="not kept any more"):
        resume(SYSTEM, report.run_id or 0)
    again = db.read_sync(report_of, SYSTEM, report.run_id or 0)
    assert [(e.row_no, e.raw) for e in again.errors] == [(3, ["Bad", "x"])]


def test_a_dry_run_counts_custom_values_as_the_run_does(database_url: str, tmp_path: Path) -> None:
    load(tmp_path, "companies", "account,shoe size\nAcme,38\nBeta,39\n")
    text = "account,shoe size,hat\nAcme,40,\nBeta,39,x\nGamma,,y\n"
    tried = load(tmp_path, "companies", text, dry_run=True)
    assert [f.label for f in all_of(CustomField)] == ["shoe size"]
    assert {c.name: list(c.custom.values()) for c in all_of(Company)} == {"Acme": ["38"], "Beta": ["39"]}
    real = load(tmp_path, "companies", text)
    for report in (tried, real):
        assert (report.created, report.updated, report.unchanged) == (1, 2, 0)
        assert report.also_created == {"custom_field": 1}


def test_rows_of_owners_outside_the_team_say_so_at_once(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_pipeline()
    team = make_team()
    mine = make_user(name="Mine", team_id=team)
    make_user(name="Stranger")
    head = "opportunity_id,owner,stage,engage date,close date,close_value\n"
    load(tmp_path, "deals", head + "OLD,Stranger,Engaging,2017-01-01,,\n")
    boss = make_user(role="manager", team_id=team)
    manager = principal(boss, "manager", team_id=team, member_ids=frozenset({boss, mine}))
    calls: list[int] = []
    inner = chunk.apply_many
    monkeypatch.setattr(chunk, "apply_many", lambda *a, **k: calls.append(1) or inner(*a, **k))
    rows = [f"S{n},Stranger,Won,2017-01-01,2017-02-01,5" for n in range(100)]
    rows += ["M1,Mine,Won,2017-01-01,2017-02-01,5", "OLD,Stranger,Won,2017-01-01,2017-02-01,5"]
    report = load(tmp_path, "deals", head + "\n".join(rows) + "\n", actor=manager)
    assert (report.created, report.refused) == (1, 101)
    assert {e.reason for e in report.errors} == {"Owned by Stranger, who is not in your team."}
    assert len(calls) <= 4, "one row that is refused must not make all the others be tried again"
    assert {d.external_id for d in all_of(Deal)} == {"OLD", "M1"} and len(all_of(Stage)) == 4
