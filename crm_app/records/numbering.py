"""Numbers of documents: one after the other in a series, in the transaction of the document that bears them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from crm_app.core.changes import Context
from crm_app.core.pretence import DEMO, pretended

OF_DEMO = "DEMO-"  # its documents have series of their own, so that real numbers begin at 1 without a gap
_NEXT = text(
    "INSERT INTO number_series (name, last) VALUES (:name, 1)"
    " ON CONFLICT (name) DO UPDATE SET last = number_series.last + 1 RETURNING last"
)


@dataclass(frozen=True, slots=True)
class Number:
    """The number of a document; a serial below zero counts the documents of the demo."""

    text: str
    year: int
    serial: int


def numbered(session: Session, prefix: str, year: int) -> Number:
    """The next number of a series, such as INV-2026-0001."""
    if pretended():
        series = f"{OF_DEMO}{prefix}-{year}"
        serial = next_number(session, series)
        return Number(f"{series}-{serial:04d}", year, -serial)
    serial = next_number(session, f"{prefix}-{year}")
    return Number(f"{prefix}-{year}-{serial:04d}", year, serial)


def next_number(session: Session, series: str) -> int:
    """The next number of a series, from 1; other writers of the series wait until this transaction ends.

    A transaction that is rolled back gives its number back, so a series has no gaps.
    """
    return int(session.connection().execute(_NEXT, {"name": series}).scalar_one())


def is_of_demo(number: str) -> bool:
    """Does a document with this number belong to the series of the demo?"""
    return number.startswith(OF_DEMO)


def comes_or_goes(context: Context, before: Mapping[str, Any], touched: Collection[str]) -> bool:
    """Is a sealed document taken away with the demo, by the system alone, or does what went so come back as it was?"""
    if set(touched) != {"deleted_at"}:
        return False
    goes = context.source == DEMO and context.actor.system and is_of_demo(before["number"])
    return goes or before["deleted_at"] is not None
