"""What the pages of orders and invoices have in common: lines, sums, links, amounts as on paper."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from crm_app.billing.queries.rows import DocLine, DocLink, DocSum
from crm_app.billing.queries.stored import billed
from crm_app.billing.rules import tax_rows
from crm_app.core.actor import Principal
from crm_app.core.changes import kind
from crm_app.core.changes.working import table_of
from crm_app.core.errors import NotFound
from crm_app.core.money import format_exact
from crm_app.core.numbers import milli_text
from crm_app.core.reader import full_day
from crm_app.records.reading import record_row

Row = dict[str, Any]
TONES = {"draft": "", "open": "a", "issued": "a", "invoiced": "a", "partly paid": "y", "paid": "g", "cancelled": ""}


def money(minor: int, row: Row, actor: Principal) -> str:
    """With its cents."""
    return format_exact(minor, row["currency"], actor.locale)


def day(value: date | None) -> str:
    """`3 Mar 2026`."""
    return full_day(value) if value else ""


def shown_lines(rows: Sequence[Row], row: Row, actor: Principal, left: dict[int, int] | None = None) -> list[DocLine]:
    """As on paper; shipping stands among the sums. `left` are thousandths still to be invoiced, by line."""
    found, section = [], ""
    for line in (r for r in rows if r["role"] != "shipping"):
        new, section = (line["section"] if line["section"] != section else ""), line["section"]
        each: int | None = line["unit_price_minor"]
        plain = line["role"] == "line" and each is not None
        price = money(each, row, actor) if each is not None and plain else ""
        pieces = milli_text(line["quantity_milli"], actor.locale)
        quantity = " ".join(filter(None, (pieces, line["unit"]))) if plain else ""
        there = (left or {}).get(line["id"], 0)
        found.append(
            DocLine(
                id=line["id"],
                name=line["name"],
                description=line["description"],
                quantity=quantity,
                price=price,
                discount=line["discount"],
                tax=f"{milli_text(line['tax_milli'], actor.locale)} %",
                amount=money(line["amount_minor"], row, actor),
                section=new,
                left=f"{milli_text(there, actor.locale)} left" if left is not None and there else "",
                left_raw=milli_text(there, actor.locale) if there else "",
            )
        )
    return found


def shown_sums(rows: Sequence[Row], row: Row, actor: Principal) -> list[DocSum]:
    """From the lines as printed to the total, the taxes by rate."""
    inside = row["price_mode"] == "inclusive"
    lines = sum(r["amount_minor"] for r in rows if r["role"] != "shipping")
    shipping = sum(r["amount_minor"] for r in rows if r["role"] == "shipping")
    after = sum(r["net_minor"] + (r["tax_minor"] if inside else 0) for r in rows)
    found = [("Subtotal", lines)] if lines + shipping != after or shipping else []
    found += [("Discount", after - lines - shipping)] if lines + shipping != after else []
    found += [("Shipping", shipping)] if shipping else []
    found.append(("Net", row["net_minor"]))
    taxes = tax_rows([billed(r | {"line_id": None}) for r in rows])
    found += [(f"Tax {milli_text(t.rate_milli, actor.locale)} %", t.tax_minor) for t in taxes if t.rate_milli]
    sums = [DocSum(label, money(amount, row, actor)) for label, amount in found]
    return [*sums, DocSum("Total", money(row["total_minor"], row, actor), strong=True)]


def links_of(session: Session, actor: Principal, row: Row, names: Iterable[str]) -> list[DocLink]:
    """The records that it belongs to, as far as the reader may see them."""
    found = []
    for name in names:
        id, known = row.get(f"{name}_id"), kind(name)
        if id is None:
            continue
        try:
            there = record_row(session, actor, name, id)
        except NotFound:
            continue
        found.append(DocLink(known.label, there[known.title] or known.label, f"{known.path}/{id}"))
    return found


def owner_name(session: Session, owner_id: int | None) -> str:
    """Who is responsible."""
    user = table_of(kind("user").table)
    return session.connection().execute(select(user.c.name).where(user.c.id == owner_id)).scalar() or ""
