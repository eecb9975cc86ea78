"""A filter as a condition of SQL: fields and operators come from a fixed map, values are bound."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Date, and_, cast, exists, false, func, not_, or_, select, true
from sqlalchemy.exc import ArgumentError

from crm_app.core import clock
from crm_app.core.actor import Principal
from crm_app.core.changes import Kind, kind
from crm_app.core.changes.forwarding import family
from crm_app.core.changes.log import ChangeLog
from crm_app.core.changes.working import table_of
from crm_app.core.columns import DECIMAL_PLACES, json_key, json_number, probed
from crm_app.core.config import settings
from crm_app.core.errors import Invalid
from crm_app.core.folding import folded, says
from crm_app.core.money import to_minor
from crm_app.core.numbers import read_number
from crm_app.core.text import fold, id_of, like
from crm_app.identity.teams import users_below
from crm_app.records.custom.values import LONGEST_KEPT
from crm_app.records.listing.fields import Beside, ListField
from crm_app.records.listing.rules import Condition, Group, days_of, op_of
from crm_app.records.phones import bare, digits_of

Fields = dict[str, ListField]
log = table_of(ChangeLog)
FEWEST_DIGITS = 3
OF_TEAM = "team:"
LAST_CHARACTER = "\U0010ffff"


def condition_of(known: Kind, fields: Fields, item: Group | Condition, actor: Principal) -> ColumnElement[bool]:
    """The condition of a filter for records of `known`. Raises Invalid, in plain words, for what cannot be asked."""
    if isinstance(item, Group):
        parts = [condition_of(known, fields, i, actor) for i in item.items]
        return (and_(true(), *parts) if item.mode == "all" else or_(false(), *parts)) if parts else true()
    field = fields.get(item.field)
    if field is None or not field.filterable:
        raise Invalid({"filter": f"There is no field {item.field!r} to filter by."})
    op = op_of(field.type, item.op)
    if op is None:
        raise Invalid({"filter": f"{field.label}: there is no comparison {item.op!r}."})
    try:
        return _condition(known, field, item.op, item.value, actor)
    except (ValueError, TypeError, ArithmeticError, OverflowError, ArgumentError):
        raise Invalid({"filter": f"{field.label}: {op.label} needs another value."}) from None


def text_condition(known: Kind, text: str) -> ColumnElement[bool]:
    """The quick filter: every word stands somewhere in the title, or in a text field that search looks into."""
    table = table_of(known.table)
    parts = []
    for word in text.split()[:8]:
        places = [table.c.sort_key.like(like(fold(word)), escape="\\")]
        looked = [f for f in known.fields if f.searchable and f.type == "text" and f.name != known.title]
        places += [says(word, table.c[f.name]) for f in looked]
        if len(digits := digits_of(word)) >= FEWEST_DIGITS:
            places += [bare(table.c[f.name]).like(like(digits), escape="\\") for f in looked if f.holds == "phone"]
        parts.append(or_(*places))
    return and_(true(), *parts)


def _condition(known: Kind, field: ListField, op: str, value: Any, actor: Principal) -> ColumnElement[bool]:
    if op == "was":
        return _once(known, field, value, actor)
    if op == "lacks":
        return not_(func.coalesce(_condition(known, field, "contains", value, actor), false()))
    if field.beside is not None:
        return _beside(known, field, field.beside, op, value, actor)
    if field.children is not None:
        return _part_condition(known, field, op, value, actor)
    table = table_of(known.table)
    if field.type == "text" and field.name == known.title:
        if op == "starts":
            start = fold(_word(value))
            return and_(table.c.sort_key >= start, table.c.sort_key < start + LAST_CHARACTER)  # a range of the index
        return _text(table.c.sort_key, op, fold(_word(value)) if op not in ("empty", "filled") else "")
    held = value_of(known, field)
    return _compare(probed(held) if field.aside and op == "empty" else held, field, op, value, actor)


def value_of(known: Kind, field: ListField) -> ColumnElement[Any]:
    """The value of a field as SQL."""
    table = table_of(known.table)
    if not field.custom:
        return table.c[field.name]
    held = table.c.custom[field.custom]
    if field.type in ("int", "float", "money"):
        return json_number(table.c.custom, json_key(field.custom))
    if field.ref:
        return cast(held.as_string(), BigInteger)
    return held.as_boolean() if field.type == "bool" else held.as_string()


def _beside(
    known: Kind, field: ListField, beside: Beside, op: str, value: Any, actor: Principal
) -> ColumnElement[bool]:
    """The same answer from the index of what is kept beside the records."""
    kept = table_of(beside.table) if beside.joined is None else beside.joined
    column = kept.c[beside.column]

    def among(*more: ColumnElement[bool]) -> ColumnElement[bool]:
        if beside.joined is not None:
            return and_(column.is_not(None), *more)
        there = (kept.c[name] == fixed for name, fixed in beside.fixed.items())
        own = table_of(known.table).c.id
        few = op in ("is", "starts", "eq") and field.type not in ("choice", "bool")
        return (own if few else probed(own)).in_(select(kept.c.record_id).where(*there, *more))

    if op in ("empty", "filled"):
        return among() if op == "filled" else not_(among())
    if op == "is_not":
        return not_(_beside(known, field, beside, "is", value, actor))
    if field.type == "text":
        return _beside_text(known, field, among, column, op, value, actor)
    if field.type in ("choice", "choices"):
        keys = [fold(key) for key in _choices(field, value)]
        if op == "all":
            return and_(true(), *(among(column == key) for key in keys))
        return not_(among(column.in_(keys))) if op == "none" else among(column.in_(keys))
    if field.type == "bool":
        return among(column == float(_flag(value)))
    return among(_compare(column, field, op, value, actor))


def _beside_text(
    known: Kind, field: ListField, among: Any, column: Any, op: str, value: Any, actor: Principal
) -> ColumnElement[bool]:
    """Kept is the folded beginning; what is longer is looked at where it stands."""
    word = fold(_word(value))
    start = word[:LONGEST_KEPT]
    whole = _compare(value_of(known, field), field, op, value, actor)
    if op == "contains":
        longer = among(column.table.c.number.is_not(None))
        return or_(among(column.like(like(word), escape="\\")), and_(longer, whole))
    found = among(column == start if op == "is" else and_(column >= start, column < start + LAST_CHARACTER))
    return found if len(word) < LONGEST_KEPT else and_(found, whole)


def _part_condition(known: Kind, field: ListField, op: str, value: Any, actor: Principal) -> ColumnElement[bool]:
    """A record is meant if one of its parts is; `is not` and `is empty` mean that none is.

    Its parts are found by the record: by what is asked, those of all records that have it would be read for each.
    """
    children = field.children
    assert children is not None
    part, record = table_of(children.table), table_of(known.table)
    there = and_(part.c[children.parent] == record.c.id, *(part.c[k] == v for k, v in children.fixed.items()))

    def has(more: ColumnElement[bool]) -> ColumnElement[bool]:
        return exists(select(1).select_from(part).where(there, more).correlate(record))

    if op in ("empty", "filled"):
        return has(true()) if op == "filled" else not_(has(true()))
    if field.type == "tags":
        ids = _ids(value)
        key = probed(part.c[children.key])
        some = has(key.in_(ids))
        if op == "all":
            return and_(true(), *(has(key == i) for i in ids))
        return some if op == "any" else not_(some)
    column = probed(part.c[field.field.name])  # pyright: ignore[reportOptionalMemberAccess]
    if op == "is_not":
        return not_(has(_compare(column, field, "is", value, actor)))
    return has(_compare(column, field, op, value, actor))


def _compare(column: Any, field: ListField, op: str, value: Any, actor: Principal) -> ColumnElement[bool]:
    text = field.type in ("text", "longtext", "choice")
    if op in ("empty", "filled"):
        empty = or_(column.is_(None), column == "") if text and not field.ref else column.is_(None)
        return empty if op == "empty" else not_(empty)
    if field.type == "choices":
        return _several(column, field, op, value)
    if field.is_phone:
        return _number_text(column, op, _word(value))
    if field.type in ("text", "longtext"):
        return _text(folded(column), op, fold(_word(value)))
    if field.type == "bool":
        return column.is_(_flag(value))
    if field.type in ("choice", "ref"):
        among = column.in_(_choices(field, value)) if field.type == "choice" else _among(column, field, value, actor)
        return among if op == "is" else or_(column.is_(None), not_(among))
    if field.type in ("date", "datetime"):
        return _days(column, field, op, value, actor)
    return _number(column, field, op, value)


def _several(column: Any, field: ListField, op: str, value: Any) -> ColumnElement[bool]:
    """The keys are kept as a list; between quotes none is part of another."""
    parts = [column.like(f'%"{key}"%') for key in _choices(field, value)]
    if op == "all":
        return and_(column.is_not(None), *parts)
    some = and_(column.is_not(None), or_(*parts))
    return some if op == "any" else not_(some)


def _once(known: Kind, field: ListField, value: Any, actor: Principal) -> ColumnElement[bool]:
    """The field holds one of these or held it at some time, as the change log says. Raises Invalid for a part."""
    if field.children is not None or field.custom:
        raise Invalid({"filter": f"{field.label}: only fields of the record itself can be asked for their past."})
    held = log.c.diff[(field.name, 1)].as_string()
    if field.type == "choice":
        there = held.in_(_choices(field, value))
    else:
        there = _among(cast(held, BigInteger), field, value, actor)
    return table_of(known.table).c.id.in_(select(log.c.record_id).where(log.c.kind == known.name, there))


def _word(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(value)
    return value.strip()


def _text(column: Any, op: str, word: str) -> ColumnElement[bool]:
    if op in ("empty", "filled"):
        return column == "" if op == "empty" else column != ""
    if op == "contains":
        return column.like(like(word), escape="\\")
    if op == "starts":
        return column.like(like(word)[1:], escape="\\")
    return column == word if op == "is" else or_(column.is_(None), column != word)


def _number_text(column: Any, op: str, word: str) -> ColumnElement[bool]:
    """A telephone number by its digits, however they are grouped; what has no digits by its letters."""
    digits = digits_of(word)
    if not digits:
        return _text(folded(column), op, fold(word))
    bare_column = bare(column)
    if op == "contains":
        return bare_column.like(like(digits), escape="\\")
    if op == "starts":
        return or_(bare_column.like(digits + "%"), bare_column.like("+" + digits + "%"))
    exact = or_(bare_column == digits, bare_column == "+" + digits, bare_column == "0" + digits)
    same = exact if word.startswith("+") else or_(exact, bare_column.like("+_%" + digits))
    return same if op == "is" else or_(column.is_(None), not_(same))


def _flag(value: Any) -> bool:
    if value in (True, "true"):
        return True
    if value in (False, "false"):
        return False
    raise ValueError(value)


def _many(value: Any) -> Iterable[Any]:
    found = value if isinstance(value, tuple | list) else (value,)
    if not found:
        raise ValueError("no value")
    return found


def _choices(field: ListField, value: Any) -> list[str]:
    wanted = [v for v in _many(value) if v in field.choices]
    if not wanted:
        raise ValueError(value)
    return wanted


def _ids(value: Any) -> list[int]:
    return [_id(v) for v in _many(value)]


def _id(value: Any) -> int:
    if isinstance(value, str) and (id := id_of(value)) is not None:
        return id
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53:
        return value
    raise ValueError(value)


def is_relative(choice: str) -> bool:
    """Me, my team, a team: choices of a filter that are no record themselves."""
    return choice in ("me", "team") or choice.startswith(OF_TEAM)


def _among(column: Any, field: ListField, value: Any, actor: Principal) -> ColumnElement[bool]:
    """One of the ids; `me` and `team` follow the reader, so that one shared view serves everybody, `team:7` is one.

    A record that was merged means the one that it went into, so that a view or an address of before still holds.
    """
    found, teams = list[int](), list[int]()
    for one in _many(value):
        if field.ref == "user" and one == "me":
            found.append(actor.id or 0)
        elif field.ref == "user" and one == "team":
            found += sorted(actor.member_ids) or [actor.id or 0]
        elif field.ref == "user" and str(one).startswith(OF_TEAM):
            teams.append(_id(str(one).removeprefix(OF_TEAM)))
        else:
            found.append(_id(one))
    if field.ref and kind(field.ref).mergeable:
        return column.in_(family(field.ref, found))
    return or_(column.in_(found), column.in_(users_below(teams))) if teams else column.in_(found)


def _days(column: Any, field: ListField, op: str, value: Any, actor: Principal) -> ColumnElement[bool]:
    first, beyond = days_of(op, value, clock.today(actor.zone))
    low: Any = first
    high: Any = beyond
    if field.type == "datetime":
        low = clock.start_of(first, actor.zone) if first else None
        high = clock.start_of(beyond, actor.zone) if beyond else None
    elif not isinstance(column.type, Date):  # a custom date is held as ISO text, which sorts alike
        low, high = first and first.isoformat(), beyond and beyond.isoformat()
    return and_(true(), *([column >= low] if low else []), *([column < high] if high else []))


def _number(column: Any, field: ListField, op: str, value: Any) -> ColumnElement[bool]:
    if op == "between":
        low, high = (_amount(field, v) for v in value)
        return column.between(low, high)
    amount = _amount(field, value)
    return {
        "eq": column == amount,
        "lt": column < amount,
        "le": column <= amount,
        "gt": column > amount,
        "ge": column >= amount,
    }[op]


def _amount(field: ListField, value: Any) -> int | float | Decimal:
    if isinstance(value, bool):
        raise ValueError(value)
    number = read_number(str(value))
    if not number.is_finite() or abs(number) >= 2**53:
        raise ValueError(value)
    if field.type == "decimal":
        return round(number, DECIMAL_PLACES)
    return to_minor(number, settings().currency) if field.type == "money" else float(number)
