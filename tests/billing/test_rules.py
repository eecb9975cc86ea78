"""What is left, schedules, credits and payments, for any order: nothing is invoiced twice, no cent is lost."""

from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_app.billing.rules import (
    Billed,
    Part,
    advance,
    amounts_of,
    by_quantity,
    credit_all,
    credit_part,
    days_late,
    freeze,
    is_overdue,
    left_of_lines,
    left_of_rates,
    left_to_credit,
    left_to_invoice,
    order_state,
    problem_of_payment,
    problems_of_schedule,
    rest,
    state_of,
)
from crm_app.billing.rules.invoicing import NewLine, Ordered
from crm_app.core.errors import Invalid
from crm_app.quotes.rules import HUNDRED, Line, Terms, totals_of

TODAY = date(2026, 3, 10)
RATES = st.sampled_from([0, 7_000, 8_875, 19_000, 25_000])
LINES = st.lists(
    st.builds(
        Line,
        quantity_milli=st.integers(1, 50_000),
        unit_price_minor=st.integers(0, 500_000),
        tax_milli=RATES,
        discount_milli=st.sampled_from([0, 0, 10_000, 33_333]),
        optional=st.booleans(),
        ticked=st.booleans(),
    ),
    min_size=1,
    max_size=7,
)
TERMS = st.builds(
    Terms,
    price_mode=st.sampled_from(["exclusive", "inclusive"]),
    rounding=st.sampled_from(["line", "document"]),
    rounding_mode=st.sampled_from(["half_up", "half_even"]),
    discount_milli=st.sampled_from([0, 5_000, 33_333, HUNDRED]),
    shipping_minor=st.sampled_from([0, 990]),
    shipping_tax_milli=RATES,
)


def ordered(lines: list[Line], terms: Terms) -> list[Ordered]:
    """The lines of the order that these lines of a quote become."""
    frozen = freeze(lines, terms, totals_of(lines, terms))
    return [Ordered(n, f.quantity_milli, f.tax_milli, f.amount, f.net, f.tax) for n, f in enumerate(frozen, 1)]


def billed(lines: list[NewLine]) -> list[Billed]:
    return [
        Billed(one.line_id, one.role, one.quantity_milli, one.tax_milli, one.amount, one.net, one.tax) for one in lines
    ]


def total(lines: list) -> int:
    return sum(line.net + line.tax for line in lines)


@given(lines=LINES, terms=TERMS)
def test_the_frozen_lines_add_up_to_the_quote(lines: list[Line], terms: Terms) -> None:
    totals, frozen = totals_of(lines, terms), freeze(lines, terms, totals_of(lines, terms))
    assert sum(f.net for f in frozen) == totals.net_minor
    assert sum(f.tax for f in frozen) == totals.tax_minor
    assert all(f.net >= 0 and f.tax >= 0 for f in frozen)
    for row in totals.taxes:
        of_rate = [f for f in frozen if f.tax_milli == row.rate_milli]
        assert (sum(f.net for f in of_rate), sum(f.tax for f in of_rate)) == (row.net_minor, row.tax_minor)


@settings(max_examples=150)
@given(lines=LINES, terms=TERMS, data=st.data())
def test_invoices_in_any_order_never_exceed_the_order_and_the_last_one_completes_it(
    lines: list[Line], terms: Terms, data: st.DataObject
) -> None:
    """Shares and quantities, mixed as somebody may press them; no rate is ever below zero."""
    inside = terms.price_mode == "inclusive"
    order = ordered(lines, terms)
    done: list[Billed] = []
    for _ in range(data.draw(st.integers(0, 5))):
        left = left_of_lines(order, done)
        whole = left_to_invoice(order, done)
        if data.draw(st.booleans()) and whole > 0:
            new = advance(data.draw(st.integers(1, whole)), order, done, inside=inside)
        else:
            open_ = [line for line in order if left[line.id].quantity_milli > 0]
            if not open_:
                break
            line = data.draw(st.sampled_from(open_))
            wanted = {line.id: data.draw(st.integers(1, left[line.id].quantity_milli))}
            new = by_quantity(wanted, order, done, inside=inside)
        assert total(new) >= 0
        done += billed(new)
        assert all(rate.net >= 0 and rate.tax >= 0 for rate in left_of_rates(order, done).values())
    if any(there.quantity_milli > 0 for there in left_of_lines(order, done).values()):
        done += billed(rest(order, done, inside=inside))
    assert left_to_invoice(order, done) == 0
    assert total(done) == total(order)
    assert all(rate.net == rate.tax == 0 for rate in left_of_rates(order, done).values())


@given(lines=LINES, terms=TERMS, data=st.data())
def test_an_advance_comes_to_what_was_asked(lines: list[Line], terms: Terms, data: st.DataObject) -> None:
    order = ordered(lines, terms)
    whole = left_to_invoice(order, [])
    if whole == 0:
        return
    asked = data.draw(st.integers(1, whole))
    new = advance(asked, order, [])
    assert total(new) == asked and all(line.net >= 0 and line.tax >= 0 for line in new)


def one_line(price: int = 10_000, pieces: int = 3, rate: int = 19_000) -> list[Ordered]:
    return ordered([Line(pieces * 1000, price, rate)], Terms())


def test_a_deposit_is_taken_off_the_next_delivery() -> None:
    order = one_line()  # 300.00 + 57.00
    deposit = billed(advance(10_710, order, []))  # 30 %
    first = by_quantity({1: 1000}, order, deposit)
    assert [(line.role, line.net, line.tax) for line in first] == [
        ("line", 10_000, 1_900),
        ("deduction", -9_000, -1_710),
    ]
    second = rest(order, deposit + billed(first))
    assert [(line.role, line.net, line.tax) for line in second] == [("line", 20_000, 3_800)]


