"""Rows that are inserted together stand there as SQLAlchemy itself would have written them."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from sqlalchemy import Boolean, Column, Date, Integer, MetaData, Table, Text, cast, insert, select
from sqlalchemy.exc import IntegrityError

from crm_app.core import columns, db
from crm_app.core.changes.log import ChangeBatch
from crm_app.core.changes.working import table_of
from crm_app.core.rows import PARAMETERS, insert_rows

pytestmark = pytest.mark.usefixtures("database_url")
things = Table(
    "thing_of_a_test",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("name", Text),
    Column("at", columns.UtcDateTime),
    Column("day", Date),
    Column("share", columns.ExactDecimal),
    Column("told", columns.JsonColumn),
    Column("is_so", Boolean),
    sqlite_autoincrement=True,
)
MOMENTS = (
    datetime(2026, 5, 31, 14, 0, 0, 120, UTC),
    datetime(2026, 1, 1, 0, 30, tzinfo=timezone(timedelta(hours=2))),
    datetime(999, 12, 31, 23, 59, 59, tzinfo=UTC),
    None,
)
EXAMPLES = list(
    zip(
        ("Łukasz 100 %s", "", 'a "quote"; --', None),
        MOMENTS,
        (Decimal("0.1"), Decimal("-12.5"), None, Decimal("1e-12")),
        ({}, {"ü": [None, 1.5, "x"]}, [], {"n": 2**53, "huge": 2**70}),
        strict=True,
    )
)
# more than go into one statement, and some that are left over
ROWS = [
    {"id": n, "name": name, "at": at, "day": date(2026, 2, 28), "share": share, "told": told, "is_so": bool(n % 2)}
    for n, (name, at, share, told) in enumerate(EXAMPLES * (PARAMETERS // 14), 1)
]


def _written(own: bool) -> list[tuple]:
    def work(session) -> list[tuple]:
        connection = session.connection()
        things.create(connection)
        if own:
            insert_rows(session, things, ROWS)
        else:
            connection.execute(insert(things), ROWS)
        as_text = [cast(column, Text) for column in things.c]
        found = [
            *connection.execute(select(things).order_by(things.c.id)).all(),
            *connection.execute(select(*as_text).order_by(things.c.id)).all(),
        ]
        things.drop(connection)
        return [tuple(row) for row in found]

    return db.write_sync(work)


def test_they_are_read_and_stored_as_when_sqlalchemy_writes_them() -> None:
    own = _written(own=True)
    assert own == _written(own=False)
    assert [row[2] for row in own[:4]] == [at and at.astimezone(UTC) for at in MOMENTS]


def test_a_time_without_a_zone_is_refused() -> None:
    row = {**ROWS[0], "at": datetime(2026, 5, 31, 14, tzinfo=UTC).replace(tzinfo=None)}
    with pytest.raises(Exception, match="without a zone"):
        db.write_sync(insert_rows, things, [row])


def test_none_at_all_is_nothing() -> None:
    db.write_sync(insert_rows, things, [])


def test_a_row_that_is_there_already_is_refused_by_the_database() -> None:
    row = {"id": 7, "recorded_at": MOMENTS[0], "actor_id": None, "source": "form", "note": "", "undoes": None}
    with pytest.raises(IntegrityError):
        db.write_sync(insert_rows, table_of(ChangeBatch), [row, row])


def test_a_row_that_lacks_a_column_is_refused() -> None:
    with pytest.raises(KeyError):
        db.write_sync(insert_rows, things, [ROWS[0], {"id": 2}])
