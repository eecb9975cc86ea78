"""Reports on both databases: figures against a plain count, the screen's words in every file, rights."""

import csv
import io
import re
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from crm_app.core import clock, db
from crm_app.core.actor import SYSTEM, Principal
from crm_app.core.errors import Forbidden, Invalid
from crm_app.paper.report import render_report
from crm_app.reports.queries import filters
from crm_app.reports.rows import Report
from crm_app.reports.service import Format, build_report, report_paper, write_report
from tests.paper.documents import text_of
from tests.support.builders import make, make_company, make_deal, make_pipeline, make_team, make_user, principal

pytestmark = pytest.mark.usefixtures("database_url")
CHANCES = {"Prospecting": 10, "Engaging": 40}
TODAY = clock.today("UTC")


def report(actor: Principal = SYSTEM, **asked: str) -> Report:
    return db.read_sync(build_report, actor, {name.rstrip("_"): text for name, text in asked.items()})


def written(tmp_path: Path, actor: Principal, form: Format, **asked: str) -> Path:
    path = tmp_path / f"report.{form}"
    db.read_sync(write_report, actor, {n.rstrip("_"): text for n, text in asked.items()}, path, form)
    return path


def seed_deals() -> list[dict[str, Any]]:
    """Deals of two owners in two stages; one won, one in another currency."""
    pipeline, company = make_pipeline(), make_company(name="=Acme")
    owners = [make_user(name="Ann Lee"), make_user(name="Bob Ray")]
    made = []
    for n in range(23):
        stage = "Prospecting" if n % 3 else "Engaging"
        deal = {"value_minor": 10_001 * n + 7, "owner_id": owners[n % 2], "opened_on": TODAY - timedelta(days=n)}
        deal["expected_close_on"] = TODAY + timedelta(days=n)
        make_deal(pipeline, stage, title=f"Deal {n}", company_id=company, currency="USD", **deal)
        made.append(deal | {"stage": stage, "days": n, "owner": "Ann Lee" if n % 2 == 0 else "Bob Ray"})
    make_deal(pipeline, "Won", value_minor=99, owner_id=owners[0])
    return made


def plain(deals: list[dict[str, Any]], key: str) -> dict[str, tuple[int, Decimal, Decimal, int]]:
    """Count, value, weighted value and average age of each group, by decimal and by hand."""
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in deals:
        groups[one[key]].append(one)
        groups["Total"].append(one)
    found = {}
    for name, ones in groups.items():
        value = sum((Decimal(d["value_minor"]) / 100 for d in ones), Decimal(0))
        weighted = sum((Decimal(d["value_minor"]) / 100 * CHANCES[d["stage"]] / 100 for d in ones), Decimal(0))
        age = (Decimal(sum(d["days"] for d in ones)) / len(ones)).quantize(Decimal(1), "ROUND_HALF_EVEN")
        found[name] = (len(ones), value, weighted.quantize(Decimal("0.01"), "ROUND_HALF_EVEN"), int(age))
    return found


def figures(table: Any) -> dict[str, tuple[Any, ...]]:
    return {row[0]: row[1:] for row in (*table.rows, table.total)}


def test_the_pipeline_agrees_with_a_plain_count() -> None:
    deals = seed_deals()
    found = report(report="pipeline")
    assert found.count == len(found.records) == 23
    assert figures(found.tables[0]) == plain(deals, "stage")
    assert figures(found.tables[1]) == plain(deals, "owner")
    assert [bar.label for bar in found.charts[0].bars] == ["Prospecting", "Engaging"]
    assert max(bar.shares[0] for bar in found.charts[0].bars) == 100
    assert [h.label for h in found.headlines] == ["Open deals", "Value", "Weighted value", "Average age"]


