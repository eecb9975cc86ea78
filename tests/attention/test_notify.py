"""Who is told of what: mentions, assignments and imports, each once, only of what they may see; on both databases."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from crm_app.attention.notify import notify_of_changes, notify_of_imports
from crm_app.attention.queries import deals_to_move, inbox, mark_read, tasks_of, unread_count
from crm_app.core import db
from crm_app.core.actor import Principal
from crm_app.core.changes import Change, apply_many
from crm_app.core.changes.log import ChangeLog, Outbox
from crm_app.http.live import Fanout
from crm_app.tables import ImportRun, Notification
from tests.support.builders import change, make, make_deal, make_person, make_pipeline, make_user, principal

NOW = datetime.now(UTC)


@pytest.fixture
def told(database_url: str) -> Callable[[], list[int]]:
    """Drains what waits for `notify`, and gives the users whose tabs were told."""
    heard: list[dict[str, Any]] = []

    def drain() -> list[int]:
        def waiting(session) -> list[tuple[str, dict[str, Any]]]:
            rows = session.exec(select(Outbox).where(Outbox.consumer == "notify", col(Outbox.done_at).is_(None)))
            return [(row.topic, row.payload) for row in rows]

        heard.clear()
        for topic, payload in db.read_sync(waiting):
            {"records": notify_of_changes, "imports": notify_of_imports}[topic](heard.append, payload)
        return sorted(id for message in heard for id in message["ids"])

    return drain


def texts(user_id: int, role: str = "sales") -> list[str]:
    rows, _ = db.read_sync(inbox, principal(user_id, role))
    return [row.text for row in rows]


def note(actor: Principal, body: str, **values: Any) -> int:
    return make("activity", actor, type="note", body=body, owner_id=actor.id, done_at=NOW, **values)


def test_a_mention_tells_those_who_may_see_the_record(told: Callable[[], list[int]]) -> None:
    author, ravi, stranger = make_user(name="Noor Khalil"), make_user(name="Ravi"), make_user(name="Iris")
    me = principal(author)
    person = make_person(display_name="Lena Arndt")
    deal = make_deal(make_pipeline(), owner_id=author, title="Secret")
    assert told() == []  # what the system sets up gives nobody anything
    note(me, f"Ask @[Ravi]({ravi}) and @[me]({author})\nsoon", person_id=person)
    note(me, f"Hush, @[Iris]({stranger})", deal_id=deal)
    assert told() == [ravi]
    assert texts(ravi) == ["Noor Khalil mentioned you at Lena Arndt: Ask @Ravi and @me soon"]
    assert texts(stranger) == texts(author) == []


def test_the_same_mention_is_told_once_a_new_one_again(told: Callable[[], list[int]]) -> None:
    author, ravi, iris = principal(make_user()), make_user(), make_user()
    person = make_person()
    activity = note(author, f"@[Ravi]({ravi})", person_id=person)
    assert told() == [ravi]
    assert told() == []  # the outbox may hand it out again
    change("activity", activity, author, None, body=f"@[Ravi]({ravi}) and @[Iris]({iris})")
    assert told() == [iris]
    assert db.read_sync(unread_count, principal(ravi)) == 1


def test_agenda_and_minutes_mention_too_and_what_repeats_does_so_once(told: Callable[[], list[int]]) -> None:
    author, ravi = principal(make_user()), make_user()
    given = {"type": "meeting", "owner_id": author.id, "due_at": NOW, "repeat": "FREQ=WEEKLY"}
    meeting = make("activity", author, person_id=make_person(), agenda=f"@[Ravi]({ravi}) brings figures", **given)
    assert told() == [ravi]
    change("activity", meeting, author, None, done_at=NOW)
    assert told() == []  # the next one is there, and says nothing new


def test_a_new_owner_hears_of_it_oneself_does_not(told: Callable[[], list[int]]) -> None:
    boss = principal(make_user(name="Ravi Shah", role="manager"), "administrator")
    seller = make_user()
    person = make_person(display_name="Lena Arndt")
    change("person", person, boss, None, owner_id=boss.id)
    assert told() == []
    change("person", person, boss, None, owner_id=seller)
    assert told() == [seller]
    assert texts(seller) == ["Ravi Shah gave you Lena Arndt"]


def test_many_at_once_are_one_message(told: Callable[[], list[int]]) -> None:
    boss = principal(make_user(name="Ravi Shah"), "administrator")
    seller = make_user()
    people = [make_person() for _ in range(3)]
    wishes = [Change("person", id, {"owner_id": seller}) for id in people]
    first = db.write_sync(apply_many, boss, wishes[:1])
    db.write_sync(lambda s: apply_many(s, boss, wishes[1:], batch_id=first[0].batch_id))
    assert told() == [seller]
    assert texts(seller) == ["Ravi Shah gave you several people"]


@pytest.mark.parametrize("source", ["import", "demo", "history"])
def test_an_import_gives_nobody_hundreds_of_messages(told: Callable[[], list[int]], source: str) -> None:
    boss, seller = principal(make_user(), "administrator"), make_user()
    wish = Change("person", op="create", set={"display_name": "Lena", "owner_id": seller})
    db.write_sync(lambda s: apply_many(s, boss, [wish], source=source))
    assert told() == []


def test_the_end_of_an_import_is_told(told: Callable[[], list[int]]) -> None:
    user = make_user(locale="de")
    run = {"kind": "people", "file_name": "fair.csv", "user_id": user, "status": "done", "finished_at": NOW}

    def add(session) -> None:
        session.add(ImportRun(id=77, created=1200, updated=3, refused=1, **run))

    db.write_sync(add)
    notify_of_imports(lambda _: None, {"run": 77})
    notify_of_imports(lambda _: None, {"run": 77})
    assert texts(user) == ["Import of fair.csv is done: 1.200 created, 3 updated, 1 refused."]


def test_the_inbox_is_ones_own(told: Callable[[], list[int]]) -> None:
    boss, seller, other = principal(make_user(), "administrator"), make_user(), principal(make_user())
    for _ in range(2):
        change("person", make_person(), boss, None, owner_id=seller)
    assert told() == [seller, seller]
    mine = principal(seller)
    rows, more = db.read_sync(inbox, mine)
    assert (len(rows), more, db.read_sync(unread_count, mine)) == (2, False, 2)
    db.write_sync(mark_read, other, [rows[0].id])
    assert db.read_sync(unread_count, mine) == 2
    db.write_sync(mark_read, mine, [rows[0].id])
    assert [r.unread for r in db.read_sync(inbox, mine)[0]] == [False, True]
    db.write_sync(mark_read, mine)
    assert db.read_sync(unread_count, mine) == 0
    assert db.read_sync(inbox, other) == ([], False)


def test_notes_and_the_log_agree(told: Callable[[], list[int]]) -> None:
    """Every assignment in the log by somebody else is one note, none more."""
    boss, sellers = principal(make_user(), "administrator"), [make_user() for _ in range(3)]
    for n in range(6):
        change("person", make_person(), boss, None, owner_id=sellers[n % 3])
    told()

    def count(session) -> tuple[int, int]:
        rows = session.exec(select(ChangeLog).where(ChangeLog.kind == "person", ChangeLog.actor_id == boss.id))
        assigned = sum("owner_id" in row.diff for row in rows)
        return assigned, len(list(session.exec(select(Notification))))

    assert db.read_sync(count) == (6, 6)


def test_home_shows_what_is_mine_soonest_first(database_url: str) -> None:
    mine, other = principal(make_user()), make_user()
    pipeline = make_pipeline()
    late = make_deal(pipeline, title="Late", owner_id=mine.id)
    make_deal(pipeline, title="Silent", owner_id=mine.id)
    make_deal(pipeline, "Won", title="Won", owner_id=mine.id)
    make_deal(pipeline, title="Not mine", owner_id=other)
    plan = {"type": "call", "deal_id": late}
    make("activity", **plan, subject="Overdue", owner_id=mine.id, due_at=NOW - timedelta(days=2))
    make("activity", **plan, subject="Soon", owner_id=mine.id, due_at=NOW + timedelta(days=3))
    make("activity", **plan, subject="Far", owner_id=mine.id, due_at=NOW + timedelta(days=30))
    make("activity", **plan, subject="Theirs", owner_id=other, due_at=NOW)
    make("activity", **plan, subject="Done", owner_id=mine.id, due_at=NOW, done_at=NOW)
    tasks = db.read_sync(tasks_of, mine)
    assert [(t.subject, t.about, t.tone) for t in tasks] == [("Overdue", "Late", "r"), ("Soon", "Late", "")]
    deals = db.read_sync(deals_to_move, mine)
    assert [(d.title, d.tone) for d in deals] == [("Late", "red"), ("Silent", "amber")]


def test_what_is_told_does_not_disturb_the_pages_that_follow_records() -> None:
    """The fan-out of records hears every announcement of the process, also those that are not about records."""

    class Loop:
        def call_soon_threadsafe(self, *_: object) -> None:
            raise AssertionError("a notification is no news of a record")

    fanout = object.__new__(Fanout)
    fanout.loop = Loop()  # pyright: ignore[reportAttributeAccessIssue]
    fanout.heard({"kind": "notification", "ids": [1]})
    fanout.heard({"kind": "presence", "from": "x", "record": ["person", 1], "who": []})
