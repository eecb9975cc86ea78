"""Values: from what was given to what is stored, and to JSON and back."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from pydantic_core import PydanticUndefined
from sqlalchemy import Date
from sqlmodel import SQLModel

from crm_app.core.changes.kinds import Field
from crm_app.core.columns import DECIMAL_PLACES, ExactDecimal, UtcDateTime, tidy
from crm_app.core.reader import numeral

BIG = 2**53
BIG_DECIMAL = 9_000_000  # of 12 places, in a whole number of 64 bits
# With what turns the direction of whatever is written behind, so that a name could make an amount read backwards.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


def coerce(field: Field, value: Any) -> Any:
    """The value as it is stored. Raises ValueError with a reason in plain words."""
    if value is None or (isinstance(value, str) and not value.strip() and field.type not in ("text", "longtext")):
        if field.required:
            raise ValueError(f"{field.label} is required.")
        return "" if field.type in ("text", "longtext") else None
    checked = _COERCE[field.type](field, value)
    if field.required and checked in (None, ""):
        raise ValueError(f"{field.label} is required.")
    return checked


def _text(field: Field, value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{field.label} must be text.")
    text = (value if value.isprintable() else _CONTROL.sub("", value)).strip()
    limit = 100_000 if field.type == "longtext" else field.max_length
    if len(text) > limit:
        raise ValueError(f"{field.label} may have at most {numeral(limit)} characters.")
    return text


def _whole(field: Field, value: Any) -> int:
    if type(value) is int and -BIG < value < BIG:
        return _bounded(field, value)
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        raise ValueError(f"{field.label} must be a whole number.")
    try:
        number = Decimal(value)
        if number != number.to_integral_value():
            raise InvalidOperation
    except InvalidOperation:
        raise ValueError(f"{field.label} must be a whole number.") from None
    if abs(number) >= BIG:
        raise ValueError(f"{field.label} is larger than can be stored.")
    return int(_bounded(field, number))


def _float(field: Field, value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise ValueError(f"{field.label} must be a number.") from None
    if number != number or abs(number) == float("inf"):
        raise ValueError(f"{field.label} must be a number.")
    return float(_bounded(field, number))


def _decimal(field: Field, value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        raise ValueError(f"{field.label} must be a number.")
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise ValueError(f"{field.label} must be a number.") from None
    if not number.is_finite() or abs(number) >= BIG_DECIMAL:
        raise ValueError(f"{field.label} must be a number below {numeral(BIG_DECIMAL)}.")
    if number != round(number, DECIMAL_PLACES):
        raise ValueError(f"{field.label} may have at most {DECIMAL_PLACES} digits behind the point.")
    return tidy(_bounded(field, number))


def _bounded(field: Field, number: Any) -> Any:
    if field.minimum is not None and number < field.minimum:
        least = "negative" if field.minimum == 0 else f"less than {field.minimum:g}"
        raise ValueError(f"{field.label} must not be {least}.")
    if field.maximum is not None and number > field.maximum:
        raise ValueError(f"{field.label} must not be more than {field.maximum:g}.")
    return number


def _bool(field: Field, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    text = str(value).strip().casefold()
    if text in ("true", "yes", "1", "on"):
        return True
    if text in ("false", "no", "0", "off"):
        return False
    raise ValueError(f"{field.label} must be yes or no.")


def _date(field: Field, value: Any) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        day = date.fromisoformat(str(value).strip())
    except ValueError:
        raise ValueError(f"{field.label} must be a date such as 2026-05-31.") from None
    if not 1000 <= day.year <= 9998:
        raise ValueError(f"{field.label} must be a date such as 2026-05-31.")
    return day


def _datetime(field: Field, value: Any) -> datetime:
    try:
        at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value).strip())
    except ValueError:
        raise ValueError(f"{field.label} must be a time such as 2026-05-31T14:00+02:00.") from None
    if at.tzinfo is None:
        raise ValueError(f"{field.label} needs a time zone.")
    return at if at.tzinfo is UTC else at.astimezone(UTC)


def _choice(field: Field, value: Any) -> str:
    if value not in field.choices:
        raise ValueError(f"{field.label} must be one of: {', '.join(field.choices)}.")
    return value


def _json(_field: Field, value: Any) -> Any:
    return value


_COERCE = {
    "text": _text,
    "longtext": _text,
    "int": _whole,
    "float": _float,
    "decimal": _decimal,
    "money": _whole,
    "bool": _bool,
    "date": _date,
    "datetime": _datetime,
    "choice": _choice,
    "choices": _json,
    "ref": _whole,
    "json": _json,
}


PLAIN = frozenset((str, int, float, bool, type(None), dict, list))  # what JSON holds as it is


def encode(value: Any) -> Any:
    """A stored value as JSON holds it."""
    if type(value) in PLAIN:
        return value
    if isinstance(value, datetime):
        return (value if value.tzinfo is UTC else value.astimezone(UTC)).isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else value


@cache
def _decoders(table: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for column in table.__table__.columns:
        if isinstance(column.type, UtcDateTime):
            found[column.name] = datetime.fromisoformat
        elif isinstance(column.type, Date):
            found[column.name] = date.fromisoformat
        elif isinstance(column.type, ExactDecimal):
            found[column.name] = Decimal
    return found


def encoded(table: type[SQLModel], diff: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """A difference of a record of this table as JSON holds it; few columns hold what JSON does not."""
    own = {name: diff[name] for name in _decoders(table) if name in diff}  # pyright: ignore[reportArgumentType]
    return diff | {name: [encode(before), encode(after)] for name, (before, after) in own.items()} if own else diff


def decode(table: type[SQLModel], column: str, value: Any) -> Any:
    """A value from the log as the column holds it."""
    decoder = _decoders(table).get(column)  # pyright: ignore[reportArgumentType]
    return decoder(value) if decoder and isinstance(value, str) else value


@cache
def static_defaults(table: Any) -> tuple[tuple[str, Any, Any], ...]:
    """Of each column in its order: the name, the default, what makes it."""
    columns = set(table.__table__.columns.keys())
    return tuple(
        (name, None if info.default is PydanticUndefined else info.default, info.default_factory)
        for name, info in table.model_fields.items()
        if name in columns
    )


def defaults(table: type[SQLModel]) -> dict[str, Any]:
    """A fresh row of the table, every column with its default or None."""
    return {
        name: factory() if factory else default
        for name, default, factory in static_defaults(table)  # pyright: ignore[reportArgumentType]
    }
