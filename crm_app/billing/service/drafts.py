"""Drafts of invoices: a deposit or a share, the next instalment, quantities of lines, or all that is left."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session

from crm_app.billing.queries.stored import billed_of, invoices_of, order_lines, order_parts, order_row, ordered_of
from crm_app.billing.rules import NewLine, advance, amounts_of, by_quantity, left_to_invoice, rest
from crm_app.billing.seal import SOURCE
from crm_app.billing.words import said
from crm_app.core.actor import Principal
from crm_app.core.changes import Change, apply
from crm_app.core.errors import Invalid, Refused
from crm_app.core.numbers import milli_text
from crm_app.quotes.rules import HUNDRED, divided

COPIED = ("deal_id", "company_id", "person_id", "owner_id", "customer", "address", "currency", "price_mode")
ALSO_COPIED = ("language", "terms", "notes")
WRITTEN = ("customer", "address", "due_on", "due_days", "terms", "notes")
Row = dict[str, Any]


def draft_share(session: Session, actor: Principal, order_id: int, share_milli: int, purpose: str = "deposit") -> int:
    """A share of the whole order, before anything is delivered. Raises Invalid beyond what is left."""
    row, rows = _open_order(session, actor, order_id)
    if not 0 < share_milli <= HUNDRED:
        raise Invalid({"share": "A share is more than 0 and at most 100 %."})
    try:
        total = divided(row["total_minor"] * share_milli, HUNDRED)
        lines = advance(total, ordered_of(rows), billed_of(session, order_id), inside=_inside(row))
    except Invalid as refusal:
        raise Invalid({"share": refusal.message}) from None
    name = said(row["language"], purpose, share=milli_text(share_milli, row["language"]), order=row["number"])
    return _create(session, actor, row, purpose, [_ahead(line, row, name) for line in lines])


def draft_instalment(session: Session, actor: Principal, order_id: int) -> int:
    """The next instalment of the schedule, or what is left of it. Raises Refused without one."""
    row, rows = _open_order(session, actor, order_id)
    parts = order_parts(session, order_id)
    asked = {i["part_id"] for i in invoices_of(session, order_id) if i["state"] != "cancelled"}
    number = next((n for n, part in enumerate(parts) if part["id"] not in asked), None)
    if number is None:
        raise Refused("Every instalment is invoiced." if parts else "This order has no payment schedule yet.")
    part, ordered, billed = parts[number], ordered_of(rows), billed_of(session, order_id)
    planned = amounts_of(row["total_minor"], [p["share_milli"] for p in parts])[number]
    total = min(planned, left_to_invoice(ordered, billed))
    lines = advance(total, ordered, billed, inside=_inside(row))
    words = {"label": part["label"], "share": milli_text(part["share_milli"], row["language"]), "order": row["number"]}
    name = said(row["language"], "instalment", **words)
    more = {"part_id": part["id"], "due_days": part["due_days"]}
    return _create(session, actor, row, "instalment", [_ahead(line, row, name) for line in lines], more)


def draft_part(session: Session, actor: Principal, order_id: int, quantities: Mapping[int, int]) -> int:
    """So many thousandths of these lines. Raises Invalid with every wrong line by its id."""
    row, rows = _open_order(session, actor, order_id)
    shipping = next((r["id"] for r in rows if r["role"] == "shipping"), None)
    billed = billed_of(session, order_id)
    ways = {"shipping": shipping, "inside": _inside(row), "locale": actor.locale}
    lines = by_quantity(quantities, ordered_of(rows), billed, **ways)
    return _create(session, actor, row, "part", [_delivered(line, row, rows) for line in lines])


def draft_rest(session: Session, actor: Principal, order_id: int) -> int:
    """All that is left. Raises Refused when nothing is."""
    row, rows = _open_order(session, actor, order_id)
    shipping = next((r["id"] for r in rows if r["role"] == "shipping"), None)
    lines = rest(ordered_of(rows), billed_of(session, order_id), shipping=shipping, inside=_inside(row))
    return _create(session, actor, row, "rest", [_delivered(line, row, rows) for line in lines])


def _open_order(session: Session, actor: Principal, order_id: int) -> tuple[Row, list[Row]]:
    row = order_row(session, actor, order_id, lock=True)
    if row["state"] == "cancelled":
        raise Refused("This order was cancelled.")
    rows = order_lines(session, order_id)
    if row["total_minor"] and not left_to_invoice(ordered_of(rows), billed_of(session, order_id)):
        drafts = [i for i in invoices_of(session, order_id) if i["state"] == "draft"]
        why = (
            "Everything in this order is invoiced, or in a draft."
            if drafts
            else "Everything in this order is invoiced."
        )
        raise Refused(why)
    return row, rows


def _inside(row: Row) -> bool:
    return row["price_mode"] == "inclusive"


def figures(line: NewLine) -> Row:
    """The amounts of a new line as columns."""
    return {
        "line_id": line.line_id,
        "role": line.role,
        "quantity_milli": line.quantity_milli,
        "tax_milli": line.tax_milli,
        "amount_minor": line.amount,
        "net_minor": line.net,
        "tax_minor": line.tax,
    }


def _ahead(line: NewLine, row: Row, name: str) -> Row:
    return figures(line) | {"name": name, "unit_price_minor": None}


def _delivered(line: NewLine, row: Row, rows: Sequence[Row]) -> Row:
    if line.line_id is None:
        return figures(line) | {"name": said(row["language"], "deduction"), "unit_price_minor": None}
    source = next(r for r in rows if r["id"] == line.line_id)
    kept = ("section", "name", "description", "unit", "unit_price_minor", "discount")
    return figures(line) | {name: source[name] for name in kept}


def _create(
    session: Session, actor: Principal, row: Row, purpose: str, lines: list[Row], more: Row | None = None
) -> int:
    values = {name: row[name] for name in (*COPIED, *ALSO_COPIED)} | totals(lines)
    values |= {"order_id": row["id"], "purpose": purpose, "lines": lines, **(more or {})}
    values["open_minor"] = values["total_minor"]
    return apply(session, actor, Change("invoice", op="create", set=values), source=SOURCE).id


def totals(lines: Sequence[Row]) -> Row:
    """What the lines come to."""
    net, tax = sum(line["net_minor"] for line in lines), sum(line["tax_minor"] for line in lines)
    return {"net_minor": net, "tax_minor": tax, "total_minor": net + tax}


def edit_draft(
    session: Session, actor: Principal, invoice_id: int, values: Mapping[str, str], expected: int | None = None
) -> None:
    """What a person may write into a draft: who gets it, when it is due, terms and notes. Raises Invalid or Refused."""
    if foreign := set(values) - set(WRITTEN):
        raise Invalid(dict.fromkeys(foreign, "This cannot be saved."))
    given: Row = {name: text.strip() for name, text in values.items()}
    days = given.get("due_days", "")
    if "due_days" in given and not (days.isascii() and days.isdigit() and int(days[:9]) <= 365):
        raise Invalid({"due_days": "Give 0 to 365 days."})
    if "due_on" in given:
        given["due_on"] = given["due_on"] or None
    if "customer" in given and not given["customer"]:
        raise Invalid({"customer": "Say who gets this invoice."})
    apply(session, actor, Change("invoice", invoice_id, given, expected=expected))
