"""Filters: their shape, and the days that operators mean."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_app.core.errors import Invalid
from crm_app.records.listing.rules import Condition, Group, days_of, dump_filter, group_of, parse_filter, plain

TODAY = date(2026, 11, 25)  # a Wednesday


@pytest.mark.parametrize(
    ("op", "value", "first", "beyond"),
    [
        ("today", None, "2026-11-25", "2026-11-26"),
        ("yesterday", None, "2026-11-24", "2026-11-25"),
        ("this_week", None, "2026-11-23", "2026-11-30"),
        ("last_week", None, "2026-11-16", "2026-11-23"),
        ("next_week", None, "2026-11-30", "2026-12-07"),
        ("this_month", None, "2026-11-01", "2026-12-01"),
        ("next_month", None, "2026-12-01", "2027-01-01"),
        ("last_month", None, "2026-10-01", "2026-11-01"),
        ("this_quarter", None, "2026-10-01", "2027-01-01"),
        ("this_year", None, "2026-01-01", "2027-01-01"),
        ("last_quarter", None, "2026-07-01", "2026-10-01"),
        ("next_quarter", None, "2027-01-01", "2027-04-01"),
        ("last_year", None, "2025-01-01", "2026-01-01"),
        ("next_year", None, "2027-01-01", "2028-01-01"),
        ("on", "2026-02-28", "2026-02-28", "2026-03-01"),
        ("between", ("2026-01-01", "2026-01-31"), "2026-01-01", "2026-02-01"),
        ("before", "2026-01-01", None, "2026-01-01"),
        ("after", "2026-01-01", "2026-01-02", None),
        ("last_days", 7, "2026-11-18", "2026-11-26"),
        ("next_days", "7", "2026-11-25", "2026-12-03"),
        ("older_days", 90, None, "2026-08-27"),
        ("later_days", 30, "2026-12-26", None),
    ],
)
def test_operators_of_days(op: str, value: object, first: str | None, beyond: str | None) -> None:
    found = days_of(op, value, TODAY)
    assert tuple(d and d.isoformat() for d in found) == (first, beyond)


@pytest.mark.parametrize("value", ["soon", None, "-3", 10**9])
def test_a_number_of_days_is_a_number(value: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        days_of("last_days", value, TODAY)


conditions = st.builds(
    Condition,
    st.text(max_size=8),
    st.sampled_from(["is", "contains", "empty"]),
    st.none() | st.text(max_size=8) | st.integers(0, 99) | st.lists(st.text(max_size=4), max_size=3).map(tuple),
)
groups = st.recursive(
    st.builds(Group, st.sampled_from(["all", "any"]), st.lists(conditions, max_size=3).map(tuple)),
    lambda inner: st.builds(
        Group, st.sampled_from(["all", "any"]), st.lists(conditions | inner, max_size=3).map(tuple)
    ),
    max_leaves=4,
)


@given(groups)
def test_what_is_written_is_read_again(group: Group) -> None:
    try:
        assert group_of(plain(group)) == group
    except Invalid:
        assert json.dumps(plain(group)).count('"a') > 4  # nested too deep
    if group.items:
        assert json.loads(dump_filter(group)) == plain(group)


@pytest.mark.parametrize(
    "text",
    ["{", "[]", "1", '{"all":1}', '{"all":[],"any":[]}', '{"f":"a"}', '{"f":1,"op":"is"}', '{"f":"a","op":"is","x":1}']
    + ['{"f":"a","op":"is","v":{"x":1}}', '{"all":[' * 6 + "]}" * 6, "[" * 5000],
)
def test_what_is_no_filter_is_refused_in_words(text: str) -> None:
    with pytest.raises(Invalid):
        parse_filter(text)


def test_no_filter_is_an_empty_one() -> None:
    assert parse_filter("  ") == Group() and dump_filter(Group()) == ""


def test_too_much_is_refused() -> None:
    with pytest.raises(Invalid, match="50"):
        group_of({"all": [{"f": "a", "op": "empty"}] * 51})
    with pytest.raises(Invalid, match="200"):
        group_of({"f": "a", "op": "is", "v": ["x"] * 201})
