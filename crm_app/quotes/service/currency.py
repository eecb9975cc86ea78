"""A quote in another currency: prices of the price rule where there are any, all else at the rate of the day."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Applied
from crm_app.core.errors import Invalid, Refused
from crm_app.core.money import is_currency
from crm_app.core.reader import long_day
from crm_app.products.pricing import find_price
from crm_app.quotes.queries.stored import line_rows, organisation_today, quote_row
from crm_app.quotes.rules import is_editable
from crm_app.quotes.service.answering import LINE_FIELDS
from crm_app.quotes.service.writing import carry_on
from crm_app.rates.queries import rates_on
from crm_app.rates.rules import convert

Rates = Mapping[str, Decimal]
AMOUNTS = ("unit_price_minor", "list_price_minor", "unit_cost_minor", "discount_minor")
HEAD_AMOUNTS = ("discount_minor", "shipping_minor")
NO_RATE = "There is no rate for {} on or before {}. Add one under Rates, or take the lines and amounts out first."


def converted(minor: int | None, old: str, new: str, rates: Rates) -> int | None:
    """An amount in another currency; None without a rate, or for None."""
    if minor is None or (old != new and not {old, new} <= rates.keys()):
        return None
    return convert({old: minor}, rates, new).minor


def change_currency(session: Session, actor: Principal, quote_id: int, code: str, expected: int) -> Applied:
    """Raises Invalid for what is no currency or has no rate where amounts must be converted, Refused for a sent one."""
    row = quote_row(session, actor, quote_id, lock=True)
    code, old = code.strip().upper(), row["currency"]
    if not is_currency(code):
        raise Invalid({"currency": f"{code[:20]!r} is not a currency. Write its three letters, such as EUR."})
    if not is_editable(row["state"]):
        raise Refused(f"{row['number']} was sent and stays as it is. Make a new version to change it.")
    rows, today = line_rows(session, quote_id), organisation_today()
    rates = rates_on(session, today)
    values: dict[str, Any] = {"currency": code}
    if code != old and (rows or any(row[name] for name in HEAD_AMOUNTS)):
        if unrated := [c for c in (old, code) if c not in rates]:
            raise Invalid({"currency": NO_RATE.format(unrated[0], long_day(today))})
        values |= {name: converted(row[name], old, code, rates) for name in HEAD_AMOUNTS}
        values["lines"] = [_line(session, line, row, code, rates) for line in rows]
    return carry_on(session, actor, quote_id, values, expected=expected)


def _line(session: Session, line: Mapping[str, Any], row: Mapping[str, Any], code: str, rates: Rates) -> dict[str, Any]:
    """A line at the list takes the price that the rule gives in the new currency; others are converted."""
    new = {name: line[name] for name in (*LINE_FIELDS, "id")}
    new |= {name: converted(line[name], row["currency"], code, rates) for name in AMOUNTS}
    if line["product_id"] is None:
        return new
    price = find_price(session, line["product_id"], code, row["company_id"], line["quantity_milli"])
    if price is None:
        return new
    kept = line["unit_price_minor"] == line["list_price_minor"]
    return new | {"list_price_minor": price.minor} | ({"unit_price_minor": price.minor} if kept else {})
