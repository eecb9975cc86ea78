"""What rules ask with, and what they ask about: the settings and lists of here, the facts of one record."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Kind, kind
from crm_app.core.changes.log import ChangeLog
from crm_app.core.changes.working import table_of
from crm_app.core.clock import today
from crm_app.core.config import settings
from crm_app.quality.custom import custom_rules
from crm_app.quality.rules.catalogue import COVERED, KINDS, Rule, Setting, rules_with
from crm_app.quality.rules.expressions import Facts, Given, fields_in
from crm_app.records.countries import country_names
from crm_app.records.custom.definitions import definitions
from crm_app.records.findings import reasons_of
from crm_app.tables import Activity, Person, QualityRule, VocabularyTerm

UNSEEN = "Something that your role may not see"
activity, person, stored, term, log = (table_of(m) for m in (Activity, Person, QualityRule, VocabularyTerm, ChangeLog))


def stored_settings(session: Session) -> dict[str, Setting]:
    """What an administrator set, by the key of the rule."""
    query = select(stored).where(stored.c.deleted_at.is_(None))
    rows = session.connection().execute(query)
    return {row.key: Setting(row.weight, row.days, row.active, row.id, row.version) for row in rows}


def all_rules(session: Session) -> list[Rule]:
    """Every rule as it is set here, those of custom fields included."""
    further = [r for name in KINDS for r in custom_rules(session, name, definitions(session, name))]
    return rules_with(further, stored_settings(session))


def active_rules(session: Session, kind_name: str | None = None) -> list[Rule]:
    """Those that hold, of one kind or of all."""
    return [r for r in all_rules(session) if r.active and (kind_name is None or r.kind == kind_name)]


def told_to(actor: Principal, rules: Iterable[Rule]) -> list[Rule]:
    """The same rules, without the name of a field that the actor may not see."""
    return [
        replace(rule, name=UNSEEN, fix=()) if {f"{rule.kind}.{name}" for name in rule.fix} & actor.unseen else rule
        for rule in rules
    ]


def given_now(session: Session) -> Given:
    """Today in the organisation's zone, and the words of the managed lists."""
    words: dict[str, set[str]] = {}
    query = select(term.c.vocabulary, term.c.name).where(term.c.deleted_at.is_(None))
    for vocabulary, name in session.connection().execute(query):
        words.setdefault(vocabulary, set()).add(name)
    words.setdefault("country", set()).update(country_names())
    kept = {name: frozenset(found) for name, found in words.items()}
    return Given(today(settings().zone), settings().zone, kept)


def facts_of(session: Session, kind_name: str, id: int) -> Facts | None:
    """What the rules of this kind ask about one living record; None if there is none."""
    known = kind(kind_name)
    table = table_of(known.table)
    query = select(table).where(table.c.id == id, table.c.deleted_at.is_(None))
    row = session.connection().execute(query).mappings().first()
    if row is None:
        return None
    asked = fields_in(COVERED[kind_name]) if kind_name in KINDS else set[str]()
    asked = asked.union(*(fields_in(rule.gap) for rule in all_rules(session) if rule.kind == kind_name))
    parts: dict[str, list[Any]] = {}
    pointed: dict[str, Any] = {}
    for name in sorted(name for name in asked if "." in name and not name.startswith("custom.")):
        head, _, rest = name.partition(".")
        if head in known.child_by_name:
            parts[name] = _part_values(session, known, id, head, rest)
        else:
            pointed[name] = _pointed(session, known, row[head], head, rest)
    clear = not reasons_of(session, kind_name, id)
    return Facts(row, parts, pointed, _touched_at(session, known, row), clear, _way(session, kind_name, id))


def _way(session: Session, kind_name: str, id: int) -> str:
    made = (log.c.kind == kind_name) & (log.c.record_id == id) & (log.c.version == 1) & (log.c.op == "create")
    return session.connection().execute(select(log.c.source).where(made)).scalar() or ""


def _part_values(session: Session, known: Kind, id: int, head: str, rest: str) -> list[Any]:
    children = known.child_by_name[head]
    part = table_of(children.table)
    query = select(part.c[rest]).where(
        part.c[children.parent] == id, *(part.c[k] == v for k, v in children.fixed.items())
    )
    return list(session.connection().execute(query).scalars())


def _pointed(session: Session, known: Kind, id: Any, head: str, rest: str) -> Any:
    target = table_of(kind(known.by_name[head].ref).table)
    return session.connection().execute(select(target.c[rest]).where(target.c.id == id)).scalar()


def _touched_at(session: Session, known: Kind, row: Any) -> Any:
    if "last_touch_at" in row:
        return row["last_touch_at"]
    if known.name != "company":
        return None
    run = session.connection().execute
    here = (activity.c.company_id == row["id"]) & activity.c.deleted_at.is_(None)
    met = (person.c.company_id == row["id"]) & person.c.deleted_at.is_(None)
    moments = (
        run(select(func.max(activity.c.done_at)).where(here)).scalar(),
        run(select(func.max(person.c.last_touch_at)).where(met)).scalar(),
    )
    return max((m for m in moments if m is not None), default=None)
