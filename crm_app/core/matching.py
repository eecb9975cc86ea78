"""Whether a whole text has a form, asked of the database in the words of one pattern that both of them read alike."""

import sqlite3
from typing import Any

from sqlalchemy import Boolean
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from crm_app.core.forms import fits_whole


class fits(FunctionElement[bool]):  # reads as the function that it is, like SQLAlchemy's own
    """`fits(text, pattern)`: classes, groups and counts only, which Python (`core.forms`) and POSIX read alike."""

    type = Boolean()
    inherit_cache = True


@compiles(fits, "sqlite")
def _sqlite(element: Any, compiler: Any, **more: Any) -> str:
    return f"kith_fits({compiler.process(element.clauses, **more)})"


@compiles(fits, "postgresql")
def _postgresql(element: Any, compiler: Any, **more: Any) -> str:
    text, pattern = (compiler.process(clause, **more) for clause in element.clauses)
    return f"({text} ~ ('^(?:' || {pattern} || ')$'))"


def teach(connection: sqlite3.Connection) -> None:
    """SQLite learns the function on every connection."""
    connection.create_function(
        "kith_fits", 2, lambda text, pattern: None if text is None else fits_whole(text, pattern), deterministic=True
    )
