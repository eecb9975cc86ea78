"""Which price holds for a product."""

import pytest

from crm_app.products.rules import Book, Price, price_of

EVERYBODY = Book(1, "Standard", "EUR", "", ((0, 900), (10_000, 800)))
WHOLESALE = Book(2, "Wholesale", "EUR", "Wholesale", ((5_000, 700), (100_000, 600)))
LATER = Book(3, "Wholesale too", "EUR", "wholesale", ((0, 1),))
DOLLARS = Book(4, "Dollars", "USD", "", ((0, 999),))
BOOKS = [LATER, DOLLARS, WHOLESALE, EVERYBODY]


@pytest.mark.parametrize(
    ("segment", "quantity", "expected"),
    [
        ("", 1_000, Price(900, "Price book Standard")),
        ("", 9_999, Price(900, "Price book Standard")),
        ("", 10_000, Price(800, "Price book Standard")),
        ("Retail", 1_000, Price(900, "Price book Standard")),
        (" WHOLESALE ", 5_000, Price(700, "Price book Wholesale")),
        ("wholesale", 250_000, Price(600, "Price book Wholesale")),
        ("wholesale", 1_000, Price(1, "Price book Wholesale too")),  # the older book begins at five
    ],
)
def test_segment_then_everybody_then_the_tier(segment: str, quantity: int, expected: Price) -> None:
    assert price_of(BOOKS, (5_000, "EUR"), "EUR", segment, quantity) == expected


def test_without_a_book_the_list_price_holds_in_its_own_currency_only() -> None:
    assert price_of([DOLLARS], (5_000, "EUR"), "EUR", "", 1_000) == Price(5_000, "List price")
    assert price_of([DOLLARS], (5_000, "EUR"), "CHF", "", 1_000) is None
    assert price_of([DOLLARS], (None, "EUR"), "EUR", "", 1_000) is None
