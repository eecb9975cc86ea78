"""A draft is written: its head, its lines, their order and their sections. Everything as it was typed."""

from itertools import count
from typing import Any

from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Applied, Change, apply
from crm_app.core.changes.merge import changed_since
from crm_app.core.errors import Invalid, NotFound, Refused
from crm_app.core.reader import numeral
from crm_app.products.pricing import is_sold
from crm_app.quotes.kind import LINES, QUOTE
from crm_app.quotes.queries.stored import line_of, line_rows, organisation_today, policy_row, quote_row
from crm_app.quotes.rules import is_editable, money_of, problems_of_line, thousandths
from crm_app.quotes.service.answering import LINE_FIELDS
from crm_app.quotes.service.currency import change_currency
from crm_app.quotes.service.pricing import filled
from crm_app.quotes.texts import problem_of
from crm_app.records.custom.definitions import definitions
from crm_app.records.custom.facts import fields_with_custom
from crm_app.records.properties import typed, typed_any

HEAD = frozenset(
    (
        "title",
        "company_id",
        "person_id",
        "owner_id",
        "customer",
        "address",
        "price_mode",
        "valid_until",
        "terms",
        "notes",
        "letter",
        "language",
        "shipping_minor",
        "shipping_tax_milli",
    )
)
TYPED = frozenset(("section", "name", "description", "unit", "optional", "ticked"))
CHANGED = "Somebody changed this while you were writing. Please look again."


def edit_quote(session: Session, actor: Principal, quote_id: int, field: str, raw: str, expected: int) -> Applied:
    """One field of the head. `discount` is typed as `10 %` or as an amount. Raises Invalid, Conflict or Refused."""
    row = quote_row(session, actor, quote_id, lock=True)
    if field == "currency":
        return change_currency(session, actor, quote_id, raw, expected)
    if field == "discount":
        values = _discount(raw, row["currency"], actor.locale)
    elif field.startswith("custom."):
        values = {field: _custom_value(session, row, field, raw, actor)}
    elif field not in HEAD:
        raise Invalid({field: "This field cannot be edited here."})
    else:
        values = {field: _head_value(row, field, raw, actor)}
    if field == "letter" and (problem := problem_of(raw)):
        raise Invalid({field: problem})
    return apply(session, actor, Change("quote", quote_id, values, expected=expected))


def _head_value(row: dict[str, Any], field: str, raw: str, actor: Principal) -> Any:
    known = QUOTE.by_name[field]
    try:
        if known.type == "money":
            return money_of(raw, row["currency"], known.label, actor.locale)
        if field.endswith("_milli"):
            return thousandths(raw, known.label, actor.locale)
    except ValueError as error:
        raise Invalid({field: str(error)}) from None
    return typed(known, raw, row["currency"], actor)


def _custom_value(session: Session, row: dict[str, Any], field: str, raw: str, actor: Principal) -> Any:
    known = fields_with_custom(QUOTE, definitions(session, "quote").values()).get(field)
    if known is None:
        raise Invalid({field: "This field does not exist any more."})
    return typed_any(known, raw, row["currency"], actor)


def _discount(raw: str, currency: str, locale: str) -> dict[str, int]:
    """`10 %` is a share, `250` an amount, nothing is none. Raises Invalid."""
    try:
        if raw.strip().endswith("%"):
            return {"discount_milli": thousandths(raw, "The discount", locale), "discount_minor": 0}
        return {"discount_milli": 0, "discount_minor": money_of(raw, currency, "The discount", locale)}
    except ValueError as error:
        raise Invalid({"discount": str(error)}) from None


def add_line(
    session: Session,
    actor: Principal,
    quote_id: int,
    product_id: int | None = None,
    section: str = "",
    as_section: bool = False,
) -> Applied:
    """One of a product at the price that the rule gives, or an empty line; at the end of the section.

    With `as_section` it begins a new one at the end, under a name that no other bears.
    """
    row = quote_row(session, actor, quote_id, lock=True)
    rows = line_rows(session, quote_id)
    usual = policy_row(session)["tax_milli"]
    new: dict[str, Any] = {"name": "", "quantity_milli": 1000, "tax_milli": rows[-1]["tax_milli"] if rows else usual}
    if product_id is not None:
        if not is_sold(session, product_id, organisation_today()):
            raise Invalid({"product_id": "This product is not sold today."})
        new = filled(session, product_id, row["currency"], row["company_id"], 1000, usual)
    if as_section:
        taken = {r["section"] for r in rows}
        section = next(name for n in count(1) if (name := section if n == 1 else f"{section} {n}") not in taken)
    last = max((n for n, r in enumerate(rows) if r["section"] == section), default=len(rows) - 1)
    return _ordered(session, actor, quote_id, [*rows[: last + 1], new | {"section": section}, *rows[last + 1 :]])


