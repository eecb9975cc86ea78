"""The invoices of a company, beside its record: what is open first, the oldest debt on top."""

from typing import Any

from sqlalchemy import case, func, select
from sqlmodel import Session

from crm_app.billing.queries.parts import TONES, day
from crm_app.billing.queries.stored import invoice
from crm_app.billing.rules import is_overdue
from crm_app.billing.rules.standing import LIVE
from crm_app.core import clock
from crm_app.core.actor import Principal
from crm_app.core.money import format_money
from crm_app.identity.policy import may, visible
from crm_app.records.page.rows import Panel, Related

SHOWN = 8


def invoices_of_company(session: Session, actor: Principal, id: int) -> Panel | None:
    """Nothing to say to those who may not see invoices, or of a company without any."""
    if not may(actor, "invoice.read"):
        return None
    run = session.connection().execute
    mine = (
        invoice.c.company_id == id,
        invoice.c.series == "invoice",
        invoice.c.state != "draft",
        invoice.c.deleted_at.is_(None),
        visible(actor, "invoice", invoice.c.owner_id),
    )
    owed = invoice.c.state.in_(sorted(LIVE)) & (invoice.c.open_minor > 0)
    sums = select(invoice.c.currency, func.sum(invoice.c.open_minor)).where(*mine, owed)
    found = run(sums.group_by(invoice.c.currency).order_by(invoice.c.currency)).all()
    amounts = [format_money(int(total), currency, actor.locale) for currency, total in found]
    query = select(invoice).where(*mine).order_by(case((owed, 0), else_=1), invoice.c.due_on, invoice.c.id.desc())
    rows = [_related(row, actor) for row in run(query.limit(SHOWN)).mappings()]
    return Panel("invoices", "Invoices", " · ".join([*amounts, "open"]) if amounts else "", rows) if rows else None


def _related(row: Any, actor: Principal) -> Related:
    late = is_overdue(row["state"], row["open_minor"], row["due_on"], clock.today(actor.zone))
    state = "Overdue" if late else row["state"].capitalize()
    owed = row["open_minor"] if row["open_minor"] > 0 else row["total_minor"]
    text = f"{state} · due {day(row['due_on'])}" if row["open_minor"] > 0 else state
    value = format_money(owed, row["currency"], actor.locale)
    tone = "r" if late else TONES[row["state"]]
    return Related(row["id"], row["number"], f"/invoices/{row['id']}", value, [text], tone)
