"""Where an activity stands on a timeline: done, else due, else written down; an undo moves it back."""

from datetime import UTC, datetime

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply, undo
from crm_app.tables import Activity, Person
from tests.support.builders import make, make_person, row

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


def test_a_person_was_touched_by_the_newest_done_activity(database_url: str) -> None:
    """It follows when one is done, moved to another person, deleted and brought back."""
    ann, ben = make_person(display_name="Ann"), make_person(display_name="Ben")
    older = make("activity", type="call", subject="First", person_id=ann, done_at=DONE)
    newer = make("activity", type="meeting", subject="Second", person_id=ann, done_at=DUE)
    make("activity", type="task", subject="Planned", person_id=ann, due_at=DUE)
    touched = lambda: (row(Person, ann)["last_touch_at"], row(Person, ben)["last_touch_at"])
    assert touched() == (DUE, None)
    db.write_sync(apply, SYSTEM, Change("activity", newer, {"person_id": ben}))
    assert touched() == (DONE, DUE)
    gone = db.write_sync(apply, SYSTEM, Change("activity", older, op="delete"))
    assert touched() == (None, DUE)
    db.write_sync(undo, SYSTEM, gone.batch_id)
    assert touched() == (DONE, DUE)