def test_days_owner_and_team_narrow_it() -> None:
    deals = seed_deals()
    to = (TODAY + timedelta(days=5)).isoformat()
    assert report(to=to).count == 6
    assert report(from_=to, to=to).count == 1
    team = make_team()
    ann = make_user(name="Third", team_id=team)
    make_deal(make_pipeline("Other"), owner_id=ann, value_minor=5)
    assert report(owner=str(ann)).count == report(team=str(team)).count == 1
    assert report().count == len(deals) + 1
    assert {row[0] for row in report().tables[0].rows} == {
        "Sales: Prospecting",
        "Sales: Engaging",
        "Other: Prospecting",
    }


def test_another_currency_is_converted_at_the_stored_rate_or_counted_and_said() -> None:
    deals = seed_deals()
    make_deal(make_pipeline("Other"), value_minor=500, currency="EUR")
    found = report()
    value = sum(Decimal(d["value_minor"]) / 100 for d in deals)
    assert found.count == 24 and found.tables[0].total[2] == value
    assert found.notes == "There is no rate for EUR: 1 deal is counted, but not in the sums."
    make("rate", currency="EUR", day=TODAY - timedelta(days=3), rate="1.25")
    make("rate", currency="EUR", day=TODAY + timedelta(days=1), rate="99")
    found = report()
    assert found.tables[0].total[2] == found.tables[1].total[2] == value + Decimal("6.25")
    assert found.notes == "Values in other currencies are converted to USD at the stored rates of today."


def seed_activities() -> list[dict[str, Any]]:
    """Activities around the edges of a period, in the reader's zone."""
    owner = make_user(name="Ann Lee")
    edge = datetime(2026, 3, 2, tzinfo=UTC)
    made = []
    for n in range(40):
        due = edge + timedelta(hours=19 * n) if n % 3 else None
        done = edge + timedelta(hours=19 * n + 5) if n % 2 else None
        if due or done:
            kind = ("call", "meeting", "task")[n % 3]
            values = {"type": kind, "due_at": due, "done_at": done, "owner_id": owner if n % 4 else None}
            make("activity", subject=f"Thing {n}", **values)
            made.append(values)
    return made


def test_activities_agree_with_a_plain_count() -> None:
    made = seed_activities()
    first, last = date(2026, 3, 9), date(2026, 3, 22)

    def within(moment: datetime | None) -> bool:
        return moment is not None and first <= moment.date() <= last

    found = report(report="activity", from_=str(first), to=str(last))
    whole = (
        sum(within(a["due_at"]) for a in made),
        sum(within(a["due_at"]) and a["done_at"] is not None for a in made),
        sum(within(a["done_at"]) for a in made),
    )
    assert found.count == len(found.records) == sum(within(a["due_at"]) or within(a["done_at"]) for a in made)
    assert all(table.total[1:] == whole for table in found.tables)
    for table in found.tables:
        assert tuple(sum(int(str(row[n])) for row in table.rows) for n in (1, 2, 3)) == whole, table.title
    assert [row[0] for row in found.tables[2].rows] == ["9 Mar 2026", "16 Mar 2026"]
    calls = next(row for row in found.tables[0].rows if row[0] == "Calls")
    assert calls[3] == sum(within(a["done_at"]) for a in made if a["type"] == "call")


def test_a_day_is_one_of_the_readers_calendar() -> None:
    make("activity", type="call", subject="Late", done_at=datetime(2026, 3, 8, 23, 30, tzinfo=UTC))
    asked = {"report": "activity", "from_": "2026-03-09", "to": "2026-03-09"}
    assert report(SYSTEM, **asked).count == 0
    berlin = Principal(id=None, name="Kith", role="administrator", system=True, zone="Europe/Berlin")
    assert report(berlin, **asked).count == 1


