"""Asking whoever owns a record for it: at most one open request of one person for one record, answered in the inbox."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from crm_app.attention.notify import Message, deliver
from crm_app.attention.queries import ASKED
from crm_app.core.actor import Principal
from crm_app.core.changes import Applied, Change, apply, kind, outbox
from crm_app.core.changes.forwarding import survivor_of
from crm_app.core.changes.working import table_of
from crm_app.core.clock import now
from crm_app.core.db import savepoint
from crm_app.core.errors import NotFound, Refused
from crm_app.core.text import clip
from crm_app.identity.policy import decide, may
from crm_app.records.address import path_of
from crm_app.tables import Notification, User

ANSWERED = "access_answered"
TOPIC = "attention"
note, users = table_of(Notification), table_of(User)


def ask_for_access(session: Session, actor: Principal, name: str, id: int) -> None:
    """Tell the owner. The same answer for a record that is not there: nothing is learned by asking.

    Raises Refused where the role could not see it whoever owned it.
    """
    known = kind(name)
    if known.owner is None or not may(actor, f"{name}.read"):
        raise Refused(f"Your role may not see {known.plural.lower()}.")
    table = table_of(known.table)
    query = select(table.c[known.owner].label("owner"), table.c[known.title].label("title"))
    row = session.connection().execute(query.where(table.c.id == id, table.c.deleted_at.is_(None))).first()
    if row is None or decide(actor, "read", name, row.owner).allowed:
        return
    once = _once(name, id, actor.id)
    if session.connection().execute(select(note.c.id).where(note.c.once_key == once)).first():
        return
    text = f"{actor.name} asks for access to {clip(row.title or 'a record without a name', 120)}."
    to = [Message(u, ASKED, text, once, actor.id, name, id, path_of(name, id)) for u in _answering(session, row.owner)]
    try:
        with savepoint(session):  # the same request of a second tab: its unique row wins
            _tell(session, deliver(session, to))
    except IntegrityError:
        return


def give_access(session: Session, actor: Principal, note_id: int) -> Applied:
    """The record is handed to who asked. Raises NotFound, or what the change of the owner raises."""
    asked = _open_request(session, actor, note_id)
    owner = kind(asked.kind).owner
    if owner is None or not _active(session, [asked.actor_id]):
        raise Refused("Whoever asked is not here any more.")
    done = apply(session, actor, Change(asked.kind, asked.record_id, {owner: asked.actor_id}))
    _settle(session, asked, f"{asked.text} You handed it over.")
    return done


def decline_access(session: Session, actor: Principal, note_id: int) -> None:
    """Who asked is told, and nothing of the record. Raises NotFound."""
    asked = _open_request(session, actor, note_id)
    _settle(session, asked, f"{asked.text} You declined.")
    what = kind(asked.kind).label.lower()
    text = f"{actor.name} declined your request for access to a {what}."
    answer = Message(asked.actor_id, "access_declined", text, f"declined:{note_id}", actor.id)
    _tell(session, deliver(session, [answer]))


def asked_for(session: Session, actor: Principal, records: Iterable[tuple[str, int]]) -> set[tuple[str, int]]:
    """Those of these records for which the actor has a request that is open."""
    keys = {_once(name, id, actor.id): (name, id) for name, id in records}
    open_ = select(note.c.once_key).where(note.c.once_key.in_(list(keys)), note.c.type == ASKED)
    return {keys[once] for once in session.connection().execute(open_).scalars()} if keys else set()


def _once(name: str, id: int, asker: int | None) -> str:
    return f"access:{name}:{id}:{asker}"


def _open_request(session: Session, actor: Principal, note_id: int) -> Any:
    """The note of the actor, with the record as it is called now."""
    run, mine = session.connection().execute, (note.c.user_id == actor.id, note.c.type == ASKED)
    once = run(select(note.c.once_key).where(note.c.id == note_id, *mine)).scalar()
    same = select(note).where(note.c.once_key == once).order_by(note.c.id).with_for_update()  # others may answer, too
    asked = next((row for row in run(same) if row.id == note_id and row.type == ASKED), None)
    if asked is None:
        raise NotFound("This request was answered already.")
    into = survivor_of(session, asked.kind, asked.record_id)
    return asked if into is None else asked._replace(record_id=into)


def _settle(session: Session, asked: Any, text: str) -> None:
    """The request is answered for everybody who had it, and can be made again."""
    ask = update(Notification).where(note.c.once_key == asked.once_key, note.c.type == ASKED)
    rest = asked.text + " It was answered by a colleague."
    answered = {"type": ANSWERED, "once_key": None, "read_at": now()}
    session.connection().execute(ask.where(note.c.id != asked.id).values(text=rest, **answered))
    session.connection().execute(ask.where(note.c.id == asked.id).values(text=text, **answered))


def _answering(session: Session, owner: int | None) -> list[int]:
    """The owner; without one who is here, the administrators."""
    found = _active(session, [owner] if owner is not None else [])
    here = (users.c.role == "administrator", users.c.status == "active", users.c.deleted_at.is_(None))
    return found or sorted(session.connection().execute(select(users.c.id).where(*here)).scalars())


def _active(session: Session, ids: Iterable[int]) -> list[int]:
    here = (users.c.id.in_(list(ids)), users.c.status == "active", users.c.deleted_at.is_(None))
    return list(session.connection().execute(select(users.c.id).where(*here)).scalars())


def _tell(session: Session, told: set[int]) -> None:
    if told:
        outbox.put(session, TOPIC, {"kind": "notification", "ids": sorted(told)})
