"""A draft goes out: from then on it stays as it is."""

from dataclasses import dataclass

from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Applied
from crm_app.core.clock import now
from crm_app.core.errors import Refused
from crm_app.quotes.queries.stored import quote_row
from crm_app.quotes.service.links import new_link
from crm_app.quotes.service.writing import carry_on


@dataclass(frozen=True)
class Sent:
    """The change, and the secret of the customer's link: the only time that it is known."""

    applied: Applied
    token: str


def send_quote(session: Session, actor: Principal, quote_id: int, expected: int | None = None) -> Sent:
    """Raises Invalid with what is missing or not approved, Refused when it was sent before, Conflict, Forbidden."""
    row = quote_row(session, actor, quote_id, lock=True)
    if row["state"] != "draft":
        raise Refused(f"{row['number']} was sent already.")
    if expected is not None and expected != row["version"]:
        raise Refused("Somebody changed this quote meanwhile. Please look at it again before it is sent.")
    applied = carry_on(session, actor, quote_id, {"state": "sent", "sent_at": now()})
    return Sent(applied, new_link(session, actor, quote_id))
