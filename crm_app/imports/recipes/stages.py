"""Pipelines and stages as an import finds them by name, and makes them where they are missing."""

from dataclasses import dataclass

from sqlalchemy import select

from crm_app.core.changes.change import Change
from crm_app.core.changes.working import table_of
from crm_app.core.text import fold
from crm_app.identity.policy import of_team
from crm_app.tables import Pipeline, Stage

PIPELINE = "Sales"
# name, probability, kind, days until a deal rots, colour: what a file's stages become where there is no pipeline yet
STANDARD = (
    ("Prospecting", 10, "open", 30, "blue"),
    ("Engaging", 40, "open", 60, "violet"),
    ("Won", 100, "won", 0, "green"),
    ("Lost", 0, "lost", 0, "grey"),
)
WON, LOST = {"won", "closed won"}, {"lost", "closed lost"}


@dataclass(frozen=True)
class StageInfo:
    """What the import needs to know of a stage."""

    id: int
    pipeline_id: int
    name: str
    kind: str
    position: int


def find_pipeline(chunk, name: str) -> int:
    """The pipeline of that name, or the first one, that the actor sees; made where there is none. Raises KithError."""
    cache = chunk.job.cache.setdefault("pipelines", {})
    if name in cache:
        return cache[name]
    table = table_of(Pipeline)
    query = select(table.c.id, table.c.name).where(table.c.deleted_at.is_(None))
    query = query.where(of_team(chunk.job.actor, table.c.team_id)).order_by(table.c.position, table.c.id)
    rows = chunk.session.connection().execute(query).all()
    hits = [id for id, title in rows if fold(title) == fold(name)] if name else [id for id, _ in rows]
    if not hits:
        made = chunk.also([Change("pipeline", None, {"name": name or PIPELINE, "position": len(rows)}, "create")])
        hits = [made[0].id]
        chunk.also([_stage(hits[0], n, *standard) for n, standard in enumerate(STANDARD)])
    cache[name] = hits[0]
    return hits[0]


def _stage(pipeline_id: int, position: int, name: str, probability: int, kind: str, rot: int, color: str) -> Change:
    values = {"pipeline_id": pipeline_id, "position": position, "name": name, "probability": probability}
    return Change("stage", None, values | {"kind": kind, "rot_days": rot, "color": color}, "create")


def stages_of(chunk, pipeline_id: int) -> list[StageInfo]:
    cache = chunk.job.cache.setdefault("stages", {})
    if pipeline_id not in cache:
        table = table_of(Stage)
        columns = (table.c.id, table.c.pipeline_id, table.c.name, table.c.kind, table.c.position)
        query = select(*columns).where(table.c.pipeline_id == pipeline_id, table.c.deleted_at.is_(None))
        rows = chunk.session.connection().execute(query.order_by(table.c.position, table.c.id))
        cache[pipeline_id] = [StageInfo(*row) for row in rows]
    return cache[pipeline_id]


COLORS = {"open": "blue", "won": "green", "lost": "grey"}


def find_stage(chunk, pipeline_id: int, name: str) -> StageInfo:
    """The stage of that name, made behind the open ones where there is none. Raises KithError."""
    stages = stages_of(chunk, pipeline_id)
    for stage in stages:
        if fold(stage.name) == fold(name):
            return stage
    standard = next((s for s in STANDARD if fold(s[0]) == fold(name)), None)
    kind = "won" if fold(name) in WON else "lost" if fold(name) in LOST else "open"
    usual = (name, {"won": 100, "lost": 0}.get(kind, 50), kind, 30, COLORS[kind])
    made_as = standard or usual
    kind = made_as[2]
    ends = [s.position for s in stages if s.kind != "open"]
    position = min(ends, default=len(stages)) if kind == "open" else len(stages)
    later = [Change("stage", s.id, {"position": s.position + 1}) for s in stages if s.position >= position]
    made = chunk.also([*later, _stage(pipeline_id, position, name, *made_as[1:])])[-1]
    chunk.job.cache["stages"].pop(pipeline_id)
    return next(s for s in stages_of(chunk, pipeline_id) if s.id == made.id)


def stage_by_id(chunk, stage_id: int | None) -> StageInfo | None:
    stages = (s for found in chunk.job.cache.get("stages", {}).values() for s in found)
    hit = next((s for s in stages if s.id == stage_id), None)
    if hit is None and stage_id is not None:
        table = table_of(Stage)
        query = select(table.c.pipeline_id).where(table.c.id == stage_id)
        pipeline = chunk.session.connection().execute(query).scalar()
        return next((s for s in stages_of(chunk, pipeline) if s.id == stage_id), None) if pipeline else None
    return hit
