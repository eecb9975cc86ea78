"""A hash of the rows of every table: equal exactly when two databases hold the same."""

import hashlib
import json
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, select

from crm_app.tables import metadata


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no plain form")


def hash_rows(rows: Iterable[Any]) -> str:
    """A hash that does not depend on the order of the rows."""
    total, count = 0, 0
    for row in rows:
        line = json.dumps(list(row), default=_plain, sort_keys=True, ensure_ascii=False)
        total += int.from_bytes(hashlib.sha256(line.encode()).digest(), "big")
        count += 1
    return f"{count}:{total % (1 << 256):064x}"


def row_hashes(connection: Connection, tables: Iterable[str] | None = None) -> dict[str, str]:
    """The hash of each table (all of them unless named)."""
    chosen = set(tables) if tables is not None else set(metadata.tables)
    return {
        name: hash_rows(connection.execute(select(table)))
        for name, table in sorted(metadata.tables.items())
        if name in chosen
    }
