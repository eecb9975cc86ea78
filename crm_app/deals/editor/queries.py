"""The pipelines with their stages as the editor shows them, and what its dialogs offer."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes.working import table_of
from crm_app.core.reader import numeral
from crm_app.deals.gate.check import labels
from crm_app.deals.gate.rules import NEEDED, OFFERED
from crm_app.deals.gate.stages import conditions
from crm_app.identity.policy import ROLE_NAMES, ROLES, may, of_team, scope, visible
from crm_app.records.listing.rows import Option
from crm_app.tables import Deal, Pipeline, Stage, Team

deal, stage, pipeline, team = (table_of(m) for m in (Deal, Stage, Pipeline, Team))
KINDS = {"open": "Open", "won": "Won", "lost": "Lost"}
CLOSING = frozenset(("closed_on", "lost_reason", "lost_to"))


@dataclass(frozen=True)
class StageRow:
    """A stage of the editor; `remark` says in words what it asks and allows."""

    id: int = 0
    pipeline_id: int = 0
    version: int = 0
    name: str = ""
    kind: str = "open"
    probability: int = 50
    rot_days: int = 30
    color: str = "grey"
    entry: list[str] = field(default_factory=list)
    exit: list[str] = field(default_factory=list)
    movers: list[str] = field(default_factory=list)
    wip_limit: int = 0
    wip_refuses: bool = False
    deals: int = 0
    remark: str = ""


@dataclass(frozen=True)
class PipelineRow:
    """A pipeline of the editor."""

    id: int = 0
    version: int = 0
    name: str = ""
    team_id: str = ""
    team: str = ""
    currency: str = ""
    allow_skip: bool = True
    allow_back: bool = True
    count: str = ""
    stages: list[StageRow] = field(default_factory=list)


@dataclass(frozen=True)
class Condition:
    """A field that a stage may ask for: on entering, on leaving."""

    name: str
    label: str
    entry: bool
    exit: bool


@dataclass(frozen=True)
class Mover:
    """A role that works with deals; `on`: it is one of those named."""

    name: str
    label: str
    on: bool


@dataclass(frozen=True)
class Merge:
    """A stage that goes, how many deals it has, and where these can go."""

    stage_id: int = 0
    name: str = ""
    deals: int = 0
    targets: list[Option] = field(default_factory=list)


def list_pipelines(session: Session, actor: Principal) -> list[PipelineRow]:
    """Those that the actor sees, in order, with their living stages; of the deals in them those that the actor sees."""
    if not may(actor, "pipeline.read"):
        return []
    run = session.connection().execute
    query = (
        select(pipeline, team.c.name.label("team"))
        .outerjoin(team, team.c.id == pipeline.c.team_id)
        .where(pipeline.c.deleted_at.is_(None), of_team(actor, pipeline.c.team_id))
        .order_by(pipeline.c.position, pipeline.c.id)
    )
    rows, stages = run(query).all(), _stages(session, actor)
    return [
        PipelineRow(
            row.id,
            row.version,
            row.name,
            str(row.team_id or ""),
            row.team or "",
            row.currency,
            row.allow_skip,
            row.allow_back,
            _deals(sum(s.deals for s in stages[row.id])),
            stages[row.id],
        )
        for row in rows
    ]


def _deals(count: int) -> str:
    return "1 deal" if count == 1 else f"{numeral(count)} deals"


def _stages(session: Session, actor: Principal) -> dict[int, list[StageRow]]:
    run = session.connection().execute
    living = (deal.c.deleted_at.is_(None), visible(actor, "deal", deal.c.owner_id))
    counted = select(deal.c.stage_id, func.count()).where(*living).group_by(deal.c.stage_id)
    counts: dict[int, int] = {row[0]: row[1] for row in run(counted)}
    query = select(stage).where(stage.c.deleted_at.is_(None)).order_by(stage.c.position, stage.c.id)
    found: dict[int, list[StageRow]] = defaultdict(list)
    named = labels(session)
    for row in run(query):
        found[row.pipeline_id].append(
            StageRow(
                row.id,
                row.pipeline_id,
                row.version,
                row.name,
                row.kind,
                row.probability,
                row.rot_days,
                row.color,
                row.required_fields,
                row.exit_fields,
                row.movers,
                row.wip_limit,
                row.wip_refuses,
                counts.get(row.id, 0),
                _remark(row, named),
            )
        )
    return found


def _remark(row: Any, named: dict[str, str]) -> str:
    """`Needs value · Leaving needs person · Only manager · At most 5 deals`."""

    def words(names: Any) -> str:
        return ", ".join(str(named.get(name, name)).lower() for name in dict.fromkeys(names))

    parts = []
    always = [name for name in NEEDED.get(row.kind, ()) if name not in OFFERED[row.kind]]
    if needed := words((*row.required_fields, *always)):
        parts.append(f"Needs {needed}")
    if row.exit_fields:
        parts.append(f"Leaving needs {words(row.exit_fields)}")
    if row.movers:
        parts.append("Only " + ", ".join(str(ROLE_NAMES.get(role, role)).lower() for role in row.movers))
    if row.wip_limit:
        parts.append(f"{'At most' if row.wip_refuses else 'Warns above'} {numeral(row.wip_limit)} deals")
    return " · ".join(parts)


def conditions_of(session: Session, row: StageRow) -> list[Condition]:
    """What this stage may ask for; fields of a close only where a deal is closed."""
    offered = [f for f in conditions(session) if row.kind != "open" or f.name not in CLOSING]
    return [Condition(f.name, f.label, f.name in row.entry, f.name in row.exit) for f in offered]


def movers_of(row: StageRow) -> list[Mover]:
    """The roles that edit deals; an administrator always may."""
    working = [r for r in ROLES if r != "administrator" and scope(Principal(0, "", r), "edit", "deal") != "none"]
    return [Mover(role, ROLE_NAMES[role], role in row.movers) for role in working]


def team_options(session: Session) -> list[Option]:
    """All teams by name."""
    query = select(team.c.id, team.c.name).where(team.c.deleted_at.is_(None)).order_by(team.c.sort_key, team.c.id)
    return [Option(str(row.id), row.name) for row in session.connection().execute(query)]


def merge_of(pipelines: list[PipelineRow], stage_id: int) -> Merge:
    """Where the deals of a stage can go: stages of the same kind, those of its own pipeline first."""
    all_stages = [(p, s) for p in pipelines for s in p.stages]
    going = next((s for _, s in all_stages if s.id == stage_id), None)
    if going is None:
        return Merge()
    targets = [(p, s) for p, s in all_stages if s.kind == going.kind and s.id != stage_id]
    targets.sort(key=lambda found: found[0].id != going.pipeline_id)
    names = [Option(str(s.id), s.name if p.id == going.pipeline_id else f"{p.name}: {s.name}") for p, s in targets]
    return Merge(going.id, going.name, going.deals, names)
