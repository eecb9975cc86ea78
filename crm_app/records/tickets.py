"""A form that is sent again because no answer came is saved once, also over a restart of the server."""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, insert, select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Applied
from crm_app.core.changes.working import table_of
from crm_app.core.clock import now
from crm_app.core.errors import Refused
from crm_app.tables import ChangeLog, SentForm

KEPT = timedelta(days=7)  # a draft that is older than that begins anew
LONGEST = 64
CHANGED = "This was saved already, before you changed it. Save again to make another one of it."
sent, log = table_of(SentForm), table_of(ChangeLog)


def once(
    session: Session, actor: Principal, ticket: str, said: Any, command: Callable[..., Applied], *args: Any
) -> Applied:
    """What `command(session, actor, *args)` made of the form that says `said`, now or when it was sent before.

    A ticket belongs to one form of one user. Raises Refused if something else was saved under it, and what the command
    raises; nothing is kept then.
    """
    if not ticket or actor.id is None:
        return command(session, actor, *args)
    ticket, digest = ticket[:LONGEST], hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
    execute = session.connection().execute
    mine = sent.c.user_id == actor.id
    found = execute(select(sent.c.digest, sent.c.batch_id).where(mine, sent.c.ticket == ticket)).first()
    if found is not None:
        if found.digest != digest:
            raise Refused(CHANGED)
        return _made(session, found.batch_id)
    made = command(session, actor, *args)
    execute(delete(sent).where(mine, sent.c.at < now() - KEPT))
    row = {"user_id": actor.id, "ticket": ticket, "digest": digest, "batch_id": made.batch_id, "at": now()}
    execute(insert(sent).values(row))
    return made


def _made(session: Session, batch_id: int) -> Applied:
    query = select(log.c.kind, log.c.record_id, log.c.version, log.c.op).where(log.c.batch_id == batch_id)
    first = session.connection().execute(query.order_by(log.c.row_no).limit(1)).one()
    return Applied(first.kind, first.record_id, first.version, batch_id, first.op, {})
