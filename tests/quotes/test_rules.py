"""The arithmetic of quotes against exact fractions, its limits, and the table of states."""

from collections import defaultdict
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_app.quotes.rules import (
    HUNDRED,
    STATES,
    Approved,
    Figures,
    Line,
    Policy,
    RoundingMode,
    Standing,
    Terms,
    Totals,
    amount_text,
    figures_of,
    line_amount,
    may_follow,
    milli_text,
    money_of,
    problems_of_line,
    problems_of_terms,
    reasons_for_approval,
    spread,
    thousandths,
    totals_of,
    why_not_answered,
    why_not_replaced,
)

RATES = st.sampled_from([0, 2_100, 5_500, 7_000, 8_875, 19_000, 20_000, 25_000, 100_000])


@st.composite
def a_line(draw: st.DrawFn) -> Line:
    quantity, price = draw(st.integers(1, 50_000)), draw(st.integers(0, 500_000))
    whole = int(half_up(Fraction(quantity * price, 1000)))
    discount = draw(st.sampled_from(["none", "percent", "amount"]))
    return Line(
        quantity,
        price,
        draw(RATES),
        draw(st.integers(0, HUNDRED)) if discount == "percent" else 0,
        draw(st.integers(0, max(whole - 1, 0))) if discount == "amount" else 0,
        optional := draw(st.booleans()),
        optional and draw(st.booleans()),
    )


@st.composite
def a_quote(draw: st.DrawFn) -> tuple[list[Line], Terms]:
    lines = draw(st.lists(a_line(), max_size=8))
    mode: RoundingMode = draw(st.sampled_from(["half_up", "half_even"]))
    subtotal = sum(line_amount(line, mode) for line in lines if line.counts)
    kind = draw(st.sampled_from(["none", "percent", "amount"]))
    return lines, Terms(
        draw(st.sampled_from(["exclusive", "inclusive"])),
        draw(st.sampled_from(["line", "document"])),
        mode,
        draw(st.integers(0, HUNDRED)) if kind == "percent" else 0,
        draw(st.integers(0, max(subtotal, 0))) if kind == "amount" else 0,
        draw(st.integers(0, 20_000)),
        draw(RATES),
    )


def half_up(value: Fraction) -> int:
    return (2 * value + 1).__floor__() // 2


def rounded(value: Fraction, mode: str) -> int:
    """An independent rounding of what is not negative."""
    return round(value) if mode == "half_even" else half_up(value)  # Fraction rounds half to even


def oracle(lines: list[Line], terms: Terms) -> tuple[int, dict[int, tuple[int, int]], int]:
    """Total, (net, tax) by rate and the discount, with exact fractions and a spread of its own."""
    mode = terms.rounding_mode
    amounts = []
    for line in lines:
        exact = Fraction(line.quantity_milli, 1000) * line.unit_price_minor
        amounts.append(rounded(exact * (1 - Fraction(line.discount_milli, HUNDRED)), mode) - line.discount_minor)
    counted = [(line.tax_milli, a) for line, a in zip(lines, amounts, strict=True) if line.counts]
    subtotal = sum(a for _, a in counted)
    discount = terms.discount_minor or rounded(Fraction(subtotal * terms.discount_milli, HUNDRED), mode)
    rates = sorted({rate for rate, _ in counted})
    shares = dict(zip(rates, parts(discount, [sum(a for r, a in counted if r == x) for x in rates]), strict=True))
    left: dict[int, list[int]] = defaultdict(list)
    for rate in rates:
        mine = [a for r, a in counted if r == rate]
        left[rate] = [a - p for a, p in zip(mine, parts(shares[rate], mine), strict=True)]
    if terms.shipping_minor:
        left[terms.shipping_tax_milli].append(terms.shipping_minor)
    found, total = {}, 0
    for rate, bases in left.items():
        share = Fraction(rate, HUNDRED)
        share = share / (1 + share) if terms.price_mode == "inclusive" else share
        taxed = bases if terms.rounding == "line" else [sum(bases)]
        tax = sum(rounded(base * share, mode) for base in taxed)
        net = sum(bases) - (tax if terms.price_mode == "inclusive" else 0)
        found[rate] = (net, tax)
        total += net + tax
    return total, found, discount


