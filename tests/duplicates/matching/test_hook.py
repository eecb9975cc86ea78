"""Whoever creates what is here already is asked first, and what is alike waits in the work list."""

import threading
from typing import Any

import pytest
from sqlalchemy import select

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply, undo
from crm_app.core.changes.working import table_of
from crm_app.core.errors import KithError, LikelyDuplicate
from crm_app.duplicates.matching.keeping import differences, keep_up
from crm_app.duplicates.merge.undoing import unmerge
from crm_app.records.create.service import create_record
from crm_app.tables import DuplicateKey, DuplicatePair, DuplicateProfile, Person
from tests.duplicates.world import merge
from tests.support.builders import change, make, make_user, principal

pair, key, profile, person = (table_of(m) for m in (DuplicatePair, DuplicateKey, DuplicateProfile, Person))
EMAIL = "jon.abercrombie@acme.example"
JON: dict[str, Any] = {"first_name": "Jonathan", "last_name": "Abercrombie", "emails": [{"value": EMAIL}]}
TYPED = {"first_name": "Jon", "last_name": "Abercrombie", "emails.value": EMAIL}


def pairs(**where: Any) -> list[tuple[int, int, str]]:
    query = select(pair.c.left_id, pair.c.right_id, pair.c.decision).order_by(pair.c.left_id, pair.c.right_id)
    for name, value in where.items():
        query = query.where(pair.c[name] == value)
    return db.read_sync(lambda s: [(a, b, c) for a, b, c in s.connection().execute(query)])


def kept() -> tuple[list[Any], list[Any]]:
    """Everything that is kept beside the records."""

    def read(session: Any) -> tuple[list[Any], list[Any]]:
        run = session.connection().execute
        keys = run(select(key).order_by(key.c.kind, key.c.key, key.c.record_id)).all()
        return run(select(profile).order_by(profile.c.kind, profile.c.record_id)).all(), keys

    return db.read_sync(read)


def people() -> int:
    return db.read_sync(lambda s: len(s.connection().execute(select(person.c.id)).all()))


def test_a_form_is_asked_before_it_makes_somebody_again(database_url: str) -> None:
    me = principal(make_user(name="Olga"))
    id = make("person", **JON, owner_id=me.id)
    with pytest.raises(LikelyDuplicate) as refusal:
        db.write_sync(create_record, me, "person", TYPED)
    assert [match.id for match in refusal.value.matches] == [id]
    assert "Jonathan Abercrombie" in refusal.value.message and "Olga" in refusal.value.message
    assert (people(), pairs()) == (1, [])
    made = db.write_sync(create_record, me, "person", TYPED, [id]).id
    assert pairs(decided_by=me.id) == [(id, made, "not_duplicate")]
    change("person", made, title="Buyer", first_name="Jonny")
    change("person", id, first_name="Jon")
    assert pairs() == [(id, made, "not_duplicate")], "it is remembered"


def test_the_acknowledgement_is_for_those_who_were_seen(database_url: str) -> None:
    me = principal(make_user())
    seen = make("person", **JON)
    unseen = make("person", **JON)
    with pytest.raises(LikelyDuplicate) as refusal:
        db.write_sync(create_record, me, "person", TYPED, [seen])
    assert [match.id for match in refusal.value.matches] == [unseen]


def test_the_background_goes_on_and_leaves_it_in_the_work_list(database_url: str) -> None:
    one, two = make("person", **JON), make("person", **JON)
    assert pairs() == [(one, two, "open")]
    change("person", two, first_name="Mary", last_name="Poppins", emails=[])
    assert pairs() == []


def test_what_is_kept_follows_edit_undo_delete_restore_and_merge(database_url: str) -> None:
    one, two = make("person", **JON), make("person", **JON)
    before = kept()
    batch = change("person", two, first_name="Mary", last_name="Poppins", emails=[])
    assert kept() != before
    db.write_sync(undo, SYSTEM, batch)
    assert (kept(), pairs()) == (before, [(one, two, "open")])
    gone = db.write_sync(apply, SYSTEM, Change("person", two, op="delete")).batch_id
    assert {row.record_id for part in kept() for row in part} == {one} and pairs() == []
    db.write_sync(undo, SYSTEM, gone)
    assert (kept(), pairs()) == (before, [(one, two, "open")])
    merged = merge("person", one, two).batch_id
    assert pairs() == [(one, two, "merged")]
    db.write_sync(unmerge, SYSTEM, merged)
    assert (kept(), pairs()) == (before, [(one, two, "open")])
    merged = merge("person", one, two).batch_id
    change("person", one, first_name="Mary", last_name="Poppins", emails=[])
    db.write_sync(unmerge, SYSTEM, merged)
    assert pairs() == []  # nothing is merged, and what came apart is not alike any more


def test_a_decision_follows_a_merge(database_url: str) -> None:
    me = principal(make_user(), "administrator")
    one = make("person", **JON)
    two = make("person", **JON)
    other = db.write_sync(create_record, me, "person", TYPED, [one, two]).id
    merge("person", two, other)
    change("person", two, first_name="Jonny")
    assert pairs(decision="open") == [], "one and two are apart, for two is now whom it was said of"


def test_missing_and_stale_keys_are_made_anew(database_url: str) -> None:
    company = make("company", name="Acme")
    make("person", **JON, company_id=company)
    change("company", company, name="Globex")
    keep_up()
    assert any("globex" in row.profile and row.kind == "person" for row in kept()[0])
    whole = kept()
    assert db.read_sync(differences) == []

    def spoil(session: Any) -> None:
        session.connection().execute(key.delete())
        session.connection().execute(profile.update().where(profile.c.kind == "person").values(version=-1))
        session.connection().execute(profile.delete().where(profile.c.kind == "company"))

    db.write_sync(spoil)
    make("company", name="Initech")
    (said,) = db.read_sync(differences)
    assert said.startswith("duplicates: companies: 1 of 2 are kept")
    db.write_sync(apply, SYSTEM, Change("company", kept()[0][0].record_id, op="delete"))
    assert keep_up() == 2
    assert kept() == whole
    assert keep_up() == 0


def test_two_who_create_the_same_person_at_once_make_one_and_one_is_told(database_url: str) -> None:
    users = [principal(make_user()) for _ in range(2)]
    together = threading.Barrier(2, timeout=20)
    ended: list[object] = []

    def work(me: Any) -> None:
        together.wait()
        try:
            ended.append(db.write_sync(create_record, me, "person", TYPED))
        except KithError as refusal:
            ended.append(refusal)

    for round_ in range(3):
        threads = [threading.Thread(target=work, args=(me,)) for me in users]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        refused = [end for end in ended if isinstance(end, LikelyDuplicate)]
        assert (len(refused), people()) == (1 + 2 * round_, 1), ended
