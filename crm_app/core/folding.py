"""Text folded by the database as `core.text.fold` does it, for searching where no index of words is kept."""

import sqlite3
from typing import Any

from sqlalchemy import ColumnElement, Text, or_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from crm_app.core.text import fold, like

# Capitals too, because `lower` of a PostgreSQL with the locale C knows those of ASCII only.
PAIRS = {"ß": "ss", "ẞ": "ss", "æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe", "þ": "th", "Þ": "th"}
SINGLES, THEIRS = "øØłŁđĐðÐı", "oollddddi"
MARKS = "[\u0300-\u036f\u1ab0-\u1aff\u20d0-\u20ff]"  # combining marks of the Latin, Greek and Cyrillic scripts


class folded(FunctionElement[str]):  # reads as the function that it is, like SQLAlchemy's own
    """One text without case, accents and ligatures, spaces joined."""

    type = Text()
    inherit_cache = True


@compiles(folded, "sqlite")
def _sqlite(element: Any, compiler: Any, **more: Any) -> str:
    return f"kith_fold({compiler.process(element.clauses, **more)})"


@compiles(folded, "postgresql")
def _postgresql(element: Any, compiler: Any, **more: Any) -> str:
    text = f"lower(normalize({compiler.process(element.clauses, **more)}, NFKD))"
    for letter, two in PAIRS.items():
        text = f"replace({text}, '{letter}', '{two}')"
    text = f"translate({text}, '{SINGLES}', '{THEIRS}')"
    return rf"trim(regexp_replace(regexp_replace({text}, '{MARKS}', '', 'g'), '\s+', ' ', 'g'))"


def teach(connection: sqlite3.Connection) -> None:
    """SQLite learns the function on every connection."""
    connection.create_function("kith_fold", 1, lambda text: text and fold(text), deterministic=True)


def says(text: str, *columns: ColumnElement[Any]) -> ColumnElement[bool]:
    """Does one of the columns hold this text, whatever its case and accents?"""
    pattern = like(fold(text))
    return or_(*[folded(column).like(pattern, escape="\\") for column in columns])
