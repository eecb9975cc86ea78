"""Commands of terms, and what people say about changes of them. They never commit."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import func, select, update
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Applied, Change, apply, apply_many
from crm_app.core.changes.working import table_of
from crm_app.core.clock import now
from crm_app.core.errors import Forbidden, Invalid, NotFound, Refused
from crm_app.identity.policy import may
from crm_app.lifecycle.kind import fields_with_help
from crm_app.tables import ProcessAck, ProcessNotice, Term

term, notice, ack = (table_of(m) for m in (Term, ProcessNotice, ProcessAck))
# The words with which an organisation begins, and the fields whose help they are.
USUAL: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Name", "A person known only by a name, an e-mail address or a number, often from a list.", ()),
    ("Lead", "A person who showed interest: suspect, prospect or qualified.", ("person.segment",)),
    ("Contact", "A qualified person with an owner and a date for, or a place in, a sales cycle.", ()),
    ("Lifecycle", "Where somebody stands on the way from a name to a contact.", ("person.lifecycle",)),
    ("Company", "An organisation; it may have a parent.", ("person.company_id", "deal.company_id")),
    ("Deal", "An opportunity with a value, a stage, an owner and an expected close.", ("deal.stage_id",)),
    (
        "Owner",
        "The employee who is responsible for a record.",
        ("person.owner_id", "company.owner_id", "deal.owner_id"),
    ),
)


def set_up_terms(session: Session, actor: Principal, *, source: str = "form") -> Applied:
    """The usual terms, to begin with. Raises Refused where there are some."""
    if session.connection().execute(select(term.c.id).where(term.c.deleted_at.is_(None)).limit(1)).first():
        raise Refused("There are terms already.")
    changes = [
        Change("term", op="create", set={"name": name, "definition": text, "fields": list(fields), "position": n})
        for n, (name, text, fields) in enumerate(USUAL)
    ]
    return apply_many(session, actor, changes, source=source)[0]


def save_term(session: Session, actor: Principal, id: int, values: Mapping[str, str], expected: int | None) -> Applied:
    """A new term (0), or another meaning for one. Raises Invalid, Forbidden, Conflict."""
    known = fields_with_help()
    if foreign := set(values) - {"name", "definition", *(f"field.{f}" for f in known)}:
        raise Invalid(dict.fromkeys(foreign, "This cannot be saved."))
    wish: dict[str, object] = {
        "name": " ".join(values.get("name", "").split()),
        "definition": values.get("definition", ""),
        "fields": [f for f in known if f"field.{f}" in values],
    }
    if id:
        return apply(session, actor, Change("term", id, wish, expected=expected))
    last = session.connection().execute(select(func.max(term.c.position))).scalar()
    return apply(session, actor, Change("term", set=wish | {"position": (last or 0) + 1}, op="create"))


def delete_term(session: Session, actor: Principal, id: int) -> Applied:
    """A tombstone, which undo takes back."""
    return apply(session, actor, Change("term", id, op="delete"))


def acknowledge(session: Session, actor: Principal, notice_id: int) -> None:
    """The actor knows of this change; a second time changes nothing. Raises NotFound where it does not concern them."""
    mine = (ack.c.notice_id == notice_id, ack.c.user_id == actor.id)
    run = session.connection().execute
    if run(select(ack.c.user_id).where(*mine)).first() is None:
        raise NotFound("This change does not concern you.")
    run(update(ack).where(*mine, ack.c.at.is_(None)).values(at=now()))


def set_until(session: Session, actor: Principal, notice_id: int, day: str) -> None:
    """Until when a change is to be acknowledged. Raises Forbidden, Invalid, NotFound."""
    if not may(actor, "pipeline.edit"):
        raise Forbidden("Only an administrator sets this day.")
    try:
        until = date.fromisoformat(day)
    except ValueError:
        raise Invalid({"until": "Please choose a day."}) from None
    done = session.connection().execute(update(notice).where(notice.c.id == notice_id).values(until_day=until))
    if not done.rowcount:
        raise NotFound
