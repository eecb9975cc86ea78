"""Asking the owner for a record that one may not see: once, answered in the inbox, and nothing given away."""

import pytest
from sqlmodel import select

from crm_app.attention.access import ask_for_access, decline_access, give_access
from crm_app.attention.queries import NoteRow, inbox
from crm_app.core import db
from crm_app.core.actor import Principal
from crm_app.core.changes.log import ChangeLog
from crm_app.core.errors import NotFound, Refused
from crm_app.identity.policy import MATRIX
from crm_app.tables import Notification, Person
from tests.support.builders import change, make_person, make_user, principal, row


@pytest.fixture
def hidden(database_url: str, monkeypatch: pytest.MonkeyPatch) -> tuple[int, Principal, Principal]:
    """A person whom only the owner sees: its id, the owner, and a colleague."""
    monkeypatch.setitem(MATRIX["sales"]["person"], "read", "own")
    owner, asker = make_user(name="Ravi Shah"), make_user(name="Nora Lind")
    person = make_person(display_name="Anna Berg", owner_id=owner)
    return person, principal(owner), Principal(id=asker, name="Nora Lind", role="sales")


def notes(who: Principal) -> list[NoteRow]:
    return db.read_sync(inbox, who)[0]


def ask(who: Principal, id: int) -> None:
    db.write_sync(ask_for_access, who, "person", id)


def test_the_owner_is_asked_once(hidden: tuple[int, Principal, Principal]) -> None:
    person, owner, asker = hidden
    ask(asker, person)
    ask(asker, person)
    assert [(n.text, n.asks) for n in notes(owner)] == [("Nora Lind asks for access to Anna Berg.", True)]
    assert notes(asker) == []


def test_giving_access_hands_the_record_over(hidden: tuple[int, Principal, Principal]) -> None:
    person, owner, asker = hidden
    ask(asker, person)
    (asked,) = notes(owner)
    db.write_sync(give_access, owner, asked.id)
    assert row(Person, person)["owner_id"] == asker.id
    (answered,) = notes(owner)
    assert not answered.asks and not answered.unread
    with pytest.raises(NotFound):
        db.write_sync(give_access, owner, asked.id)


def test_a_refusal_says_nothing_of_the_record_and_may_be_asked_again(
    hidden: tuple[int, Principal, Principal],
) -> None:
    person, owner, asker = hidden
    ask(asker, person)
    change("person", person, owner, display_name="Anna Secretly-Renamed")
    db.write_sync(decline_access, owner, notes(owner)[0].id)
    (told,) = notes(asker)
    assert (told.text, told.path) == (f"{owner.name} declined your request for access to a person.", "")
    noted = db.read_sync(lambda s: s.exec(select(Notification).where(Notification.user_id == asker.id)).one())
    assert (noted.kind, noted.record_id) == ("", None)
    ask(asker, person)
    assert [n.asks for n in notes(owner)] == [True, False]


def test_nothing_is_learned_or_written_by_asking_for_what_is_not_there(
    hidden: tuple[int, Principal, Principal],
) -> None:
    person, owner, asker = hidden
    before = db.read_sync(lambda s: len(s.exec(select(ChangeLog)).all()))
    ask(asker, 999_999)  # no error, as for one that is there
    ask(owner, person)  # who may see it already asks nobody
    assert notes(owner) == []
    assert db.read_sync(lambda s: len(s.exec(select(ChangeLog)).all())) == before


def test_only_who_was_asked_answers(hidden: tuple[int, Principal, Principal]) -> None:
    person, owner, asker = hidden
    ask(asker, person)
    for answer in (give_access, decline_access):
        with pytest.raises(NotFound):
            db.write_sync(answer, asker, notes(owner)[0].id)
    assert row(Person, person)["owner_id"] == owner.id


def test_without_an_owner_the_administrators_are_asked_and_one_answer_is_enough(
    hidden: tuple[int, Principal, Principal],
) -> None:
    _, _, asker = hidden
    first, second = (principal(make_user(role="administrator"), "administrator") for _ in range(2))
    nobodys = make_person(display_name="Jo Sand", owner_id=None)
    ask(asker, nobodys)
    assert [n.asks for n in notes(first)] == [n.asks for n in notes(second)] == [True]
    db.write_sync(give_access, first, notes(first)[0].id)
    assert [n.asks for n in notes(second)] == [False]
    with pytest.raises(NotFound):
        db.write_sync(decline_access, second, notes(second)[0].id)


def test_a_role_that_sees_none_is_refused(
    hidden: tuple[int, Principal, Principal], monkeypatch: pytest.MonkeyPatch
) -> None:
    person, owner, asker = hidden
    monkeypatch.setitem(MATRIX["sales"]["person"], "read", "none")
    with pytest.raises(Refused):
        ask(asker, person)
    assert notes(owner) == []
