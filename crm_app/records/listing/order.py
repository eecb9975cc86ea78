"""The order of a list and the place of a record in it: paging by key, so that page 1,000 costs what page 1 does."""

import base64
import json
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Date, FromClause, and_, case, false, func, not_, or_, true
from sqlalchemy import literal as bound

from crm_app.core.changes import Kind, kind
from crm_app.core.changes.values import encode
from crm_app.core.changes.working import table_of
from crm_app.core.columns import ExactDecimal, UtcDateTime, probed
from crm_app.core.errors import Invalid
from crm_app.core.text import id_of
from crm_app.records.listing.conditions import value_of
from crm_app.records.listing.fields import Beside, ListField
from crm_app.records.listing.listing import Folds, Listing
from crm_app.records.listing.rules import conditions_in

Key = list[Any]
ONE_ROW = frozenset({"int", "float", "decimal", "money", "date", "datetime"})  # beside a record, and compared as kept
BY_PLACE = frozenset({"choice", "ref", "bool"})  # in an order that the stored value does not have


@dataclass(frozen=True)
class Part:
    """One expression of an order; empty values come last, whatever the direction, unless it is never empty."""

    expression: ColumnElement[Any]
    descending: bool
    nullable: bool


@dataclass(frozen=True)
class Order:
    """The parts of an order, the record's id the last, and what must be joined for them."""

    parts: tuple[Part, ...]
    joins: tuple[tuple[FromClause, ColumnElement[bool]], ...]
    kept: FromClause | None = None  # what is joined has the first part, by an index
    walk: tuple[tuple[FromClause, ColumnElement[bool]], ...] = ()  # the join that begins there
    field: str = ""  # whose values are joined

    def of_kept(self) -> "Order":
        """The order of those that have a value there: it is the order of the index."""
        assert self.kept is not None
        first, last = self.parts
        parts = (replace(first, nullable=False), replace(last, expression=self.kept.c.record_id))
        return replace(self, parts=parts, joins=self.walk or self.joins)

    def at_hand(self, fields: dict[str, ListField]) -> dict[str, ListField]:
        """The fields for a query of those that have a value there: of what is joined nothing is looked for again."""
        own = fields.get(self.field)
        if own is None or own.beside is None or own.type not in ONE_ROW:
            return fields
        return {**fields, self.field: replace(own, beside=replace(own.beside, joined=self.kept))}

    def by(self) -> list[Any]:
        """For ORDER BY."""
        found: list[Any] = []
        for part in self.parts:
            if part.nullable:
                found.append(part.expression.is_(None))
            found.append(part.expression.desc() if part.descending else part.expression.asc())
        return found

    def beyond(self, key: Key, *, backwards: bool = False) -> ColumnElement[bool]:
        """The records behind (or before) the place `key`, whose values may be parameters of a statement."""
        equal: list[ColumnElement[bool]] = []
        found: list[ColumnElement[bool]] = []
        for part, value in zip(self.parts, key, strict=True):
            expression, given = part.expression, _given(part, value)
            less = part.descending != backwards
            if value is None:
                found.append(and_(*equal, expression.is_not(None)) if backwards else false())
                equal.append(expression.is_(None))
                continue
            further = expression < given if less else expression > given
            if part.nullable and not backwards:
                further = or_(further, expression.is_(None))
            found.append(and_(*equal, further))
            equal.append(expression == given)
        first, value = self.parts[0], key[0]
        if first.nullable or value is None:
            return or_(*found)
        given = _given(first, value)  # implied, but it lets both databases begin in the index
        less = first.descending != backwards
        return and_(first.expression <= given if less else first.expression >= given, or_(*found))


def _given(part: Part, value: Any) -> ColumnElement[Any]:
    return value if isinstance(value, BindParameter) else bound(value, part.expression.type)


