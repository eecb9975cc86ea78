"""The terms with their history, the drawings with the figures that the reader may see."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes.log import ChangeLog
from crm_app.core.changes.working import table_of
from crm_app.core.clock import now
from crm_app.core.reader import full_day, numeral
from crm_app.deals.gate.check import labels as deal_labels
from crm_app.deals.gate.process import rules_of
from crm_app.identity.policy import ROLE_NAMES, of_team, visible
from crm_app.lifecycle.editor import people_by_state
from crm_app.lifecycle.gate.process import read_process
from crm_app.lifecycle.kind import conditions, fields_with_help
from crm_app.lifecycle.rules import NAMES, STATES, entered, is_back, state_of
from crm_app.lifecycle.terms.rules import Drawing, Node, draw
from crm_app.tables import Deal, Person, Pipeline, Stage, Term, User

DAYS = 30
VERSIONS = 10
log, person, deal, stage, pipeline, term, user = (
    table_of(m) for m in (ChangeLog, Person, Deal, Stage, Pipeline, Term, User)
)


@dataclass(frozen=True)
class Wording:
    """What a term meant before, until when, and who changed it."""

    text: str
    note: str


@dataclass(frozen=True)
class TermRow:
    """A term as defined now."""

    id: int = 0
    version: int = 0
    name: str = ""
    definition: str = ""
    fields: list[str] = field(default_factory=list)
    helps: str = ""
    earlier: list[Wording] = field(default_factory=list)


def list_terms(session: Session, actor: Principal) -> list[TermRow]:
    """All of them, in order; everybody may read the words of the organisation."""
    words = fields_with_help()
    query = select(term).where(term.c.deleted_at.is_(None)).order_by(term.c.position, term.c.id)
    return [
        TermRow(
            row.id,
            row.version,
            row.name,
            row.definition,
            row.fields,
            ", ".join(words[name] for name in row.fields if name in words),
            _earlier(session, actor, row.id),
        )
        for row in session.connection().execute(query)
    ]


def _earlier(session: Session, actor: Principal, term_id: int) -> list[Wording]:
    """The meanings before, newest first, as the log has them."""
    query = (
        select(log.c.diff, log.c.recorded_at, user.c.name)
        .outerjoin(user, user.c.id == log.c.actor_id)
        .where(log.c.kind == "term", log.c.record_id == term_id, log.c.op == "update")
        .order_by(log.c.version.desc())
    )
    found = [row for row in session.connection().execute(query) if "definition" in row.diff]
    return [Wording(row.diff["definition"][0], _until(row, actor)) for row in found[:VERSIONS]]


def _until(row: Any, actor: Principal) -> str:
    return f"until {full_day(row.recorded_at.astimezone(ZoneInfo(actor.zone)))}, changed by {row.name or 'Kith'}"


def lifecycle_drawing(session: Session, actor: Principal) -> Drawing:
    """From name to contact, with the people whom the actor may see."""
    process, counts, words = read_process(session), people_by_state(session, actor), conditions(session)
    moved, back = _moves_of_people(session, actor)
    nodes = []
    for key in STATES:
        rules = process.get(key)
        asks = "; ".join(words.get(c, c)[:1].lower() + words.get(c, c)[1:] for c in rules.conditions) if rules else ""
        name = rules.name if rules else NAMES[key]
        kind_ = "won" if key == "contact" else "open"
        nodes.append(Node(key, name, counts.get(key, 0), f"needs {asks}" * bool(asks), moved.get(key, 0), kind_))
    reason = " Going back needs a reason." if any(r.back_reason for r in process.values()) else ""
    return draw("Lifecycle of people", nodes, "person", "people", f"{numeral(back)} went back in {DAYS} days.{reason}")


def _moves_of_people(session: Session, actor: Principal) -> tuple[dict[str, int], int]:
    """How many entered each state from below in the last days, and how many went back."""
    parts = [log.c.diff[(name, n)].as_string() for name in ("lifecycle", "segment") for n in (0, 1)]
    query = (
        select(*(part.label(f"p{n}") for n, part in enumerate(parts)), func.count().label("count"))
        .join(person, person.c.id == log.c.record_id)
        .where(log.c.kind == "person", log.c.op == "update", log.c.effective_at >= now() - timedelta(days=DAYS))
        .where((parts[0] != parts[1]) | parts[2].is_not(None) | parts[3].is_not(None))
        .where(visible(actor, "person", person.c.owner_id), person.c.deleted_at.is_(None))
        .group_by(*parts)
    )
    moved: dict[str, int] = {}
    back = 0
    for row in session.connection().execute(query):
        old_life, new_life, old_segment, new_segment, count = tuple(row)
        old = state_of({"lifecycle": old_life or "lead", "segment": old_segment})
        new = state_of({"lifecycle": new_life or "lead", "segment": new_segment})
        if is_back(old, new):
            back += count
        for key in entered(old, new):
            moved[key] = moved.get(key, 0) + count
    return moved, back


def pipeline_drawings(session: Session, actor: Principal) -> list[Drawing]:
    """Every pipeline that the actor sees, with the deals that the actor may see."""
    run = session.connection().execute
    seen = (deal.c.deleted_at.is_(None), visible(actor, "deal", deal.c.owner_id))
    standing = select(deal.c.stage_id, func.count()).where(*seen).group_by(deal.c.stage_id)
    counts: dict[Any, int] = {row[0]: row[1] for row in run(standing)}
    moved, labels = _moves_of_deals(session, actor), deal_labels(session)
    query = select(pipeline).where(pipeline.c.deleted_at.is_(None), of_team(actor, pipeline.c.team_id))
    order = (stage.c.position, stage.c.id)
    found = []
    for one in run(query.order_by(pipeline.c.position, pipeline.c.id)):
        stages = run(select(stage).where(stage.c.pipeline_id == one.id, stage.c.deleted_at.is_(None)).order_by(*order))
        rows = stages.all()
        nodes = [
            _stage_node(row, before, counts, moved, labels) for before, row in zip([None, *rows], rows, strict=False)
        ]
        rules = [*(["No stage is skipped."] * (not one.allow_skip)), *(["No deal goes back."] * (not one.allow_back))]
        found.append(draw(f"Pipeline: {one.name}", nodes, "deal", "deals", " ".join(rules)))
    return found


def _stage_node(
    row: Any, before: Any, counts: dict[Any, int], moved: dict[str, int], labels: Mapping[str, str]
) -> Node:
    rules = rules_of(row)
    asks = ", ".join(labels.get(name, name).lower() for name in rules.needed)
    parts = [f"needs {asks}"] if asks else []
    if before is not None and before.exit_fields and row.kind != "lost":
        leaving = ", ".join(str(labels.get(name, name)).lower() for name in before.exit_fields)
        parts.append(f"leaving {before.name} needs {leaving}")
    if rules.movers:
        parts.append("only " + ", ".join(ROLE_NAMES.get(role, role).lower() for role in sorted(rules.movers)))
    needs = "; ".join(["from any stage", *parts] if row.kind == "lost" else parts)
    key, lost = str(row.id), row.kind == "lost"
    return Node(key, row.name, counts.get(row.id, 0), needs, moved.get(key, 0), row.kind, lost)


def _moves_of_deals(session: Session, actor: Principal) -> dict[str, int]:
    held = log.c.diff[("stage_id", 1)].as_string()
    query = (
        select(held.label("stage"), func.count())
        .join(deal, deal.c.id == log.c.record_id)
        .where(log.c.kind == "deal", log.c.op == "update", log.c.effective_at >= now() - timedelta(days=DAYS))
        .where(held.is_not(None), visible(actor, "deal", deal.c.owner_id), deal.c.deleted_at.is_(None))
        .group_by(held)
    )
    return {str(row[0]): row[1] for row in session.connection().execute(query)}
