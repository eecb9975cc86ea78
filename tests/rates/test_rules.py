"""Conversion against exact fractions: to the cent, rounded once, nothing dropped."""

from decimal import Decimal
from fractions import Fraction

import pytest
from babel.numbers import get_currency_precision
from hypothesis import given
from hypothesis import strategies as st

from crm_app.rates.rules import convert, problem

CURRENCIES = ("USD", "EUR", "JPY", "KWD", "CHF")
amounts = st.dictionaries(st.sampled_from(CURRENCIES), st.integers(-(10**15), 10**15))
rate = st.integers(1, 9 * 10**18 - 1).map(lambda n: Decimal(n).scaleb(-12))
rates = st.dictionaries(st.sampled_from(CURRENCIES[1:]), rate).map(lambda found: found | {"USD": Decimal(1)})


@given(amounts, rates, st.sampled_from(CURRENCIES), st.booleans())
def test_a_sum_is_the_exact_one_rounded_once(
    given_amounts: dict[str, int], given_rates: dict[str, Decimal], to: str, whole: bool
) -> None:
    found = convert(given_amounts, given_rates, to, whole=whole)
    exact, left = Fraction(0), {}
    for currency, minor in given_amounts.items():
        major = Fraction(minor, 10 ** get_currency_precision(currency))
        if currency == to:
            exact += major
        elif currency in given_rates and to in given_rates:
            exact += major * Fraction(given_rates[currency]) / Fraction(given_rates[to])
        elif minor:
            left[currency] = minor
    unit = 10 ** get_currency_precision(to)
    assert found.minor == (round(exact) * unit if whole else round(exact * unit))
    assert set(found.unrated) == set(left)
    assert whole or dict(found.unrated) == left


def test_a_rate_is_units_of_the_organisation_for_one() -> None:
    day = {"USD": Decimal(1), "EUR": Decimal("1.10"), "JPY": Decimal("0.0065")}
    assert convert({"EUR": 100_00, "USD": 50_00}, day, "USD").minor == 160_00
    assert convert({"EUR": 100_00}, day, "JPY").minor == 16_923  # 110 / 0.0065 = 16,923.08
    assert convert({"USD": 5, "CHF": 7}, day, "USD") == convert({"USD": 5}, day, "USD").__class__(5, {"CHF": 7}, False)


@pytest.mark.parametrize(
    ("currency", "right"), [("EUR", True), ("eur", False), ("XYZ1", False), ("", False), ("USD", False)]
)
def test_a_rate_is_of_another_real_currency(currency: str, right: bool) -> None:
    assert (problem(currency, "USD") is None) is right
