"""Numbers of a series on real databases."""

import pytest
from sqlmodel import Session

from crm_app.core import db
from crm_app.records.numbering import next_number

pytestmark = pytest.mark.usefixtures("database_url")


def three(session: Session) -> list[int]:
    return [next_number(session, "X-1"), next_number(session, "X-1"), next_number(session, "Y-1")]


def test_every_series_counts_for_itself_and_what_fails_leaves_no_gap() -> None:
    assert db.write_sync(three) == [1, 2, 1]

    def fails(session: Session) -> None:
        three(session)
        raise ValueError

    with pytest.raises(ValueError):
        db.write_sync(fails)
    assert db.write_sync(three) == [3, 4, 2]