def parts(total: int, weights: list[int]) -> list[int]:
    """Largest remainder, one cent after the other."""
    whole = sum(weights)
    if not whole:
        return [0] * len(weights)
    exact = [Fraction(total * w, whole) for w in weights]
    given = [int(e) for e in exact]
    while sum(given) < total:
        need = max(range(len(weights)), key=lambda n: (exact[n] - given[n], weights[n], -n))
        given[need] += 1
    return given


@given(a_quote())
def test_totals_are_those_of_exact_fractions(quote: tuple[list[Line], Terms]) -> None:
    lines, terms = quote
    totals = totals_of(lines, terms)
    total, rates, discount = oracle(lines, terms)
    assert (totals.total_minor, totals.discount_minor) == (total, discount)
    assert {row.rate_milli: (row.net_minor, row.tax_minor) for row in totals.taxes} == rates


@given(a_quote())
def test_everything_adds_up_to_the_cent(quote: tuple[list[Line], Terms]) -> None:
    lines, terms = quote
    totals = totals_of(lines, terms)
    assert totals.net_minor + totals.tax_minor == totals.total_minor
    assert sum(row.net_minor for row in totals.taxes) == totals.net_minor
    assert sum(row.tax_minor for row in totals.taxes) == totals.tax_minor
    counted = sum(a for line, a in zip(lines, totals.lines, strict=True) if line.counts)
    assert counted == totals.subtotal_minor == sum(totals.after) + totals.discount_minor
    in_mode = totals.net_minor if terms.price_mode == "exclusive" else totals.total_minor
    assert counted - totals.discount_minor + totals.shipping_minor == in_mode
    assert all(row.net_minor >= 0 and row.tax_minor >= 0 for row in totals.taxes)


@given(a_quote())
def test_inclusive_prices_of_the_same_sums_have_the_same_taxes(quote: tuple[list[Line], Terms]) -> None:
    """What an exclusive quote comes to, offered as inclusive prices rate by rate, is the same quote."""
    lines, terms = quote
    exclusive = totals_of(lines, Terms("exclusive", "document", terms.rounding_mode))
    gross = [Line(1000, row.net_minor + row.tax_minor, row.rate_milli) for row in exclusive.taxes]
    inclusive = totals_of(gross, Terms("inclusive", "document", terms.rounding_mode))
    assert inclusive.taxes == exclusive.taxes
    assert inclusive.total_minor == exclusive.total_minor


@given(st.integers(0, 10_000), st.lists(st.integers(0, 9_999), min_size=1, max_size=12))
def test_a_spread_loses_nothing_and_takes_from_nobody_more_than_there_is(total: int, weights: list[int]) -> None:
    found = spread(total, weights)
    assert sum(found) == (total if sum(weights) else 0)
    if total <= sum(weights):
        assert all(0 <= part <= weight for part, weight in zip(found, weights, strict=True))


@pytest.mark.parametrize(
    ("terms", "taxes", "total"),
    [
        (Terms(), [(19_000, 1_998, 380)], 2_378),  # 19.98 · 19 % = 3.7962
        (Terms(rounding="line"), [(19_000, 1_998, 380)], 2_378),  # 2 × (9.99 · 19 % = 1.8981)
        (Terms("inclusive"), [(19_000, 1_679, 319)], 1_998),  # 19.98 · 19/119 = 3.19008
        (Terms(shipping_minor=500, shipping_tax_milli=7_000), [(7_000, 500, 35), (19_000, 1_998, 380)], 2_913),
    ],
)
def test_by_hand(terms: Terms, taxes: list[tuple[int, int, int]], total: int) -> None:
    totals = totals_of([Line(1000, 999, 19_000)] * 2, terms)
    assert [(row.rate_milli, row.net_minor, row.tax_minor) for row in totals.taxes] == taxes
    assert totals.total_minor == total


def test_rounding_is_a_choice_that_shows() -> None:
    cents = [Line(1000, 10, 5_000)] * 3  # 0.5 cents of tax each
    assert [
        totals_of(cents, Terms(rounding=scope, rounding_mode=mode)).tax_minor
        for scope in ("line", "document")
        for mode in ("half_up", "half_even")
    ] == [3, 0, 2, 2]


