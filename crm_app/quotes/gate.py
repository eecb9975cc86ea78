"""How a quote may change: what a new one starts with, which state follows which, and what a sent one keeps."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from crm_app.core.changes import Context
from crm_app.core.changes.kinds import Row
from crm_app.core.changes.values import defaults
from crm_app.core.changes.working import table_of
from crm_app.core.errors import Invalid
from crm_app.core.money import is_currency
from crm_app.quotes.queries.stored import (
    approved_of,
    house_of,
    limits_of,
    line_rows,
    organisation_today,
    policy_row,
    totals_in,
)
from crm_app.quotes.rules import is_editable, may_approve, may_follow, reasons_for_approval
from crm_app.records.numbering import comes_or_goes, numbered
from crm_app.tables import Company, CompanyAddress, Quote

company, address = table_of(Company), table_of(CompanyAddress)
NO_CURRENCY = "Write the three letters of a currency, such as EUR."
SOURCE = "quote"  # what the commands of `service` write under; nothing else may move a quote on
GATED = frozenset({"state"})
# Set by the commands only, never by a form, a list, an import or many at once.
BY_COMMAND = frozenset(
    {
        "number",
        "currency",
        "base_number",
        "revision",
        "replaced_by_id",
        "rounding",
        "rounding_mode",
        "state",
        "approval",
        "approval_note",
        "approver_id",
        "approved_discount_milli",
        "approved_margin_milli",
        "sent_at",
        "viewed_at",
        "accepted_at",
        "accepted_by",
        "accepted_from",
        "accepted_total_minor",
        "accepted_file_id",
        "declined_at",
        "decline_reason",
    }
)
# What organises a quote and is not part of the document.
BESIDE = frozenset({"owner_id", "tags", "custom", "external_id"})
# A word of a managed list, which a run of the system words anew when the list changes, and an undo words back.
REWORDED = frozenset({"decline_reason"})
LETS_GO = frozenset({"person_id", "replaced_by_id", "approver_id"})
# What somebody above agreed to.
AGREED = frozenset({"approver_id", "approved_discount_milli", "approved_margin_milli"})
NOT_AGREED = "Whether this is approved is for somebody above to say again."


def gate(context: Context, before: Row | None, after: Row) -> dict[str, str]:
    """What is missing, or not in anybody's hand, for this change."""
    if before is None:  # `complete` has looked at what was typed, and put its own beside it
        return {} if is_currency(after["currency"]) else {"currency": NO_CURRENCY}
    if wrong := _typed_in(context, before, after):
        return wrong
    if before["state"] == after["state"]:
        return {}
    if not may_follow(before["state"], after["state"]):
        return {"state": f"A quote that is {before['state']} cannot become {after['state']}."}
    return missing_to_send(context.session, after) if after["state"] == "sent" else {}


def _typed_in(context: Context, before: Row, after: Row) -> dict[str, str]:
    """What only a command may set, and somebody else has."""
    if context.source == SOURCE:
        return {}
    moved = {n for n in BY_COMMAND if after[n] != before[n] and not (n in LETS_GO and after[n] is None)}
    moved -= _reworded(context, before)
    return dict.fromkeys(sorted(moved), "This follows from what happens to the quote; it is not typed in.")


def _reworded(context: Context, before: Row) -> frozenset[str]:
    """What the managed lists may put in other words: what a customer has said, not whether they did."""
    run = context.source == "undo" or (context.source == "bulk" and context.actor.system)
    return REWORDED if run and before["state"] == "declined" and before["decline_reason"] else frozenset()


def missing_to_send(session: Any, row: Row) -> dict[str, str]:
    """Why a draft cannot go out yet, by field."""
    rows = line_rows(session, row["id"])
    wrong: dict[str, str] = {}
    if not row["customer"].strip():
        wrong["customer"] = "Say for whom this quote is."
    if not rows:
        wrong["lines"] = "A quote needs at least one line."
    elif nameless := [str(n) for n, r in enumerate(rows, 1) if not r["name"].strip()]:
        wrong["lines"] = f"Line {', '.join(nameless)} has no name."
    if row["valid_until"] is None:
        wrong["valid_until"] = "Say until when this quote is valid."
    elif row["valid_until"] < organisation_today():
        wrong["valid_until"] = "The last day of validity has passed."
    reasons = reasons_for_approval(limits_of(policy_row(session)), totals_in(row, rows)[1], approved_of(row))
    if reasons:
        wrong["approval"] = " ".join([*reasons, "It needs an approval before it is sent."])
    return wrong


def complete(context: Context, before: Row | None, after: Row) -> Row:
    """A new quote gets its number, the rules of the house, a validity, and the name and address of its company.

    Raises Invalid for what is not typed in.
    """
    if before is not None:
        return {}
    if wrong := _typed_in(context, defaults(Quote) | {"currency": after["currency"]}, after):
        raise Invalid(wrong)
    session, today = context.session, organisation_today()
    rules, house = policy_row(session), house_of(session)
    base = after["base_number"] or numbered(session, "Q", today.year).text
    revision = after["revision"]
    name, place = _customer(session, after["company_id"])
    return {
        "base_number": base,
        "number": base if revision == 1 else f"{base} v{revision}",
        "owner_id": after["owner_id"] if after["owner_id"] is not None else context.actor.id,
        "price_mode": rules["price_mode"],
        "rounding": rules["rounding"],
        "rounding_mode": rules["rounding_mode"],
        "language": house.language,
        "valid_until": after["valid_until"] or today + timedelta(days=rules["valid_days"]),
        "terms": after["terms"] or rules["terms"] or house.terms,
        "customer": after["customer"] or name,
        "address": after["address"] or place,
    }


def _customer(session: Any, company_id: int | None) -> tuple[str, str]:
    """The name of a company and its first address, in lines."""
    run = session.connection().execute
    name = run(select(company.c.name).where(company.c.id == company_id)).scalar() or ""
    query = select(address).where(address.c.company_id == company_id).order_by(address.c.position, address.c.id)
    found = run(query.limit(1)).first() if name else None
    if found is None:
        return name, ""
    town = " ".join(part for part in (found.postcode, found.city) if part)
    return name, "\n".join(part for part in (found.street, town, found.region, found.country) if part)


def seal(context: Context, before: Row, after: Row, touched: frozenset[str]) -> str:
    """Why a quote stays as it is, from when it was sent; only the commands carry it on, and nothing removes it.

    While it is a draft nobody undoes their way back to an approval that was taken back.
    """
    if is_editable(before["state"]):
        agrees = context.source == "undo" and after["approval"] == "approved" and touched & AGREED
        return NOT_AGREED if agrees and not may_approve(context.actor, before["owner_id"]) else ""
    if context.source == SOURCE and "deleted_at" not in touched:
        return ""
    if comes_or_goes(context, before, touched):
        return ""
    gone = {n for n in LETS_GO & touched if after[n] is None or (context.source == "undo" and before[n] is None)}
    if not touched - BESIDE - gone - _reworded(context, before):
        return ""
    return f"{before['number']} was sent and stays as it is. Make a new version to change it."
