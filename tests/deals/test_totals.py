"""What stands above the columns, against a plain count with exact fractions."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.clock import today
from crm_app.core.money import format_money
from crm_app.deals.queries import Wish, board_snapshot
from crm_app.deals.queries.totals import Money, Totals
from tests.support.builders import change, make, make_pipeline

pytestmark = pytest.mark.usefixtures("database_url")
RATES = {"EUR": "1.0712345", "JPY": "0.00651"}
DIGITS = {"USD": 2, "EUR": 2, "JPY": 0, "CHF": 2}


def columns() -> dict[str, Any]:
    return {c.name: c for c in db.read_sync(board_snapshot, SYSTEM, Wish()).columns}


def test_sums_ages_and_weights_equal_a_plain_count() -> None:
    pipeline, stages = make_pipeline()
    change("pipeline", pipeline, currency="EUR")
    for currency, worth in RATES.items():
        make("rate", currency=currency, day=today() - timedelta(days=3), rate=worth)
        make("rate", currency=currency, day=today() + timedelta(days=1), rate="99")
    deals = [(["USD", "EUR", "JPY"][n % 3], 1_234_567 + 891 * n, n % 11) for n in range(40)]
    for currency, minor, age in deals:
        opened = today() - timedelta(days=age)
        make("deal", title="D", stage_id=stages["Engaging"], value_minor=minor, currency=currency, opened_on=opened)
    exact = sum(
        Fraction(minor, 10 ** DIGITS[c]) * Fraction(Decimal(RATES.get(c, "1"))) / Fraction(Decimal(RATES["EUR"]))
        for c, minor, _ in deals
    )
    found = columns()["Engaging"]
    assert found.count == 40 and exact > 100_000  # so that it is shown without cents
    assert found.total == format_money(round(exact) * 100, "EUR", "en")
    assert found.weighted == format_money(round(exact * Fraction(40, 100)) * 100, "EUR", "en")
    assert found.age == round(Fraction(sum(age for *_, age in deals), 40))
    assert (found.beside, found.note) == ("", "")


def test_a_currency_without_a_rate_stands_beside_the_sum_with_the_reason() -> None:
    _, stages = make_pipeline()
    make("deal", title="D", stage_id=stages["Engaging"], value_minor=100_00, currency="USD")
    make("deal", title="D", stage_id=stages["Engaging"], value_minor=70_50, currency="CHF")
    make("deal", title="D", stage_id=stages["Prospecting"], value_minor=900, currency="CHF")
    board = db.read_sync(board_snapshot, SYSTEM, Wish())
    found = {c.name: (c.total, c.beside, "CHF" in c.note) for c in board.columns}
    assert found["Engaging"] == ("$100", "+ CHF70.50", True)
    assert found["Prospecting"] == ("CHF9", "", True)
    assert (board.summary.total, board.summary.beside) == ("$100", "+ CHF79.50")


def test_a_closed_deal_keeps_the_age_at_which_it_closed() -> None:
    _, stages = make_pipeline()
    make(
        "deal",
        title="D",
        stage_id=stages["Won"],
        value_minor=1,
        opened_on=date(2026, 1, 1),
        closed_on=date(2026, 1, 21),
    )
    assert columns()["Won"].age == 20 and columns()["Lost"].age is None


def test_the_number_of_statements_does_not_grow_with_deals_or_currencies() -> None:
    _, stages = make_pipeline()

    def statements() -> int:
        heard: list[str] = []

        def count(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            heard.append(statement)

        event.listen(db.engine(), "before_cursor_execute", count)
        columns()
        event.remove(db.engine(), "before_cursor_execute", count)
        return len(heard)

    make("deal", title="D", stage_id=stages["Engaging"], currency="USD")
    few = statements()
    for n in range(60):
        make("deal", title="D", stage_id=stages["Engaging"], currency=["USD", "EUR", "JPY", "CHF"][n % 4])
    make("rate", currency="EUR", day=today(), rate="1.1")
    assert statements() == few


@given(st.integers(0, 10**9), st.integers(1, 10**6))
def test_an_average_is_rounded_half_up(days: int, count: int) -> None:
    assert Totals(count, days).age == int(Fraction(days, count) + Fraction(1, 2))


def test_nothing_has_no_average_and_no_sum() -> None:
    assert Totals().age is None
    assert Money("EUR", {"USD": Decimal(1)}, "en").sums({}).text == "€0"
