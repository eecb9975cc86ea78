"""Merging people and companies: rights, two users at once, what moves, what stays, and the way back."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from crm_app.core import clock, db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply, undo
from crm_app.core.changes.forwarding import origins, survivor_of
from crm_app.core.changes.replay import differences
from crm_app.core.errors import Forbidden, Invalid, NotFound, Refused
from crm_app.duplicates.merge import checking, service, undoing
from crm_app.duplicates.merge.giving import additions
from crm_app.duplicates.merge.undoing import merge_of, unmerge
from crm_app.migrations import problems
from crm_app.records.bulk import run_bulk
from crm_app.tables import Activity, Company, Deal, File, Person, PersonEmail
from tests.duplicates.world import merge, snapshot
from tests.support.builders import (
    change,
    make,
    make_company,
    make_deal,
    make_person,
    make_pipeline,
    make_user,
    principal,
    row,
)


def emails(person: int) -> list[str]:
    mine = select(PersonEmail).where(col(PersonEmail.person_id) == person)
    query = mine.order_by(col(PersonEmail.position), col(PersonEmail.id))
    return db.read_sync(lambda session: [e.value for e in session.exec(query)])


def test_two_become_one_and_two_again(database_url: str) -> None:
    pipeline = make_pipeline()
    ada = make_person(display_name="Ada L.", title="", emails=[{"value": "ada@example.org", "is_primary": True}])
    twin = make_person(
        display_name="Ada Lovelace",
        title="Countess",
        emails=[{"value": "ADA@example.org", "is_primary": True}, {"value": "countess@example.org"}],
    )
    deal, note = make_deal(pipeline, person_id=twin), make("activity", type="note", subject="Met", person_id=twin)
    file = make("file", name="cv.pdf", sha256="0" * 64, kind="person", record_id=twin)
    before = snapshot()
    done = merge("person", ada, twin)
    assert row(Person, ada)["display_name"] == "Ada Lovelace" and row(Person, ada)["title"] == "Countess"
    assert emails(ada) == ["ada@example.org", "countess@example.org"]
    assert emails(twin) == ["ADA@example.org", "countess@example.org"]  # kept as they were, to be found by
    assert row(Person, twin)["merged_into_id"] == ada and row(Person, twin)["deleted_at"] is not None
    assert row(Deal, deal)["person_id"] == row(Activity, note)["person_id"] == row(File, file)["record_id"] == ada
    assert db.read_sync(survivor_of, "person", twin) == ada
    assert db.read_sync(differences) == [] and problems() == []
    db.write_sync(unmerge, SYSTEM, done.batch_id)
    assert snapshot() == before
    assert db.read_sync(differences) == []


def test_the_chosen_values_stay(sqlite_database: str) -> None:
    one, two = (make_company(name=n, revenue_minor=v, currency=c) for n, v, c in (("A", 100, "EUR"), ("B", 9, "USD")))
    merge("company", one, two, chosen={"name": one, "revenue_minor": two})
    assert [row(Company, one)[n] for n in ("name", "revenue_minor", "currency")] == ["A", 9, "USD"]
    for chosen in ({"name": 999}, {"sort_key": one}, {"merged_into_id": one}, {"nonsense": one}):
        with pytest.raises(Refused):
            merge("company", one, make_company(), chosen=chosen)


@pytest.mark.parametrize("ids", [[], [0], [1] * 12])
def test_what_cannot_be_merged_is_refused(sqlite_database: str, ids: list[int]) -> None:
    ada = make_person()
    losers = [ada] if ids == [0] else [make_person() for _ in ids]
    before = snapshot()
    with pytest.raises(Refused):
        merge("person", ada, *losers)
    with pytest.raises(Refused, match="Deals cannot be merged"):
        merge("deal", 1, 2)
    with pytest.raises(NotFound):
        merge("person", ada, 987654)
    assert snapshot() == before


def test_three_people_merged_by_two_users_at_once(database_url: str) -> None:
    users = [principal(make_user(name=n, role="administrator"), "administrator") for n in ("Ravi", "Inès")]
    a, b, c = (make_person(display_name=n, emails=[{"value": f"{n}@example.org"}]) for n in ("Anna", "Berta", "Clara"))
    wishes = [(users[0], a, [b, c]), (users[1], b, [a, c])]
    results: list[Any] = []
    gate = threading.Barrier(2)

    def go(wish: Any) -> None:
        gate.wait()
        try:
            results.append(merge("person", wish[1], *wish[2], actor=wish[0]))
        except Refused as refusal:
            results.append(refusal)

    threads = [threading.Thread(target=go, args=(w,)) for w in wishes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    won = next(r for r in results if isinstance(r, service.Merged))
    lost = next(r for r in results if isinstance(r, Refused))
    assert "was merged into" in lost.message and ("Ravi" in lost.message or "Inès" in lost.message)
    assert sorted(emails(won.survivor)) == ["Anna@example.org", "Berta@example.org", "Clara@example.org"]
    assert [p for p in (a, b, c) if row(Person, p)["deleted_at"] is None] == [won.survivor]
    assert db.read_sync(differences) == []


def test_a_person_with_two_hundred_emails(sqlite_database: str) -> None:
    many = [{"value": f"{n}@example.org"} for n in range(200)]
    full, same = make_person(emails=many), make_person(emails=many[:120])
    other = make_person(emails=[{"value": "one.more@example.org"}])
    before = snapshot()
    with pytest.raises(Refused, match=r"201 e-mails, and a person may have at most 200\. Nothing was merged"):
        merge("person", full, other)
    with pytest.raises(Refused):
        merge("person", other, full)
    assert snapshot() == before
    done = merge("person", full, same)  # none of them is new
    assert len(emails(full)) == 200
    db.write_sync(unmerge, SYSTEM, done.batch_id)
    assert snapshot() == before


def test_rights_are_asked_of_every_record(sqlite_database: str) -> None:
    me, other = make_user(), make_user()
    seller = principal(me, "sales")
    mine, also, theirs = make_person(owner_id=me), make_person(owner_id=me), make_person(owner_id=other)
    deal = make_deal(make_pipeline(), person_id=also, owner_id=other)  # moves along, whoever owns it
    before = snapshot()
    for survivor, loser in ((mine, theirs), (theirs, mine)):
        with pytest.raises(Forbidden, match="only own people"):
            merge("person", survivor, loser, actor=seller)
    reader = principal(make_user(role="read-only"), "read-only")
    with pytest.raises(Forbidden):
        merge("person", mine, also, actor=reader)
    with pytest.raises(Forbidden):
        merge("company", make_company(owner_id=me), make_company(owner_id=me), actor=seller)
    assert snapshot()["person"] == before["person"]
    done = merge("person", mine, also, actor=seller)
    assert row(Deal, deal)["person_id"] == mine
    with pytest.raises(Forbidden):
        db.write_sync(unmerge, reader, done.batch_id)
    db.write_sync(unmerge, seller, done.batch_id)
    assert row(Deal, deal)["person_id"] == also


def test_a_stale_page_is_told(sqlite_database: str) -> None:
    ada, twin = make_person(), make_person(display_name="Twin")
    seen = {ada: row(Person, ada)["version"], twin: row(Person, twin)["version"]}
    change("person", twin, title="New")
    with pytest.raises(Refused, match="Twin was changed since"):
        merge("person", ada, twin, versions=seen)


def test_who_points_to_a_merged_one_means_the_survivor(database_url: str) -> None:
    pipeline = make_pipeline()
    a, b, c = make_person(), make_person(), make_person()
    gone, other = make_deal(pipeline, person_id=c), make_deal(pipeline)
    batch = change("deal", gone, title="x")
    db.write_sync(lambda s: apply(s, SYSTEM, Change("deal", gone, op="delete")))
    merge("person", b, c)
    merge("person", a, b)
    assert db.read_sync(survivor_of, "person", c) == a and db.read_sync(origins, "person", [a]) == {a, b, c}
    late = make_deal(pipeline, person_id=c)  # a form that was open meanwhile
    assert row(Deal, late)["person_id"] == a
    change("deal", other, contacts=[{"person_id": c, "role": "user"}])
    assert {r["person_id"] for r in snapshot()["deal_contact"]} == {a}
    db.write_sync(lambda s: apply(s, SYSTEM, Change("deal", gone, op="restore")))
    assert row(Deal, gone)["person_id"] == a
    db.write_sync(undo, SYSTEM, batch)
    with pytest.raises(Invalid):
        make_deal(pipeline, person_id=123456)
    assert db.read_sync(differences) == []


def test_a_chain_is_taken_back_newest_first(sqlite_database: str) -> None:
    a, b, c = (make_person(display_name=n) for n in "abc")
    before = snapshot()
    first, second = merge("person", b, c, chosen={"display_name": b}), merge("person", a, b)
    with pytest.raises(Refused, match="b was merged into another record since"):
        db.write_sync(unmerge, SYSTEM, first.batch_id)
    db.write_sync(unmerge, SYSTEM, second.batch_id)
    db.write_sync(unmerge, SYSTEM, first.batch_id)
    assert snapshot() == before
    with pytest.raises(Refused, match="taken back already"):
        db.write_sync(unmerge, SYSTEM, first.batch_id)
    with pytest.raises(NotFound):
        db.write_sync(unmerge, SYSTEM, change("person", a, title="x"))


def test_the_undo_of_an_undo_merges_again(sqlite_database: str) -> None:
    a, b = make_person(), make_person()
    deal = make_deal(make_pipeline(), person_id=b)
    done = merge("person", a, b)
    merged = snapshot()
    back = db.write_sync(unmerge, SYSTEM, done.batch_id)
    db.write_sync(undo, SYSTEM, back.undone.batch_id)
    assert snapshot() == merged | {"person": snapshot()["person"]} and row(Deal, deal)["person_id"] == a
    assert db.read_sync(survivor_of, "person", b) == a
    db.write_sync(unmerge, SYSTEM, done.batch_id)
    assert row(Deal, deal)["person_id"] == b and row(Person, b)["merged_into_id"] is None


def test_after_ninety_days_both_stay_one(sqlite_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = make_person(), make_person()
    done = merge("person", a, b)
    at = clock.now()
    monkeypatch.setattr(undoing, "now", lambda: at + timedelta(days=89, hours=23))
    db.read_sync(lambda s: undoing.checked(s, SYSTEM, merge_of(s, done.batch_id)))  # pyright: ignore
    monkeypatch.setattr(undoing, "now", lambda: at + timedelta(days=91))
    with pytest.raises(Refused, match="can be undone for 90 days"):
        db.write_sync(unmerge, SYSTEM, done.batch_id)
    assert row(Person, b)["merged_into_id"] == a


def test_what_was_added_since_stays_or_goes_as_told(database_url: str) -> None:
    pipeline = make_pipeline()
    a, b = make_person(), make_person(emails=[{"value": "b@example.org"}])
    early = make_deal(pipeline, person_id=b)
    done = merge("person", a, b)
    late, later = make_deal(pipeline, person_id=a, title="Late"), make_deal(pipeline, person_id=a, title="Later")
    change("person", a, emails=[{"id": r["id"], "value": r["value"]} for r in _rows(a)] + [{"value": "c@example.org"}])
    part = next(r["id"] for r in _rows(a) if r["value"] == "c@example.org")
    change("deal", early, title="Renamed")
    found = db.read_sync(_additions, done.batch_id)
    assert {(f.key, f.title) for f in found} == {
        (f"deal.{late}", "Late"),
        (f"deal.{later}", "Later"),
        (f"emails.{part}", "c@example.org, work"),
    }
    with pytest.raises(Refused):
        db.write_sync(unmerge, SYSTEM, done.batch_id, {f"deal.{late}": a})
    with pytest.raises(Refused):
        db.write_sync(unmerge, SYSTEM, done.batch_id, {"deal.999999": b})
    db.write_sync(unmerge, SYSTEM, done.batch_id, {f"deal.{late}": b, f"emails.{part}": b})
    assert [row(Deal, d)["person_id"] for d in (early, late, later)] == [b, b, a]
    assert row(Deal, early)["title"] == "Renamed"
    assert (emails(a), emails(b)) == ([], ["b@example.org", "c@example.org"])
    assert db.read_sync(differences) == []


def _rows(person: int) -> list[dict[str, Any]]:
    return [r for r in snapshot()["person_email"] if r["person_id"] == person]


def _additions(session: Session, batch_id: int) -> list[Any]:
    merge = merge_of(session, batch_id)
    assert merge is not None
    return additions(session, SYSTEM, merge.kind, merge.survivor, merge.last_seq, merge.made_at)


def test_a_survivor_that_was_deleted_comes_back_first(sqlite_database: str) -> None:
    a, b = make_person(display_name="Anna"), make_person()
    done = merge("person", a, b, chosen={"display_name": a})
    db.write_sync(lambda s: apply(s, SYSTEM, Change("person", a, op="delete")))
    with pytest.raises(Refused, match="Anna was deleted since"):
        db.write_sync(unmerge, SYSTEM, done.batch_id)


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """What would be ten thousand is a dozen."""
    monkeypatch.setattr(service, "AT_ONCE", 5)
    monkeypatch.setattr(undoing, "AT_ONCE", 5)


def test_very_many_are_a_run_of_one_batch(database_url: str, small_steps: None) -> None:
    a, b = make_company(name="A"), make_company(name="B")
    ids = [make("activity", type="note", subject=str(n), company_id=b) for n in range(12)]
    make_person(company_id=b)
    before = snapshot()
    done = merge("company", a, b)
    assert done.run_id and row(Company, b)["deleted_at"] is None
    with pytest.raises(Refused, match="just now"):
        merge("company", make_company(), b)
    late = make("activity", type="note", subject="late", company_id=b)
    progress = run_bulk(done.run_id)
    assert (progress.status, progress.refused) == ("done", 0)
    assert {row(Activity, i)["company_id"] for i in (*ids, late)} == {a}
    assert row(Company, b)["merged_into_id"] == a
    db.write_sync(lambda s: apply(s, SYSTEM, Change("activity", late, op="delete")))
    back = db.write_sync(unmerge, SYSTEM, done.batch_id)
    assert back.run_id and run_bulk(back.run_id).status == "done"
    after = snapshot()
    after["activity"] = [r for r in after["activity"] if r["id"] != late]
    after["company"] = [r for r in after["company"] if r["id"] in (a, b)]
    assert after == before
    assert db.read_sync(differences) == []


def test_a_run_says_who_was_faster(sqlite_database: str, small_steps: None) -> None:
    a, b = make_company(name="A"), make_company(name="B")
    ids = [make("activity", type="note", subject=str(n), company_id=b) for n in range(7)]
    done = merge("company", a, b)
    db.write_sync(lambda s: apply(s, SYSTEM, Change("company", a, op="delete")))
    progress = run_bulk(done.run_id)
    assert progress.is_over and progress.refused
    assert row(Company, b)["deleted_at"] is None
    assert {row(Activity, i)["company_id"] for i in ids} == {b}
    assert db.read_sync(differences) == []
    assert checking.MERGE == "merge_records"
