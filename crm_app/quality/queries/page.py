"""The page of quality, read in one go: five Cs, their rules, groups, who enters, and how it was."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import kind
from crm_app.core.clock import today
from crm_app.core.config import settings
from crm_app.core.reader import full_day, numeral, short_day, short_day_and_time
from crm_app.identity.policy import may, scope
from crm_app.quality import nights
from crm_app.quality.facts import active_rules, told_to
from crm_app.quality.fields import GAP
from crm_app.quality.queries.central import central_figures
from crm_app.quality.queries.collective import collective
from crm_app.quality.queries.control import control
from crm_app.quality.queries.counting import counting
from crm_app.quality.queries.counts import Owner, Standing, checks_of, standings, together
from crm_app.quality.queries.groups import group_rows
from crm_app.quality.queries.whose import Asked, Whose, is_one, kinds_of, names_of, whose
from crm_app.quality.rows import Choice, Point, QualityView, RuleRow, Tile
from crm_app.quality.rules.catalogue import Rule
from crm_app.quality.rules.scores import by_weight, mean, percent

C_NAMES = {
    "consistency": "Consistency",
    "continuity": "Continuity",
    "collective": "Collective",
    "control": "Control",
    "centralization": "Centralization",
}
MEASURES = {nights.SCORE: "Score", **{c: C_NAMES[c] for c in nights.CS}}
GOOD, FAIR = 90, 70
Found = dict[tuple[str, Owner], Standing]


def tone_of(value: int | None) -> str:
    """Green, yellow or red for a percentage or a score."""
    return "" if value is None else "g" if value >= GOOD else "y" if value >= FAIR else "r"


def quality_page(session: Session, actor: Principal, asked: Asked, measure: str = nights.SCORE) -> QualityView:
    """Everything that the page shows to this viewer."""
    rules = told_to(actor, active_rules(session))
    kinds, who = kinds_of(actor), whose(session, actor, asked)
    found, people = standings(session, who, kinds, rules), names_of(session, actor)
    totals = {name: together(found, name) for name in kinds}
    entered, run = collective(session, actor, who, people), control(session, actor)
    tiles = [_tile(c, totals, rules) for c in nights.CS]
    tiles[2:2] = [_other("collective", entered.percent, entered.note), _other("control", run.percent, run.note)]
    heads, groups = group_rows(session, who, asked.by, found, people, kinds)
    taken = nights.taken_at(session)
    return QualityView(
        as_of="" if taken is None else short_day_and_time(taken.astimezone(_zone(actor))),
        by=asked.by,
        measure=measure,
        whose=_whose(asked, people),
        who=f"owner:{asked.owner_id}" if asked.owner_id else f"team:{asked.team_id}" if asked.team_id else "",
        tiles=tiles,
        points=_points(session, who, kinds, totals, rules, measure),
        consistency=rule_rows(who, totals, rules, "consistency"),
        continuity=rule_rows(who, totals, rules, "continuity"),
        centralization=rule_rows(who, totals, rules, "centralization"),
        central=central_figures(session, actor, who, kinds),
        control=run.figures,
        groups=groups,
        heads=heads,
        enterers=entered.rows,
        enterer_heads=entered.heads,
        concentration=entered.concentration,
        people=_choices(session, actor, people),
        may_set=may(actor, "quality.administer"),
        is_empty=not any(total.records for total in totals.values()),
        review_due=run.review_due,
        counting=counting(session, kinds),
    )


def _zone(actor: Principal) -> Any:
    from zoneinfo import ZoneInfo

    return ZoneInfo(actor.zone)


def _whose(asked: Asked, people: dict[int, Any]) -> str:
    if asked.owner_id is not None:
        return people[asked.owner_id].name if asked.owner_id in people else "Somebody you may not see"
    return ""


def _tile(c: str, totals: dict[str, Standing], rules: list[Rule]) -> Tile:
    parts = [checks_of(total, rules, name, c) for name, total in totals.items()]
    passed, made = sum(p for p, _ in parts), sum(m for _, m in parts)
    value = percent(passed, made)
    note = "Nothing to look at yet." if value is None else f"{numeral(made - passed)} to fix in {numeral(made)} checks"
    return _other(c, value, note)


def _other(c: str, value: int | None, note: str) -> Tile:
    return Tile(c, C_NAMES[c], "–" if value is None else f"{value} %", note, tone_of(value), value or 0)


def rule_rows(who: Whose, totals: dict[str, Standing], rules: Iterable[Rule], c: str) -> list[RuleRow]:
    """The rules of one C, those with most to fix first within a kind."""
    rows = []
    for name, total in totals.items():
        chosen = [rule for rule in by_weight(rules) if rule.kind == name and rule.c == c]
        for rule in sorted(chosen, key=lambda rule: -total.gaps.get(rule.key, 0)):
            count = total.gaps.get(rule.key, 0)
            kept = percent(total.records - count, total.records)
            wanted = [is_one(GAP, rule.key)]
            grid = who.href(name, wanted, (kind(name).title, *rule.fix, "owner_id", GAP))
            rows.append(
                RuleRow(
                    rule.key,
                    kind(name).plural,
                    rule.name + (f" ({rule.days} days)" if rule.days else ""),
                    numeral(count),
                    "–" if kept is None else f"{kept} %",
                    kept if kept is not None else 100,
                    who.href(name, wanted) if count else "",
                    grid if count and rule.fix and not _derived(rule) else "",
                    str(rule.weight),
                    tone_of(kept),
                )
            )
    return rows


def _derived(rule: Rule) -> bool:
    """Nothing that is typed mends it: what it asks for follows from being in touch."""
    return all(name == "last_touch_at" for name in rule.fix)


def _points(
    session: Session, who: Whose, kinds: tuple[str, ...], totals: dict[str, Standing], rules: list[Rule], measure: str
) -> list[Point]:
    """One bar a week, and the present."""
    day, found = today(settings().zone), list[Point]()
    for at, values in nights.trend(session, who, kinds, day).items():
        if at < day and measure in values:
            found.append(_point(short_day(at), measure, *values[measure], at))
    if measure == nights.SCORE:
        amount, of = sum(t.score for t in totals.values()), sum(t.records for t in totals.values())
    else:
        parts = [checks_of(total, rules, name, measure) for name, total in totals.items()]
        amount, of = sum(p for p, _ in parts), sum(m for _, m in parts)
    return [*found, _point("Now", measure, amount, of, day)] if of else found


def _point(name: str, measure: str, amount: int, of: int, day: date) -> Point:
    value = mean(amount, of) if measure == nights.SCORE else percent(amount, of)
    unit = "" if measure == nights.SCORE else " %"
    words = f"{MEASURES[measure]} on {full_day(day)}: {value}{unit}"
    return Point(name, "–" if value is None else f"{value}", value or 0, words)


def _choices(session: Session, actor: Principal, people: dict[int, Any]) -> list[Choice]:
    """Whose figures the viewer can ask for; nobody who only sees the own ones is asked."""
    if scope(actor, "read", "quality") == "own":
        return []
    from crm_app.quality.queries.collective import teams_of

    teams = [Choice(f"team:{id}", f"Team {name.removeprefix('Team ')}") for id, name in teams_of(session, actor)]
    living = [p for p in people.values() if p.deleted_at is None and p.status != "disabled"]
    return [*teams, *(Choice(f"owner:{p.id}", p.name) for p in sorted(living, key=lambda p: (p.name, p.id)))]
