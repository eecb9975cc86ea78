"""Links by which a customer answers a quote: unguessable, kept as a hash, revocable, over with the validity."""

import secrets
from hashlib import sha256

from sqlalchemy import insert, select, update
from sqlmodel import Session

from crm_app.core.actor import SYSTEM, Principal
from crm_app.core.changes.working import table_of
from crm_app.core.clock import now
from crm_app.core.errors import Forbidden, NotFound, Refused
from crm_app.identity.policy import decide
from crm_app.quotes.queries.stored import organisation_today, quote_row, standing_of
from crm_app.quotes.rules import why_not_answered
from crm_app.tables import QuoteLink

link = table_of(QuoteLink)
BYTES = 32
GONE = "This link is not valid any more. Please ask for a new one."


def new_link(session: Session, actor: Principal, quote_id: int) -> str:
    """The secret of a further link. Raises Forbidden, NotFound, or Refused for what nobody can answer."""
    row = _editable(session, actor, quote_id)
    reason = why_not_answered(standing_of(session, row), organisation_today())
    if reason and row["state"] != "accepted":
        raise Refused(reason)
    token = secrets.token_urlsafe(BYTES)
    values = {"token_hash": _hash(token), "quote_id": quote_id, "created_by_id": actor.id, "created_at": now()}
    session.connection().execute(insert(link).values(**values))
    return token


def revoke_links(session: Session, actor: Principal, quote_id: int) -> int:
    """No link of this quote works from now on; how many did. Raises Forbidden or NotFound."""
    _editable(session, actor, quote_id)
    living = (link.c.quote_id == quote_id, link.c.revoked_at.is_(None))
    return session.connection().execute(update(link).where(*living).values(revoked_at=now())).rowcount


def find_by_token(session: Session, token: str) -> int:
    """The quote that a link leads to. Raises NotFound for an unknown or revoked link, Refused when it has expired.

    What was answered can still be looked at; what may no longer be answered, only until the validity ends.
    """
    query = select(link.c.quote_id).where(link.c.token_hash == _hash(token), link.c.revoked_at.is_(None))
    quote_id = session.connection().execute(query).scalar()
    if quote_id is None:
        raise NotFound(GONE)
    try:
        row = quote_row(session, SYSTEM, quote_id)
    except NotFound:
        raise NotFound(GONE) from None
    standing = standing_of(session, row)
    if row["state"] in ("accepted", "declined") or not (reason := why_not_answered(standing, organisation_today())):
        return quote_id
    raise Refused(reason)


def _editable(session: Session, actor: Principal, quote_id: int) -> dict:
    row = quote_row(session, actor, quote_id)
    verdict = decide(actor, "edit", "quote", row["owner_id"])
    if not verdict.allowed:
        raise Forbidden(verdict.why)
    return row


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
