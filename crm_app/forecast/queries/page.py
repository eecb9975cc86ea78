"""The whole forecast for one viewer in plain values: whole minor units of the organisation's currency, no words."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes.working import table_of
from crm_app.core.errors import Forbidden
from crm_app.forecast.queries.comparison import Comparison, Earlier, compared, earlier
from crm_app.forecast.queries.sums import Part, out_of_sight, stages_now, sums
from crm_app.forecast.queries.targets import People, people_in_reach
from crm_app.forecast.queries.whose import Asked, whose
from crm_app.forecast.rules.categories import COUNTED
from crm_app.forecast.rules.figures import Figures, added, with_target
from crm_app.forecast.rules.periods import AHEAD, Period
from crm_app.identity.policy import may
from crm_app.rates.converter import Converter, converter
from crm_app.tables import Territory

territory = table_of(Territory)
NOBODY, NO_TEAM, NO_REGION, NO_TERRITORY = "Nobody", "No team", "No region", "No territory"


@dataclass(frozen=True)
class Line:
    """One line of the roll-up; `depth` is the level of a team in the tree, `key` what a click on it asks for."""

    key: str
    name: str
    figures: Figures
    depth: int = 0
    color: str = ""


@dataclass(frozen=True)
class Column:
    """A period of the chart with its sums and its target."""

    period: Period
    figures: Figures


@dataclass(frozen=True)
class Forecast:
    """What was asked, the sums of the period, of those after it, by whom, and how they came about."""

    asked: Asked
    currency: str
    whole: Figures
    columns: list[Column]
    lines: list[Line]
    comparison: Comparison
    earlier: list[Earlier]
    undated: int = 0
    late: int = 0
    unrated: list[str] = field(default_factory=list)


def find_forecast(session: Session, actor: Principal, asked: Asked) -> Forecast:
    """The forecast of a period. Raises Forbidden."""
    if not may(actor, "forecast.read"):
        raise Forbidden("Your role may not see forecasts.")
    of, stages, money = whose(session, actor, asked), stages_now(session), converter(session, asked.today)
    before = [asked.period.later(-n) for n in range(4, 0, -1)]
    ahead = [asked.period.later(n) for n in range(AHEAD[asked.period.kind])]
    parts = sums(session, of, stages, [*before, *ahead], territories=asked.by == "territory")
    people = people_in_reach(session, actor, ahead, money)
    now = [part for part in parts if part.place == len(before)]
    limits = {"owner_id": asked.owner_id, "team_id": asked.team_id}
    columns = [
        Column(p, with_target(_figures((x for x in parts if x.place == n), money), people.whole(p, **limits)))
        for n, p in enumerate(ahead, len(before))
    ]
    won = {
        p: _figures((x for x in parts if x.place == n and x.category == "won"), money).of("won")
        for n, p in enumerate(before)
    }
    undated, late = out_of_sight(session, of, stages, asked.period)
    comparison = compared(session, of, stages, asked.period, asked.today, money)
    return Forecast(
        asked,
        money.home,
        columns[0].figures,
        columns,
        _lines(session, asked, now, people, money),
        comparison,
        earlier(session, of, asked.period, won, money),
        undated,
        late,
        sorted(money.unrated),
    )


def _figures(parts: Iterable[Part], money: Converter) -> Figures:
    amounts: dict[str, int] = defaultdict(int)
    counts: dict[str, int] = defaultdict(int)
    for part in (p for p in parts if p.category in COUNTED):
        amounts[part.category] += money.minor(part.minor, part.currency)
        counts[part.category] += part.deals
    return Figures(dict(amounts), dict(counts))


def _lines(session: Session, asked: Asked, parts: Sequence[Part], people: People, money: Converter) -> list[Line]:
    if asked.by == "team":
        return _by_team(asked, parts, people, money)
    if asked.by == "region":
        return _by_region(asked, parts, people, money)
    if asked.by == "territory":
        names = {row.id: row.name for row in session.connection().execute(select(territory.c.id, territory.c.name))}
        grouped = _grouped(parts, lambda part: part.territory_id, money)
        lines = [Line(f"territory:{id or ''}", names.get(id or 0, NO_TERRITORY), f) for id, f in grouped.items()]
        return _sorted(lines)
    return _by_owner(asked, parts, people, money)


def _grouped(parts: Iterable[Part], key: Callable[[Part], int | None], money: Converter) -> dict[int | None, Figures]:
    groups: dict[int | None, list[Part]] = defaultdict(list)
    for part in parts:
        groups[key(part)].append(part)
    return {name: _figures(group, money) for name, group in groups.items()}


def _sorted(lines: Iterable[Line]) -> list[Line]:
    """Whoever expects most comes first; what belongs to nobody last."""
    return sorted(lines, key=lambda line: (line.key.endswith(":"), -line.figures.total, line.name))


def _by_owner(asked: Asked, parts: Sequence[Part], people: People, money: Converter) -> list[Line]:
    grouped = _grouped(parts, lambda part: part.owner_id, money)
    asked_for = set(people.of_persons) if asked.owner_id is None and asked.team_id is None else set()
    lines = []
    for id in {*grouped, *asked_for, *([asked.owner_id] if asked.owner_id else [])}:
        person = people.persons.get(id or 0)
        aim = people.of_person(id, asked.period) if id is not None else None
        if id in grouped or aim is not None:
            figures = with_target(grouped.get(id, Figures()), aim)
            name = person.name if person else NOBODY
            lines.append(Line(f"owner:{id or ''}", name, figures, 0, person.color if person else ""))
    return _sorted(lines)


def _by_team(asked: Asked, parts: Sequence[Part], people: People, money: Converter) -> list[Line]:
    """The tree of teams, each with what is below it; teams without deals and targets are left out."""
    team_of = {p.id: p.team_id for p in people.persons.values()}
    own = _grouped(parts, lambda part: team_of.get(part.owner_id or 0), money)
    aims = people.by_team(asked.period)
    below: dict[int | None, list[int]] = defaultdict(list)
    for one in people.teams.values():
        below[one.parent_id if one.parent_id in people.teams else None].append(one.id)

    def branch(id: int, depth: int) -> list[Line]:
        lines = [line for child in below[id] for line in branch(child, depth + 1)]
        inner = [line.figures for line in lines if line.depth == depth + 1]
        figures = added([own.get(id, Figures()), *inner], aims.get(id))
        if not figures.counts and figures.target is None:
            return []
        return [Line(f"team:{id}", people.teams[id].name, figures, depth), *lines]

    lines = [line for id in below[None] for line in branch(id, 0)]
    loose = [f for id, f in own.items() if id not in people.teams]
    return [*lines, Line("team:", NO_TEAM, added(loose))] if loose else lines


def _by_region(asked: Asked, parts: Sequence[Part], people: People, money: Converter) -> list[Line]:
    """The office of the owner's team."""
    offices = {t.id: t.office for t in people.teams.values()}
    office_of = {p.id: offices.get(p.team_id or 0, "") for p in people.persons.values()}
    groups: dict[str, list[Part]] = defaultdict(list)
    for part in parts:
        groups[office_of.get(part.owner_id or 0, "")].append(part)
    aims: dict[str, int] = {}
    for person in people.persons.values():
        aim = people.of_person(person.id, asked.period)
        if aim is not None:
            office = office_of[person.id]
            aims[office] = aims.get(office, 0) + aim
    shown = groups if asked.owner_id or asked.team_id else {**groups, **{o: groups.get(o, []) for o in aims}}
    lines = [
        Line(f"region:{office}", office or NO_REGION, with_target(_figures(group, money), aims.get(office)))
        for office, group in shown.items()
    ]
    return _sorted(lines)
