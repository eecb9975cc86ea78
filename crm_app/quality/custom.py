"""Rules that follow from custom fields: what is required is filled, what has a pattern fits it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import false, func, select, true
from sqlmodel import Session

from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Kind, kind
from crm_app.core.changes.custom import value_in
from crm_app.core.changes.working import table_of
from crm_app.core.config import settings
from crm_app.core.errors import Invalid
from crm_app.quality.rules.catalogue import Rule
from crm_app.quality.rules.expressions import ALWAYS, Asked, Every, Expression, Facts, Filled, Given
from crm_app.records.custom.facts import fields_with_custom
from crm_app.records.custom.fields import SEARCHED, Definition
from crm_app.records.custom.holding import Moment, holds
from crm_app.records.custom.patterns import fits
from crm_app.records.listing.conditions import condition_of
from crm_app.records.listing.fields import ListField, listed
from crm_app.records.listing.rules import Group, group_of

REQUIRED_WEIGHT, PATTERN_WEIGHT = 10, 5


def custom_rules(session: Session, kind_name: str, definitions: Mapping[int, Definition]) -> list[Rule]:
    """Of the custom fields of a kind that looks at quality; formulas are nobody's to fill in."""
    found: list[Rule] = []
    for one in definitions.values():
        if one.is_computed:
            continue
        if one.required or one.required_when:
            asked = [
                _meets(kind_name, definitions, c) for c in (one.visible_when, {} if one.required else one.required_when)
            ]
            when = Every(tuple(asked)) if any(a != ALWAYS for a in asked) else ALWAYS
            name = f"{one.label} missing"
            found.append(
                Rule(
                    f"{kind_name}.{one.name}.required",
                    kind_name,
                    "consistency",
                    name,
                    Filled(one.name),
                    REQUIRED_WEIGHT,
                    (one.name,),
                    when,
                )
            )
        if one.pattern and one.type in SEARCHED:
            name = f"{one.label} that does not fit its pattern"
            found.append(
                Rule(
                    f"{kind_name}.{one.name}.pattern",
                    kind_name,
                    "consistency",
                    name,
                    _fitting(session, kind_name, one),
                    PATTERN_WEIGHT,
                    (one.name,),
                )
            )
    return found


def _meets(kind_name: str, definitions: Mapping[int, Definition], condition: Mapping[str, Any]) -> Expression:
    """The condition of a custom field: always without one; one that cannot be read any more never holds."""
    if not condition:
        return ALWAYS
    known = kind(kind_name)
    try:
        group = group_of(condition)
    except Invalid:
        return Asked(frozenset(), lambda _facts, _given: False, lambda _given: false())
    own = fields_with_custom(known, definitions.values())

    def of(facts: Facts, given: Given) -> bool:
        values = {name: value_in(facts.row, name) for name in own}
        return holds(group, own, values, Moment(given.today, given.zone, settings().currency))

    return Asked(frozenset(), of, lambda given: _as_sql(known, definitions, group, given))


def _as_sql(known: Kind, definitions: Mapping[int, Definition], group: Group, given: Given) -> Any:
    fields = {f.name: ListField(f.name, f.label, f.type, f) for f in known.fields}
    fields |= {d.name: listed(d) for d in definitions.values()}
    try:
        asked = condition_of(known, fields, group, replace(SYSTEM, zone=given.zone))
    except Invalid:
        return false()
    return func.coalesce(asked, false())


def _fitting(session: Session, kind_name: str, one: Definition) -> Expression:
    """No database has the patterns of RE2: the values are looked at here, and those that do not fit are named."""
    table = table_of(kind(kind_name).table)

    def of(facts: Facts, _given: Given) -> bool:
        value = value_in(facts.row, one.name)
        return value in (None, "") or fits(one.pattern, str(value))

    def sql(given: Given) -> Any:
        held = table.c.custom[str(one.id)].as_string()
        query = select(table.c.id, held.label("held")).where(held.is_not(None))
        query = query.where(given.within(table.c.id)) if given.within is not None else query
        rows = session.connection().execute(query)
        unfit = [row.id for row in rows if row.held and not fits(one.pattern, row.held)]
        return table.c.id.not_in(unfit) if unfit else true()

    return Asked(frozenset({one.name}), of, sql)
