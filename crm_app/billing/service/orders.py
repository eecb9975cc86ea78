"""An accepted quote becomes an order, once; its payment schedule; its cancellation."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import Session

from crm_app.billing.queries.stored import invoices_of, order, order_row
from crm_app.billing.rules import FrozenLine, Part, freeze, problems_of_schedule
from crm_app.billing.seal import SOURCE
from crm_app.billing.service.filing import file_document
from crm_app.billing.words import said
from crm_app.core.actor import Principal
from crm_app.core.changes import Change, apply
from crm_app.core.config import settings
from crm_app.core.errors import Forbidden, Invalid, Refused
from crm_app.core.numbers import amount_text, milli_text
from crm_app.core.reader import full_day
from crm_app.identity.policy import may
from crm_app.quotes.queries.stored import line_of, line_rows, organisation_today, quote_row, terms_of
from crm_app.quotes.rules import totals_of
from crm_app.records.numbering import numbered

COPIED = ("deal_id", "company_id", "person_id", "owner_id", "title", "customer", "address", "currency", "price_mode")
ALSO_COPIED = ("language", "terms", "notes")


def order_from_quote(session: Session, actor: Principal, quote_id: int) -> int:
    """The order of an accepted quote; a second call gives the same one. Raises Refused for any other quote."""
    if not may(actor, "order.create"):
        raise Forbidden("Your role may not create orders.")
    quote = quote_row(session, actor, quote_id, lock=True)
    if quote["state"] != "accepted":
        raise Refused("Only an accepted quote becomes an order.")
    there = select(order.c.id).where(
        order.c.quote_id == quote_id, order.c.deleted_at.is_(None), order.c.state != "cancelled"
    )
    found = session.connection().execute(there).scalar()
    if found is not None:
        return found
    rows = line_rows(session, quote_id)
    lines, terms = [line_of(r) for r in rows], terms_of(quote)
    totals = totals_of(lines, terms)
    day = quote["accepted_at"].astimezone(ZoneInfo(settings().zone)).date() if quote["accepted_at"] else None
    values: dict[str, Any] = {name: quote[name] for name in (*COPIED, *ALSO_COPIED)}
    values |= {
        "quote_id": quote_id,
        "ordered_on": day or organisation_today(),
        "subtotal_minor": totals.subtotal_minor,
        "discount_minor": totals.discount_minor,
        "shipping_minor": totals.shipping_minor,
        "net_minor": totals.net_minor,
        "tax_minor": totals.tax_minor,
        "total_minor": totals.total_minor,
        "lines": [_line(one, rows, quote) for one in freeze(lines, terms, totals)],
    }
    number = numbered(session, "ORD", organisation_today().year)
    values |= {"year": number.year, "serial": number.serial, "number": number.text}
    done = apply(session, actor, Change("order", op="create", set=values), source=SOURCE)
    file_document(session, actor, "order", done.id)
    return done.id


def _line(one: FrozenLine, rows: Sequence[dict[str, Any]], quote: dict[str, Any]) -> dict[str, Any]:
    figures = {
        "quantity_milli": one.quantity_milli,
        "tax_milli": one.tax_milli,
        "amount_minor": one.amount,
        "net_minor": one.net,
        "tax_minor": one.tax,
    }
    if one.index is None:
        name = said(quote["language"], "shipping")
        return figures | {"role": "shipping", "name": name, "unit_price_minor": one.amount}
    row = rows[one.index]
    discount = f"{milli_text(row['discount_milli'], quote['language'])} %" if row["discount_milli"] else ""
    if row["discount_minor"]:
        discount = amount_text(row["discount_minor"], quote["currency"], quote["language"])
    kept = ("section", "product_id", "name", "description", "unit", "unit_price_minor")
    return figures | {name: row[name] for name in kept} | {"discount": discount}


def set_schedule(
    session: Session, actor: Principal, order_id: int, parts: Sequence[Part], expected: int | None = None
) -> None:
    """In which instalments the order is paid. Raises Invalid, and Refused once one of them is invoiced."""
    if wrong := problems_of_schedule(parts):
        raise Invalid(wrong)
    row = order_row(session, actor, order_id, lock=True)
    if row["state"] == "cancelled":
        raise Refused("This order was cancelled.")
    asked = [i for i in invoices_of(session, order_id) if i["part_id"] and i["state"] != "cancelled"]
    if asked:
        raise Refused("An instalment is invoiced already, so the schedule stays.", [i["number"] for i in asked])
    rows = [{"label": p.label.strip(), "share_milli": p.share_milli, "due_days": p.due_days} for p in parts]
    apply(session, actor, Change("order", order_id, {"parts": rows}, expected=expected), source=SOURCE)


def cancel_order(session: Session, actor: Principal, order_id: int) -> None:
    """The order is not carried out. Raises Refused while an invoice of it stands."""
    row = order_row(session, actor, order_id, lock=True)
    if row["state"] == "cancelled":
        raise Refused("This order was cancelled already.")
    standing = [i for i in invoices_of(session, order_id) if i["series"] == "invoice" and i["state"] != "cancelled"]
    if standing:
        zone = ZoneInfo(actor.zone)
        named = [
            f"Draft of {full_day(i['created_at'].astimezone(zone))}" if i["state"] == "draft" else i["number"]
            for i in standing
        ]
        raise Refused("Cancel or delete its invoices first.", named)
    apply(session, actor, Change("order", order_id, {"state": "cancelled"}), source=SOURCE)
