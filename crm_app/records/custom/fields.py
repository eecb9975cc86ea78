"""What a custom field is, and which values it takes; no database."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from crm_app.core.changes.kinds import Field
from crm_app.core.changes.values import coerce, encode
from crm_app.core.numbers import read_number
from crm_app.core.reader import numeral
from crm_app.core.text import fold
from crm_app.records.custom.patterns import fits

# As they are offered: the stored type and its name.
TYPES: Mapping[str, str] = {
    "text": "Text",
    "longtext": "Long text",
    "int": "Whole number",
    "float": "Number",
    "money": "Amount of money",
    "date": "Date",
    "bool": "Yes or no",
    "choice": "Choice",
    "choices": "Several choices",
    "person": "Person",
    "company": "Company",
    "url": "Web address",
    "formula": "Formula",
}
# The kinds that people fill in, and that can have them.
FIELDED = ("person", "company", "deal", "activity", "product", "quote", "price_book", "order", "invoice")
# How lists call them, where that is another name.
LISTED_AS: Mapping[str, str] = {"url": "text", "person": "ref", "company": "ref"}
SEARCHED = ("text", "longtext", "url")
DIGITS = 15  # so many a binary number gives back as they were written
LARGEST = Decimal(10) ** DIGITS
MOST_OPTIONS = 200


@dataclass(frozen=True)
class Choice:
    """An option: the key that records hold, the label that people see, and how else it is written."""

    key: str
    label: str
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Definition:
    """A custom field as it is defined now. Conditions are filters of lists as plain JSON; empty ones ask nothing."""

    id: int
    kind: str
    key: str
    label: str
    type: str = "text"
    help: str = ""
    options: tuple[Choice, ...] = ()
    required: bool = False
    required_when: Mapping[str, Any] = field(default_factory=dict)
    visible_when: Mapping[str, Any] = field(default_factory=dict)
    pattern: str = ""
    pattern_message: str = ""
    pattern_example: str = ""
    formula: str = ""
    result: str = "text"
    synonyms: tuple[str, ...] = ()
    searchable: bool = False
    in_form: bool = False
    read_roles: tuple[str, ...] = ()
    edit_roles: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """How lists, filters, gates and changes call it."""
        return f"custom.{self.id}"

    @property
    def listed_as(self) -> str:
        """The type by which lists compare and show it."""
        return self.result if self.type == "formula" else LISTED_AS.get(self.type, self.type)

    @property
    def ref(self) -> str:
        return self.type if self.type in ("person", "company") else ""

    @property
    def is_computed(self) -> bool:
        return self.type == "formula"

    @cached_property
    def field(self) -> Field:
        """As the catalogue would have it."""
        return Field(
            self.name,
            self.label,
            self.listed_as,  # pyright: ignore[reportArgumentType]
            choices=tuple(o.key for o in self.options),
            ref=self.ref,
            editable=not self.is_computed,
            max_length=2000,
            searchable=self.searchable,
            sortable=self.type not in ("longtext", "choices"),
            synonyms=(self.key, *self.synonyms),
            holds="url" if self.type == "url" else "",
            on_merge="stay" if self.ref else "",
        )

    @cached_property
    def labels(self) -> dict[str, str]:
        """Of a choice: key → label."""
        return {o.key: o.label for o in self.options}


def is_blank(value: Any) -> bool:
    """Nothing filled in; no and zero are answers."""
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def checked(definition: Definition, value: Any) -> Any:
    """The value as JSON keeps it; None for nothing. Raises ValueError in plain words."""
    if is_blank(value):
        return None
    kept = _CHECKS.get(definition.type, _plain)(definition, value)
    if definition.pattern and isinstance(kept, str) and definition.type in SEARCHED:
        _matched(definition, kept)
    return None if is_blank(kept) else kept


def _matched(definition: Definition, text: str) -> None:
    if fits(definition.pattern, text):
        return
    if definition.pattern_message:
        raise ValueError(f"{definition.label}: {definition.pattern_message}")
    raise ValueError(f"{definition.label} must look like {definition.pattern_example}.")


def _plain(definition: Definition, value: Any) -> Any:
    return encode(coerce(definition.field, value))


def _number(definition: Definition, value: Any) -> int | float:
    """Exact: what a person writes with at most 15 digits comes back as it was written."""
    try:
        if isinstance(value, bool):
            raise InvalidOperation
        number = Decimal(repr(value)) if isinstance(value, float) else read_number(str(value))
    except (InvalidOperation, ValueError):
        raise ValueError(f"{definition.label} must be a number.") from None
    if not number.is_finite() or abs(number) >= LARGEST:
        raise ValueError(f"{definition.label} must be a number below {numeral(LARGEST)}.")
    return number_as_json(number, definition.label)


def number_as_json(number: Decimal, label: str = "") -> int | float:
    """A decimal of at most 15 digits as JSON holds it. Raises ValueError for more digits where a label is given."""
    plain = number.normalize()
    if len(plain.as_tuple().digits) > DIGITS:
        if label:
            raise ValueError(f"{label} may have at most {DIGITS} digits.")
        plain = Decimal(f"{number:.{DIGITS - 1}e}")
    return int(plain) if plain == plain.to_integral_value() else float(plain)


def _address(definition: Definition, value: Any) -> str:
    text = str(coerce(definition.field, value))
    whole = text if "://" in text else f"https://{text}"
    try:
        parts = urlsplit(whole)
        good = parts.scheme in ("http", "https") and "." in (parts.hostname or "") and parts.port != 0
    except ValueError:
        good = False
    if not good or any(c.isspace() or not c.isprintable() for c in whole):
        raise ValueError(f"{definition.label} must be a web address such as https://example.org.")
    return whole


def option_of(definition: Definition, text: str) -> str | None:
    """The key of the option that is meant by a key, a label or a synonym."""
    if text in definition.labels:
        return text
    wanted = fold(text)
    for option in definition.options:
        if wanted in (fold(option.label), *map(fold, option.synonyms)):
            return option.key
    return None


def _one(definition: Definition, value: Any) -> str:
    found = option_of(definition, value) if isinstance(value, str) else None
    if found is None:
        words = ", ".join(o.label for o in definition.options[:20])
        raise ValueError(f"{definition.label}: {str(value)[:40]!r} is none of: {words}.")
    return found


def _several(definition: Definition, value: Any) -> list[str]:
    """Each once, in the order of the options; from a list, or from a text with commas or semicolons."""
    if isinstance(value, str):
        whole = option_of(definition, value.strip())
        parts = [value.strip()] if whole else [p.strip() for p in value.replace(";", ",").replace("\n", ",").split(",")]
    elif isinstance(value, list | tuple) and len(value) <= MOST_OPTIONS:
        parts = list(value)
    else:
        raise ValueError(f"{definition.label} must be a list of its options.")
    chosen = {_one(definition, part) for part in parts if not is_blank(part)}
    return [o.key for o in definition.options if o.key in chosen]


_CHECKS = {"float": _number, "url": _address, "choice": _one, "choices": _several}


def as_words(definition: Definition, value: Any) -> str:
    """A stored value as text without a reader's locale: for the timeline, a conversion, a formula. Dates are ISO."""
    if is_blank(value):
        return ""
    if definition.type == "choice":
        return definition.labels.get(str(value), str(value))
    if definition.type == "choices":
        return ", ".join(definition.labels.get(str(v), str(v)) for v in keys_of(value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{Decimal(repr(value)):f}"
    return str(value)


def keys_of(value: Any) -> list[str]:
    """The keys of several choices, from the list or its JSON text."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return [value]
    return [str(v) for v in value] if isinstance(value, list | tuple) else []


def key_for(label: str, taken: Iterable[str]) -> str:
    """A key of a field from its label: letters and digits, unlike those that are taken."""
    base = "".join(c for c in fold(label) if c.isalnum())[:60] or "field"
    known, n, key = set(taken), 1, base
    while key in known:
        n, key = n + 1, f"{base}{n + 1}"
    return key


def next_option(options: Iterable[Choice], used: Iterable[str] = ()) -> str:
    """A key that no option has or had: `o` and a number."""
    keys = [*(o.key for o in options), *used]
    numbers = [int(k[1:]) for k in keys if k[:1] == "o" and k[1:].isascii() and k[1:].isdigit()]
    return f"o{max(numbers, default=0) + 1}"
