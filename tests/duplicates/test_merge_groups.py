"""Groups merged by a run: killed and carried on, refused one by one, told at the end, each taken back alone."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlmodel import Session

from crm_app.attention import ends
from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import outbox
from crm_app.core.changes.replay import differences
from crm_app.core.errors import Refused
from crm_app.duplicates.merge import groups as module
from crm_app.duplicates.merge import service
from crm_app.duplicates.merge.groups import start_groups
from crm_app.duplicates.merge.undoing import unmerge
from crm_app.jobs.bulk import next_run
from crm_app.records.bulk import BulkProgress, cancel_bulk, carry_on, list_refusals, run_bulk
from crm_app.tables import Activity, BulkRun, ChangeBatch, Company, Notification, Person, PersonEmail
from tests.imports.files import all_of
from tests.support.builders import change, make, make_company, make_person, make_user, principal, row


def pairs(number: int, **more: object) -> list[list[int]]:
    return [[make_person(display_name=f"P{n} {x}", **more) for x in "ab"] for n in range(number)]


def begin(groups: list[list[int]], name: str = "person") -> int:
    return db.write_sync(start_groups, SYSTEM, name, groups)


def gone(groups: list[list[int]]) -> list[int]:
    return [sum(row(Person, id)["deleted_at"] is not None for id in ids) for ids in groups]


def batches() -> list[int]:
    """Of the merges, oldest first."""
    return [b.id for b in sorted(all_of(ChangeBatch), key=lambda b: b.id) if b.note.startswith("Merged")]


def test_a_kill_between_and_within_two_groups_loses_nothing_and_makes_nothing_twice(database_url: str) -> None:
    groups = pairs(4)
    run_id = begin(groups)
    db.write_sync(carry_on, run_id, 500)
    assert gone(groups) == [1, 0, 0, 0] and db.read_sync(next_run) == run_id

    def killed(session: Session) -> None:
        carry_on(session, run_id, 500)
        raise ConnectionError

    with pytest.raises(ConnectionError):
        db.write_sync(killed)
    assert gone(groups) == [1, 0, 0, 0]
    seen: list[int] = []
    done = run_bulk(run_id, tell=lambda progress: seen.append(progress.done))
    assert seen == [2, 3, 4] and (done.status, done.changed, done.refused) == ("done", 4, 0)
    assert gone(groups) == [1, 1, 1, 1] and len(batches()) == 4
    assert run_bulk(run_id) == done and len(batches()) == 4
    assert db.read_sync(differences) == []
    db.write_sync(unmerge, SYSTEM, batches()[2])
    assert gone(groups) == [1, 1, 0, 1], "each is taken back alone"


def test_what_cannot_be_merged_is_left_and_the_others_go_on(database_url: str) -> None:
    first, last = pairs(2)
    alone, deleted = make_person(), make_person()
    other = pairs(1)[0]
    db.write_sync(service.merge_records, SYSTEM, "person", other[0], [other[1]])
    groups = [first, [alone], other, [deleted, 10**12], last]
    done = run_bulk(begin(groups))
    assert (done.done, done.changed, done.refused, done.unchanged) == (5, 2, 3, 0)
    left = db.read_sync(list_refusals, SYSTEM, done.id)
    assert [r.id for r in left] == [alone, other[0], deleted]
    assert [r.reason for r in left][:2] == ["These are one record already."] * 2
    assert gone([first, last]) == [1, 1] and row(Person, deleted)["deleted_at"] is None


def test_a_save_that_fails_in_the_middle_leaves_no_half_group(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    groups = pairs(2)
    merge, fails = module.merge_records, [True]

    def torn(*given: object) -> object:
        done = merge(*given)  # pyright: ignore
        if fails.pop() if fails else False:
            raise Refused("Somebody else saved the same.")
        return done

    monkeypatch.setattr(module, "merge_records", torn)
    done = run_bulk(begin(groups))
    assert gone(groups) == [0, 1] and (done.changed, done.refused) == (1, 1)
    assert db.read_sync(list_refusals, SYSTEM, done.id)[0].reason == "Somebody else saved the same."
    assert len(batches()) == 1 and db.read_sync(differences) == []


def companies(calls: int) -> list[int]:
    one, other = make_company(name="Acme"), make_company(name="Acme Ltd")
    for company in [other] * calls + [one] * (calls + 1):
        make("activity", type="call", subject="Call", company_id=company)
    return [one, other]


def of_company() -> set[int | None]:
    return {a.company_id for a in all_of(Activity)}


def test_a_group_with_very_many_goes_portion_by_portion(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "AT_ONCE", 2)
    big, small = companies(5), [make_company(name="Bolt"), make_company(name="Bolt Inc")]
    run_id = begin([big, small], "company")
    db.write_sync(carry_on, run_id, 2)
    db.write_sync(carry_on, run_id, 2)
    assert of_company() == set(big), "some have moved"
    assert row(Company, small[1])["deleted_at"] is None, "one group after the other"
    assert db.read_sync(next_run) == run_id, "the groups go first, and carry it on"
    done = run_bulk(run_id)
    assert (done.status, done.done, done.changed, done.refused) == ("done", 2, 2, 0)
    assert of_company() == {big[0]} and [row(Company, p[1])["merged_into_id"] for p in (big, small)] == [
        big[0],
        small[0],
    ]
    assert {r.status for r in all_of(BulkRun)} == {"done"} and len(all_of(BulkRun)) == 2
    assert db.read_sync(differences) == []


def test_one_with_very_many_that_cannot_end_is_left(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "AT_ONCE", 2)
    big, small = companies(5), [make_company(name="Bolt"), make_company(name="Bolt Inc")]
    run_id = begin([big, small], "company")
    db.write_sync(carry_on, run_id, 2)
    (inner,) = [r for r in all_of(BulkRun) if r.id != run_id]
    db.write_sync(cancel_bulk, SYSTEM, inner.id)
    done = run_bulk(run_id)
    assert (done.changed, done.refused) == (1, 1) and row(Company, big[1])["deleted_at"] is None
    assert "before its time" in db.read_sync(list_refusals, SYSTEM, run_id)[0].reason


@pytest.mark.parametrize("long", [timedelta(0), timedelta(hours=1)])
def test_its_end_is_told_in_the_inbox(database_url: str, monkeypatch: pytest.MonkeyPatch, long: timedelta) -> None:
    monkeypatch.setattr(ends, "LONG", long)
    me = principal(make_user(role="administrator"), "administrator")
    groups = [*pairs(2), [make_person()]]
    run_bulk(db.write_sync(start_groups, me, "person", groups))
    outbox.drain()
    told = [(n.text, n.path) for n in all_of(Notification) if n.type == "ended"]
    text = "The merge of 3 groups of people is done: 2 changed, 1 left as they were."
    assert told == ([(text, "/duplicates?kind=person")] if not long else [])


def test_what_makes_no_sense_is_said_first(sqlite_database: str) -> None:
    (a, b), (c, _) = pairs(2)
    for groups, name in (([], "person"), ([[a, b], [b, c]], "person"), ([[a, b]], "activity")):
        with pytest.raises(Refused):
            begin(groups, name)
    assert all_of(BulkRun) == []


def test_whoever_may_not_merge_any_more_changes_nothing_more(sqlite_database: str) -> None:
    me, _ = (make_user(role="administrator") for _ in range(2))
    groups = pairs(2, owner_id=make_user())
    run_id = db.write_sync(start_groups, principal(me, "administrator"), "person", groups)
    db.write_sync(carry_on, run_id, 500)
    change("user", me, role="read-only")
    done = run_bulk(run_id)
    assert (done.changed, done.refused) == (1, 1) and gone(groups) == [1, 0]
    assert "may not" in db.read_sync(list_refusals, SYSTEM, run_id)[0].reason


def test_two_runs_of_the_same_groups_at_once_merge_each_once(database_url: str) -> None:
    groups = [[make_person(emails=[{"value": f"{x}{n}@example.org"}]) for x in "ab"] for n in range(2)]
    runs = [begin(groups), begin([ids[::-1] for ids in reversed(groups)])]
    gate = Barrier(2)

    def go(run_id: int) -> BulkProgress:
        gate.wait(20)
        return run_bulk(run_id)

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(go, runs))
    assert [d.status for d in done] == ["done", "done"]
    assert (sum(d.changed for d in done), sum(d.refused for d in done)) == (2, 2)
    said = [r.reason for run_id in runs for r in db.read_sync(list_refusals, SYSTEM, run_id)]
    assert all("one record already" in text or "was merged into" in text for text in said), said
    living = {p.id for p in all_of(Person) if p.deleted_at is None}
    held = {e.value for e in all_of(PersonEmail) if e.person_id in living}
    assert gone(groups) == [1, 1] and held == {f"{x}{n}@example.org" for x in "ab" for n in range(2)}
    assert len(batches()) == 2 and db.read_sync(differences) == []
