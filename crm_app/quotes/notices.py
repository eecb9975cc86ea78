"""Who hears what happens to a quote: the seller, and whoever may approve. An outbox consumer; it may run again."""

from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from crm_app.attention.notify import Message, Tell, deliver
from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes.working import table_of
from crm_app.core.errors import NotFound
from crm_app.core.money import format_money
from crm_app.core.text import clip
from crm_app.identity.sessions import principal_of
from crm_app.quotes.queries.stored import quote_row
from crm_app.quotes.rules import may_approve
from crm_app.tables import User

users = table_of(User)
WORDS = {
    "viewed": "{who} has opened {quote}.",
    "accepted": "{who} accepted {quote}: {total}.",
    "declined": "{who} declined {quote}.",
    "asked": "{who} asks about {quote}:",
    "expired": "{quote} has expired without an answer.",
    "approved": "{quote} was approved.",
    "approval_refused": "{quote} was not approved.",
}


def notify_of_quotes(tell: Tell, payload: dict[str, Any]) -> None:
    """For the topic `quotes`: writes what is new, and tells the open tabs."""
    if told := db.write_sync(_from_event, payload):
        tell({"kind": "notification", "ids": sorted(told)})


def _from_event(session: Session, payload: dict[str, Any]) -> set[int]:
    try:
        row = quote_row(session, SYSTEM, payload["quote"])
    except NotFound:
        return set()
    event = payload["event"]
    people = _approvers(session, row["owner_id"]) if event == "approval_asked" else [row["owner_id"]]
    text, actor_id = _text(session, row, payload), payload.get("actor")
    once, path = f"quote:{event}:{payload['batch']}", f"/quotes/{row['id']}"
    messages = [
        Message(user_id, "quote", text, f"{once}:{row['id']}", actor_id, "quote", row["id"], path)
        for user_id in people
        if user_id is not None and user_id != actor_id
    ]
    return deliver(session, messages)


def _text(session: Session, row: dict[str, Any], payload: dict[str, Any]) -> str:
    event, name = payload["event"], clip(f"{row['number']} {row['title']}".strip(), 120)
    if event == "approval_asked":
        who = session.connection().execute(select(users.c.name).where(users.c.id == payload.get("actor"))).scalar()
        return f"{who or 'Somebody'} asks you to approve {name}"
    who = {"accepted": row["accepted_by"], "asked": payload.get("who", "")}.get(event, row["customer"])
    total = format_money(row["accepted_total_minor"], row["currency"])
    text = WORDS[event].format(who=clip(who, 80) or "The customer", quote=name, total=total)
    if event == "declined" and row["decline_reason"]:
        text += f" “{clip(row['decline_reason'], 140)}”"
    if event == "asked":
        text += f" “{clip(payload['question'].replace(chr(10), ' '), 140)}”"
    if payload.get("needs"):
        text += f" The deal was not moved: {payload['needs']}"
    return text


def _approvers(session: Session, owner_id: int | None) -> list[int]:
    """The managers above the owner; where there is none, the administrators."""
    query = select(users).where(users.c.deleted_at.is_(None), users.c.status == "active")
    query = query.where(users.c.role.in_(("manager", "administrator"))).order_by(users.c.id)
    found = [User(**row) for row in session.connection().execute(query).mappings()]
    managers = [u.id for u in found if u.role == "manager" and may_approve(principal_of(session, u), owner_id)]
    return managers or [u.id for u in found if u.role == "administrator"]
