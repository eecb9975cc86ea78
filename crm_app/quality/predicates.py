"""What a rule asks as a condition of SQL: the twin of `rules.expressions.holds`, never NULL."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, not_, or_, select, true

from crm_app.core.changes import Kind, kind
from crm_app.core.changes.log import ChangeLog
from crm_app.core.changes.working import table_of
from crm_app.core.columns import day_number
from crm_app.core.matching import fits
from crm_app.quality.rules.expressions import (
    FORMS,
    UNTYPED,
    Among,
    Asked,
    Clear,
    Every,
    Expression,
    Filled,
    Flag,
    Formed,
    Given,
    Listed,
    No,
    NotPast,
    Recent,
    Some,
    Touched,
    Typed,
    Within,
)
from crm_app.tables import Activity, Finding, Person

activity, person, finding, log = (table_of(m) for m in (Activity, Person, Finding, ChangeLog))
TEXTS = ("text", "longtext", "choice")


def predicate(what: Expression, known: Kind, given: Given) -> ColumnElement[bool]:
    """Holds for the rows of the kind's table for which `holds` says so."""
    match what:
        case Every(items):
            return and_(true(), *(predicate(item, known, given) for item in items))
        case Some(items):
            return or_(false(), *(predicate(item, known, given) for item in items))
        case No(item):
            return not_(predicate(item, known, given))
        case Filled(name):
            return _says(known, name, lambda _: true())
        case Formed(name, form):
            return not_(_says(known, name, lambda column: not_(fits(column, FORMS[form]))))
        case Listed(name, vocabulary):
            words = given.words.get(vocabulary)
            return not_(_says(known, name, lambda column: column.not_in(sorted(words)))) if words else true()
        case Among(name, values):
            return _says(known, name, lambda column: column.in_(values))
        case Flag(name):
            column = table_of(known.table).c[name]
            return and_(column.is_not(None), column.is_(True))
        case Clear():
            mine = (finding.c.kind == known.name) & (finding.c.record_id == table_of(known.table).c.id)
            return not_(exists(select(1).select_from(finding).where(mine).correlate(table_of(known.table))))
        case Asked(sql=sql):
            return sql(given)
        case Typed():
            here = table_of(known.table)
            made = (log.c.kind == known.name) & (log.c.record_id == here.c.id) & (log.c.version == 1)
            came = made & (log.c.op == "create") & log.c.source.in_(UNTYPED)
            return not_(exists(select(1).select_from(log).where(came).correlate(here)))
        case _:
            return _in_time(what, known, given)


def _says(known: Kind, name: str, more: Any) -> ColumnElement[bool]:
    """The field says something of which `more(column)` is true; of parts: one of them does."""
    record = table_of(known.table)
    if name.startswith("custom."):
        held = record.c.custom[name.removeprefix("custom.")].as_string()
        return _present(held, True, more)
    head, _, rest = name.partition(".")
    if not rest:
        return _present(record.c[name], known.by_name[name].type in TEXTS, more)
    if head in known.child_by_name:
        children = known.child_by_name[head]
        part = table_of(children.table)
        there = and_(part.c[children.parent] == record.c.id, *(part.c[k] == v for k, v in children.fixed.items()))
        said = _present(part.c[rest], children.by_name[rest].type in TEXTS, more)
        return exists(select(1).select_from(part).where(there, said).correlate(record))
    pointed = kind(known.by_name[head].ref)
    target = table_of(pointed.table)
    inside = select(target.c.id).where(_present(target.c[rest], True, more))
    return and_(record.c[head].is_not(None), record.c[head].in_(inside))


def _present(column: Any, is_text: bool, more: Any) -> ColumnElement[bool]:
    return and_(column.is_not(None), *([column != ""] if is_text else []), more(column))


def _in_time(what: Recent | NotPast | Within | Touched, known: Kind, given: Given) -> ColumnElement[bool]:
    record = table_of(known.table)
    match what:
        case Recent(name, days):
            return _since(record.c[name], given.since(days))
        case NotPast(name):
            return or_(record.c[name].is_(None), and_(record.c[name].is_not(None), record.c[name] >= given.today))
        case Within(earlier, later):
            first, last = record.c[earlier], record.c[later]
            away = day_number(last) - day_number(first)
            return or_(first.is_(None), last.is_(None), and_(first.is_not(None), last.is_not(None), away <= given.days))
        case Touched():
            return or_(_since(record.c.created_at, given.since()), _touched(known, given.since()))


def _since(column: Any, moment: datetime) -> ColumnElement[bool]:
    return and_(column.is_not(None), column >= moment)


def _touched(known: Kind, moment: datetime) -> ColumnElement[bool]:
    """An activity was done; a company is touched through its people as well."""
    record = table_of(known.table)
    if "last_touch_at" in record.c:
        return _since(record.c.last_touch_at, moment)
    if known.name != "company":
        return false()
    done = (activity.c.company_id == record.c.id) & activity.c.deleted_at.is_(None) & (activity.c.done_at >= moment)
    met = (person.c.company_id == record.c.id) & person.c.deleted_at.is_(None) & (person.c.last_touch_at >= moment)
    return or_(
        exists(select(1).select_from(activity).where(done).correlate(record)),
        exists(select(1).select_from(person).where(met).correlate(record)),
    )
