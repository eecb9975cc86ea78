"""The figures against an independent count of the CSV files."""

import csv
import json
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

from crm_app.core import db
from crm_app.core.actor import SYSTEM, Principal
from crm_app.core.errors import Invalid
from crm_app.identity.teams import find_member_ids
from crm_app.imports.service import import_file
from crm_app.insight.kpis import kpis
from crm_app.tables import User
from tests.support import forks
from tests.support.builders import make_deal, make_pipeline, principal

DATA = Path(__file__).parents[2] / "crm_app" / "demo" / "data"
Rows = list[dict[str, str]]


def rows_of(name: str) -> Rows:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


DEALS = rows_of("sales_pipeline.csv")
SECTOR = {r["account"]: r["sector"] for r in rows_of("accounts.csv")}
MANAGER = {r["sales_agent"]: r["manager"] for r in rows_of("sales_teams.csv")}
STAGES = {"Won": "won", "Lost": "lost"}
KEYS: dict[str, Callable[[dict[str, str]], str | None]] = {
    "owner": lambda r: r["sales_agent"],
    "team": lambda r: MANAGER[r["sales_agent"]],
    "product": lambda r: {"GTXPro": "GTX Pro"}.get(r["product"], r["product"]),
    "industry": lambda r: SECTOR.get(r["account"]),
    "stage": lambda r: r["deal_stage"],
    "month": lambda r: r["close_date"][:7] or None,
}


def counted(rows: Rows, start: str = "", end: str = "9999") -> dict[str, Any]:
    """The figures, counted by hand."""
    inside = [r for r in rows if r["close_date"] and start <= r["close_date"] <= end]
    won = [r for r in inside if r["deal_stage"] == "Won"]
    lost = [r for r in inside if r["deal_stage"] == "Lost"]
    days = [(date.fromisoformat(r["close_date"]) - date.fromisoformat(r["engage_date"])).days for r in won]
    value = sum(float(r["close_value"]) for r in won)
    return {
        "won": len(won),
        "lost": len(lost),
        "open": sum(r["deal_stage"] not in STAGES for r in rows),
        "won_value": value,
        "win_rate": len(won) / (len(won) + len(lost)) if inside else None,
        "average_won": value / len(won) if won else None,
        "average_days_to_close": sum(days) / len(days) if days else None,
    }


def same(found: dict[str, Any], expected: dict[str, Any]) -> None:
    assert {k: v for k, v in found.items() if k not in ("key", "groups")} == pytest.approx(expected)


@pytest.mark.slow
def test_the_figures_are_those_of_the_files(database_url: str) -> None:
    for kind, name in (
        ("companies", "accounts"),
        ("products", "products"),
        ("users", "sales_teams"),
        ("deals", "sales_pipeline"),
    ):
        assert import_file(SYSTEM, kind, DATA / f"{name}.csv").ok
    same(db.read_sync(kpis, SYSTEM), counted(DEALS))
    quarter = db.read_sync(kpis, SYSTEM, start=date(2017, 4, 1), end=date(2017, 6, 30))
    same(quarter, counted(DEALS, "2017-04-01", "2017-06-30"))
    for by in KEYS:
        _groups_agree(by, db.read_sync(kpis, SYSTEM, start=date(2017, 4, 1), end=date(2017, 6, 30), by=by)["groups"])
    _rights_hold()
    _the_command_agrees()


def _the_command_agrees() -> None:
    """`kith kpis` with a period, one bound of it, and groups."""

    def said(*words: str) -> dict[str, Any]:
        done = forks.kith(["kpis", *words, "--json"], os.environ)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    same(said("--from", "2017-10-01"), counted(DEALS, "2017-10-01"))
    for by in ("team", "month"):
        found = said("--from", "2017-04-01", "--to", "2017-06-30", "--by", by)
        same(found, counted(DEALS, "2017-04-01", "2017-06-30"))
        _groups_agree(by, found["groups"])
    wrong = forks.kith(["kpis", "--from", "2017-02-30", "--json"], os.environ)
    assert wrong.returncode == 2 and "Traceback" not in wrong.stderr


def _groups_agree(by: str, groups: list[dict[str, Any]]) -> None:
    """Of the second quarter."""
    key = KEYS[by]
    expected: dict[str | None, Rows] = {}
    for row in DEALS:
        if row["deal_stage"] not in STAGES or "2017-04-01" <= row["close_date"] <= "2017-06-30":
            expected.setdefault(key(row), []).append(row)
    assert {g["key"] for g in groups} == set(expected)
    assert len(groups) == len(expected)
    for group in groups:
        same(group, counted(expected[group["key"]], "2017-04-01", "2017-06-30"))


def _rights_hold() -> None:
    """A seller sees the own figures, a manager those of the team."""

    def who(session: Session, name: str) -> Principal:
        user = session.exec(select(User).where(User.name == name)).one()
        return principal(
            user.id,
            user.role,
            team_id=user.team_id,
            zone="UTC",
            member_ids=find_member_ids(session, user.id, user.team_id),
        )

    seller = db.read_sync(who, "Darcel Schlecht")
    same(db.read_sync(kpis, seller), counted([r for r in DEALS if r["sales_agent"] == "Darcel Schlecht"]))
    manager = db.read_sync(who, "Melvin Marxen")
    same(db.read_sync(kpis, manager), counted([r for r in DEALS if MANAGER[r["sales_agent"]] == "Melvin Marxen"]))
    stranger = Principal(id=None, name="", role="sales")
    assert db.read_sync(kpis, stranger)["open"] == 0


def test_bounds_are_inclusive_and_nothing_to_divide_is_null(database_url: str) -> None:
    pipeline = make_pipeline()
    assert db.read_sync(kpis, SYSTEM) == {
        "won": 0,
        "lost": 0,
        "open": 0,
        "won_value": 0,
        "win_rate": None,
        "average_won": None,
        "average_days_to_close": None,
    }
    for day in (1, 2, 3, 4):
        make_deal(pipeline, "Won", value_minor=day * 1050, opened_on=date(2026, 4, 1), closed_on=date(2026, 5, day))
    make_deal(pipeline, "Engaging", value_minor=5)
    found = db.read_sync(kpis, SYSTEM, start=date(2026, 5, 2), end=date(2026, 5, 3), by="month")
    assert (found["won"], found["open"], found["won_value"]) == (2, 1, 52.5)
    assert found["average_days_to_close"] == 31.5
    assert [(g["key"], g["won"], g["open"]) for g in found["groups"]] == [("2026-05", 2, 0), (None, 0, 1)]


def test_a_wrong_question_is_refused(sqlite_database: str) -> None:
    with pytest.raises(Invalid, match="grouping"):
        db.read_sync(kpis, SYSTEM, by="weather")
    with pytest.raises(Invalid, match="before"):
        db.read_sync(kpis, SYSTEM, start=date(2026, 5, 2), end=date(2026, 5, 1))