def order_of(known: Kind, fields: dict[str, ListField], listing: Listing) -> Order:
    """Group first, then the chosen field, then the id in the same direction."""
    chosen = fields[listing.sort or known.title]
    if chosen.field is not None and chosen.field.sorts_as in fields:
        chosen = fields[chosen.field.sorts_as]
    own_id = Part(table_of(known.table).c.id, listing.descending, False)
    if chosen.beside is not None and (chosen.children is not None or chosen.type not in BY_PLACE) and not listing.group:
        kept, on = _kept(known, chosen.beside)
        asked = [fields[c.field] for c in conditions_in(listing.filter) if c.field in fields]
        alone = not listing.text and all(f.beside is not None for f in asked)  # no other index could do better
        walk = ((kept, _joined_to(known, chosen.beside, kept, probed(kept.c.record_id))),) if alone else ()
        first = Part(kept.c[chosen.beside.column], listing.descending, True)
        return Order((first, own_id), ((kept, on),), kept, walk, chosen.name)
    parts: list[Part] = []
    joins: list[tuple[FromClause, ColumnElement[bool]]] = []
    if listing.group:
        parts += group_parts(known, fields[listing.group], joins)
    parts.append(_part(known, chosen, listing.descending, joins))
    parts.append(own_id)
    return Order(tuple(parts), tuple(joins))


def _kept(known: Kind, beside: Beside) -> tuple[FromClause, ColumnElement[bool]]:
    """What is kept beside the records, one row of each, and how it is joined."""
    kept = table_of(beside.table).alias("kept")
    return kept, _joined_to(known, beside, kept, kept.c.record_id)


def _joined_to(known: Kind, beside: Beside, kept: FromClause, record_id: Any) -> ColumnElement[bool]:
    fixed = {**beside.fixed, **beside.first}
    there = (kept.c[name] == value for name, value in fixed.items())
    return and_(record_id == table_of(known.table).c.id, *there, kept.c[beside.column].is_not(None))


def group_parts(known: Kind, field: ListField, joins: list[tuple[FromClause, ColumnElement[bool]]]) -> list[Part]:
    """A group's place; of references also the id, since two records may have the same name."""
    place = _part(known, field, False, joins)
    return [place, Part(value_of(known, field), False, True)] if field.ref else [place]


def unfolded(known: Kind, field: ListField, folds: Folds) -> ColumnElement[bool]:
    """The records of groups that are not folded, told by what `GroupHead.value` is made of."""
    if not folds.values:
        return false() if folds.all else true()
    value = group_parts(known, field, [])[-1].expression
    if field.ref or field.type == "choice":
        given: list[Any] = [id for text in folds.values if (id := id_of(text)) is not None]
    else:
        given = [text == "True" for text in folds.values if text] if field.type == "bool" else list(folds.values)
    named = or_(and_(value.is_not(None), value.in_(given)), value.is_(None) if "" in folds.values else false())
    return named if folds.all else not_(named)


def _part(known: Kind, field: ListField, descending: bool, joins: list[tuple[FromClause, ColumnElement[bool]]]) -> Part:
    table = table_of(known.table)
    if field.name == known.title:
        return Part(table.c.sort_key, descending, False)
    if field.beside is not None and field.children is not None:
        kept, on = _kept(known, field.beside)
        joins.append((kept, on))
        return Part(kept.c[field.beside.column], descending, True)
    column = value_of(known, field)
    if field.ref:
        target = table_of(kind(field.ref).table).alias(f"order_{len(joins)}")
        joins.append((target, target.c.id == column))
        return Part(target.c[kind(field.ref).order], descending, True)
    if field.type == "choice":
        places = {name: n for n, name in enumerate(field.choices)}
        return Part(case(places, value=column, else_=None), descending, True)
    nullable = bool(field.custom) or table.c[field.name].nullable is not False
    return Part(func.lower(column) if field.type == "text" else column, descending, nullable)


def write_key(values: Key) -> str:
    """A place as text that the browser hands back."""
    text = json.dumps([encode(v) for v in values], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_key(order: Order, text: str) -> Key:
    """A place from such text. Raises Invalid if it does not fit the order."""
    try:
        values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if not isinstance(values, list) or len(values) != len(order.parts):
            raise ValueError
        return [_decoded(part, value) for part, value in zip(order.parts, values, strict=True)]
    except (ValueError, TypeError, RecursionError, InvalidOperation):
        raise Invalid({"after": "This list has changed. Please open it again."}) from None


def _decoded(part: Part, value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(part.expression.type, UtcDateTime):
        return datetime.fromisoformat(value)
    if isinstance(part.expression.type, Date):
        return date.fromisoformat(value)
    if isinstance(part.expression.type, ExactDecimal):
        return Decimal(value)
    if not isinstance(value, str | int | float):
        raise ValueError(value)
    wanted = part.expression.type.python_type
    if wanted in (int, float) and not isinstance(value, int | float):
        raise ValueError(value)
    return str(value) if wanted is str else value
