"""The rules in force, and what they find of people: the conditions as lists ask them, the events of every source."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, select
from sqlmodel import Session

from crm_app.core.actor import SYSTEM
from crm_app.core.changes import kind
from crm_app.core.changes.working import table_of
from crm_app.core.errors import Invalid
from crm_app.records.listing.conditions import condition_of
from crm_app.records.listing.fields import fields_of
from crm_app.records.listing.rules import conditions_in, group_of
from crm_app.scoring.events import events_of
from crm_app.scoring.rules import Bands, Override, Rule, Score, horizon, score_of
from crm_app.tables import Company, Person, PersonScoreOverride, ScoringPolicy, ScoringRule

person, company, override = table_of(Person), table_of(Company), table_of(PersonScoreOverride)
rule_table, policy = table_of(ScoringRule), table_of(ScoringPolicy)


@dataclass(frozen=True)
class Book:
    """All rules that can be asked, their conditions as SQL, and the bands; `broken` are rules that cannot be asked."""

    rules: tuple[Rule, ...] = ()
    bands: Bands = field(default_factory=Bands)
    conditions: Mapping[int, ColumnElement[bool]] = field(default_factory=dict)
    company_fields: frozenset[str] = frozenset()
    broken: Mapping[int, str] = field(default_factory=dict)

    @property
    def types(self) -> frozenset[str]:
        """The events that are asked for."""
        return frozenset(rule.event for rule in self.rules if rule.is_event)


def rule_rows(session: Session) -> list[dict[str, Any]]:
    """Every living rule as it is stored, fit first, the most points first."""
    query = select(rule_table).where(rule_table.c.deleted_at.is_(None))
    order = (case((rule_table.c.event == "", 0), else_=1), rule_table.c.points.desc(), rule_table.c.id)
    return [dict(row) for row in session.connection().execute(query.order_by(*order)).mappings()]


def rules_naming(session: Session, fields: Collection[str]) -> frozenset[int]:
    """The rules whose condition names one of these fields, such as `person.custom.12`."""
    found = set[int]()
    for row in rule_rows(session):
        try:
            named = {f"{row['about']}.{c.field}" for c in conditions_in(group_of(row["condition"]))}
        except Invalid:  # of events, or one that cannot be asked any more
            continue
        found |= {row["id"]} if named & set(fields) else set()
    return frozenset(found)


def policy_row(session: Session) -> Mapping[Any, Any]:
    """The bands as they are stored; without id and version 0 where nobody has set them."""
    found = session.connection().execute(select(policy).where(policy.c.deleted_at.is_(None))).mappings().first()
    usual = Bands()
    return found or {"id": None, "version": 0, "warm_from": usual.warm_from, "hot_from": usual.hot_from}


def bands_in_force(session: Session) -> Bands:
    """The bands that were set, or the usual ones."""
    row = policy_row(session)
    return Bands(row["warm_from"], row["hot_from"])


def read_book(session: Session) -> Book:
    """What holds now."""
    return book_of(session, [row for row in rule_rows(session) if row["active"]], bands_in_force(session))


def book_of(session: Session, rows: Iterable[Mapping[str, Any]], bands: Bands) -> Book:
    """From rules as they are stored; what cannot be asked any more (a field is gone) gives nothing and is told."""
    rules: list[Rule] = []
    conditions: dict[int, ColumnElement[bool]] = {}
    fields: set[str] = set()
    broken: dict[int, str] = {}
    known = {name: fields_of(session, SYSTEM, name) for name in ("person", "company")}
    for row in rows:
        one = Rule(**{name: row[name] for name in Rule.__dataclass_fields__})
        if not one.is_event:
            try:
                group = group_of(row["condition"])
                found = condition_of(kind(one.about), known[one.about], group, SYSTEM)
            except Invalid as refusal:
                broken[one.id] = " ".join(refusal.fields.values())
                continue
            of_company = one.about == "company"
            conditions[one.id] = and_(company.c.id.is_not(None), found) if of_company else found
            fields |= {c.field.partition(".")[0] for c in conditions_in(group)} if of_company else set()
        rules.append(one)
    return Book(tuple(rules), bands, conditions, frozenset(fields), broken)


@dataclass(frozen=True)
class Standing:
    """A living person: what the rules give, and what somebody set by hand."""

    id: int
    score: Score
    override: Override | None = None


def standings(session: Session, book: Book, ids: Sequence[int], day: date) -> list[Standing]:
    """Of the living ones among these people (at most some hundreds at once), in the order of their ids."""
    hits = _hits(session, book, ids)
    living = sorted(hits)
    days = horizon(book.rules)
    since = None if days is None else day - timedelta(days)
    events = events_of(session, living, book.types, since, day)
    by_hand = overrides_of(session, living)
    return [Standing(id, score_of(book.rules, hits[id], events.get(id, ()), day), by_hand.get(id)) for id in living]


def _hits(session: Session, book: Book, ids: Sequence[int]) -> dict[int, frozenset[int]]:
    """Which conditions hold for whom: one statement for all rules; a company that was deleted counts as none."""
    asked = list(book.conditions)
    columns = [case((book.conditions[id], 1), else_=0).label(f"r{id}") for id in asked]
    there = and_(company.c.id == person.c.company_id, company.c.deleted_at.is_(None))
    query = select(person.c.id, *columns).select_from(person.outerjoin(company, there))
    query = query.where(person.c.id.in_(ids), person.c.deleted_at.is_(None))
    return {
        row[0]: frozenset(id for id, held in zip(asked, row[1:], strict=True) if held)
        for row in session.connection().execute(query)
    }


def overrides_of(session: Session, ids: Sequence[int]) -> dict[int, Override]:
    """What was set by hand, in force or not."""
    query = select(override.c.person_id, override.c.value, override.c.until_day).where(override.c.person_id.in_(ids))
    return {row.person_id: Override(row.value, row.until_day) for row in session.connection().execute(query)}
