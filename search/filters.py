"""Structured filters; an engine translates them, nobody writes its query language."""

from dataclasses import dataclass
from typing import Literal

FieldName = Literal["kind", "id", "owner", "stage", "updated"]
TEXT_FIELDS = frozenset({"kind"})
Value = str | int


@dataclass(frozen=True, slots=True)
class Eq:
    """The field has this value."""

    field: FieldName
    value: Value


@dataclass(frozen=True, slots=True)
class In:
    """The field has one of these values; with no values, nothing fits."""

    field: FieldName
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """The number in the field is between these, both included; None: no bound."""

    field: FieldName
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True)
class And:
    """All of them fit; with none, everything fits."""

    parts: tuple["Filter", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """One of them fits; with none, nothing fits."""

    parts: tuple["Filter", ...]


Filter = Eq | In | Range | And | Or
