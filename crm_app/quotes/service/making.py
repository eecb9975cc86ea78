"""Quotes out of what is there: a deal, an earlier version, another quote."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Applied, Change, apply_many
from crm_app.core.changes.apply import open_batch
from crm_app.core.changes.working import table_of
from crm_app.core.errors import Forbidden, NotFound, Refused
from crm_app.identity.policy import decide, may, visible
from crm_app.quotes.gate import SOURCE
from crm_app.quotes.queries.stored import line_rows, policy_row, quote_row, standing_of
from crm_app.quotes.rules import why_not_replaced
from crm_app.quotes.service.answering import LINE_FIELDS
from crm_app.quotes.service.pricing import filled
from crm_app.tables import Deal, DealLine, Product, QuoteAttachment, QuoteText

deal, deal_line, product = (table_of(m) for m in (Deal, DealLine, Product))
# What a copy takes over; its number, state and dates are its own.
COPIED = (
    "title",
    "deal_id",
    "company_id",
    "person_id",
    "owner_id",
    "customer",
    "address",
    "currency",
    "price_mode",
    "terms",
    "notes",
    "letter",
    "language",
    "discount_milli",
    "discount_minor",
    "shipping_minor",
    "shipping_tax_milli",
)
KEPT = ("base_number", "rounding", "rounding_mode")
PARTS = {"texts": (QuoteText, ("heading", "body")), "attachments": (QuoteAttachment, ("file_id",))}


def make_from_deal(session: Session, actor: Principal, deal_id: int) -> Applied:
    """A draft with the company, person, currency and lines of a deal. Raises NotFound or Forbidden."""
    _may_create(actor)
    seen = visible(actor, "deal", deal.c.owner_id)
    query = select(deal).where(deal.c.id == deal_id, deal.c.deleted_at.is_(None), seen)
    row = session.connection().execute(query).mappings().first()
    if row is None:
        raise NotFound("This deal does not exist or was deleted.")
    values = {name: row[name] for name in ("title", "company_id", "person_id", "currency")}
    owner = row["owner_id"] if row["owner_id"] is not None else actor.id
    lines = _lines_of_deal(session, row)
    return _created(session, actor, values | {"deal_id": deal_id, "owner_id": owner, "lines": lines})


def make_version(session: Session, actor: Principal, quote_id: int) -> Applied:
    """A draft that replaces a sent quote; the sent one stays readable and can no longer be accepted.

    Raises Refused where there is nothing to replace, Forbidden or NotFound.
    """
    row = quote_row(session, actor, quote_id, lock=True)
    verdict = decide(actor, "edit", "quote", row["owner_id"])
    if not verdict.allowed:
        raise Forbidden(verdict.why)
    if reason := why_not_replaced(standing_of(session, row)):
        raise Refused(reason)
    same = {name: row[name] for name in KEPT} | {"revision": row["revision"] + 1}
    batch = open_batch(session, actor, SOURCE)
    made = _created(session, actor, _copy(session, row) | same, batch)
    changes = [Change("quote", quote_id, {"replaced_by_id": made.id})]
    apply_many(session, actor, changes, source=SOURCE, batch_id=batch)
    return made


def clone_quote(session: Session, actor: Principal, quote_id: int) -> Applied:
    """A draft of its own with the same contents, owned by the actor. Raises Forbidden or NotFound."""
    _may_create(actor)
    row = quote_row(session, actor, quote_id)
    return _created(session, actor, _copy(session, row) | {"owner_id": actor.id})


def _may_create(actor: Principal) -> None:
    if not may(actor, "quote.create"):
        raise Forbidden("Your role may not create quotes.")


def _created(session: Session, actor: Principal, values: Mapping[str, Any], batch: int | None = None) -> Applied:
    return apply_many(session, actor, [Change("quote", op="create", set=values)], source=SOURCE, batch_id=batch)[0]


def _copy(session: Session, row: Mapping[str, Any]) -> dict[str, Any]:
    """The contents of a quote; a product that is gone is left as a text, an option is not chosen yet."""
    rows = line_rows(session, row["id"])
    named = [r["product_id"] for r in rows if r["product_id"] is not None]
    query = select(product.c.id).where(product.c.id.in_(named), product.c.deleted_at.is_(None))
    living = set(session.connection().execute(query).scalars())
    lines = [{n: r[n] for n in LINE_FIELDS if n != "position"} | {"ticked": False} for r in rows]
    for line in lines:
        line["product_id"] = line["product_id"] if line["product_id"] in living else None
    return {name: row[name] for name in COPIED} | {"lines": lines} | _parts(session, row["id"])


def _parts(session: Session, quote_id: int) -> dict[str, list[dict[str, Any]]]:
    found = {}
    for name, (model, fields) in PARTS.items():
        table = table_of(model)
        query = select(table).where(table.c.quote_id == quote_id).order_by(table.c.position, table.c.id)
        found[name] = [{f: r[f] for f in fields} for r in session.connection().execute(query).mappings()]
    return found


def _lines_of_deal(session: Session, row: Mapping[Any, Any]) -> list[dict[str, Any]]:
    """The products of a deal at the prices that were agreed there, else at those of the price rule."""
    query = (
        select(deal_line.c.product_id, deal_line.c.quantity, deal_line.c.unit_price_minor)
        .select_from(deal_line.join(product, product.c.id == deal_line.c.product_id))
        .where(deal_line.c.deal_id == row["id"], product.c.deleted_at.is_(None))
        .order_by(deal_line.c.position, deal_line.c.id)
    )
    usual = policy_row(session)["tax_milli"]
    lines = []
    for found in session.connection().execute(query):
        quantity = found.quantity * 1000
        line = filled(session, found.product_id, row["currency"], row["company_id"], quantity, usual)
        if found.unit_price_minor is not None:
            line["unit_price_minor"] = found.unit_price_minor
        lines.append(line)
    return lines
