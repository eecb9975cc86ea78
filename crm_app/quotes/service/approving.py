"""A discount or margin beyond the rule: somebody above agrees, or not."""

from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Applied
from crm_app.core.errors import Forbidden, Refused
from crm_app.quotes.queries.stored import limits_of, line_rows, policy_row, quote_row, totals_in
from crm_app.quotes.rules import may_approve, reasons_for_approval
from crm_app.quotes.service.writing import carry_on, tell


def ask_approval(session: Session, actor: Principal, quote_id: int, note: str = "") -> Applied:
    """Those above the owner are told. Raises Refused where there is nothing to approve."""
    row = quote_row(session, actor, quote_id, lock=True)
    if row["state"] != "draft":
        raise Refused(f"{row['number']} was sent already.")
    if row["approval"] == "asked":
        raise Refused("The approval was asked for already.")
    figures = totals_in(row, line_rows(session, quote_id))[1]
    if not reasons_for_approval(limits_of(policy_row(session)), figures):
        raise Refused("This quote needs no approval.")
    applied = carry_on(session, actor, quote_id, {"approval": "asked", "approval_note": note[:500]})
    tell(session, "approval_asked", quote_id, applied.batch_id, actor=actor.id)
    return applied


def answer_approval(session: Session, actor: Principal, quote_id: int, agreed: bool, note: str = "") -> Applied:
    """Agree to the figures as they are now, or not. Raises Forbidden, NotFound, or Refused for what was sent."""
    row = quote_row(session, actor, quote_id, lock=True)
    if not may_approve(actor, row["owner_id"]):
        raise Forbidden("A manager of a team above the owner, or an administrator, approves this.")
    if row["state"] != "draft":
        raise Refused(f"{row['number']} was sent already.")
    figures = totals_in(row, line_rows(session, quote_id))[1]
    values = {
        "approval": "approved" if agreed else "refused",
        "approval_note": note[:500],
        "approver_id": actor.id,
        "approved_discount_milli": figures.discount_milli if agreed else None,
        "approved_margin_milli": figures.margin_milli if agreed else None,
    }
    applied = carry_on(session, actor, quote_id, values)
    tell(session, "approved" if agreed else "approval_refused", quote_id, applied.batch_id, actor=actor.id)
    return applied
