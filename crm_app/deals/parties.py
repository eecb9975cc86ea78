"""Commands of the people and the competitors of a deal: parts of it, changed under its own rights and version."""

from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Applied, Change, apply
from crm_app.core.errors import Invalid
from crm_app.core.text import fold
from crm_app.deals.parts import ROLES, STATUSES
from crm_app.deals.queries.page import currency_of_deal
from crm_app.deals.rows import add_row, change_row, remove_row, row_of, rows_of


def add_contact(session: Session, actor: Principal, deal_id: int, person_id: int) -> Applied:
    """A person, with the role `other` until another one is chosen; nothing for one who is there."""
    currency_of_deal(session, actor, deal_id)
    if any(row["person_id"] == person_id for row in rows_of(session, deal_id, "contacts")):
        return apply(session, actor, Change("deal", deal_id))
    return add_row(session, actor, deal_id, "contacts", {"person_id": person_id, "role": "other"})


def set_role(session: Session, actor: Principal, deal_id: int, person_id: int, role: str) -> Applied:
    """What a person is to the deal; a main contact gets a row of its own by it. Raises Invalid for no such role."""
    currency_of_deal(session, actor, deal_id)
    if role not in ROLES:
        raise Invalid({"contacts": "There is no such role."})
    rows = [row for row in rows_of(session, deal_id, "contacts") if row["person_id"] == person_id]
    if rows:
        return change_row(session, actor, deal_id, "contacts", rows[0] | {"role": role})
    return add_row(session, actor, deal_id, "contacts", {"person_id": person_id, "role": role})


def remove_contact(session: Session, actor: Principal, deal_id: int, row_id: int) -> Applied:
    """Take a person, or the role of the main contact, off the deal. Raises NotFound for a row of another deal."""
    return remove_row(session, actor, deal_id, "contacts", row_id)


def add_competitor(session: Session, actor: Principal, deal_id: int, name: str) -> Applied:
    """Somebody else who bids; nothing for one who is there under that name, however it is spelt."""
    currency_of_deal(session, actor, deal_id)
    wanted = " ".join(name.split())
    if not wanted:
        raise Invalid({"name": "Please write a name."})
    if any(fold(row["name"]) == fold(wanted) for row in rows_of(session, deal_id, "competitors")):
        return apply(session, actor, Change("deal", deal_id))
    return add_row(session, actor, deal_id, "competitors", {"name": wanted, "status": "open", "note": ""})


def set_status(session: Session, actor: Principal, deal_id: int, row_id: int, status: str) -> Applied:
    """Whether the competitor is still there, won, or was beaten. Raises Invalid for anything else."""
    currency_of_deal(session, actor, deal_id)
    if status not in STATUSES:
        raise Invalid({"competitors": "There is no such status."})
    row = row_of(session, deal_id, "competitors", row_id)
    return change_row(session, actor, deal_id, "competitors", row | {"status": status})


def remove_competitor(session: Session, actor: Principal, deal_id: int, row_id: int) -> Applied:
    """Raises NotFound for a row of another deal."""
    return remove_row(session, actor, deal_id, "competitors", row_id)
