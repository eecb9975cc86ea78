"""Whether a quote was ordered, or may be."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session

from crm_app.billing.queries.stored import order
from crm_app.core.actor import Principal
from crm_app.identity.policy import may, visible
from crm_app.quotes.queries.stored import quote_row


@dataclass(frozen=True, slots=True)
class OrderOfQuote:
    """The order of a quote as the reader may see it, and whether one can be made."""

    quote_id: int = 0
    href: str = ""
    number: str = ""
    may_make: bool = False


def order_of_quote(session: Session, actor: Principal, quote_id: int) -> OrderOfQuote:
    """Raises NotFound for a quote that the actor may not see."""
    row = quote_row(session, actor, quote_id)
    living = (order.c.quote_id == quote_id, order.c.deleted_at.is_(None), order.c.state != "cancelled")
    run = session.connection().execute
    seen = visible(actor, "order", order.c.owner_id)
    found = run(select(order.c.id, order.c.number, seen.label("seen")).where(*living)).first()
    if found is not None:
        return OrderOfQuote(quote_id, f"/orders/{found.id}", found.number) if found.seen else OrderOfQuote(quote_id)
    return OrderOfQuote(quote_id, may_make=row["state"] == "accepted" and may(actor, "order.create"))
