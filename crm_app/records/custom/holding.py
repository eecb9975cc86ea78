"""Does a filter hold for one record in hand? The conditions of lists, asked of a row before it is written. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from crm_app.core.changes.kinds import Field
from crm_app.core.money import to_minor
from crm_app.core.numbers import read_number
from crm_app.core.text import fold
from crm_app.records.custom.fields import keys_of
from crm_app.records.listing.rules import Condition, Group, days_of, op_of
from crm_app.records.phones import digits_of

# What can be asked of a record that is not yet written: nothing of its past, its parts, or who reads.
UNASKABLE = frozenset({"was"})
Fields = Mapping[str, Field]


@dataclass(frozen=True)
class Moment:
    """When and where a condition is asked: days that move follow it; amounts are in this currency."""

    today: date
    zone: str
    currency: str


def holds(item: Group | Condition, fields: Fields, values: Mapping[str, Any], at: Moment) -> bool:
    """The same answer as the list of that filter gives. A condition on a field that is gone does not hold."""
    if isinstance(item, Group):
        answers = (holds(i, fields, values, at) for i in item.items)
        return not item.items or (all(answers) if item.mode == "all" else any(answers))
    field = fields.get(item.field)
    if field is None or op_of(field.type, item.op) is None or item.op in UNASKABLE:
        return False
    try:
        return _holds(field, item.op, item.value, values.get(item.field), at)
    except (ValueError, TypeError, InvalidOperation):
        return False


def _holds(field: Field, op: str, wanted: Any, value: Any, at: Moment) -> bool:
    if op == "lacks":
        return not _holds(field, "contains", wanted, value, at)
    if op in ("empty", "filled"):
        return (value is None or value in ("", [])) == (op == "empty")
    if field.type in ("text", "longtext"):
        return _text(op, str(wanted), "" if value is None else str(value), field.holds == "phone", value is None)
    if field.type == "bool":
        return value is (wanted in (True, "true")) if value is not None else False
    if field.type in ("choice", "ref"):
        among = value is not None and str(value) in {str(w) for w in _many(wanted)}
        return among if op == "is" else not among
    if field.type == "choices":
        return _several(op, {str(w) for w in _many(wanted)}, set(keys_of(value)) if value else set())
    if value is None:
        return False
    if field.type in ("date", "datetime"):
        return _day(op, wanted, value, at)
    return _number(field, op, wanted, value, at)


def _many(wanted: Any) -> tuple[Any, ...]:
    return wanted if isinstance(wanted, tuple) else tuple(wanted) if isinstance(wanted, list) else (wanted,)


def _text(op: str, wanted: str, value: str, is_phone: bool, is_null: bool) -> bool:
    word, text = fold(wanted), fold(value)
    if is_phone and digits_of(wanted):
        word, text = digits_of(wanted), digits_of(value)
    if op == "contains":
        return word in text
    if op == "starts":
        return text.startswith(word)
    return (text == word) if op == "is" else is_null or text != word


def _several(op: str, wanted: set[str], chosen: set[str]) -> bool:
    if op == "all":
        return wanted <= chosen
    return bool(wanted & chosen) == (op == "any")


def _day(op: str, wanted: Any, value: Any, at: Moment) -> bool:
    if isinstance(value, datetime):
        day = value.astimezone(ZoneInfo(at.zone)).date()
    else:
        day = value if isinstance(value, date) else date.fromisoformat(str(value))
    first, beyond = days_of(op, wanted, at.today)
    return (first is None or day >= first) and (beyond is None or day < beyond)


def _number(field: Field, op: str, wanted: Any, value: Any, at: Moment) -> bool:
    has = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if op == "between":
        low, high = (_amount(field, w, at) for w in wanted)
        return low <= has <= high
    amount = _amount(field, wanted, at)
    return {"eq": has == amount, "lt": has < amount, "le": has <= amount, "gt": has > amount, "ge": has >= amount}[op]


def _amount(field: Field, wanted: Any, at: Moment) -> Decimal:
    number = read_number(str(wanted))
    return Decimal(to_minor(number, at.currency)) if field.type == "money" else number