def test_more_than_is_left_is_refused_by_line_and_by_amount() -> None:
    order = one_line()
    done = billed(by_quantity({1: 2000}, order, []))
    with pytest.raises(Invalid) as refusal:
        by_quantity({1: 1001, 9: 1000}, order, done)
    assert refusal.value.fields == {"1": "Only 1 left.", "9": "This line is not in the order."}
    with pytest.raises(Invalid, match="more than is left"):
        advance(11_901, order, done)
    assert total(advance(11_900, order, done)) == 11_900
    for wrong in ({}, {1: -1000}, {1: 0}):
        with pytest.raises(Invalid):
            by_quantity(wrong, order, done)
    with pytest.raises(Invalid, match="invoiced"):
        rest(order, done + billed(rest(order, done)))


@given(whole=st.integers(0, 10**12), cuts=st.lists(st.integers(1, HUNDRED - 1), max_size=8))
def test_a_schedule_adds_up_to_the_cent(whole: int, cuts: list[int]) -> None:
    edges = [0, *sorted(set(cuts)), HUNDRED]
    shares = [after - before for before, after in pairwise(edges)]
    amounts = amounts_of(whole, shares)
    assert sum(amounts) == whole and all(a >= 0 for a in amounts)
    for share, amount in zip(shares, amounts, strict=True):
        assert abs(Decimal(whole) * share / HUNDRED - amount) <= 1
    first = (Decimal(whole) * shares[0] / HUNDRED).to_integral_value(ROUND_HALF_UP)
    assert amounts[0] == first


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        ([30_000, 70_000], ""),
        ([33_333, 33_333, 33_334], ""),
        ([30_000, 60_000], "10 % are missing"),
        ([60_000, 60_000], "20 % are too much"),
        ([], "at least one"),
        ([100_001], "at most 100"),
        ([0, 100_000], "more than 0"),
    ],
)
def test_the_shares_of_a_schedule_come_to_a_hundred(shares: list[int], said: str) -> None:
    wrong = problems_of_schedule([Part(f"Part {n}", share) for n, share in enumerate(shares)])
    assert said in " ".join(wrong.values()) if said else wrong == {}


def test_an_instalment_has_a_name_and_a_term() -> None:
    wrong = problems_of_schedule([Part(" ", 50_000, 500), Part("Rest", 50_000)])
    assert set(wrong) == {"parts.0.label", "parts.0.days"}


@given(lines=LINES, terms=TERMS, data=st.data())
def test_credits_never_exceed_the_invoice(lines: list[Line], terms: Terms, data: st.DataObject) -> None:
    invoice = ordered(lines, terms)
    credited: list = []
    for _ in range(data.draw(st.integers(0, 3))):
        left = sum(there.total for there in left_to_credit(invoice, credited).values())
        if left == 0:
            break
        asked = data.draw(st.integers(1, left))
        credited += credit_part(asked, invoice, credited)
        with pytest.raises(Invalid):
            credit_part(left - asked + 1, invoice, credited)
    credited += credit_all(invoice, credited)
    assert total(credited) == total(invoice)
    assert all(there.net == there.tax == 0 for there in left_to_credit(invoice, credited).values())


@pytest.mark.parametrize(
    ("whole", "credited", "paid", "state"),
    [
        (100, 0, 0, "issued"),
        (100, 0, 1, "partly paid"),
        (100, 1, 0, "partly paid"),
        (100, 0, 100, "paid"),
        (100, 60, 40, "paid"),
        (0, 0, 0, "paid"),
        (100, 100, 40, "paid"),
    ],
)
def test_the_state_follows_from_the_amounts(whole: int, credited: int, paid: int, state: str) -> None:
    assert state_of(whole, credited, paid) == state


@pytest.mark.parametrize(
    ("state", "open_", "due", "overdue"),
    [
        ("issued", 1, date(2026, 3, 9), True),
        ("issued", 1, TODAY, False),
        ("partly paid", 1, date(2026, 3, 1), True),
        ("paid", 0, date(2026, 3, 1), False),
        ("draft", 1, date(2026, 3, 1), False),
        ("cancelled", 1, date(2026, 3, 1), False),
        ("issued", 1, None, False),
    ],
)
def test_overdue_begins_the_day_after(state: str, open_: int, due: date | None, overdue: bool) -> None:
    assert is_overdue(state, open_, due, TODAY) is overdue
    assert days_late(date(2026, 3, 7), TODAY) == 3 and days_late(None, TODAY) == 0


@pytest.mark.parametrize(
    ("amount", "day", "wrong"),
    [
        (50, TODAY, set()),
        (51, TODAY, {"amount"}),
        (0, TODAY, {"amount"}),
        (-20, TODAY, set()),
        (-21, TODAY, {"amount"}),
        (50, date(2026, 3, 11), {"paid_on"}),
        (99, date(1926, 3, 11), {"amount", "paid_on"}),
    ],
)
def test_a_payment_fits_what_is_open(amount: int, day: date, wrong: set[str]) -> None:
    assert set(problem_of_payment(amount, 50, 20, day, TODAY)) == wrong


def test_an_order_is_paid_when_all_of_it_is() -> None:
    assert [order_state(100, 99, 99), order_state(100, 100, 99), order_state(100, 100, 100)] == [
        "open",
        "invoiced",
        "paid",
    ]
    assert order_state(100, 100, 100, is_cancelled=True) == "cancelled"


def test_ordered_is_what_billed_is_compared_with() -> None:
    """A line with nothing to pay is still delivered by quantity."""
    free = [replace(one_line()[0], amount=0, net=0, tax=0)]
    assert total(rest(free, [])) == 0
