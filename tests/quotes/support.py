"""What the tests of quotes have in common."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from crm_app.core import db
from crm_app.core.actor import SYSTEM, Principal
from crm_app.core.changes import outbox
from crm_app.core.changes.working import table_of
from crm_app.core.clock import today
from crm_app.core.errors import KithError
from crm_app.quotes.queries.stored import line_rows, quote_row
from crm_app.quotes.service import (
    send_quote,
)
from crm_app.tables import Notification
from tests.support.builders import (
    make,
)


def line(price: int = 100_00, **values: Any) -> dict[str, Any]:
    return {"name": "Work", "unit_price_minor": price} | values


def make_quote(actor: Principal = SYSTEM, **values: Any) -> int:
    """A draft with one line for somebody."""
    return make("quote", actor, **{"customer": "Acme", "lines": [line()]} | values)


def stored(quote_id: int) -> dict[str, Any]:
    return db.read_sync(quote_row, SYSTEM, quote_id)


def lines(quote_id: int) -> list[dict[str, Any]]:
    return db.read_sync(line_rows, quote_id)


def send(quote_id: int, actor: Principal = SYSTEM) -> str:
    return db.write_sync(send_quote, actor, quote_id).token


def at_once(*commands: Any) -> list[Any]:
    """What each came to when they ran at the same time; a refusal is an answer."""

    def one(command: Any) -> Any:
        try:
            return command()
        except KithError as refusal:
            return refusal

    with ThreadPoolExecutor(len(commands)) as pool:
        return list(pool.map(one, commands))


def notes() -> list[tuple[int, str]]:
    """Who was told what, once the outbox is empty."""
    outbox.drain_all(outbox.MAIN)
    note = table_of(Notification)
    query = select(note.c.user_id, note.c.text).where(note.c.type == "quote").order_by(note.c.id)
    return db.read_sync(lambda s: [tuple(r) for r in s.connection().execute(query)])


def later(monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    """It is some days later at the organisation."""
    day = today() + timedelta(days=days)
    for module in ("queries.stored", "gate", "service.answering", "service.links"):
        monkeypatch.setattr(f"crm_app.quotes.{module}.organisation_today", lambda: day)


def rules(**values: Any) -> int:
    return make("quote_policy", name="Rules", most_discount_milli=10_000, least_margin_milli=20_000, **values)
