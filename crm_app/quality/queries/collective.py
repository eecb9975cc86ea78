"""Who enters, as the page shows it: by team and role, and by person where there is no team to speak of."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import kind
from crm_app.core.changes.working import table_of
from crm_app.core.reader import numeral
from crm_app.identity.matrix import ROLE_NAMES
from crm_app.identity.policy import scope
from crm_app.quality.queries.entries import ENTRY_DAYS, busiest_share, entered, entered_href
from crm_app.quality.queries.whose import Whose, kinds_of
from crm_app.quality.rows import EntryRow, Figure
from crm_app.quality.rules.scores import percent
from crm_app.tables import Team

team = table_of(Team)
MOST_PEOPLE = 100


@dataclass
class Collective:
    """The percentage of those who entered anything, its words, and the rows."""

    percent: int | None
    note: str
    heads: list[str]
    concentration: str = ""
    rows: list[EntryRow] = field(default_factory=list)


def teams_of(session: Session, actor: Principal) -> list[tuple[int, str]]:
    """The teams whose figures the viewer may see: all of them, or the own one and those below."""
    query = select(team.c.id, team.c.name).where(team.c.deleted_at.is_(None)).order_by(team.c.sort_key, team.c.id)
    if scope(actor, "read", "quality") != "all":
        from crm_app.identity.teams import team_subtree

        query = query.where(team.c.id.in_(select(team_subtree(actor.team_id).c.id)))
    return [(row.id, row.name) for row in session.connection().execute(query)]


def collective(session: Session, actor: Principal, who: Whose, people: dict[int, Any]) -> Collective:
    """Those who can sign in and whose role lets them create: who of them entered anything in the last days."""
    able = {id: p for id, p in people.items() if who.includes(id) and _can_enter(p)}
    kinds = kinds_of(actor)
    counts = entered(session, actor, set(able))
    amounts = [counts.of(id) for id in able]
    busy = sum(1 for amount in amounts if amount)
    share = percent(busy, len(able))
    found = Collective(share, f"{busy} of {len(able)} entered something in {ENTRY_DAYS} days", [])
    found.heads = [kind(name).plural for name in kinds]
    if (few := busiest_share(amounts)) is not None and len(able) > 1:
        found.concentration = f"The busiest fifth entered {few} % of it."
    teams = dict(teams_of(session, actor))
    by_team: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for id, person in able.items():
        by_team[teams.get(person.team_id, "No team"), str(ROLE_NAMES.get(person.role, person.role))].append(id)
    for (name, role), ids in sorted(by_team.items()):
        sums = [
            Figure(kind(k).plural, numeral(sum(counts.counts[i][k] for i in ids if i in counts.counts))) for k in kinds
        ]
        active = sum(1 for i in ids if counts.of(i))
        found.rows.append(EntryRow(f"{name}/{role}", f"{name} · {role}", str(len(ids)), str(active), sums))
        ordered = sorted(ids, key=lambda i: (-counts.of(i), able[i].name))
        found.rows += [_person(actor, able[i], counts.counts.get(i, {}), kinds) for i in ordered[:MOST_PEOPLE]]
    return found


def _can_enter(person: Any) -> bool:
    return person.deleted_at is None and person.status == "active" and person.role != "read-only"


def _person(actor: Principal, person: Any, counts: dict[str, int], kinds: tuple[str, ...]) -> EntryRow:
    cells = []
    for name in kinds:
        count = counts.get(name, 0)
        cells.append(Figure(kind(name).plural, numeral(count), entered_href(actor, name, person.id) if count else ""))
    return EntryRow(f"user:{person.id}", person.name, "", "yes" if counts else "no", cells, 1)
