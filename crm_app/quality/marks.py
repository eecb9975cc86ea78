"""The marks and gaps of records, written from the rules as SQL: of what changed through the outbox, of all nightly.

They are computed, so they are no records: nothing is logged, and writing them anew at any time gives the same.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import lru_cache, partial
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    String,
    bindparam,
    case,
    cast,
    delete,
    func,
    insert,
    literal,
    null,
    select,
)
from sqlmodel import Session

from crm_app.core import db
from crm_app.core.changes import kind
from crm_app.core.changes.log import ChangeLog
from crm_app.core.changes.working import IN_LIMIT, table_of
from crm_app.quality.facts import active_rules, given_now
from crm_app.quality.predicates import predicate
from crm_app.quality.rules.catalogue import COVERED, KINDS, Rule
from crm_app.quality.rules.expressions import Given, asks_elsewhere
from crm_app.quality.rules.scores import by_weight, whole_weight
from crm_app.tables import QualityGap, QualityMark

RECOUNT = "quality"  # the operation of a run that counts a kind anew
STEP = 2_000  # records of one transaction when everything is counted anew
UNKNOWN = "unknown"  # the way of a record of which the log does not tell
Where = Callable[..., ColumnElement[bool]]
mark, gap, log = (table_of(m) for m in (QualityMark, QualityGap, ChangeLog))


def refresh(session: Session, kind_name: str, ids: Iterable[int]) -> None:
    """Write the marks and gaps of these records anew; those of deleted ones go."""
    chosen = sorted(set(ids))
    for start in range(0, len(chosen), IN_LIMIT):
        _write(session, kind_name, _these, {"ids": chosen[start : start + IN_LIMIT]})


def refresh_all(step: int = STEP, kinds: Iterable[str] = KINDS) -> int:
    """Every record, in transactions of `step` records; how many were looked at."""
    seen = 0
    for name in kinds:
        last: int | None = 0
        while last is not None:
            last, count = db.write_sync(refresh_next, name, last, step)
            seen += count
    return seen


def refresh_next(session: Session, name: str, after: int, step: int) -> tuple[int | None, int]:
    """The records behind `after`, and what is left of those that are gone; gives the last one, None at the end."""
    table = table_of(kind(name).table)
    query = select(table.c.id).where(table.c.id > after).order_by(table.c.id).limit(step)
    ids = list(session.connection().execute(query).scalars())
    if not ids:
        return None, 0
    _write(session, name, _between, {"after": after, "last": ids[-1]})
    return ids[-1], len(ids)


def _these(column: Any, bounds: Mapping[str, Any] | None = None) -> ColumnElement[bool]:
    """The records `ids`, given now or when the statement is executed."""
    return column.in_(bounds["ids"] if bounds else bindparam("ids", expanding=True))


def _between(column: Any, bounds: Mapping[str, Any] | None = None) -> ColumnElement[bool]:
    """Those behind `after` up to `last`, given now or when the statement is executed."""
    after, last = (bounds[name] if bounds else bindparam(name, type_=BigInteger) for name in ("after", "last"))
    return (column > after) & (column <= last)


def _write(session: Session, name: str, where: Where, bounds: dict[str, Any]) -> None:
    given, rules = given_now(session), tuple(by_weight(active_rules(session, name)))
    asked = (given.today, given.zone, frozenset(given.words.items()), rules)
    if any(asks_elsewhere(rule.gap) for rule in rules):
        plan = _plan(name, partial(where, bounds=bounds), *asked)
    else:
        plan = _kept_plan(name, where, *asked)
    for statement in plan:
        session.connection().execute(statement, bounds)


def _plan(
    name: str, where: Where, day: date, zone: str, words: frozenset[tuple[str, frozenset[str]]], rules: tuple[Rule, ...]
) -> list[Any]:
    """The statements that count the records of `where` by these rules, as they are asked on that day."""
    known, given = kind(name), Given(day, zone, dict(words), within=where)
    table = table_of(known.table)
    # whoever else counts the same records waits here (on PostgreSQL; SQLite has one writer anyway)
    found: list[Any] = [
        select(table.c.id).where(where(table.c.id)).order_by(table.c.id).with_for_update(key_share=True)
    ]
    found.append(delete(gap).where(gap.c.kind == name, where(gap.c.record_id)))
    found.append(delete(mark).where(mark.c.kind == name, where(mark.c.record_id)))
    here = [where(table.c.id), table.c.deleted_at.is_(None)]
    owner = table.c[known.owner] if known.owner else null()
    for place, rule in enumerate(rules):
        # as one value, or SQLite begins at an index of what is lacking: all records lack something
        wanted = case((predicate(rule.gap, known, given.with_days(rule.days)), 1), else_=0) == 1
        values = (literal(name), table.c.id, literal(rule.key), owner, literal(rule.weight), literal(place))
        columns = ("kind", "record_id", "rule", "owner_id", "weight", "position")
        found.append(insert(gap).from_select(columns, select(*values).where(*here, wanted)))
    lacking = select(func.coalesce(func.sum(gap.c.weight), 0)).where(gap.c.kind == name, gap.c.record_id == table.c.id)
    whole = whole_weight(rules)
    worth = 100 * (whole - cast(lacking.correlate(table).scalar_subquery(), BigInteger)) // whole
    made = (log.c.kind == name) & (log.c.record_id == table.c.id) & (log.c.version == 1) & (log.c.op == "create")
    imported = case((log.c.source == "import", log.c.batch_id))
    values = {
        "kind": literal(name),
        "record_id": table.c.id,
        "owner_id": owner,
        "score": worth,
        "source": table.c.source if "source" in table.c else literal("", String),
        "way": func.coalesce(log.c.source, UNKNOWN),
        "batch_id": imported,
        "entered_by_id": log.c.actor_id,
        "entered_at": log.c.recorded_at,
    }
    query = select(*values.values()).select_from(table.outerjoin(log, made))
    found.append(insert(mark).from_select(list(values), query.where(*here, predicate(COVERED[name], known, given))))
    return found


_kept_plan = lru_cache(maxsize=2 * len(KINDS))(_plan)
