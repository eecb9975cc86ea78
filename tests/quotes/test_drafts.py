"""Quotes are made and written, on real databases."""

from datetime import timedelta

import pytest

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes.replay import differences
from crm_app.core.clock import today
from crm_app.core.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from crm_app.quotes.queries.page import quote_page
from crm_app.quotes.service import (
    add_line,
    edit_line,
    edit_quote,
    make_from_deal,
    move_line,
    remove_line,
)
from crm_app.records import editing
from crm_app.timeline.queries import timeline_of
from tests.quotes.support import at_once, line, lines, make_quote, stored
from tests.support.builders import (
    change,
    make,
    make_company,
    make_deal,
    make_person,
    make_pipeline,
    make_product,
    make_user,
    principal,
)

pytestmark = pytest.mark.usefixtures("database_url")


def test_a_quote_takes_over_what_the_deal_has() -> None:
    seller = make_user()
    company = make_company(name="Acme", addresses=[{"street": "Main 1", "postcode": "123", "city": "Town"}])
    person = make_person(company_id=company)
    cheap = make_product(name="Cheap", list_price_minor=500, currency="EUR", unit="h", tax_rate=8.875)
    dear = make_product(name="Dear", list_price_minor=900, currency="USD", cost_minor=400)
    deal = make_deal(
        make_pipeline(),
        title="Roof",
        company_id=company,
        person_id=person,
        owner_id=seller,
        currency="EUR",
        lines=[{"product_id": cheap, "quantity": 3}, {"product_id": dear, "quantity": 1, "unit_price_minor": 800}],
    )
    made = db.write_sync(make_from_deal, principal(seller), deal).id
    quote = stored(made)
    assert [quote[n] for n in ("title", "company_id", "person_id", "owner_id", "currency", "customer", "address")] == [
        "Roof",
        company,
        person,
        seller,
        "EUR",
        "Acme",
        "Main 1\n123 Town",
    ]
    assert quote["valid_until"] == today() + timedelta(days=30)
    first, second = lines(made)
    assert [first[n] for n in ("name", "quantity_milli", "unit", "unit_price_minor", "tax_milli")] == [
        "Cheap",
        3000,
        "h",
        500,
        8875,
    ]
    assert (second["unit_price_minor"], second["list_price_minor"], second["unit_cost_minor"]) == (800, None, None)
    assert (quote["net_minor"], quote["tax_minor"], quote["total_minor"]) == (2300, 133, 2433)  # 1500 · 8.875 %
    with pytest.raises(NotFound):
        db.write_sync(make_from_deal, principal(make_user()), deal)
    with pytest.raises(Forbidden):
        db.write_sync(make_from_deal, principal(seller, "support"), deal)


def test_numbers_are_one_after_the_other_also_with_eight_writers() -> None:
    year = today().year
    made = at_once(*[make_quote] * 8)
    assert sorted(stored(i)["number"] for i in made) == [f"Q-{year}-{n:04d}" for n in range(1, 9)]


def test_a_quote_starts_with_the_rules_of_the_house_and_keeps_them() -> None:
    modes = {"rounding": "line", "rounding_mode": "half_even", "price_mode": "inclusive"}
    one = make("quote_policy", name="Rules", valid_days=7, **modes)
    make("organisation", name="Kith Ltd", language="de", payment_terms="On delivery")
    quote = stored(make_quote())
    assert [quote[n] for n in ("rounding", "rounding_mode", "price_mode", "language", "terms")] == [
        "line",
        "half_even",
        "inclusive",
        "de",
        "On delivery",
    ]
    change("quote_policy", one, rounding="document", price_mode="exclusive")
    assert (stored(quote["id"])["rounding"], stored(quote["id"])["price_mode"]) == ("line", "inclusive")
    assert quote["valid_until"] == today() + timedelta(days=7)


def test_lines_are_typed_added_moved_and_removed_and_the_total_follows() -> None:
    quote = make_quote(currency="EUR", lines=[line(section="Roof"), line(50_00, section="Wall", name="Paint")])
    db.write_sync(add_line, SYSTEM, quote, None, "Roof")
    assert [(r["section"], r["name"]) for r in lines(quote)] == [("Roof", "Work"), ("Roof", ""), ("Wall", "Paint")]
    one, two, three = (r["id"] for r in lines(quote))
    for field, raw in (
        ("name", "Tiles"),
        ("quantity", "2.5"),
        ("unit_price", "1,000"),
        ("tax", "20"),
        ("discount", "10%"),
    ):
        db.write_sync(edit_line, SYSTEM, quote, two, field, raw, stored(quote)["version"])
    quote_now = stored(quote)
    assert (quote_now["net_minor"], quote_now["tax_minor"]) == (10_000 + 225_000 + 5_000, 45_000)
    german = principal(make_user(role="administrator"), "administrator", locale="de")
    for field, raw in (("quantity", "1.500,5"), ("quantity", "2,500"), ("unit_price", "1.000"), ("tax", "20,0")):
        db.write_sync(edit_line, german, quote, two, field, raw, stored(quote)["version"])
    shown = db.read_sync(quote_page, german, quote).lines[1]
    assert (shown.quantity.raw, shown.price.raw, shown.tax.raw) == ("2,5", "1000,00", "20")
    assert stored(quote)["total_minor"] == quote_now["total_minor"]
    db.write_sync(move_line, SYSTEM, quote, three, 0)
    assert [(r["section"], r["id"]) for r in lines(quote)] == [("Roof", three), ("Roof", one), ("Roof", two)]
    db.write_sync(remove_line, SYSTEM, quote, two)
    assert stored(quote)["total_minor"] == 15_000
    assert db.read_sync(differences) == []


