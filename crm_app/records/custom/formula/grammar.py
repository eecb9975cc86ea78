"""The grammar: from the text of a formula to a tree of bounded size. Parsed by Lark (LALR: no backtracking)."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken

from crm_app.core.reader import numeral
from crm_app.core.text import fold

MOST_CHARACTERS, MOST_DEPTH, MOST_NODES = 1000, 40, 400
GRAMMAR = r"""
?start: either
?either: both | either _OR both -> or_
?both: negated | both _AND negated -> and_
?negated: compared | _NOT negated -> not_
?compared: joined | joined COMPARISON joined -> compare
?joined: summed | joined "&" summed -> join
?summed: product | summed SIGN product -> sum
?product: signed | product FACTOR signed -> product
?signed: atom | "-" signed -> minus
?atom: NUMBER -> number
     | STRING -> string
     | TRUTH -> truth
     | FIELD -> field
     | NAME "(" [either ("," either)*] ")" -> call
     | NAME -> word
     | "(" either ")"
_OR.2: /or\b/i
_AND.2: /and\b/i
_NOT.2: /not\b/i
TRUTH.2: /(true|false)\b/i
COMPARISON: "<=" | ">=" | "<>" | "!=" | "=" | "<" | ">"
SIGN: "+" | "-"
FACTOR: "*" | "/"
NUMBER: /[0-9]{1,15}(\.[0-9]{1,12})?(?![0-9.])/
STRING: /"[^"\n]{0,300}"/
FIELD: /\{[^{}\n]{1,120}\}/
NAME: /[a-z][a-z0-9_]{0,30}/i
%ignore /\s+/
"""
_parser = Lark(GRAMMAR, parser="lalr", propagate_positions=True, maybe_placeholders=False)


class FormulaError(ValueError):
    """What is wrong with a formula, in plain words, and where: characters `start` to `end` of the text."""

    def __init__(self, message: str, start: int = 0, end: int = 0) -> None:
        super().__init__(message)
        self.message, self.start, self.end = message, start, end


@lru_cache(maxsize=1024)
def parse(source: str) -> Tree[Token]:
    """The tree of a formula. Raises FormulaError for what is no formula, or too long or nested too deep."""
    if not source.strip():
        raise FormulaError("Write a formula, such as {Value} * 0.1.")
    if len(source) > MOST_CHARACTERS:
        raise FormulaError(f"A formula may have at most {numeral(MOST_CHARACTERS)} characters.")
    try:
        tree = _parser.parse(source)
    except UnexpectedInput as error:
        raise _explained(error, source) from None
    _bounded(tree)
    return tree


def _explained(error: UnexpectedInput, source: str) -> FormulaError:
    at = error.pos_in_stream if error.pos_in_stream is not None else len(source)
    if isinstance(error, UnexpectedEOF) or (isinstance(error, UnexpectedToken) and error.token.type == "$END"):
        return FormulaError("Something is missing at the end, such as a value or a closing bracket.", len(source))
    if isinstance(error, UnexpectedCharacters):
        return _unknown_character(source, at)
    text = str(getattr(error, "token", source[at : at + 1]))
    return FormulaError(f"Character {at + 1}: {text[:40]!r} cannot stand here.", at, at + len(text))


def _unknown_character(source: str, at: int) -> FormulaError:
    hints = {
        '"': 'a text has a " at its beginning and its end, and at most 300 characters',
        "'": 'a text stands between " and "',
        "{": "the name of a field stands between { and }",
        "^": "there are no powers",
        "%": "write 0.1 for 10 %",
    }
    hint = hints.get(source[at])
    return FormulaError(
        f"Character {at + 1}: {source[at]!r} cannot stand here{': ' + hint if hint else ''}.", at, at + 1
    )


def _bounded(tree: Tree[Token]) -> None:
    """Level by level, so that nothing here recurses. Raises FormulaError."""
    level, depth, nodes = [tree], 0, 0
    while level:
        depth, nodes = depth + 1, nodes + len(level)
        if depth > MOST_DEPTH or nodes > MOST_NODES:
            raise FormulaError("This formula is too large. Split it into two fields.")
        level = [child for node in level for child in node.children if isinstance(child, Tree)]


def _tokens(source: str) -> list[Token]:
    return [t for t in parse(source).scan_values(lambda v: isinstance(v, Token)) if t.type == "FIELD"]


def fields_in(source: str) -> set[str]:
    """What stands between braces. Raises FormulaError."""
    return {str(token)[1:-1].strip() for token in _tokens(source)}


def with_names(source: str, labels: Mapping[str, str]) -> str:
    """The formula as it is kept: fields by their stable names; `labels` is name → label. Raises FormulaError."""
    by_label: dict[str, list[str]] = {}
    for name, label in labels.items():
        by_label.setdefault(fold(label), []).append(name)

    def stable(token: Token) -> str:
        text = str(token)[1:-1].strip()
        found = [text] if text in labels else by_label.get(fold(text), [])
        at, end = token.start_pos or 0, token.end_pos or 0
        if not found:
            raise FormulaError(f"There is no field {text!r} that a formula can use.", at, end)
        if len(found) > 1:
            choices = " or ".join("{" + name + "}" for name in found)
            raise FormulaError(f"Several fields are called {text!r}. Write {choices}.", at, end)
        return found[0]

    return _replaced(source, stable)


def with_labels(source: str, labels: Mapping[str, str]) -> str:
    """The formula as a person reads it; a label that two fields share, or that is gone, stays a name."""
    counted: dict[str, int] = {}
    for label in labels.values():
        counted[fold(label)] = counted.get(fold(label), 0) + 1

    def shown(token: Token) -> str:
        name = str(token)[1:-1].strip()
        label = labels.get(name, name)
        return label if counted.get(fold(label)) == 1 and not set(label) & set("{}\n") else name

    try:
        return _replaced(source, shown)
    except FormulaError:
        return source


def _replaced(source: str, name_of: Callable[[Any], str]) -> str:
    parts, at = [], 0
    for token in sorted(_tokens(source), key=lambda t: t.start_pos or 0):
        parts += [source[at : token.start_pos], "{" + name_of(token) + "}"]
        at = token.end_pos or 0
    return "".join([*parts, source[at:]])
