"""A quote in another currency, with a rate and without one, on real databases."""

from datetime import date

import pytest

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.errors import Invalid, Refused
from crm_app.quotes.queries.page import quote_page
from crm_app.quotes.service import add_line, edit_quote
from tests.quotes.support import line, lines, make_quote, send, stored
from tests.support.builders import change, make, make_product

pytestmark = pytest.mark.usefixtures("database_url")


def into(quote: int, code: str) -> None:
    db.write_sync(edit_quote, SYSTEM, quote, "currency", code, stored(quote)["version"])


def test_amounts_are_converted_at_the_rate_of_the_day_and_listed_prices_follow_the_price_rule() -> None:
    make("rate", currency="EUR", day=date(2026, 1, 1), rate="1.25")
    make("rate", currency="JPY", day=date(2026, 1, 1), rate="0.01")
    tile = make_product(name="Tile", list_price_minor=10_00, currency="USD", cost_minor=5_00)
    make("price_book", name="Euro", currency="EUR", entries=[{"product_id": tile, "unit_price_minor": 7_77}])
    quote = make_quote(currency="USD", lines=[line(100_00, discount_minor=10_00)], shipping_minor=20_00)
    db.write_sync(add_line, SYSTEM, quote, tile)
    into(quote, "eur")
    work, tiles = lines(quote)
    assert (work["unit_price_minor"], work["discount_minor"], stored(quote)["shipping_minor"]) == (80_00, 8_00, 16_00)
    assert (tiles["unit_price_minor"], tiles["list_price_minor"], tiles["unit_cost_minor"]) == (7_77, 7_77, 4_00)
    assert stored(quote)["total_minor"] == 80_00 - 8_00 + 7_77 + 16_00
    into(quote, "JPY")
    assert [r["unit_price_minor"] for r in lines(quote)] == [10_000, 971]  # 7.77 · 1.25 / 0.01 = 971.25


def test_without_a_rate_it_is_refused_in_words_and_nothing_is_written() -> None:
    quote = make_quote(currency="USD")
    before = stored(quote), lines(quote)
    with pytest.raises(Invalid) as refused:
        into(quote, "CHF")
    assert "There is no rate for CHF" in refused.value.fields["currency"]
    with pytest.raises(Invalid) as refused:
        into(quote, "XQZ")
    assert "not a currency" in refused.value.fields["currency"]
    with pytest.raises(Invalid):
        change("quote", quote, currency="EUR")
    assert (stored(quote), lines(quote)) == before
    empty = make_quote(currency="USD", lines=[])
    into(empty, "CHF")  # nothing to convert
    assert stored(empty)["currency"] == "CHF"
    with pytest.raises(Invalid):
        make_quote(currency="EURO")
    send(quote)
    with pytest.raises(Refused):
        into(quote, "USD")


def test_a_product_without_a_price_in_the_currency_says_so_on_its_line() -> None:
    product = make_product(name="Tile", list_price_minor=10_00, currency="USD")
    quote = make_quote(currency="CHF", lines=[])
    db.write_sync(add_line, SYSTEM, quote, product)
    (shown,) = db.read_sync(quote_page, SYSTEM, quote).lines
    assert "no price in CHF" in shown.warning
    make("rate", currency="CHF", day=date(2026, 1, 1), rate="1.1")
    db.write_sync(add_line, SYSTEM, quote, product)
    priced = lines(quote)[1]
    assert (priced["unit_price_minor"], priced["list_price_minor"]) == (9_09, 9_09)
