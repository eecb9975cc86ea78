"""Whether a whole text has a form, asked of the database in the words of one pattern that both of them read alike."""

import re
import sqlite3
from functools import lru_cache
from typing import Any

from sqlalchemy import Boolean
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

_compiled = lru_cache(maxsize=64)(re.compile)


class fits(FunctionElement[bool]):  # reads as the function that it is, like SQLAlchemy's own
    """`fits(text, pattern)`: classes of characters, groups and counts only, which Python and POSIX write alike."""

    type = Boolean()
    inherit_cache = True


@compiles(fits, "sqlite")
def _sqlite(element: Any, compiler: Any, **more: Any) -> str:
    return f"kith_fits({compiler.process(element.clauses, **more)})"


@compiles(fits, "postgresql")
def _postgresql(element: Any, compiler: Any, **more: Any) -> str:
    text, pattern = (compiler.process(clause, **more) for clause in element.clauses)
    return f"({text} ~ ('^(?:' || {pattern} || ')$'))"


def fits_whole(text: str, pattern: str) -> bool:
    """The same for a text at hand."""
    return _compiled(pattern).fullmatch(text) is not None


def teach(connection: sqlite3.Connection) -> None:
    """SQLite learns the function on every connection."""
    connection.create_function(
        "kith_fits", 2, lambda text, pattern: None if text is None else fits_whole(text, pattern), deterministic=True
    )