def edit_line(
    session: Session, actor: Principal, quote_id: int, line_id: int, field: str, raw: str, expected: int
) -> Applied:
    """One field of a line. Raises Invalid under the field's name, or Refused if somebody changed it meanwhile.

    A new quantity may reach another tier: the price follows as long as it is the one that the rule gave.
    """
    row = quote_row(session, actor, quote_id, lock=True)
    before = _line(line_rows(session, quote_id), line_id)
    values = _line_values(row, field, raw, actor.locale)
    seen = changed_since(session, "quote", quote_id, expected).get(f"lines.{line_id}")
    if seen is not None and any(seen.get(name) != before[name] for name in values):
        raise Refused(CHANGED)
    if field == "quantity" and before["product_id"] and before["unit_price_minor"] == before["list_price_minor"]:
        values |= _price_again(session, row, before, values["quantity_milli"])
    after = before | values
    if wrong := problems_of_line(line_of(after)):
        raise Invalid({_shown(name): reason for name, reason in wrong.items()})
    given = {name: after[name] for name in LINE_FIELDS}
    return apply(session, actor, Change("quote", quote_id, {f"lines.{line_id}": given}))


def _price_again(session: Session, row: dict[str, Any], line: dict[str, Any], quantity_milli: int) -> dict[str, Any]:
    try:
        found = filled(session, line["product_id"], row["currency"], row["company_id"], max(quantity_milli, 1), 0)
    except Invalid:  # the product is gone; the line stands on its own
        return {}
    return {name: found[name] for name in ("unit_price_minor", "list_price_minor")} if found["list_price_minor"] else {}


def _shown(name: str) -> str:
    """The field under whose name the editor shows a column."""
    return {"discount_milli": "discount", "discount_minor": "discount"}.get(name, name.rpartition("_")[0] or name)


def _line_values(row: dict[str, Any], field: str, raw: str, locale: str) -> dict[str, Any]:
    """The columns that a typed field means. Raises Invalid."""
    currency = row["currency"]
    if field in TYPED:
        known = LINES.by_name[field]
        return {field: raw in ("true", "yes", "on") if known.type == "bool" else _text(field, raw)}
    if field == "discount":
        return _discount(raw, currency, locale)
    try:
        match field:
            case "quantity":
                return {"quantity_milli": thousandths(raw, "The quantity", locale)}
            case "unit_price":
                return {"unit_price_minor": money_of(raw, currency, "The price", locale)}
            case "tax":
                return {"tax_milli": thousandths(raw, "The tax rate", locale)}
    except ValueError as error:
        raise Invalid({field: str(error)}) from None
    raise Invalid({field: "This field cannot be edited here."})


def _text(field: str, raw: str) -> str:
    known = LINES.by_name[field]
    limit = 100_000 if known.type == "longtext" else known.max_length
    if len(raw) > limit:
        raise Invalid({field: f"{known.label} may have at most {numeral(limit)} characters."})
    return raw.strip()


def remove_line(session: Session, actor: Principal, quote_id: int, line_id: int) -> Applied:
    """Raises NotFound for a line of another quote."""
    quote_row(session, actor, quote_id, lock=True)
    _line(line_rows(session, quote_id), line_id)
    return apply(session, actor, Change("quote", quote_id, {f"lines.{line_id}": None}))


def move_line(session: Session, actor: Principal, quote_id: int, line_id: int, index: int) -> Applied:
    """Put a line at this place (from 0); it takes the section of the line that it now follows, or precedes."""
    quote_row(session, actor, quote_id, lock=True)
    rows = line_rows(session, quote_id)
    moved = _line(rows, line_id)
    here = rows.index(moved)
    rest = [r for r in rows if r["id"] != line_id]
    index = max(0, min(index, len(rest)))
    if rest and index != here:
        beside = rest[index - 1] if index > here or index == len(rest) else rest[index]
        moved = moved | {"section": beside["section"]}
    return _ordered(session, actor, quote_id, [*rest[:index], moved, *rest[index:]])


def rename_section(session: Session, actor: Principal, quote_id: int, line_id: int, name: str) -> Applied:
    """The lines from this one on that stand under its heading get another one; without a name, none."""
    quote_row(session, actor, quote_id, lock=True)
    rows = line_rows(session, quote_id)
    first = rows.index(_line(rows, line_id))
    old, name = rows[first]["section"], _text("section", name)
    after = first
    while after < len(rows) and rows[after]["section"] == old:
        rows[after] |= {"section": name}
        after += 1
    return _ordered(session, actor, quote_id, rows)


def _ordered(session: Session, actor: Principal, quote_id: int, rows: list[dict[str, Any]]) -> Applied:
    """All lines, in this order."""
    row = quote_row(session, actor, quote_id, lock=True)
    if not is_editable(row["state"]):
        raise Refused(f"{row['number']} was sent and stays as it is. Make a new version to change it.")
    given = [{n: r[n] for n in (*LINE_FIELDS, "id") if n in r and n != "position"} for r in rows]
    return apply(session, actor, Change("quote", quote_id, {"lines": given}))


def _line(rows: list[dict[str, Any]], line_id: int) -> dict[str, Any]:
    found = next((r for r in rows if r["id"] == line_id), None)
    if found is None:
        raise NotFound("This line was removed.")
    return found
