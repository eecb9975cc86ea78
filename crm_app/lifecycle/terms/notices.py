"""Who hears of a changed term or process: an outbox consumer, once for a batch; and how many have acknowledged it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select
from sqlmodel import Session

from crm_app.attention.notify import Message, deliver, formats_for
from crm_app.core import clock, db
from crm_app.core.actor import Principal
from crm_app.core.changes import kind
from crm_app.core.changes.log import ChangeBatch, ChangeLog
from crm_app.core.changes.working import table_of
from crm_app.core.config import settings
from crm_app.core.db import allocate_ids
from crm_app.core.reader import full_day, read_by, short_day
from crm_app.core.text import clip
from crm_app.deals.gate.check import labels as deal_labels
from crm_app.identity.policy import may, of_team
from crm_app.identity.sessions import principal_of
from crm_app.lifecycle.kind import conditions
from crm_app.tables import Pipeline, ProcessAck, ProcessNotice, Stage, User

KINDS = ("term", "lifecycle_state", "pipeline", "stage")
SILENT = frozenset({"demo", "import", "history"})
DAYS = 14
# What a change of each kind must touch to concern somebody: an order of stages or a colour does not.
TELLING = {
    "term": frozenset({"name", "definition", "deleted_at"}),
    "lifecycle_state": frozenset({"name", "conditions", "movers", "back_reason", "deleted_at"}),
    "pipeline": frozenset({"name", "allow_skip", "allow_back", "deleted_at"}),
    "stage": frozenset({"name", "kind", "required_fields", "exit_fields", "movers", "deleted_at"}),
}
OPS = {"create": "new", "delete": "removed", "restore": "back again"}
SHOWN, MOST_LINES = 20, 12
Tell = Callable[[dict[str, Any]], None]
log, batches, notice, ack, users, stage, pipeline = (
    table_of(m) for m in (ChangeLog, ChangeBatch, ProcessNotice, ProcessAck, User, Stage, Pipeline)
)


def is_of_process(payload: dict[str, Any]) -> bool:
    """Could this change be one of terms or process?"""
    return payload["kind"] in KINDS


def notify_of_process(tell: Tell, payload: dict[str, Any]) -> None:
    """For the topic `records`: the notice of a batch, its people, and a notification for each of them."""
    if is_of_process(payload) and (told := db.write_sync(_from_batch, payload["batch"])):
        tell({"kind": "notification", "ids": sorted(told)})


def _from_batch(session: Session, batch_id: int) -> set[int]:
    run = session.connection().execute
    batch = run(select(batches.c.id, batches.c.actor_id, batches.c.source).where(batches.c.id == batch_id)).first()
    there = run(select(notice.c.id).where(notice.c.batch_id == batch_id)).first()
    if batch is None or batch.actor_id is None or batch.source in SILENT or there is not None:
        return set()
    query = select(log).where(log.c.batch_id == batch_id, log.c.kind.in_(KINDS)).order_by(log.c.seq)
    rows = [row for row in run(query) if row.op == "create" or TELLING[row.kind] & row.diff.keys()]
    lines = _lines(session, rows)
    concerned = _concerned(session, rows, batch.actor_id)
    if not lines or not concerned:
        return set()
    id, until = allocate_ids(session, 1)[0], clock.today(settings().zone) + timedelta(days=DAYS)
    values = {"id": id, "batch_id": batch_id, "at": clock.now(), "actor_id": batch.actor_id, "lines": lines}
    run(insert(notice), [values | {"until_day": until}])
    run(insert(ack), [{"notice_id": id, "user_id": user_id} for user_id in concerned])
    return deliver(session, [_message(session, u, lines[0], until, batch, id) for u in concerned])


def _message(session: Session, user_id: int, line: str, until: date, batch: Any, id: int) -> Message:
    with read_by(formats_for(session, user_id)):
        text = clip(f"Terms and process: {line}", 200) + f" Please acknowledge until {short_day(until)}."
    return Message(user_id, "process", text, f"process:{batch.id}", batch.actor_id, path=f"/terms#notice-{id}")


def _concerned(session: Session, rows: Iterable[Any], actor_id: int) -> list[int]:
    """All who may see what changed and work with it, but for the one who changed it."""
    query = select(User).where(users.c.deleted_at.is_(None), users.c.status == "active", users.c.id != actor_id)
    found = []
    rows = list(rows)
    for user in session.scalars(query.order_by(users.c.id)).all():
        principal = principal_of(session, user)
        if any(_concerns(session, row, principal) for row in rows):
            found.append(user.id)
    return found


def _concerns(session: Session, row: Any, who: Principal) -> bool:
    if row.kind == "term":
        return True
    if row.kind == "lifecycle_state":
        return may(who, "person.edit")
    if not may(who, "deal.edit"):
        return False
    id = select(stage.c.pipeline_id).where(stage.c.id == row.record_id).scalar_subquery()
    wanted = pipeline.c.id == (id if row.kind == "stage" else row.record_id)
    seen = select(pipeline.c.id).where(wanted, of_team(who, pipeline.c.team_id))
    return session.connection().execute(seen).first() is not None


def _lines(session: Session, rows: list[Any]) -> list[str]:
    """What changed, in words; the stages of a new pipeline go without saying."""
    new = {row.record_id for row in rows if row.kind == "pipeline" and row.op in ("create", "delete")}
    if sum(row.kind == "lifecycle_state" and row.op == "create" for row in rows) > 1:
        return ["Conditions of the lifecycle hold from now on."]
    if sum(row.kind == "term" and row.op == "create" for row in rows) > 1:
        return ["The terms of the organisation are written down."]
    lines = []
    for row in rows:
        table = table_of(kind(row.kind).table)
        now_ = session.connection().execute(select(table).where(table.c.id == row.record_id)).mappings().one()
        if row.kind == "stage" and now_["pipeline_id"] in new:
            continue
        lines += _changed(session, row, kind(row.kind).label, now_["name"])
    return lines[:MOST_LINES]


def _changed(session: Session, row: Any, label: str, name: str) -> list[str]:
    if row.op in ("create", "delete", "restore"):
        return [f"{label} {name}: {OPS[row.op]}."]
    fields = kind(row.kind).by_name
    return [
        f"{label} {name}: {fields[f].label.lower()} {_words(session, old)} → {_words(session, new)}."
        for f, (old, new) in row.diff.items()
        if f in TELLING[row.kind] and f in fields
    ]


def _words(session: Session, value: Any) -> str:
    if isinstance(value, list):
        known = conditions(session) | deal_labels(session)
        return ", ".join(str(known.get(str(v), v)).lower() for v in value) or "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"“{clip(str(value), 160)}”" if value else "nothing"


@dataclass(frozen=True)
class Reader:
    """Somebody whom a change concerns."""

    name: str
    when: str


@dataclass(frozen=True)
class NoticeRow:
    """A change as the page shows it; `readers` for administrators and managers only."""

    id: int = 0
    lines: list[str] = field(default_factory=list)
    note: str = ""
    until: str = ""
    until_day: str = ""
    late: bool = False
    mine: bool = False
    known: bool = False
    count: str = ""
    readers: list[Reader] = field(default_factory=list)


def list_notices(session: Session, actor: Principal) -> list[NoticeRow]:
    """The newest changes that concern the actor, or, for administrators and managers, all of them."""
    sees_all = actor.system or actor.role in ("administrator", "manager")
    run = session.connection().execute
    query = select(notice, users.c.name.label("who")).outerjoin(users, users.c.id == notice.c.actor_id)
    if not sees_all:
        query = query.where(notice.c.id.in_(select(ack.c.notice_id).where(ack.c.user_id == actor.id)))
    found = []
    for row in run(query.order_by(notice.c.id.desc()).limit(SHOWN)):
        people = run(
            select(ack.c.user_id, ack.c.at, users.c.name)
            .join(users, users.c.id == ack.c.user_id)
            .where(ack.c.notice_id == row.id)
            .order_by(ack.c.at.is_not(None), users.c.name)
        ).all()
        found.append(_notice(row, people, actor, sees_all))
    return found


def _notice(row: Any, people: Any, actor: Principal, sees_all: bool) -> NoticeRow:
    mine = next((p for p in people if p.user_id == actor.id), None)
    day, until = row.at.astimezone(ZoneInfo(actor.zone)), row.until_day
    done = sum(p.at is not None for p in people)
    readers = [Reader(p.name, _when(p.at, actor)) for p in people] if sees_all else []
    known = mine is not None and mine.at is not None
    return NoticeRow(
        row.id,
        list(row.lines),
        f"{full_day(day)}, by {row.who or 'Kith'}",
        f"until {full_day(until)}",
        until.isoformat(),
        until < clock.today(actor.zone) and mine is not None and not known,
        mine is not None,
        known,
        f"{done} of {len(people)} know" if sees_all else "",
        readers,
    )


def _when(at: Any, actor: Principal) -> str:
    if at is None:
        return "not yet"
    day = at.astimezone(ZoneInfo(actor.zone))
    return full_day(day)
