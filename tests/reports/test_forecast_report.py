"""The forecast report against a plain count, and against the screen of the same forecast."""

from datetime import date
from decimal import Decimal

import pytest

from crm_app.core import clock, db
from crm_app.core.actor import SYSTEM
from crm_app.core.errors import Forbidden
from crm_app.forecast.queries import Asked, find_forecast, list_deals
from crm_app.forecast.rules.categories import COUNTED
from crm_app.forecast.rules.periods import Period
from crm_app.reports.rows import Report
from crm_app.reports.service import build_report, may_take
from tests.forecast.company import TODAY, Company
from tests.support.builders import make_user, principal

pytestmark = pytest.mark.usefixtures("database_url")
NOVEMBER, QUARTER = Period("month", date(2026, 11, 1)), Period("quarter", date(2026, 10, 1))


def report(actor=SYSTEM, **asked: str) -> Report:
    return db.read_sync(build_report, actor, {"report": "forecast", "from": "2026-11-05"} | asked)


@pytest.mark.parametrize("period", [NOVEMBER, QUARTER])
def test_the_sums_of_owners_are_those_of_a_plain_count(period: Period, monkeypatch: pytest.MonkeyPatch) -> None:
    company = Company()
    monkeypatch.setattr(clock, "today", lambda zone: TODAY)
    found = report(kind=period.kind)
    plain = company.plain(period, {*company.users, None})
    names = {id: f"Seller {n}" for n, id in enumerate(company.users)} | {None: "Nobody"}
    wanted = {
        names[owner]: (sum(counts.values()), *(Decimal(sums[c]) / 100 for c in COUNTED))
        for owner, (sums, counts) in plain.items()
    }
    shown = {str(row[0]): row[1:6] for row in found.tables[0].rows}
    assert {name: figures for name, figures in shown.items() if any(figures)} == wanted
    assert found.tables[0].total[1:6] == tuple(map(sum, zip(*wanted.values(), strict=True)))
    assert found.count == len(found.records) == sum(row[0] for row in wanted.values())
    assert found.subtitle == period.name
    months = [row[0] for row in found.tables[1].rows]
    assert months[0] == period.name and len(months) == {"month": 6, "quarter": 4}[period.kind]


def test_the_records_are_the_deals_that_the_screen_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    company = Company()
    monkeypatch.setattr(clock, "today", lambda zone: TODAY)
    asked = Asked(QUARTER, TODAY)
    listed, start = [], 0
    while len(rows := db.read_sync(list_deals, SYSTEM, asked, "all", "", start).rows):
        listed, start = listed + [one.title for one in rows], start + len(rows)
    assert [str(one[0]) for one in report(kind="quarter").records] == listed
    whole = db.read_sync(find_forecast, SYSTEM, asked).whole
    assert report(kind="quarter").tables[0].total[2:6] == tuple(Decimal(whole.of(c)) / 100 for c in COUNTED)
    one = report(kind="quarter", owner=str(company.users[0]))
    assert {row[2] for row in one.records} == {"Seller 0"} and "Seller 0" in one.subtitle


def test_lines_of_teams_hold_those_below_and_the_total_counts_each_deal_once() -> None:
    Company()
    found = report(kind="year", by="team")
    names = [str(row[0]) for row in found.tables[0].rows]
    assert {"All", "– Team 0", "– Team 1"} <= set(names)
    assert found.tables[0].total[1] == found.count


def test_a_seller_sees_and_takes_the_own_deals_and_others_nothing() -> None:
    company = Company()
    seller = principal(company.users[0], "sales")
    mine = report(seller, kind="year")
    assert mine.count and {row[2] for row in mine.records} == {"Seller 0"}
    assert may_take(seller, "forecast") and not may_take(
        principal(make_user(role="read-only"), "read-only"), "forecast"
    )
    with pytest.raises(Forbidden):
        report(principal(make_user(role="support"), "support"))
