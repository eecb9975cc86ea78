"""Decisions and comparisons at the same moment: nothing that somebody said gets lost, and nobody sees an error."""

import threading
from collections.abc import Callable
from time import sleep
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core import db
from crm_app.core.changes import Change, apply
from crm_app.core.changes.working import table_of
from crm_app.duplicates.matching.pairs import APART, ids_of
from crm_app.duplicates.matching.service import not_duplicate
from crm_app.duplicates.matching.sweeping import sweep_changed
from crm_app.tables import DuplicatePair
from tests.support.builders import make_person, make_user, principal

pair = table_of(DuplicatePair)


def at_once(first: Callable[[Session], Any], second: Callable[[], Any]) -> list[BaseException]:
    """`second` begins while `first` has done its work and not committed yet; gives what went wrong."""
    begun, wrong = threading.Event(), []

    def hold(session: Session) -> None:
        first(session)
        begun.set()
        sleep(0.4)

    def guarded(work: Callable[[], Any]) -> None:
        try:
            work()
        except BaseException as error:
            wrong.append(error)
        finally:
            begun.set()

    def later() -> None:
        begun.wait(20)
        second()

    threads = [threading.Thread(target=guarded, args=(work,)) for work in (lambda: db.write_sync(hold), later)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return wrong


def decided() -> dict[tuple[int, int], str]:
    rows = db.read_sync(
        lambda s: s.connection().execute(select(pair.c.left_id, pair.c.right_id, pair.c.decision)).all()
    )
    return {(one, two): said for one, two, said in rows}


def alike(count: int) -> list[int]:
    given = {"first_name": "Tilda", "last_name": "Quist", "emails": [{"value": "tilda@quist.example"}]}
    return [make_person(**given, display_name="Tilda Quist") for _ in range(count)]


def test_two_say_the_same_at_once(database_url: str) -> None:
    one, two = (principal(make_user(role="administrator"), "administrator") for _ in range(2))
    ids = [*alike(2), make_person(first_name="Zoe", last_name="Farah", display_name="Zoe Farah")]  # one is no pair yet
    wrong = at_once(
        lambda session: not_duplicate(session, one, "person", ids),
        lambda: db.write_sync(not_duplicate, two, "person", ids),
    )
    assert wrong == []
    assert set(decided().values()) == {APART} and len(decided()) == 3


def test_what_was_said_outlives_an_edit_that_makes_them_unlike(database_url: str) -> None:
    who = principal(make_user(role="administrator"), "administrator")
    ids = alike(2)
    edit = Change("person", ids[1], {"first_name": "Zoe", "last_name": "Farah", "emails": []})
    wrong = at_once(
        lambda session: not_duplicate(session, who, "person", ids),
        lambda: db.write_sync(apply, who, edit),
    )
    assert wrong == []
    assert decided() == {ids_of(*ids): APART}


def test_what_was_said_outlives_a_sweep(database_url: str) -> None:
    who = principal(make_user(role="administrator"), "administrator")
    ids = alike(2)
    wrong = at_once(
        lambda session: not_duplicate(session, who, "person", ids),
        lambda: sweep_changed("person"),
    )
    assert wrong == []
    assert decided() == {ids_of(*ids): APART}


def test_a_sweep_that_has_looked_does_not_undo_what_is_said(database_url: str) -> None:
    who = principal(make_user(role="administrator"), "administrator")
    ids = alike(2)
    make_person(first_name="Zoe", last_name="Farah", display_name="Zoe Farah")
    edit = Change("person", ids[1], {"first_name": "Zoe", "last_name": "Farah", "emails": []})
    wrong = at_once(
        lambda session: apply(session, who, edit),
        lambda: db.write_sync(not_duplicate, who, "person", ids),
    )
    assert wrong == []
    assert decided()[ids_of(*ids)] == APART
