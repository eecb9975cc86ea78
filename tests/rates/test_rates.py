"""Rates as records: once a day, exact, the latest one holds; imported from a file."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import undo
from crm_app.core.changes.replay import differences
from crm_app.core.errors import Invalid, Refused
from crm_app.imports.service import import_file
from crm_app.rates.queries import rates_on
from crm_app.records.listing import default_listing, list_page
from crm_app.tables import Rate
from tests.support.builders import change, make, row

pytestmark = pytest.mark.usefixtures("database_url")
DAY = date(2026, 11, 20)


def test_the_latest_rate_on_or_before_the_day_holds() -> None:
    for day, worth in (("2026-11-01", "1.05"), ("2026-11-20", "1.0712345678"), ("2026-11-25", "1.2")):
        make("rate", currency="EUR", day=day, rate=worth)
    make("rate", currency="JPY", day="2026-11-21", rate="0.0065")
    assert db.read_sync(rates_on, DAY) == {"USD": Decimal(1), "EUR": Decimal("1.0712345678")}
    assert db.read_sync(rates_on, date(2026, 10, 31)) == {"USD": Decimal(1)}
    assert db.read_sync(rates_on, date(2027, 1, 1))["JPY"] == Decimal("0.0065")


def test_a_currency_has_one_rate_a_day() -> None:
    first = make("rate", currency="EUR", day=DAY, rate="1.1")
    with pytest.raises(Invalid) as refused:
        make("rate", currency="EUR", day=DAY, rate="1.2")
    assert "already" in refused.value.fields["day"]
    other = make("rate", currency="CHF", day=DAY, rate="1.2")
    with pytest.raises(Invalid):
        change("rate", other, currency="EUR")
    change("rate", first, rate="1.3")
    assert row(Rate, first)["rate"] == Decimal("1.3")


@pytest.mark.parametrize("worth", ["0", "-1", "nan", "1e7", 1.5, "1.0000000000001", "lots"])
def test_a_rate_is_an_exact_number_above_nothing(worth: object) -> None:
    with pytest.raises(Invalid) as refused:
        make("rate", currency="EUR", day=DAY, rate=worth)
    assert list(refused.value.fields) == ["rate"]


def test_a_rate_is_logged_undone_replayed_and_listed_exactly() -> None:
    one = make("rate", currency="EUR", day=DAY, rate="1.10")
    batch = change("rate", one, rate="0.000000000001")
    shown = db.read_sync(list_page, SYSTEM, default_listing("rate")).rows[0].cells
    assert [cell.raw for cell in shown] == ["EUR", "2026-11-20", "0.000000000001"]
    db.write_sync(undo, SYSTEM, batch)
    assert row(Rate, one)["rate"] == Decimal("1.1")
    assert db.read_sync(differences) == []


def test_a_deleted_rate_does_not_come_back_beside_a_newer_one() -> None:
    from crm_app.core.changes import Change, apply

    one = make("rate", currency="EUR", day=DAY, rate="1.1")
    gone = db.write_sync(lambda s: apply(s, SYSTEM, Change("rate", one, op="delete")).batch_id)
    make("rate", currency="EUR", day=DAY, rate="1.2")
    with pytest.raises(Refused):
        db.write_sync(undo, SYSTEM, gone)


def test_rates_come_from_a_file_and_the_same_day_replaces_them(tmp_path: Path) -> None:
    file = tmp_path / "rates.csv"
    file.write_text(
        "currency,date,rate\neur,2026-11-20,1.0712\nJPY,2026-11-20,0.0065\nUSD,2026-11-20,1\nEURO,2026-11-20,2\n"
    )
    report = json.loads(json.dumps(import_file(SYSTEM, "rates", file).to_json()))
    assert (report["created"], report["refused"]) == (2, 2)
    file.write_text("Currency;Date;Rate\nEUR;20.11.2026;1,08\nCHF;20.11.2026;1,085\n")
    report = import_file(SYSTEM, "rates", file).to_json()
    assert (report["updated"], report["refused"]) == (1, 1)  # 1,085 can be read in two ways
    assert db.read_sync(rates_on, DAY) == {"USD": Decimal(1), "EUR": Decimal("1.08"), "JPY": Decimal("0.0065")}
