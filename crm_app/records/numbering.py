"""Numbers of documents: one after the other in a series, in the transaction of the document that bears them."""

from sqlalchemy import text
from sqlmodel import Session

_NEXT = text(
    "INSERT INTO number_series (name, last) VALUES (:name, 1)"
    " ON CONFLICT (name) DO UPDATE SET last = number_series.last + 1 RETURNING last"
)


def next_number(session: Session, series: str) -> int:
    """The next number of a series, from 1; other writers of the series wait until this transaction ends.

    A transaction that is rolled back gives its number back, so a series has no gaps.
    """
    return int(session.connection().execute(_NEXT, {"name": series}).scalar_one())
