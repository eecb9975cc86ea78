"""The public data set, counted against a plain reading of its files."""

import csv
from collections import Counter
from datetime import UTC, date, datetime

import pytest

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import undo
from crm_app.core.changes.replay import differences
from crm_app.imports.report import Guess
from crm_app.tables import ChangeLog, Company, CustomField, Deal, DealLine, Pipeline, Product, Stage, Team, User
from tests.imports.files import DATA, all_of, load_maven

pytestmark = pytest.mark.slow


def rows_of(name: str) -> list[dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_files_are_loaded_as_they_stand_and_a_second_time_change_nothing(database_url: str) -> None:
    reports = load_maven()
    assert [(r.created, r.updated, r.unchanged, r.refused) for r in reports] == [
        (85, 0, 0, 0),
        (7, 0, 0, 0),
        (35, 0, 0, 0),
        (8800, 0, 0, 0),
    ]
    assert reports[3].guesses == [Guess("Product", "GTXPro", "GTX Pro", 1480)]
    assert reports[3].also_created == {"pipeline": 1, "stage": 4}
    assert reports[2].also_created == {"team": 9, "user": 6}
    assert all_of(CustomField) == []
    _deals_are_those_of_the_file()
    _companies_and_people()
    _history_has_the_dates_of_the_file()
    logged = len(all_of(ChangeLog))
    again = load_maven()
    assert [(r.created, r.updated, r.unchanged, r.refused) for r in again] == [
        (0, 0, 85, 0),
        (0, 0, 7, 0),
        (0, 0, 35, 0),
        (0, 0, 8800, 0),
    ]
    assert len(all_of(ChangeLog)) == logged
    assert db.read_sync(differences) == []


def _deals_are_those_of_the_file() -> None:
    stages = {s.id: s for s in all_of(Stage)}
    assert [(s.name, s.probability, s.kind) for s in sorted(stages.values(), key=lambda s: s.position)] == [
        ("Prospecting", 10, "open"),
        ("Engaging", 40, "open"),
        ("Won", 100, "won"),
        ("Lost", 0, "lost"),
    ]
    assert len(all_of(Pipeline)) == 1
    companies = {c.id: c.name for c in all_of(Company)}
    users = {u.id: u.name for u in all_of(User)}
    products = {p.id: p.name for p in all_of(Product)}
    lines = {line.deal_id: products[line.product_id] for line in all_of(DealLine)}
    found = {
        d.external_id: (
            stages[d.stage_id].name,
            users[d.owner_id],
            companies.get(d.company_id, ""),
            lines[d.id],
            d.opened_on,
            d.closed_on,
            d.value_minor,
            d.is_estimate,
        )
        for d in all_of(Deal)
    }
    expected = {
        r["opportunity_id"]: (
            r["deal_stage"],
            r["sales_agent"],
            r["account"],
            r["product"].replace("GTXPro", "GTX Pro"),
            date.fromisoformat(r["engage_date"]) if r["engage_date"] else None,
            date.fromisoformat(r["close_date"]) if r["close_date"] else None,
            int(r["close_value"]) * 100 if r["close_value"] else None,
            False,
        )
        for r in rows_of("sales_pipeline")
    }
    assert found == expected


def _companies_and_people() -> None:
    companies = {c.name: c for c in all_of(Company)}
    by_id = {c.id: c.name for c in companies.values()}
    for row in rows_of("accounts"):
        company = companies[row["account"]]
        assert (company.industry, company.country) == (row["sector"], row["office_location"])
        assert by_id.get(company.parent_id, "") == row["subsidiary_of"]
        assert company.revenue_minor == round(float(row["revenue"]) * 100)
    teams = {t.id: t for t in all_of(Team)}
    users = {u.name: u for u in all_of(User)}
    for row in rows_of("sales_teams"):
        user = users[row["sales_agent"]]
        assert (user.status, user.role, user.email) == ("listed", "sales", "")
        team = teams[user.team_id]
        assert (team.name, team.office, teams[team.parent_id].name) == (
            row["manager"],
            row["regional_office"],
            row["regional_office"],
        )
        manager = users[row["manager"]]
        assert (team.manager_id, manager.role, manager.status) == (manager.id, "manager", "listed")


def _history_has_the_dates_of_the_file() -> None:
    log = [entry for entry in all_of(ChangeLog) if entry.kind == "deal"]
    assert Counter(e.op for e in log) == {"create": 8800, "update": 6711}
    ids = {d.external_id: d.id for d in all_of(Deal)}
    stages = {s.name: s.id for s in all_of(Stage)}
    mine = [e for e in log if e.record_id == ids["1C1I7A6R"]]
    assert [(e.op, e.effective_at) for e in mine] == [
        ("create", datetime(2016, 10, 20, tzinfo=UTC)),
        ("update", datetime(2017, 3, 1, tzinfo=UTC)),
    ]
    assert mine[1].diff["stage_id"] == [stages["Engaging"], stages["Won"]]
    assert mine[1].diff["value_minor"] == [None, 105400]


def test_an_import_is_undone_as_a_whole(sqlite_database: str) -> None:
    report = load_maven("companies")[0]
    assert report.batch_id is not None
    db.write_sync(undo, SYSTEM, report.batch_id)
    assert all(c.deleted_at is not None for c in all_of(Company))
    assert load_maven("companies")[0].created == 85