def test_an_overall_discount_is_spread_over_the_rates_and_the_odd_cent_has_its_place() -> None:
    lines = [Line(1000, 100, 7_000), Line(1000, 100, 19_000), Line(1000, 100, 20_000)]
    totals = totals_of(lines, Terms(discount_minor=100))
    assert [row.net_minor for row in totals.taxes] == [66, 67, 67]


def test_options_count_when_they_are_ticked() -> None:
    lines = [Line(1000, 100), Line(1000, 50, optional=True), Line(1000, 7, optional=True, ticked=True)]
    totals = totals_of(lines, Terms())
    assert (totals.total_minor, totals.lines, totals.after) == (107, (100, 50, 7), (100, 0, 7))


# what the seller watches


def figures(lines: list[Line], terms: Terms | None = None) -> Figures:
    terms = terms or Terms()
    totals: Totals = totals_of(lines, terms)
    return figures_of(lines, terms, totals)


def test_every_way_to_give_money_away_is_a_discount() -> None:
    assert figures([Line(1000, 9000, discount_milli=10_000)]).discount_milli == 10_000
    assert figures([Line(1000, 9000, discount_minor=900)]).discount_milli == 10_000
    assert figures([Line(1000, 8100, list_price_minor=9000)]).discount_milli == 10_000
    assert figures([Line(1000, 9000)], Terms(discount_milli=10_000)).discount_milli == 10_000
    assert figures([Line(1000, 9000, list_price_minor=8000)]).discount_milli == 0
    assert figures([]).discount_milli == 0


def test_margin_is_on_the_net_amount_of_what_has_a_cost() -> None:
    assert figures([Line(2000, 1000, unit_cost_minor=600), Line(1000, 99)]).margin_milli == 40_000
    assert figures([Line(1000, 1190, 19_000, unit_cost_minor=600)], Terms("inclusive")).margin_milli == 40_000
    assert figures([Line(1000, 0, unit_cost_minor=600)]).margin_milli == -100_000
    assert figures([Line(1000, 100)]).margin_milli is None


def test_an_approval_covers_what_is_no_worse() -> None:
    policy = Policy(10_000, 20_000)
    assert reasons_for_approval(policy, Figures(10_000, 20_000)) == []
    assert reasons_for_approval(policy, Figures(10_001, 19_999)) == [
        "The discount of 10.001 % is more than 10 %.",
        "The margin of 19.999 % is less than 20 %.",
    ]
    agreed = Approved(15_000, 12_000)
    assert reasons_for_approval(policy, Figures(15_000, 12_000), agreed) == []
    assert len(reasons_for_approval(policy, Figures(15_001, 11_999), agreed)) == 2
    assert reasons_for_approval(Policy(), Figures(100_000, -100_000)) == []
    assert reasons_for_approval(policy, Figures(0, None)) == []


# limits


@pytest.mark.parametrize(
    ("line", "field", "words"),
    [
        (Line(0, 100), "quantity_milli", "more than zero"),
        (Line(-1000, 100), "quantity_milli", "more than zero"),
        (Line(10**10, 100), "quantity_milli", "1,000,000"),
        (Line(1000, -1), "unit_price_minor", "must not be negative"),
        (Line(1000, 100, 1_000_000), "tax_milli", "between 0 and 100 %"),
        (Line(1000, 100, -1), "tax_milli", "between 0 and 100 %"),
        (Line(1000, 100, discount_milli=100_001), "discount_milli", "between 0 and 100 %"),
        (Line(1000, 100, discount_minor=101), "discount_minor", "more than the line costs"),
        (Line(1000, 100, discount_minor=-1), "discount_minor", "must not be negative"),
        (Line(1000, 100, discount_minor=1, discount_milli=1), "discount_milli", "not both"),
    ],
)
def test_what_no_line_may_hold(line: Line, field: str, words: str) -> None:
    assert words in problems_of_line(line)[field]


