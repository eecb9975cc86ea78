"""Filters as a person composes them: conditions in nested groups, their operators, and days that move. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal

from crm_app.core.errors import Invalid

MOST_DEPTH, MOST_CONDITIONS, MOST_VALUES = 5, 50, 200
Arity = Literal["none", "one", "two", "many", "days"]


@dataclass(frozen=True)
class Op:
    """An operator: how it reads, and how many values it takes."""

    name: str
    label: str
    arity: Arity = "one"


@dataclass(frozen=True)
class Condition:
    """One field, one operator, one value."""

    field: str
    op: str
    value: Any = None


@dataclass(frozen=True)
class Group:
    """Conditions and groups of which all or any must hold; an empty one always holds."""

    mode: Literal["all", "any"] = "all"
    items: tuple["Condition | Group", ...] = field(default=())


_FILLED = (Op("empty", "is empty", "none"), Op("filled", "is filled", "none"))
_TEXT = (
    Op("contains", "contains"),
    Op("lacks", "does not contain"),
    Op("is", "is"),
    Op("is_not", "is not"),
    Op("starts", "starts with"),
    *_FILLED,
)
_MANY = (Op("is", "is", "many"), Op("is_not", "is not", "many"), Op("was", "ever was", "many"), *_FILLED)
_NUMBER = (
    Op("eq", "is"),
    Op("gt", "is more than"),
    Op("lt", "is less than"),
    Op("ge", "is at least"),
    Op("le", "is at most"),
    Op("between", "is between", "two"),
    *_FILLED,
)
_DAY = (
    Op("on", "is on"),
    Op("before", "is before"),
    Op("after", "is after"),
    Op("between", "is between", "two"),
    Op("today", "is today", "none"),
    Op("yesterday", "was yesterday", "none"),
    Op("tomorrow", "is tomorrow", "none"),
    Op("this_week", "is this week", "none"),
    Op("last_week", "was last week", "none"),
    Op("next_week", "is next week", "none"),
    Op("this_month", "is this month", "none"),
    Op("last_month", "was last month", "none"),
    Op("next_month", "is next month", "none"),
    Op("this_quarter", "is this quarter", "none"),
    Op("last_quarter", "was last quarter", "none"),
    Op("next_quarter", "is next quarter", "none"),
    Op("this_year", "is this year", "none"),
    Op("last_year", "was last year", "none"),
    Op("next_year", "is next year", "none"),
    Op("last_days", "is in the last … days", "days"),
    Op("next_days", "is in the next … days", "days"),
    Op("older_days", "is more than … days ago", "days"),
    Op("later_days", "is more than … days ahead", "days"),
    *_FILLED,
)
_SEVERAL = (Op("any", "any of", "many"), Op("all", "all of", "many"), Op("none", "none of", "many"), *_FILLED)
OPS: Mapping[str, tuple[Op, ...]] = {
    "text": _TEXT,
    "longtext": _TEXT,
    "choice": _MANY,
    "ref": _MANY,
    "bool": (Op("is", "is"), *_FILLED),
    "int": _NUMBER,
    "float": _NUMBER,
    "decimal": _NUMBER,
    "money": _NUMBER,
    "date": _DAY,
    "datetime": _DAY,
    "choices": _SEVERAL,
    "tags": _SEVERAL,
}
NO_FILTER = Group()


def op_of(type_: str, name: str) -> Op | None:
    """The operator of that name for fields of that type."""
    return next((op for op in OPS.get(type_, ()) if op.name == name), None)


def parse_filter(text: str) -> Group:
    """From the JSON of an address or a saved view. Raises Invalid for anything that is not of its shape."""
    if not text.strip():
        return NO_FILTER
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        raise Invalid({"filter": "This filter cannot be read."}) from None
    return group_of(given)


def group_of(given: Any) -> Group:
    """From plain JSON values. Raises Invalid."""
    found = _item(given, 1)
    if isinstance(found, Condition):
        found = Group("all", (found,))
    if len(list(conditions_in(found))) > MOST_CONDITIONS:
        raise Invalid({"filter": f"A filter may have at most {MOST_CONDITIONS} conditions."})
    return found


def _item(given: Any, depth: int) -> Condition | Group:
    if depth > MOST_DEPTH:
        raise Invalid({"filter": f"Groups may be nested at most {MOST_DEPTH} deep."})
    if isinstance(given, Mapping):
        for mode in ("all", "any"):
            if set(given) == {mode} and isinstance(given[mode], list):
                return Group(mode, tuple(_item(item, depth + 1) for item in given[mode][: MOST_CONDITIONS + 1]))
        if {"f", "op"} <= set(given) <= {"f", "op", "v"} and all(isinstance(given[k], str) for k in ("f", "op")):
            return Condition(given["f"], given["op"], _value(given.get("v")))
    raise Invalid({"filter": "This filter cannot be read."})


def _value(value: Any) -> Any:
    if isinstance(value, list):
        if len(value) > MOST_VALUES:
            raise Invalid({"filter": f"A condition may have at most {MOST_VALUES} values."})
        return tuple(_value(v) for v in value)
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str) and len(value) <= 500:
        return value
    raise Invalid({"filter": "This filter cannot be read."})


def plain(item: Condition | Group) -> dict[str, Any]:
    """As JSON values; `group_of` reads them back."""
    if isinstance(item, Group):
        return {item.mode: [plain(i) for i in item.items]}
    value = list(item.value) if isinstance(item.value, tuple) else item.value
    return {"f": item.field, "op": item.op} | ({} if value is None else {"v": value})


def dump_filter(group: Group) -> str:
    """The shortest JSON, for an address; empty for no filter."""
    return json.dumps(plain(group), ensure_ascii=False, separators=(",", ":")) if group.items else ""


def conditions_in(group: Group) -> Any:
    """Every condition, in order."""
    for item in group.items:
        if isinstance(item, Group):
            yield from conditions_in(item)
        else:
            yield item


def _month(day: date, step: int) -> date:
    """The first day of the month that is `step` months away."""
    months = day.year * 12 + day.month - 1 + step
    return date(months // 12, months % 12 + 1, 1)


def days_of(op: str, value: Any, today: date) -> tuple[date | None, date | None]:
    """The first day and the day after the last that an operator means; None: open. Weeks begin on Monday.

    Raises ValueError for a value that is no date or no number of days.
    """
    monday, one, week = today - timedelta(days=today.weekday()), timedelta(days=1), timedelta(days=7)
    new_year = date(today.year, 1, 1)
    quarter = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    fixed: dict[str, tuple[date, date]] = {
        "today": (today, today + one),
        "yesterday": (today - one, today),
        "tomorrow": (today + one, today + 2 * one),
        "this_week": (monday, monday + week),
        "last_week": (monday - week, monday),
        "next_week": (monday + week, monday + 2 * week),
        "this_month": (_month(today, 0), _month(today, 1)),
        "last_month": (_month(today, -1), _month(today, 0)),
        "next_month": (_month(today, 1), _month(today, 2)),
        "this_quarter": (quarter, _month(quarter, 3)),
        "last_quarter": (_month(quarter, -3), quarter),
        "next_quarter": (_month(quarter, 3), _month(quarter, 6)),
        "this_year": (new_year, _month(new_year, 12)),
        "last_year": (_month(new_year, -12), new_year),
        "next_year": (_month(new_year, 12), _month(new_year, 24)),
    }
    if op in fixed:
        return fixed[op]
    if op.endswith("_days"):
        return _around(op, _days(value), today)
    if op == "between":
        low, high = value
        return date.fromisoformat(str(low)), date.fromisoformat(str(high)) + one
    day = date.fromisoformat(str(value))
    return {"on": (day, day + one), "before": (None, day), "after": (day + one, None)}[op]


def _days(value: Any) -> int:
    count = int(value)
    if not 0 <= count <= 36_500:
        raise ValueError(f"{count} days")
    return count


def _around(op: str, count: int, today: date) -> tuple[date | None, date | None]:
    span, one = timedelta(days=count), timedelta(days=1)
    return {
        "last_days": (today - span, today + one),
        "next_days": (today, today + span + one),
        "older_days": (None, today - span),
        "later_days": (today + span + one, None),
    }[op]