@pytest.mark.parametrize("name", ["pipeline", "forecast", "activity"])
def test_every_word_of_the_screen_is_on_paper_and_every_number_in_the_files(name: str, tmp_path: Path) -> None:
    asked = {
        "report": name,
        "from_": "2026-03-01" if name == "activity" else "",
        "to": "2026-04-30" if name == "activity" else "",
    }
    seed_activities() if name == "activity" else seed_deals()
    found = report(SYSTEM, **asked)
    text = text_of(
        render_report(db.read_sync(report_paper, SYSTEM, {n.rstrip("_"): v for n, v in asked.items()})).content
    )
    lines = [" ".join(line.split()) for line in text.splitlines()]
    for table in found.tables:
        for row in (table.grid.columns, *table.grid.rows, table.grid.total):
            assert " ".join(" ".join(row).split()) in lines, row
    for one in found.headlines:
        assert one.label in text and one.shown in text
    for chart in found.charts:
        for bar in chart.bars:
            assert f"{bar.label} {bar.shown}" in " | ".join(lines)
    book = load_workbook(written(tmp_path, SYSTEM, "xlsx", **asked), read_only=True, data_only=True)
    for table in found.tables:
        rows = [
            (*row, *[None] * (len(table.columns) - len(row)))  # empty cells at the end are not in the file
            for row in book[table.title].iter_rows(values_only=True)
        ]
        wanted = [tuple(float(c) if isinstance(c, Decimal) else c for c in row) for row in (*table.rows, table.total)]
        assert [tuple(float(c) if isinstance(c, float) else c for c in row) for row in rows[1:]] == wanted
    records = list(book["Records"].iter_rows(values_only=True))
    file = written(tmp_path, SYSTEM, "csv", **asked).read_text(encoding="utf-8-sig")
    assert len(records) - 1 == len(list(csv.reader(io.StringIO(file)))) - 1 == found.count


def test_no_cell_becomes_a_formula(tmp_path: Path) -> None:
    seed_deals()
    rows = list(csv.DictReader(io.StringIO(written(tmp_path, SYSTEM, "csv").read_text(encoding="utf-8-sig"))))
    assert {row["Company"][0] for row in rows} != {"="} and "Acme" in rows[0]["Company"]


def test_nobody_sees_or_takes_more_than_their_own(tmp_path: Path) -> None:
    deals = seed_deals()
    stranger = principal(make_user(name="Cy Poe"))
    assert report(stranger).count == 0
    ann = principal(next(d["owner_id"] for d in deals))
    mine = report(ann)
    assert mine.count == sum(d["owner_id"] == ann.id for d in deals)
    assert len(written(tmp_path, ann, "csv").read_text().splitlines()) - 1 == mine.count
    assert [o.name for o in db.read_sync(filters, ann, "pipeline").owners] == ["Ann Lee"]
    assert report(ann, owner=str(deals[1]["owner_id"])).count == 0
    with pytest.raises(Forbidden):
        written(tmp_path, principal(make_user(role="read-only"), "read-only"), "csv")
    with pytest.raises(Forbidden):
        written(tmp_path, principal(make_user(role="marketing"), "marketing"), "xlsx")


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"report": "secrets"}, "report"),
        ({"from": "yesterday"}, "from"),
        ({"from": "2026-03-02", "to": "2026-03-01"}, "to"),
        ({"report": "activity", "from": "1900-01-01", "to": "2026-01-01"}, "to"),
        ({"report": "forecast", "kind": "fortnight"}, "kind"),
        ({"report": "forecast", "by": "shoe size"}, "kind"),
        ({"owner": "1 OR 1=1"}, "owner"),
        ({"team": "9" * 30}, "team"),
    ],
)
def test_what_cannot_be_asked_is_said(asked: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        db.read_sync(build_report, SYSTEM, asked)
    assert list(refusal.value.fields) == [field]


def test_an_empty_report_is_whole() -> None:
    for name in ("pipeline", "forecast", "activity"):
        assert report(report=name).count == 0
        paper = render_report(db.read_sync(report_paper, SYSTEM, {"report": name}))
        assert re.search(r"Page 1 of 1", text_of(paper.content))
