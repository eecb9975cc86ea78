"""Where an activity stands on a timeline: done, else due, else written down; an undo moves it back."""

from datetime import UTC, datetime

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply, undo
from crm_app.tables import Activity
from tests.support.builders import make, row

DUE, DONE = datetime(2026, 3, 2, 9, tzinfo=UTC), datetime(2026, 3, 1, 16, tzinfo=UTC)


def test_an_activity_stands_where_it_was_done_else_where_it_is_due(database_url: str) -> None:
    id = make("activity", type="call", subject="Ring")
    assert row(Activity, id)["at"] == row(Activity, id)["created_at"]
    db.write_sync(apply, SYSTEM, Change("activity", id, {"due_at": DUE}))
    assert row(Activity, id)["at"] == DUE
    done = db.write_sync(apply, SYSTEM, Change("activity", id, {"done_at": DONE}))
    assert row(Activity, id)["at"] == DONE
    db.write_sync(undo, SYSTEM, done.batch_id)
    assert row(Activity, id)["at"] == DUE
