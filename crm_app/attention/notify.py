"""Who hears of a change: people who are mentioned, and new owners. An outbox consumer; it may run again."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update
from sqlmodel import Session

from crm_app.core import db
from crm_app.core.changes import kind
from crm_app.core.changes.log import ChangeBatch, ChangeLog
from crm_app.core.changes.working import IN_LIMIT, of_batch, table_of
from crm_app.core.clock import now
from crm_app.core.db import allocate_ids
from crm_app.core.errors import NotFound
from crm_app.core.reader import numeral, read_by
from crm_app.core.text import clip
from crm_app.identity.sessions import principal_of
from crm_app.records.mentions import mentioned, plain
from crm_app.records.reading import record_row
from crm_app.tables import ImportRun, Notification, User

SILENT = ("import", "demo", "history", "undo")
OWNED = frozenset({"person", "company", "deal", "activity"})
Tell = Callable[[dict[str, Any]], None]
log, batches, note, users = (table_of(m) for m in (ChangeLog, ChangeBatch, Notification, User))


TEXTS = ("body", "agenda", "meeting_minutes")
TELLING = frozenset({"owner_id", *TEXTS})  # what names somebody


@dataclass(frozen=True)
class Message:
    """A notification to be; `once` is what makes a second one of the same kind unnecessary."""

    user_id: int
    type: str
    text: str
    once: str
    actor_id: int | None = None
    kind: str = ""
    record_id: int | None = None
    path: str = ""


def is_telling(payload: dict[str, Any]) -> bool:
    """Could this change name somebody?"""
    return payload["kind"] in OWNED and not TELLING.isdisjoint(payload.get("fields", TELLING))


def notify_of_changes(tell: Tell, payload: dict[str, Any]) -> None:
    """For the topic `records`: reads the batch, writes what is new, and tells the open tabs."""
    if not is_telling(payload):
        return
    if told := db.write_sync(_from_batch, payload):
        tell({"kind": "notification", "ids": sorted(told)})


def notify_of_imports(tell: Tell, payload: dict[str, Any]) -> None:
    """For the topic `imports`: a run has ended."""
    if told := db.write_sync(_from_import, payload["run"]):
        tell({"kind": "notification", "ids": sorted(told)})


def _from_batch(session: Session, payload: dict[str, Any]) -> set[int]:
    run, name = session.connection().execute, payload["kind"]
    query = select(batches.c.actor_id, batches.c.source, users.c.name).outerjoin(
        users, users.c.id == batches.c.actor_id
    )
    batch = run(query.where(batches.c.id == payload["batch"])).first()
    if batch is None or batch.actor_id is None or batch.source in SILENT:
        return set()  # the system gives nothing away in person
    rows: list[Any] = []
    for start in range(0, len(payload["ids"]), IN_LIMIT):
        part = payload["ids"][start : start + IN_LIMIT]
        mine = of_batch(payload["batch"], name, part)
        rows += run(select(log.c.record_id, log.c.op, log.c.diff).where(*mine).order_by(log.c.seq)).all()
    rows = [row for row in rows if "follows_id" not in row.diff]  # what repeats of itself names nobody anew
    who = batch.name or "Somebody"
    found = _assignments(session, name, rows, batch.actor_id, who, payload["batch"])
    if name == "activity":
        found += [m for row in rows for m in _mentions(session, row, batch.actor_id, who)]
    return deliver(session, found)


def _assignments(
    session: Session, name: str, rows: Iterable[Any], actor_id: int | None, who: str, batch: int
) -> list[Message]:
    """One for every new owner, however many records a save gave away."""
    given: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        old, new = row.diff.get("owner_id", (None, None))
        if new is not None and new not in (old, actor_id) and row.op in ("create", "update"):
            given[new].append(row.record_id)
    known = kind(name)
    found = []
    for user_id, ids in given.items():
        title = _title(session, name, ids[0]) if len(ids) == 1 else ""
        text = f"{who} gave you {title}" if title else f"{who} gave you several {known.plural.lower()}"
        path = f"{known.path}/{ids[0]}" if known.path and len(ids) == 1 else known.path
        record = ids[0] if len(ids) == 1 else None
        found.append(Message(user_id, "assignment", text, f"assign:{batch}:{name}", actor_id, name, record, path))
    return found


def _title(session: Session, name: str, id: int) -> str:
    table = table_of(kind(name).table)
    return clip(
        session.connection().execute(select(table.c[kind(name).title]).where(table.c.id == id)).scalar() or "", 120
    )


def _mentions(session: Session, row: Any, actor_id: int | None, who: str) -> list[Message]:
    """Those whom the new text names and the old one did not, as far as they may see what it is about."""
    old, new = ("\n".join(row.diff.get(name, ("", ""))[n] or "" for name in TEXTS).strip() for n in (0, 1))
    fresh = mentioned(new) - mentioned(old) - {actor_id}
    if not fresh or row.op not in ("create", "update"):
        return []
    activity = table_of(kind("activity").table)
    about = session.connection().execute(select(activity).where(activity.c.id == row.record_id)).mappings().first()
    found = []
    for user in session.connection().execute(select(users).where(users.c.id.in_(sorted(fresh)))).mappings():
        place = _seen_by(session, User(**user), about) if about and user["deleted_at"] is None else None
        if place is None or user["status"] == "disabled":
            continue
        name, id, title = place
        text = f"{who} mentioned you at {title}: {clip(plain(new).replace(chr(10), ' '), 140)}"
        path = f"{kind(name).path}/{id}"
        found.append(Message(user["id"], "mention", text, f"mention:{row.record_id}", actor_id, name, id, path))
    return found


def _seen_by(session: Session, user: User, about: Any) -> tuple[str, int, str] | None:
    """The nearest record of the activity that this user may see."""
    principal = principal_of(session, user)
    for name in ("deal", "person", "company"):
        id = about[f"{name}_id"]
        if id is None:
            continue
        try:
            row = record_row(session, principal, name, id)
        except NotFound:
            continue
        return name, id, clip(row[kind(name).title] or "", 80)
    return None


def _from_import(session: Session, run_id: int) -> set[int]:
    run = session.get(ImportRun, run_id)
    if run is None or run.user_id is None or run.finished_at is None:
        return set()
    ended = {"done": "is done", "cancelled": "was cancelled"}.get(run.status, "stopped because of an error")
    with read_by(formats_for(session, run.user_id)):
        counts = f"{numeral(run.created)} created, {numeral(run.updated)} updated, {numeral(run.refused)} refused"
    text = f"Import of {clip(run.file_name or run.kind, 80)} {ended}: {counts}."
    return deliver(session, [Message(run.user_id, "import", text, f"import:{run_id}", path="/import")])


def formats_for(session: Session, user_id: int) -> str:
    """The formats of a person who is told something; none for somebody who is gone."""
    there = session.get(User, user_id)
    return there.locale if there is not None else ""


def deliver(session: Session, messages: list[Message]) -> set[int]:
    """Each once; several records given in portions of one batch become one message in the plural."""
    run, told = session.connection().execute, set[int]()
    for message in messages:
        mine = (note.c.user_id == message.user_id, note.c.once_key == message.once)
        there = run(select(note.c.record_id).where(*mine)).first()
        if there is None:
            values = {
                "id": allocate_ids(session, 1)[0],
                "user_id": message.user_id,
                "at": now(),
                "type": message.type,
                "text": message.text,
                "actor_id": message.actor_id,
                "kind": message.kind,
                "record_id": message.record_id,
                "path": message.path,
                "once_key": message.once,
            }
            run(insert(Notification).values(**values))
            told.add(message.user_id)
        elif message.type == "assignment" and there.record_id not in (None, message.record_id):
            known = kind(message.kind)
            text = f"{message.text.partition(' gave you ')[0]} gave you several {known.plural.lower()}"
            run(update(Notification).where(*mine).values(text=text, record_id=None, path=known.path))
    return told
