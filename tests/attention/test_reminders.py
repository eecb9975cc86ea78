"""Reminders: once to everybody concerned, also with two workers, after a restart, and anew at another time."""

import threading
from datetime import timedelta
from typing import Any

from sqlmodel import Session, select

from crm_app.attention.reminders import remind
from crm_app.core import db
from crm_app.core.clock import now
from crm_app.jobs.reminders import Reminders
from crm_app.tables import Notification
from tests.support.builders import change, make, make_user


def notes() -> list[tuple[int, str, str]]:
    def read(session: Session) -> list[tuple[int, str, str]]:
        found = session.exec(select(Notification).where(Notification.type == "reminder"))
        return sorted((n.user_id, n.text, n.path) for n in found)

    return db.read_sync(read)


def due(owner: int, minutes: int, **values: object) -> int:
    given = {"type": "call", "subject": "Prices", "owner_id": owner, "due_at": now() + timedelta(minutes=minutes)}
    return make("activity", **given | {"remind_minutes": 15} | values)


def test_who_owns_it_and_who_is_asked_hear_once_and_of_nothing_else(database_url: str) -> None:
    me, asked, declined, gone = make_user(), make_user(), make_user(), make_user()
    guests = [{"user_id": asked}, {"user_id": declined, "response": "declined"}, {"user_id": gone}]
    id = due(me, 10, attendees=guests)
    change("user", gone, status="disabled")
    due(me, 20)  # its time has not come
    due(me, 10, done_at=now())
    due(me, -2 * 1440)  # long past
    told: list[dict[str, Any]] = []
    assert remind(told.append) == 2
    assert told == [{"kind": "notification", "ids": sorted([me, asked])}]
    assert [(u, p) for u, _, p in notes()] == sorted((u, f"/calendar?activity={id}") for u in (me, asked))
    assert all(text.startswith("Reminder: Prices, to") for _, text, _ in notes())
    assert remind(told.append) == 0 and len(told) == 1


def test_another_time_reminds_again_and_the_same_time_does_not(database_url: str) -> None:
    me = make_user()
    id = due(me, 10)
    assert remind(lambda _: None) == 1
    change("activity", id, subject="Other words")
    assert remind(lambda _: None) == 0
    change("activity", id, due_at=now() + timedelta(minutes=5))
    assert remind(lambda _: None) == 1


def test_a_whole_day_is_reminded_of_from_nine_on(database_url: str) -> None:
    me = make_user()
    midnight = now().replace(hour=0, minute=0, second=0, microsecond=0)
    due(me, 0, due_at=midnight + timedelta(days=1), all_day=True, remind_minutes=1440)
    assert remind(lambda _: None) == (1 if now() >= midnight + timedelta(hours=9) else 0)


def test_two_workers_at_once_say_it_once(database_url: str) -> None:
    users = [make_user() for _ in range(3)]
    for user in users:
        for _ in range(5):
            due(user, 5)
    start, told = threading.Barrier(4), list[int]()

    def work() -> None:
        start.wait()
        told.append(remind(lambda _: None))

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(told) == 15 and len(notes()) == 15


def test_the_thread_of_the_server_says_what_was_missed_while_it_was_down(database_url: str) -> None:
    me = make_user()
    due(me, -60)
    reminders = Reminders(every=0.01)
    reminders.start()
    deadline = now() + timedelta(seconds=20)
    while not notes() and now() < deadline:
        threading.Event().wait(0.01)
    reminders.stop()
    again = Reminders(every=0.01)
    again.start()
    again.stop()
    assert len(notes()) == 1
