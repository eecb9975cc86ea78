"""Commands of the editor: pipelines and their stages, saved, ordered and removed. They never commit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Applied, Change, apply, apply_many
from crm_app.core.changes.working import table_of
from crm_app.core.errors import Invalid, NotFound, Refused
from crm_app.core.reader import numeral
from crm_app.deals.gate.stages import conditions
from crm_app.identity.policy import ROLES
from crm_app.tables import Deal, Pipeline, Stage

deal, stage, pipeline = (table_of(m) for m in (Deal, Stage, Pipeline))
USUAL = (("Qualified", 20, "open"), ("Offer", 50, "open"), ("Negotiation", 80, "open"), ("Won", 100, "won"))
USUAL_STAGES = (*USUAL, ("Lost", 0, "lost"))
ROT_DAYS = 30
COLORS = {"open": "blue", "won": "green", "lost": "grey"}
ENDS = {"open": 0, "won": 1, "lost": 2}  # the order in which kinds of stages stand
CERTAIN = {"won": "100", "lost": "0"}
LAST_OPEN = "A pipeline needs an open stage, and this is its last one."


@dataclass(frozen=True)
class Known:
    """The record that a dialog was opened for, as it was seen."""

    id: int
    version: int


def save_pipeline(session: Session, actor: Principal, values: Mapping[str, str], known: Known | None) -> Applied:
    """A new pipeline with the usual stages, or another name, team, currency or rule. Raises Invalid, Forbidden."""
    _only(values, {"name", "team_id", "currency", "allow_skip", "allow_back"})
    wish: dict[str, Any] = {
        "name": values.get("name", ""),
        "team_id": values.get("team_id") or None,
        "allow_skip": "allow_skip" in values,
        "allow_back": "allow_back" in values,
    }
    if "currency" in values:
        wish["currency"] = values["currency"].strip().upper()
    if known is not None:
        return apply(session, actor, Change("pipeline", known.id, wish, expected=known.version))
    wish["position"] = session.connection().execute(select(func.max(pipeline.c.position))).scalar() or 0
    wish["position"] += 1
    made = apply(session, actor, Change("pipeline", set=wish, op="create"))
    usual = [
        {"name": name, "probability": chance, "kind": kind, "position": place, "color": COLORS[kind]}
        | ({"rot_days": ROT_DAYS} if kind == "open" else {})
        for place, (name, chance, kind) in enumerate(USUAL_STAGES)
    ]
    stages = [Change("stage", set=one | {"pipeline_id": made.id}, op="create") for one in usual]
    apply_many(session, actor, stages, batch_id=made.batch_id)
    return made


def order_pipelines(session: Session, actor: Principal, pipeline_id: int, by: int) -> None:
    """One place up (-1) or down (1) in the choice of the board. Raises NotFound, Forbidden."""
    living = select(pipeline.c.id, pipeline.c.position).where(pipeline.c.deleted_at.is_(None))
    rows = session.connection().execute(living.order_by(pipeline.c.position, pipeline.c.id)).all()
    ids = [row.id for row in rows]
    if pipeline_id not in ids:
        raise NotFound
    place = ids.index(pipeline_id)
    ids.insert(max(0, min(len(ids) - 1, place + by)), ids.pop(place))
    _renumber(session, actor, "pipeline", ids, {row.id: row.position for row in rows})


def delete_pipeline(session: Session, actor: Principal, pipeline_id: int) -> Applied:
    """The pipeline with its stages. Raises Refused while a deal is in it."""
    _lock(session, stage.c.pipeline_id == pipeline_id)
    if count := _count(session, deal.c.pipeline_id == pipeline_id):
        raise Refused(f"{_deals(count)} in this pipeline. Move or delete {'it' if count == 1 else 'them'} first.")
    return apply_many(session, actor, [Change("pipeline", pipeline_id, op="delete")])[-1]


def save_stage(
    session: Session, actor: Principal, pipeline_id: int, values: Mapping[str, str], known: Known | None
) -> Applied:
    """A new stage behind those of its kind, or other conditions for one. Raises Invalid with all fields together."""
    wish = _stage_values(session, values)
    if known is not None:
        _keeps_an_open_one(session, known.id, wish["kind"])
        done = apply(session, actor, Change("stage", known.id, wish, expected=known.version))
        _in_order(session, actor, pipeline_id, [], done.batch_id)
        return done
    _lock(session, stage.c.pipeline_id == pipeline_id)
    made = apply(session, actor, Change("stage", set=wish | {"pipeline_id": pipeline_id, "position": 999}, op="create"))
    _in_order(session, actor, pipeline_id, [], made.batch_id)
    return made


def _stage_values(session: Session, values: Mapping[str, str]) -> dict[str, Any]:
    """What the dialog of a stage sends; an empty number is none."""
    fields = [f.name for f in conditions(session)]
    kind = values.get("kind", "open")
    plain = {"name", "kind", "color", "probability", "rot_days", "wip_limit", "wip_refuses"}
    _only(values, plain | {f"{p}.{f}" for f in fields for p in ("entry", "exit")} | {f"mover.{r}" for r in ROLES})
    return {
        "name": values.get("name", ""),
        "kind": kind,
        "color": values.get("color") or "grey",
        "probability": CERTAIN.get(kind) or values.get("probability", "").strip() or "0",
        "rot_days": values.get("rot_days", "").strip() or "0",
        "wip_limit": values.get("wip_limit", "").strip() or "0",
        "wip_refuses": values.get("wip_refuses") == "refuse",
        "required_fields": [f for f in fields if f"entry.{f}" in values],
        "exit_fields": [f for f in fields if f"exit.{f}" in values],
        "movers": [r for r in ROLES if f"mover.{r}" in values],
    }


def order_stages(session: Session, actor: Principal, stage_id: int, index: int) -> None:
    """Put a stage at that place of its pipeline; won stands behind the open ones, lost behind won. Raises NotFound."""
    found = session.get(Stage, stage_id)
    if found is None or found.deleted_at is not None:
        raise NotFound("This stage was removed meanwhile.")
    ids = [row.id for row in _living(session, found.pipeline_id) if row.id != stage_id]
    ids.insert(max(0, min(len(ids), index)), stage_id)
    _in_order(session, actor, found.pipeline_id, ids)


def delete_stage(session: Session, actor: Principal, stage_id: int) -> Applied:
    """A stage without deals. Raises Refused where deals stand in it, or it is the last open one."""
    _lock(session, stage.c.id == stage_id)
    if count := _count(session, deal.c.stage_id == stage_id):
        raise Refused(f"{_deals(count)} in this stage. Merge it into another one instead.")
    _keeps_an_open_one(session, stage_id, "")
    return apply(session, actor, Change("stage", stage_id, op="delete"))


def _keeps_an_open_one(session: Session, stage_id: int, kind: str) -> None:
    """Refuse to take the last open stage of a pipeline away, or to make it something else."""
    found = session.get(Stage, stage_id)
    if found is None or found.kind != "open" or kind == "open":
        return
    if not [r for r in _living(session, found.pipeline_id) if r.kind == "open" and r.id != stage_id]:
        raise Refused(LAST_OPEN)


def _living(session: Session, pipeline_id: int) -> Sequence[Any]:
    query = select(stage.c.id, stage.c.kind, stage.c.position).where(stage.c.pipeline_id == pipeline_id)
    query = query.where(stage.c.deleted_at.is_(None)).order_by(stage.c.position, stage.c.id)
    return session.connection().execute(query).all()


def _in_order(
    session: Session, actor: Principal, pipeline_id: int, ids: list[int], batch_id: int | None = None
) -> None:
    """The stages in this order (that which they have, without one), by kind."""
    rows = {row.id: row for row in _living(session, pipeline_id)}
    wanted = sorted(ids or rows, key=lambda id: ENDS[rows[id].kind])
    _renumber(session, actor, "stage", wanted, {row.id: row.position for row in rows.values()}, batch_id)


def _renumber(
    session: Session,
    actor: Principal,
    kind: str,
    ids: list[int],
    before: Mapping[int, int],
    batch_id: int | None = None,
) -> None:
    moved = [Change(kind, id, {"position": n}) for n, id in enumerate(ids) if before[id] != n]
    apply_many(session, actor, moved, batch_id=batch_id)


def _only(values: Mapping[str, str], known: set[str]) -> None:
    if foreign := set(values) - known:
        raise Invalid(dict.fromkeys(foreign, "This cannot be saved."))


def _lock(session: Session, which: Any) -> None:
    """Nobody moves a deal into these stages before this transaction is over."""
    session.connection().execute(select(stage.c.id).where(which).order_by(stage.c.id).with_for_update()).all()


def _count(session: Session, which: Any) -> int:
    query = select(func.count()).select_from(deal).where(which, deal.c.deleted_at.is_(None))
    return session.connection().execute(query).scalar_one()


def _deals(count: int) -> str:
    return "1 deal is" if count == 1 else f"{numeral(count)} deals are"
