"""Products and price books on real databases."""

from datetime import date

import pytest

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply, undo
from crm_app.core.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from crm_app.products.price_books import BookPage, add_price, book_page, edit_book, remove_price
from crm_app.products.pricing import find_price
from tests.support.builders import change, make, make_company, make_product, make_user, principal

pytestmark = pytest.mark.usefixtures("database_url")


def page(book: int, role: str = "administrator") -> BookPage:
    return db.read_sync(book_page, principal(make_user(role=role), role), book)


def price(product: int, currency: str, company: int | None = None, quantity: int = 1_000) -> int | None:
    found = db.read_sync(find_price, product, currency, company, quantity)
    return found.minor if found else None


def test_a_sku_is_unique_among_the_living() -> None:
    first = make_product(sku="A-1")
    make_product(sku="")
    make_product(sku="")
    with pytest.raises(Invalid) as refused:
        make_product(sku="A-1")
    assert "sku" in refused.value.fields
    db.write_sync(lambda s: apply(s, SYSTEM, Change("product", first, op="delete")))
    make_product(sku="A-1")


def test_nothing_is_sold_until_before_it_is_sold_from() -> None:
    with pytest.raises(Invalid) as refused:
        make_product(active_from=date(2026, 5, 2), active_to=date(2026, 5, 1))
    assert list(refused.value.fields) == ["active_to"]
    with pytest.raises(Invalid):
        make_product(tax_rate=1000)


def test_prices_are_added_as_tiers_edited_and_removed() -> None:
    product = make_product(name="Tile", list_price_minor=900, currency="EUR", cost_minor=450)
    book = make("price_book", name="Wholesale", currency="EUR", segment="Wholesale")
    db.write_sync(add_price, SYSTEM, book, product)
    db.write_sync(add_price, SYSTEM, book, product)
    first, second = page(book).prices
    assert [(e.product, e.first, e.from_quantity.raw, e.price.raw, e.margin) for e in (first, second)] == [
        ("Tile", True, "0", "9.00", "50 %"),
        ("Tile", False, "1", "9.00", "50 %"),
    ]
    for name, raw in ((f"entries.{second.id}.from", "10"), (f"entries.{second.id}.price", "4.00")):
        db.write_sync(edit_book, SYSTEM, book, name, raw, page(book).version)
    assert page(book).prices[1].margin == "-12.5 %"
    german = principal(make_user(role="administrator"), "administrator", locale="de")
    for name, raw in ((f"entries.{second.id}.from", "1.500"), (f"entries.{second.id}.price", "4,50")):
        db.write_sync(edit_book, german, book, name, raw, page(book).version)
    shown = db.read_sync(book_page, german, book).prices[1]
    assert (shown.from_quantity.raw, shown.price.raw) == ("1500", "4,50")
    for name, raw in ((f"entries.{second.id}.from", "10"), (f"entries.{second.id}.price", "4,00")):
        db.write_sync(edit_book, german, book, name, raw, page(book).version)
    company = make_company(price_segment="wholesale")
    assert [price(product, "EUR", c, q) for c, q in ((company, 9_999), (company, 10_000), (None, 10_000))] == [
        900,
        400,
        900,
    ]
    done = db.write_sync(remove_price, SYSTEM, book, second.id)
    assert len(page(book).prices) == 1
    db.write_sync(undo, SYSTEM, done.batch_id)
    assert page(book).prices[1].price.raw == "4.00"
    change("price_book", book, active=False)
    assert price(product, "EUR", company, 10_000) == 900


def test_wrong_prices_are_said_and_two_people_do_not_overwrite_each_other() -> None:
    product = make_product(list_price_minor=900, currency="EUR")
    book, other = (make("price_book", name=n, currency="EUR") for n in "ab")
    db.write_sync(add_price, SYSTEM, book, product)
    db.write_sync(add_price, SYSTEM, book, product)
    first, second = (e.id for e in page(book).prices)
    seen = page(book).version
    for field, raw in (("from", "-1"), ("price", "-1"), ("price", "2,5,1"), ("from", "0"), ("product", "1")):
        with pytest.raises(Invalid):
            db.write_sync(edit_book, SYSTEM, book, f"entries.{second}.{field}", raw, seen)
    db.write_sync(edit_book, SYSTEM, book, f"entries.{first}.price", "5", seen)
    with pytest.raises(Refused):
        db.write_sync(edit_book, SYSTEM, book, f"entries.{first}.price", "6", seen)
    db.write_sync(edit_book, SYSTEM, book, "name", "Hers", seen)
    with pytest.raises(Conflict):
        db.write_sync(edit_book, SYSTEM, book, "name", "His", seen)
    with pytest.raises(NotFound):
        db.write_sync(remove_price, SYSTEM, other, first)


def test_who_sells_reads_prices_and_does_not_change_them() -> None:
    product = make_product(list_price_minor=900, currency="EUR", cost_minor=300)
    book = make("price_book", name="All", currency="EUR")
    db.write_sync(add_price, SYSTEM, book, product)
    seller = principal(make_user())
    shown = db.read_sync(book_page, seller, book)
    assert not shown.editable and shown.prices[0].margin == "66.6 %"
    with pytest.raises(Forbidden):
        db.write_sync(add_price, seller, book, product)
    assert page(book, "support").prices[0].margin == ""
