"""The figures of quality for a script: the same as on the page, as numbers."""

from typing import Any

from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import kind
from crm_app.core.errors import Forbidden, Invalid
from crm_app.identity.policy import may
from crm_app.quality import nights
from crm_app.quality.facts import active_rules, told_to
from crm_app.quality.queries.collective import collective
from crm_app.quality.queries.control import control
from crm_app.quality.queries.counts import checks_of, standings, together
from crm_app.quality.queries.groups import group_rows
from crm_app.quality.queries.whose import GROUPINGS, Asked, kinds_of, names_of, whose
from crm_app.quality.rules.scores import mean, percent


def quality_report(session: Session, actor: Principal, by: str = "owner") -> dict[str, Any]:
    """Percentages by C, the mean score, gaps by rule, scores by group. Raises Invalid (grouping), Forbidden."""
    if by not in GROUPINGS:
        raise Invalid({"by": f"{by!r} is no grouping; choose one of: {', '.join(GROUPINGS)}."})
    if not actor.system and not may(actor, "quality.read"):
        raise Forbidden("Your role may not see data quality.")
    rules = told_to(actor, active_rules(session))
    kinds, who = kinds_of(actor), whose(session, actor, Asked(by))
    found, people = standings(session, who, kinds, rules), names_of(session, actor)
    totals = {name: together(found, name) for name in kinds}
    cs: dict[str, int | None] = {}
    for c in nights.CS:
        parts = [checks_of(total, rules, name, c) for name, total in totals.items()]
        cs[c] = percent(sum(p for p, _ in parts), sum(m for _, m in parts))
    cs |= {"collective": collective(session, actor, who, people).percent, "control": control(session, actor).percent}
    records, points = sum(t.records for t in totals.values()), sum(t.score for t in totals.values())
    _, groups = group_rows(session, who, by, found, people, kinds)
    taken = nights.taken_at(session)
    return {
        "as_of": taken and taken.isoformat(),
        "score": mean(points, records),
        "cs": cs,
        "records": {name: total.records for name, total in totals.items()},
        "rules": [
            {
                "key": rule.key,
                "kind": kind(rule.kind).plural,
                "c": rule.c,
                "name": rule.name,
                "weight": rule.weight,
                "to_fix": totals[rule.kind].gaps.get(rule.key, 0),
            }
            for rule in rules
            if rule.kind in totals
        ],
        "by": by,
        "groups": [{"key": row.key, "name": row.name, "score": row.percent} for row in groups],
    }


def lines_of(found: dict[str, Any]) -> list[str]:
    """The report for a person."""
    lines = [f"{c}: –" if value is None else f"{c}: {value} %" for c, value in found["cs"].items()]
    lines += [f"  {r['to_fix']:>9,}  {r['kind']}: {r['name']}" for r in found["rules"] if r["to_fix"]]
    return lines + [f"  {g['score']:>9}  {g['name']}" for g in found["groups"]]