@pytest.mark.parametrize(
    ("field", "raw", "words"),
    [
        ("quantity", "-1", "more than zero"),
        ("quantity", "0", "more than zero"),
        ("discount", "101 %", "between 0 and 100"),
        ("discount", "100.01", "more than the line costs"),
        ("tax", "1000", "between 0 and 100"),
        ("unit_price", "-5", "must not be negative"),
        ("unit_price", "2,5,1", "not a number"),
        ("name", "x" * 201, "at most 200"),
        ("quote_id", "7", "cannot be edited"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field_and_nothing_is_written(field: str, raw: str, words: str) -> None:
    quote = make_quote()
    before = stored(quote), lines(quote)
    with pytest.raises(Invalid) as refused:
        db.write_sync(edit_line, SYSTEM, quote, lines(quote)[0]["id"], field, raw, 1)
    assert words in refused.value.fields[field]
    assert (stored(quote), lines(quote)) == before


def test_no_other_way_in_brings_what_does_not_add_up() -> None:
    quote = make_quote(lines=[line(100)])
    part = lines(quote)[0]["id"]
    for values in (
        {"lines": [line(100, discount_minor=101)]},
        {f"lines.{part}": line(100, quantity_milli=-1)},
        {"discount_minor": 101},
        {"shipping_tax_milli": 1_000_000},
    ):
        with pytest.raises(Invalid):
            change("quote", quote, **values)
    db.write_sync(edit_quote, SYSTEM, quote, "discount", "0.50", 1)
    with pytest.raises(Invalid):  # the discount would be more than is left
        db.write_sync(remove_line, SYSTEM, quote, part)
    assert stored(quote)["total_minor"] == 50


def test_a_line_is_changed_by_its_own_commands_alone() -> None:
    """What a discount and a margin are measured by is not typed in: a page or list for every kind does not take it."""
    me = principal(make_user())
    quote = make_quote(me, lines=[line(50_00, list_price_minor=100_00, unit_cost_minor=45_00)])
    before = lines(quote)
    for values in ({"list_price_minor": "5000"}, {"unit_cost_minor": "1"}, {"name": "Other"}):
        for row_id in (before[0]["id"], 0):
            with pytest.raises(NotFound):
                db.write_sync(editing.save_part, me, "quote", quote, "lines", row_id, values)
    for way in (editing.remove_part, editing.make_primary):
        with pytest.raises(NotFound):
            db.write_sync(way, me, "quote", quote, "lines", before[0]["id"])
    with pytest.raises(Invalid):
        db.write_sync(editing.edit_cell, me, "quote", quote, "lines.name", "Other", 1)
    assert lines(quote) == before


def test_two_people_at_one_line_do_not_overwrite_each_other() -> None:
    quote = make_quote()
    part = lines(quote)[0]["id"]
    db.write_sync(edit_line, SYSTEM, quote, part, "quantity", "2", 1)
    db.write_sync(edit_line, SYSTEM, quote, part, "unit_price", "7", 1)
    with pytest.raises(Refused):
        db.write_sync(edit_line, SYSTEM, quote, part, "quantity", "5", 1)
    db.write_sync(edit_quote, SYSTEM, quote, "notes", "Hers", 1)
    with pytest.raises(Conflict):
        db.write_sync(edit_quote, SYSTEM, quote, "notes", "His", 1)
    assert lines(quote)[0]["quantity_milli"] == 2000


def test_what_is_not_sold_today_is_not_offered() -> None:
    day = today()
    quote = make_quote(currency="USD")
    for values in (
        {"active": False},
        {"active_from": day + timedelta(days=1)},
        {"active_to": day - timedelta(days=1)},
    ):
        with pytest.raises(Invalid, match="not sold today"):
            db.write_sync(add_line, SYSTEM, quote, make_product(list_price_minor=5, currency="USD", **values))
    sold = make_product(list_price_minor=5, currency="USD", active_from=day, active_to=day)
    db.write_sync(add_line, SYSTEM, quote, sold)
    assert [r["product_id"] for r in lines(quote)] == [None, sold]


def test_lines_added_at_the_same_time_all_stay() -> None:
    quote = make_quote()
    at_once(*[lambda: db.write_sync(add_line, SYSTEM, quote)] * 4)
    assert len(lines(quote)) == 5


def test_the_history_says_what_changed_in_a_line() -> None:
    quote = make_quote(currency="EUR")
    part = lines(quote)[0]["id"]
    for field, raw in (("quantity", "2.5"), ("unit_price", "80"), ("discount", "10 %")):
        db.write_sync(edit_line, SYSTEM, quote, part, field, raw, stored(quote)["version"])
    db.write_sync(remove_line, SYSTEM, quote, part)
    told = [e for e in db.read_sync(timeline_of, SYSTEM, "quote", quote).events if e.kind == "change"]
    assert [e.lines or [e.subject or e.verb] for e in told][:4] == [
        ["Line Work removed"],
        ["Line Work: Discount in % 0 → 10"],
        ["Line Work: Unit price €100 → €80"],
        ["Line Work: Quantity 1 → 2.5"],
    ]
