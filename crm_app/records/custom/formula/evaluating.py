"""The value of a formula for one record: exact decimals, and a word why where there is none. It never raises."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal, DecimalException, DivisionByZero, InvalidOperation, Overflow
from typing import Any

from lark import Token, Tree

from crm_app.core.text import fold
from crm_app.records.custom.formula.grammar import FormulaError, parse

MOST_TEXT = 2000
LARGEST = Decimal(10) ** 15
ARITHMETIC = Context(
    prec=28, rounding=ROUND_HALF_EVEN, Emax=100, Emin=-100, traps=[DivisionByZero, InvalidOperation, Overflow]
)
ZERO_DIVISION, TOO_LARGE, TOO_LONG = "division by zero", "the number is too large", "the text is too long"
OUTSIDE = "the date is outside of the calendar"


@dataclass(frozen=True)
class Empty:
    """No value, and why in a few words; without a reason nothing was filled in."""

    why: str = ""


Value = Decimal | str | bool | date | Empty


def evaluate(source: str, values: Mapping[str, Any]) -> Value:
    """The value; amounts are in major units. `values` are Decimal, str, bool, date, or missing; never raises."""
    try:
        found = _of(parse(source), values)
    except FormulaError as error:
        return Empty(error.message)
    except (DecimalException, ArithmeticError, ValueError, TypeError, KeyError, IndexError, AttributeError):
        return Empty("it cannot be computed")
    if isinstance(found, Decimal) and not -LARGEST < found < LARGEST:
        return Empty(TOO_LARGE)
    return found


def _of(tree: Any, values: Mapping[str, Any]) -> Value:
    return _NODES[str(tree.data)](tree, values)


def _parts(tree: Tree[Token], values: Mapping[str, Any]) -> list[Value]:
    return [_of(child, values) for child in tree.children if isinstance(child, Tree)]


def _first_empty(parts: list[Value]) -> Empty | None:
    return next((p for p in parts if isinstance(p, Empty)), None)


def _field(tree: Tree[Token], values: Mapping[str, Any]) -> Value:
    value = values.get(str(tree.children[0])[1:-1].strip())
    return Empty() if value is None or value == "" else value


def _is_true(value: Value) -> bool:
    return value is True


def _either(tree: Tree[Token], values: Mapping[str, Any]) -> Value:
    return any(_is_true(_of(part, values)) for part in tree.children)


def _both(tree: Tree[Token], values: Mapping[str, Any]) -> Value:
    return all(_is_true(_of(part, values)) for part in tree.children)


def _compare(tree: Tree[Token], values: Mapping[str, Any]) -> Value:
    """With nothing, nothing compares: it is neither equal to anything nor more nor less; only unequal."""
    left, right = _parts(tree, values)
    sign = str(tree.children[1])
    if isinstance(left, Empty) or isinstance(right, Empty):
        return sign in ("!=", "<>") and type(left) is not type(right)
    if isinstance(left, str) and isinstance(right, str):
        left, right = fold(left), fold(right)
    a: Any = left
    b: Any = right
    return {"=": a == b, "!=": a != b, "<>": a != b}[sign] if sign in ("=", "!=", "<>") else _ordered(a, sign, b)


def _ordered(a: Any, sign: str, b: Any) -> bool:
    return {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[sign]


def as_text(value: Value) -> str:
    """How a value reads inside of a text."""
    if isinstance(value, Empty):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        plain = ARITHMETIC.normalize(value)
        return f"{plain:f}" if plain else "0"
    return value if isinstance(value, str) else value.isoformat()


def _join(tree: Tree[Token], values: Mapping[str, Any]) -> Value:
    parts = _parts(tree, values)
    broken = next((p for p in parts if isinstance(p, Empty) and p.why), None)
    if broken:
        return broken
    text = "".join(as_text(part) for part in parts)
    return text if len(text) <= MOST_TEXT else Empty(TOO_LONG)


def _sum(tree: Tree[Token], values: Mapping[str, Any]) -> Value:
    parts = _parts(tree, values)
    if empty := _first_empty(parts):
        return empty
    left: Any = parts[0]
    right: Any = parts[1]
    minus = str(tree.children[1]) == "-"
    if isinstance(left, date):
        if isinstance(right, date):
            return Decimal((left - right).days)
        return _moved(left, -right if minus else right)
    return _counted(lambda: ARITHMETIC.subtract(left, right) if minus else ARITHMETIC.add(left, right))


def _moved(day: date, days: Decimal) -> Value:
    if not -4_000_000 < days < 4_000_000:
        return Empty(OUTSIDE)
    try:
        moved = day + timedelta(days=int(days))
    except OverflowError:
        return Empty(OUTSIDE)
    return moved if 1000 <= moved.year <= 9998 else Empty(OUTSIDE)


def _counted(compute: Callable[[], Decimal]) -> Value:
    try:
        return compute()
    except DivisionByZero:
        return Empty(ZERO_DIVISION)
    except InvalidOperation:
        return Empty("it cannot be computed")
    except Overflow:
        return Empty(TOO_LARGE)


def _product(tree: Tree[Token], values: Mapping[str, Any]) -> Value:
    parts = _parts(tree, values)
    if empty := _first_empty(parts):
        return empty
    left: Any = parts[0]
    right: Any = parts[1]
    if str(tree.children[1]) == "*":
        return _counted(lambda: ARITHMETIC.multiply(left, right))
    return Empty(ZERO_DIVISION) if right == 0 else _counted(lambda: ARITHMETIC.divide(left, right))


def _minus(tree: Tree[Token], values: Mapping[str, Any]) -> Value:
    value: Any = _of(tree.children[0], values)
    return value if isinstance(value, Empty) else _counted(lambda: ARITHMETIC.minus(value))


def _call(tree: Tree[Token], values: Mapping[str, Any]) -> Value:
    name, args = str(tree.children[0]).lower(), list(tree.children[1:])
    if name == "if":
        return _of(args[1] if _is_true(_of(args[0], values)) else args[2], values)
    if name == "coalesce":
        found = [_of(part, values) for part in args]
        return next((value for value in found if not isinstance(value, Empty)), found[-1])
    parts = [_of(part, values) for part in args]
    if name in ("empty", "filled"):
        return isinstance(parts[0], Empty) == (name == "empty")
    if name in ("min", "max"):
        given: list[Any] = [part for part in parts if not isinstance(part, Empty)]
        return (min if name == "min" else max)(given) if given else parts[0]
    if empty := _first_empty(parts):
        return empty
    return _PLAIN[name](*parts)


def _round(value: Decimal, places: Decimal = Decimal(0)) -> Value:
    """Half away from zero would surprise a bookkeeper less in one line and more in a sum: half to even."""
    if places != places.to_integral_value() or not 0 <= places <= 12:
        return Empty("round takes 0 to 12 places")
    return _counted(lambda: value.quantize(Decimal(1).scaleb(-int(places)), ROUND_HALF_EVEN, ARITHMETIC))


def _date(year: Decimal, month: Decimal, day: Decimal) -> Value:
    if not 1000 <= year <= 9998:
        return Empty(OUTSIDE)
    try:
        return date(int(year), int(month), int(day))
    except (ValueError, OverflowError):
        return Empty("there is no such date")


_PLAIN: Mapping[str, Callable[..., Value]] = {
    "round": _round,
    "abs": lambda value: abs(value),
    "days": lambda a, b: Decimal((a - b).days),
    "year": lambda day: Decimal(day.year),
    "month": lambda day: Decimal(day.month),
    "day": lambda day: Decimal(day.day),
    "date": _date,
    "length": lambda text: Decimal(len(text)),
    "upper": lambda text: text.upper()[:MOST_TEXT],
    "lower": lambda text: text.lower()[:MOST_TEXT],
    "trim": lambda text: " ".join(text.split()),
    "contains": lambda text, word: fold(word) in fold(text),
    "text": as_text,
}
_NODES: Mapping[str, Callable[[Tree[Token], Mapping[str, Any]], Value]] = {
    "number": lambda tree, _values: Decimal(str(tree.children[0])),
    "string": lambda tree, _values: str(tree.children[0])[1:-1],
    "truth": lambda tree, _values: str(tree.children[0]).lower() == "true",
    "word": lambda _tree, _values: Empty("it cannot be computed"),
    "field": _field,
    "or_": _either,
    "and_": _both,
    "not_": lambda tree, values: not _is_true(_of(tree.children[0], values)),
    "compare": _compare,
    "join": _join,
    "sum": _sum,
    "product": _product,
    "minus": _minus,
    "call": _call,
}
