"""The language of formulas: what it gives, what it says, and that nothing takes long or fails."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_app.records.custom.formula import Empty, FormulaError, Known, evaluate, result_of, with_labels, with_names

KNOWN = {
    "value_minor": Known("Value", "money"),
    "rate": Known("Rate", "number"),
    "day": Known("Day", "date"),
    "name": Known("Name", "text"),
    "private": Known("Private", "yes or no"),
    "company_id": Known("Company", "record"),
}
VALUES = {
    "value_minor": Decimal("100.50"),
    "rate": Decimal(0),
    "day": date(2024, 2, 28),
    "name": "Zoë",
    "private": True,
}


@pytest.mark.parametrize(
    ("source", "kept_as", "value"),
    [
        ("0.1 + 0.2", "float", Decimal("0.3")),
        ("1 + 2 * 3 - -4", "float", Decimal(11)),
        ("(1 + 2) * 3", "float", Decimal(9)),
        ("10 / 4", "float", Decimal("2.5")),
        ("{value_minor} * 0.1", "money", Decimal("10.050")),
        ("{value_minor} / {value_minor}", "float", Decimal(1)),
        ("{value_minor} + 1", "money", Decimal("101.50")),
        ("{day} + 2", "date", date(2024, 3, 1)),
        ("{day} - date(2024, 2, 1)", "float", Decimal(27)),
        ("days({day}, date(2024, 3, 1))", "float", Decimal(-2)),
        ('{name} & ", " & 1.50 & " " & {private}', "text", "Zoë, 1.5 yes"),
        ('if({value_minor} > 100, "big", "small")', "text", "big"),
        ('{name} = "ZOE"', "bool", True),
        ("not {private} or {rate} < 1 and true", "bool", True),
        ("coalesce(1 / {rate}, 7)", "float", Decimal(7)),
        ("min(3, {rate}, 5)", "float", Decimal(0)),
        ("max({day}, date(2030, 1, 1))", "date", date(2030, 1, 1)),
        ("round(2.5) + round(3.5) + round(1.005, 2)", "float", Decimal("7.00")),
        ("abs(-3) + year({day}) + month({day}) + day({day})", "float", Decimal(2057)),
        ('length(trim("  a  b ")) & upper("x") & lower("Y") & contains({name}, "oe")', "text", "3Xyyes"),
        ("filled({company_id}) = empty({name})", "bool", True),
    ],
)
def test_values(source: str, kept_as: str, value: object) -> None:
    assert result_of(source, KNOWN) == kept_as
    assert evaluate(source, VALUES) == value


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("1 / {rate}", "division by zero"),
        ("{value_minor} / (1 - 1)", "division by zero"),
        ("999999999999999 * 999999999999999", "the number is too large"),
        ("{day} + 999999999", "the date is outside of the calendar"),
        ("date(2023, 2, 29)", "there is no such date"),
        ("round(1, 99)", "round takes 0 to 12 places"),
    ],
)
def test_no_value_has_a_word_why(source: str, why: str) -> None:
    result_of(source, KNOWN)
    assert evaluate(source, VALUES) == Empty(why)


def test_what_is_not_filled_in_gives_nothing_without_a_reason() -> None:
    assert evaluate("{value_minor} * 2", {}) == Empty()
    assert evaluate('{name} & "!"', {}) == "!"
    assert [evaluate(f"{{rate}} {sign} 1", {}) for sign in ("=", "<", ">", "!=")] == [False, False, False, True]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("", "Write a formula"),
        ("1 +", "missing at the end"),
        ("2 ^ 9", "no powers"),
        ("2 ** 9", "cannot stand here"),
        ("{name}.__class__", "cannot stand here"),
        ("__import__('os')", "cannot stand here"),
        ("open(1)", "no function 'open'"),
        ("{nothing}", "no field 'nothing'"),
        ("{name} + 1", "This is a text"),
        ("{value_minor} * {value_minor}", "Two amounts"),
        ("1 / {value_minor}", "cannot be divided by an amount"),
        ("if(1, 2, 3)", "a yes or no is needed"),
        ('if(true, 2, "x")', "Both must be alike"),
        ("{company_id}", "no value"),
        ("today()", "would be old tomorrow"),
        ("{day} - today", "would be old tomorrow"),
        ("year(1)", "a date is needed"),
        ("round(1, 2, 3)", "takes 1 to 2 values"),
        ("(" * 300 + "1" + ")" * 300, ""),
        ("-" * 500 + "1", "too large"),
        ("+".join("1" * 300), "too large"),
        ("1" * 2000, "at most 1,000"),
        ("orange", "not known"),
    ],
)
def test_mistakes_are_named(source: str, said: str) -> None:
    try:
        result_of(source, KNOWN)
    except FormulaError as error:
        assert said in error.message
    else:
        assert said == ""


def test_a_mistake_has_its_place() -> None:
    with pytest.raises(FormulaError) as refusal:
        result_of("1 + {name}", KNOWN)
    assert "1 + {name}"[refusal.value.start : refusal.value.end] == "{name}"


def test_fields_are_written_by_label_and_kept_by_name() -> None:
    labels = {"value_minor": "Value", "custom.7": "Margin", "custom.8": "margin", "a": "Odd } name"}
    kept = with_names('{Value} * {custom.7} & "{Value}"', labels)
    assert kept == '{value_minor} * {custom.7} & "{Value}"'
    assert with_labels(kept, labels) == '{Value} * {custom.7} & "{Value}"'
    with pytest.raises(FormulaError, match="Several fields"):
        with_names("{Margin}", labels)


ATOMS = st.sampled_from(
    ["1", "0", "0.5", "999999999999999", '"a"', '""', "true", "false", *("{" + n + "}" for n in KNOWN), "today", "{x}"]
)
SIGNS = st.sampled_from(["+", "-", "*", "/", "&", "=", "<", "<>", " and ", " or "])
NAMES = st.sampled_from(
    ["if", "coalesce", "min", "max", "round", "days", "date", "length", "upper", "empty", "text", "f"]
)


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds(lambda a, s, b: f"{a}{s}{b}", inner, SIGNS, inner),
        st.builds(lambda a: f"({a})", inner),
        st.builds(lambda a: f"-{a}", inner),
        st.builds(lambda a: f" not {a}", inner),
        st.builds(lambda n, args: f"{n}({','.join(args)})", NAMES, st.lists(inner, max_size=4)),
    )


EXPRESSIONS = st.recursive(ATOMS, _larger, max_leaves=60)
ANY_VALUE = st.one_of(
    st.none(),
    st.decimals(allow_nan=False, allow_infinity=False, places=4),
    st.booleans(),
    st.text(max_size=30),
    st.dates(),
)


@settings(max_examples=300)
@given(st.one_of(EXPRESSIONS, st.text(max_size=80)), st.fixed_dictionaries(dict.fromkeys(KNOWN, ANY_VALUE)))
def test_anything_gives_a_value_or_a_clear_error_within_bounds(source: str, values: dict[str, object]) -> None:
    try:
        kind = result_of(source, KNOWN)
    except FormulaError as error:
        kind = ""
        assert error.message.endswith(".") and "Traceback" not in error.message
    found = evaluate(source, values)
    assert isinstance(found, Decimal | str | bool | date | Empty)
    if isinstance(found, Decimal):
        assert found.is_finite() and abs(found) < Decimal(10) ** 15
    if isinstance(found, str):
        assert len(found) <= 2000
    if kind and not isinstance(found, Empty):
        assert with_names(with_labels(source, {}), dict.fromkeys(KNOWN, "?")) == source


@settings(max_examples=100)
@given(EXPRESSIONS)
def test_a_checked_formula_has_the_type_that_was_foretold(source: str) -> None:
    try:
        kept_as = result_of(source, KNOWN)
    except FormulaError:
        return
    found = evaluate(source, VALUES | {"company_id": True})
    wanted = {"float": Decimal, "money": Decimal, "text": str, "date": date, "bool": bool}[kept_as]
    assert isinstance(found, Empty | wanted)
