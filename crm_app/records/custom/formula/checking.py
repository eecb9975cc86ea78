"""The type of a formula before it is ever computed: every mistake is named with its place."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from lark import Token, Tree

from crm_app.records.custom.formula.grammar import FormulaError, parse

Type = Literal["number", "money", "text", "date", "yes or no", "record"]
A: Mapping[str, str] = {
    "number": "a number",
    "money": "an amount",
    "text": "a text",
    "date": "a date",
    "yes or no": "a yes or no",
    "record": "a record",
}
FUNCTIONS = (
    *("if", "coalesce", "min", "max", "round", "abs", "days", "year", "month", "day", "date"),
    *("length", "upper", "lower", "trim", "contains", "text", "empty", "filled"),
)
MOVES = frozenset({"today", "now", "yesterday", "tomorrow"})
# How a list calls the type of a field, and how a formula does.
READ_AS: Mapping[str, Any] = {
    **dict.fromkeys(("text", "longtext", "choice", "choices", "url"), "text"),
    **dict.fromkeys(("int", "float", "decimal"), "number"),
    **dict.fromkeys(("date", "datetime"), "date"),
    **dict.fromkeys(("ref", "person", "company"), "record"),
    "money": "money",
    "bool": "yes or no",
}
KEPT_AS: Mapping[str, str] = {"number": "float", "money": "money", "text": "text", "date": "date", "yes or no": "bool"}


@dataclass(frozen=True)
class Known:
    """A field that a formula may name, with its type in a formula."""

    label: str
    type: Type


def result_of(source: str, known: Mapping[str, Known]) -> str:
    """The type of field that keeps the value of this formula. Raises FormulaError."""
    return KEPT_AS[type_of(parse(source), known)]


def type_of(tree: Any, known: Mapping[str, Known]) -> Type:
    """The type of a tree. Raises FormulaError, also for what is a record and no value."""
    found = _Checker(known).of(tree)
    if found == "record":
        raise _wrong(tree, "A person or a company is no value; ask filled({…}) instead.")
    return found


def _wrong(tree: Any, message: str) -> FormulaError:
    meta = tree.meta
    return FormulaError(message, getattr(meta, "start_pos", 0), getattr(meta, "end_pos", 0))


class _Checker:
    def __init__(self, known: Mapping[str, Known]) -> None:
        self.known = known

    def of(self, tree: Tree[Token]) -> Type:
        return getattr(self, "_" + str(tree.data).rstrip("_"))(tree)

    def need(self, tree: Any, *wanted: Type) -> Type:
        found = self.of(tree)
        if found not in wanted:
            raise _wrong(tree, f"This is {A[found]}, but {' or '.join(A[w] for w in wanted)} is needed here.")
        return found

    def _same(self, tree: Tree[Token], parts: list[Any]) -> Type:
        """One type for all; a number beside amounts is an amount in the same currency."""
        types: list[Type] = [self.of(part) for part in parts]
        if set(types) <= {"number", "money"}:
            return "money" if "money" in types else "number"
        for part, found in zip(parts, types, strict=True):
            if found != types[0]:
                raise _wrong(part, f"This is {A[found]}, beside {A[types[0]]}. Both must be alike.")
        return types[0]

    def _number(self, _tree: Tree[Token]) -> Type:
        return "number"

    def _string(self, _tree: Tree[Token]) -> Type:
        return "text"

    def _truth(self, _tree: Tree[Token]) -> Type:
        return "yes or no"

    def _field(self, tree: Tree[Token]) -> Type:
        name = str(tree.children[0])[1:-1].strip()
        if name not in self.known:
            raise _wrong(tree, f"There is no field {name!r} that a formula can use.")
        return self.known[name].type

    def _word(self, tree: Tree[Token]) -> Type:
        word = str(tree.children[0])
        if word.lower() in MOVES:
            raise _wrong(tree, _MOVING.format(word))
        if word.lower() in FUNCTIONS:
            raise _wrong(tree, f"Behind {word} stand brackets: {word}(…).")
        raise _wrong(tree, f"{word!r} is not known. A field stands in braces, {{Value}}; a text in quotes.")

    def _or(self, tree: Tree[Token]) -> Type:
        for part in tree.children:
            self.need(part, "yes or no")
        return "yes or no"

    _and = _not = _or

    def _compare(self, tree: Tree[Token]) -> Type:
        left, sign, right = tree.children
        found = self._same(tree, [left, right])
        if found == "record" or (found == "yes or no" and str(sign) not in ("=", "!=", "<>")):
            raise _wrong(tree, f"{A[found].capitalize()} cannot be compared like this.")
        return "yes or no"

    def _join(self, tree: Tree[Token]) -> Type:
        for part in tree.children:
            self.need(part, "text", "number", "money", "date", "yes or no")
        return "text"

    def _sum(self, tree: Tree[Token]) -> Type:
        left, sign, right = tree.children
        first = self.need(left, "number", "money", "date")
        second = self.need(right, "number", "money", "date")
        if first == "date":
            if second == "number":
                return "date"
            if second == "date" and str(sign) == "-":
                return "number"
            raise _wrong(tree, "Of a date only days or another date can be taken away, and only days be added.")
        if second == "date":
            raise _wrong(tree, "A date must stand first: {Date} + 14.")
        return "money" if "money" in (first, second) else "number"

    def _product(self, tree: Tree[Token]) -> Type:
        left, sign, right = tree.children
        first, second = self.need(left, "number", "money"), self.need(right, "number", "money")
        if str(sign) == "*":
            if first == second == "money":
                raise _wrong(tree, "Two amounts cannot be multiplied.")
            return "money" if "money" in (first, second) else "number"
        if second == "money" and first == "number":
            raise _wrong(tree, "A number cannot be divided by an amount.")
        return "money" if first == "money" and second == "number" else "number"

    def _minus(self, tree: Tree[Token]) -> Type:
        return self.need(tree.children[0], "number", "money")

    def _call(self, tree: Tree[Token]) -> Type:
        name, args = str(tree.children[0]), list(tree.children[1:])
        if name.lower() in MOVES:
            raise _wrong(tree, _MOVING.format(name))
        if name.lower() not in FUNCTIONS:
            raise _wrong(tree, f"There is no function {name!r}. There are: {', '.join(FUNCTIONS)}.")
        return _CALLS[name.lower()](self, tree, args)

    def count(self, tree: Tree[Token], args: list[Any], low: int, high: int) -> None:
        if not low <= len(args) <= high:
            wanted = f"{low} value{'s' if low != 1 else ''}" if low == high else f"{low} to {high} values"
            raise _wrong(tree, f"{tree.children[0]} takes {wanted}, here are {len(args)}.")

    def call_if(self, tree: Tree[Token], args: list[Any]) -> Type:
        self.count(tree, args, 3, 3)
        self.need(args[0], "yes or no")
        return self._same(tree, args[1:])

    def call_several(self, tree: Tree[Token], args: list[Any]) -> Type:
        self.count(tree, args, 1, 20)
        found = self._same(tree, args)
        if str(tree.children[0]).lower() in ("min", "max") and found in ("yes or no", "text", "record"):
            raise _wrong(tree, f"{tree.children[0]} takes numbers, amounts or dates.")
        return found

    def call_round(self, tree: Tree[Token], args: list[Any]) -> Type:
        self.count(tree, args, 1, 2)
        found = self.need(args[0], "number", "money")
        for part in args[1:]:
            self.need(part, "number")
        return found

    def call_abs(self, tree: Tree[Token], args: list[Any]) -> Type:
        self.count(tree, args, 1, 1)
        return self.need(args[0], "number", "money")

    def call_date(self, tree: Tree[Token], args: list[Any]) -> Type:
        self.count(tree, args, 3, 3)
        for part in args:
            self.need(part, "number")
        return "date"

    def call_any(self, tree: Tree[Token], args: list[Any]) -> Type:
        self.count(tree, args, 1, 1)
        self.of(args[0])
        return "yes or no"


_MOVING = (
    "A formula cannot use {}: its value would be old tomorrow. Compute with dates of the record, and filter the list "
    "by the day."
)


def _takes(result: Type, *wanted: tuple[Type, ...]) -> Callable[[_Checker, Tree[Token], list[Any]], Type]:
    """A function of exactly these arguments."""

    def check(checker: _Checker, tree: Tree[Token], args: list[Any]) -> Type:
        checker.count(tree, args, len(wanted), len(wanted))
        for part, types in zip(args, wanted, strict=True):
            checker.need(part, *types)
        return result

    return check


_ANY: tuple[Type, ...] = ("text", "number", "money", "date", "yes or no")
_CALLS: Mapping[str, Callable[[_Checker, Tree[Token], list[Any]], Type]] = {
    "if": _Checker.call_if,
    "coalesce": _Checker.call_several,
    "min": _Checker.call_several,
    "max": _Checker.call_several,
    "round": _Checker.call_round,
    "abs": _Checker.call_abs,
    "date": _Checker.call_date,
    "empty": _Checker.call_any,
    "filled": _Checker.call_any,
    "days": _takes("number", ("date",), ("date",)),
    **{name: _takes("number", ("date",)) for name in ("year", "month", "day")},
    "length": _takes("number", ("text",)),
    **{name: _takes("text", ("text",)) for name in ("upper", "lower", "trim")},
    "contains": _takes("yes or no", ("text",), ("text",)),
    "text": _takes("text", _ANY),
}
