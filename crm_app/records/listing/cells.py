"""The columns of a list: what SQL reads for each, and how a value looks to the reader."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, FromClause, Integer, and_, cast, func, select

from crm_app.core import clock
from crm_app.core.actor import Principal
from crm_app.core.changes import Kind, kind
from crm_app.core.changes.working import table_of
from crm_app.core.config import settings
from crm_app.core.money import format_money, to_major
from crm_app.core.numbers import typed_text
from crm_app.core.reader import near_day, number_words
from crm_app.core.text import initials, tel
from crm_app.records import phones
from crm_app.records.custom.fields import keys_of
from crm_app.records.listing.conditions import value_of
from crm_app.records.listing.fields import ListField
from crm_app.records.listing.rows import Cell
from crm_app.records.reading import GONE, title_there
from crm_app.tables import Tag

BETWEEN_TAGS = "\x1f"
LONG = 200
TONES = {
    "contact": "g",
    "customer": "g",
    "lead": "a",
    "qualified": "g",
    "prospect": "a",
    "suspect": "y",
    "partner": "a",
    "competitor": "r",
    "issued": "a",
    "invoiced": "a",
    "partly paid": "y",
    "paid": "g",
    "hot": "g",
    "warm": "y",
}


@dataclass(frozen=True)
class Shown:
    """A column of the list with what SQL must read for it; values are labelled v, t, c and their number."""

    field: ListField
    number: int
    columns: tuple[ColumnElement[Any], ...]
    joins: tuple[tuple[FromClause, ColumnElement[bool]], ...] = ()


def shown_columns(known: Kind, fields: dict[str, ListField], names: tuple[str, ...]) -> list[Shown]:
    """For the columns that exist, in their order."""
    return [_shown(known, fields[name], n) for n, name in enumerate(names) if name in fields]


def _shown(known: Kind, field: ListField, n: int) -> Shown:
    table = table_of(known.table)
    if field.children is not None:
        return Shown(field, n, (_part_value(known, field).label(f"v{n}"),))
    value = value_of(known, field)
    if field.ref:
        target = table_of(kind(field.ref).table).alias(f"ref_{n}")
        known = kind(field.ref)
        title = title_there(known, target) if field.custom else target.c[known.title]  # others go with their record
        columns: list[Any] = [value.label(f"v{n}"), title.label(f"t{n}")]
        columns += [target.c.color.label(f"c{n}")] if field.ref == "user" else []
        return Shown(field, n, tuple(columns), ((target, target.c.id == value),))
    if field.type == "money" and field.field is not None and field.field.currency_field in table.c:
        return Shown(field, n, (value.label(f"v{n}"), table.c[field.field.currency_field].label(f"c{n}")))
    return Shown(field, n, (value.label(f"v{n}"),))


def _part_value(known: Kind, field: ListField) -> Any:
    """The tags together, or of other parts the first: the primary one where there is such a thing."""
    children, record = field.children, table_of(known.table)
    assert children is not None
    part = table_of(children.table)
    there = and_(part.c[children.parent] == record.c.id, *(part.c[k] == v for k, v in children.fixed.items()))
    if field.type == "tags":
        tag = table_of(Tag)
        names = select(func.aggregate_strings(tag.c.name, BETWEEN_TAGS)).select_from(part)
        return names.join(tag, tag.c.id == part.c[children.key]).where(there).correlate(record).scalar_subquery()
    column, source = part.c[field.field.name], part  # pyright: ignore[reportOptionalMemberAccess]
    if field.ref:
        target = table_of(kind(field.ref).table).alias("part_ref")
        source, column = part.join(target, target.c.id == column), target.c[kind(field.ref).title]
    first = [cast(part.c.is_primary, Integer).desc()] if "is_primary" in part.c else []
    query = (
        select(column)
        .select_from(source)
        .where(there)
        .order_by(*first, *(part.c[name] for name in ("position", "id") if name in part.c))
    )
    return query.limit(1).correlate(record).scalar_subquery()


def cells_of(shown: list[Shown], row: Any, actor: Principal) -> list[Cell]:
    """A row's cells, in the order of the columns."""
    return [_cell(one, row, actor) for one in shown]


def _cell(one: Shown, row: Any, actor: Principal) -> Cell:
    value, field = row[f"v{one.number}"], one.field
    if value in (None, ""):
        return Cell()
    if field.children is not None:
        if field.type == "datetime":
            return day_cell(value, actor)
        text = ", ".join(str(value).split(BETWEEN_TAGS)) if field.type == "tags" else str(value)
        shown = choice_label(field, text) if field.type == "choice" else phones.shown(text) if field.is_phone else text
        return Cell(shown, text, href=tel(text) if field.is_phone else "")
    if field.ref:
        return _reference(field, value, row, one.number)
    text = str(value)
    if field.type == "money":
        currency = (row[f"c{one.number}"] if len(one.columns) > 1 else "") or settings().currency
        return Cell(
            format_money(int(value), currency, actor.locale), typed_text(to_major(int(value), currency), actor.locale)
        )
    if field.type == "choice":
        return Cell(choice_label(field, text), text, "" if field.custom else TONES.get(text, ""))
    if field.type == "choices":
        return Cell(", ".join(choice_label(field, key) for key in keys_of(text))[:LONG], ",".join(keys_of(text)))
    if field.type == "bool":
        return Cell("Yes" if value else "No", "true" if value else "false")
    if field.type in ("date", "datetime"):
        return day_cell(value, actor)
    if field.type == "decimal":
        return Cell(number_words(value, actor.locale), typed_text(value, actor.locale))
    if field.custom and field.type in ("int", "float"):
        number = Decimal(repr(value)).normalize()
        return Cell(number_words(number, actor.locale), typed_text(number, actor.locale))
    if field.type in ("int", "float"):
        return Cell(number_words(value, actor.locale) if field.name != "year_founded" else text, text)
    if field.is_url:
        return Cell(text.partition("://")[2].removesuffix("/")[:LONG], text, href=text)
    return Cell(
        phones.shown(text) if field.is_phone else text[:LONG], text[:LONG], href=tel(text) if field.is_phone else ""
    )


def _reference(field: ListField, value: Any, row: Any, n: int) -> Cell:
    title = row[f"t{n}"] or ""
    if field.ref == "user":
        return Cell(title, str(value), initials=initials(title), color=row[f"c{n}"] or "")
    path = kind(field.ref).path
    return Cell(title, str(value), href=f"{path}/{value}" if path and title != GONE else "")


def group_label(text: str) -> str:
    """A choice as it is read: `open` → `Open`."""
    return text[:1].upper() + text[1:].replace("_", " ")


def choice_label(field: ListField, text: str) -> str:
    """The same for a field that may have words of its own."""
    return field.words.get(text) or group_label(text)


NEAR = {0: "Today", 1: "Yesterday", -1: "Tomorrow"}


def _day_words(day: date, today: date, locale: str) -> str:
    return NEAR.get((today - day).days) or near_day(day, today, locale)


def day_cell(value: Any, actor: Principal) -> Cell:
    """A date or an instant as a day in the reader's zone; the raw value is what an input of its type takes."""
    if isinstance(value, datetime):
        local = value.astimezone(ZoneInfo(actor.zone))
        return Cell(
            _day_words(local.date(), clock.today(actor.zone), actor.locale), local.isoformat(timespec="minutes")
        )
    day = value if isinstance(value, date) else date.fromisoformat(str(value))
    return Cell(_day_words(day, clock.today(actor.zone), actor.locale), day.isoformat())
