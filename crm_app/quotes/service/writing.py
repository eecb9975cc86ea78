"""How the commands of quotes write: under their own source, on the row that they have locked and looked at."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Applied, Change, apply, outbox
from crm_app.quotes.gate import SOURCE

TOPIC = "quotes"


def carry_on(
    session: Session,
    actor: Principal,
    quote_id: int,
    values: Mapping[str, Any],
    *,
    expected: int | None = None,
    note: str = "",
) -> Applied:
    """Write what only a command may."""
    return apply(session, actor, Change("quote", quote_id, values, expected=expected), source=SOURCE, note=note)


def tell(session: Session, event: str, quote_id: int, batch_id: int, **more: Any) -> None:
    """Put into the outbox what somebody should hear of."""
    outbox.put(session, TOPIC, {"event": event, "quote": quote_id, "batch": batch_id, **more})