def test_what_a_quote_may_not_hold() -> None:
    lines = [Line(1000, 100), Line(1000, 900, optional=True)]
    assert problems_of_terms(Terms(discount_minor=100), lines) == {}
    assert "more than all lines" in problems_of_terms(Terms(discount_minor=101), lines)["discount_minor"]
    assert "negative" in problems_of_terms(Terms(shipping_minor=-1), lines)["shipping_minor"]
    assert "100 %" in problems_of_terms(Terms(shipping_tax_milli=1_000_000), lines)["shipping_tax_milli"]
    assert "too large" in problems_of_terms(Terms(), [Line(10**9, 10**12)])["lines"]
    assert "at most" in problems_of_terms(Terms(), lines * 300)["lines"]


# numbers as they are typed


@pytest.mark.parametrize(
    ("text", "english", "german"),
    [
        ("19", 19_000, 19_000),
        ("8.875 %", 8_875, 8_875_000),
        ("8,5 %", 8_500, 8_500),
        ("1,500", 1_500_000, 1_500),
        ("1.500", 1_500, 1_500_000),
        ("", 0, 0),
        ("-2", -2_000, -2_000),
        (".5", 500, 500),
    ],
)
def test_thousandths(text: str, english: int, german: int) -> None:
    assert (thousandths(text, "The rate"), thousandths(text, "The rate", "de")) == (english, german)


@pytest.mark.parametrize("text", ["1,2345", "1.2345", "many", "1e3", "NaN", "--1", "1" * 30, "1,2,3"])
def test_what_is_no_number_is_asked_again(text: str) -> None:
    with pytest.raises(ValueError, match="The rate"):
        thousandths(text, "The rate")


def test_amounts_have_the_decimals_of_their_currency() -> None:
    assert money_of("€ 1,250.50", "EUR", "The price") == 125_050
    assert money_of("1250", "JPY", "The price") == 1_250
    with pytest.raises(ValueError, match="no decimals"):
        money_of("12.5", "JPY", "The price")
    assert [money_of("2,50", "EUR", "The price", name) for name in ("en", "de")] == [250, 250]
    assert money_of("1.500", "EUR", "The price", "de") == 150_000
    with pytest.raises(ValueError, match="at most 2 decimals"):
        money_of("1.500", "EUR", "The price")


@given(st.integers(-(10**9), 10**9), st.sampled_from(["en", "de", "fr"]))
def test_a_rate_is_read_back_as_it_is_written(milli: int, locale: str) -> None:
    assert thousandths(milli_text(milli, locale), "x", locale) == milli
    assert money_of(amount_text(milli, "EUR", locale), "EUR", "x", locale) == milli


# states


def test_the_table_of_states() -> None:
    allowed = {(a, b) for a in STATES for b in STATES if may_follow(a, b)}
    answers = {"accepted", "declined", "expired"}
    assert allowed == {
        ("draft", "sent"),
        ("sent", "viewed"),
        *(("sent", b) for b in answers),
        *(("viewed", b) for b in answers),
    }


TODAY = date(2026, 5, 31)


@pytest.mark.parametrize(
    ("standing", "words"),
    [
        (Standing("sent", TODAY), ""),
        (Standing("viewed", None), ""),
        (Standing("sent", date(2026, 5, 30)), "valid until 30 May 2026"),
        (Standing("expired", TODAY), "has expired"),
        (Standing("sent", TODAY, replaced_by="Q-2026-0001 v2"), "newer version"),
        (Standing("accepted", TODAY, accepted_by="Ada", on="1 May 2026"), "accepted by Ada on 1 May 2026"),
        (Standing("declined", TODAY), "declined"),
        (Standing("draft", TODAY), "not been sent"),
    ],
)
def test_why_an_answer_comes_too_late(standing: Standing, words: str) -> None:
    reason = why_not_answered(standing, TODAY)
    assert words in reason and bool(words) == bool(reason)


def test_only_what_was_sent_and_not_accepted_gets_a_new_version() -> None:
    assert [why_not_replaced(Standing(s)) == "" for s in STATES] == [False, True, True, False, True, True]
    assert "v2" in why_not_replaced(Standing("sent", replaced_by="Q-2026-0001 v2"))
