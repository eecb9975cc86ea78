"""How SQLite goes about what a query asks; without statistics it goes about many rows as about none."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import event
from sqlmodel import Session

from crm_app.core import db


def plan_of(query: Callable[..., Any], *args: Any) -> str:
    """The plans of all statements of a query, a line each."""
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.startswith(("SELECT", "WITH")):
            asked.append((statement, parameters))

    def explained(session: Session) -> list[str]:
        run = session.connection().exec_driver_sql
        return [row[3] for statement, given in asked for row in run(f"EXPLAIN QUERY PLAN {statement}", given)]

    event.listen(db.engine(), "before_cursor_execute", note)
    db.read_sync(query, *args)
    event.remove(db.engine(), "before_cursor_execute", note)
    return "\n".join(db.read_sync(explained))
