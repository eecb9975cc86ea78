"""Arrivals get exactly one owner, in turn or by load, also eight at a time; on both databases."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import select

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply, apply_many, undo
from crm_app.core.changes.log import ChangeLog
from crm_app.core.changes.working import table_of
from crm_app.core.errors import Forbidden, Invalid, KithError, NotFound, Refused
from crm_app.imports.service import import_file
from crm_app.records.bulk import bulk_progress, list_refusals, run_bulk, start_bulk, start_undo
from crm_app.records.create.service import create_record
from crm_app.tables import Company, Deal, Person
from crm_app.territories.assignment import share_waiting
from tests.support.builders import change, make, make_company, make_pipeline, make_user, principal, row

pytestmark = pytest.mark.usefixtures("database_url")
WRITERS = 8


def make_pool(people: list[int], **values: object) -> int:
    given = {"name": "Inbound", "from_forms": True, "from_imports": True, "members": [{"user_id": p} for p in people]}
    return make("pool", **given | values)


def arrive(**values: object) -> int:
    return make("person", **{"last_name": "New", "lifecycle": "lead"} | values)


def owners_of(table: type, ids: list[int]) -> list[int | None]:
    return [row(table, id)["owner_id"] for id in ids]


def at_once(work, arrivals: int) -> list[int]:
    """Eight writers that begin together, each with its share of the arrivals."""
    barrier = Barrier(WRITERS)

    def writer(_n: int) -> list[int]:
        barrier.wait(timeout=30)
        return [work() for _ in range(arrivals // WRITERS)]

    with ThreadPoolExecutor(WRITERS) as pool:
        return [id for ids in pool.map(writer, range(WRITERS)) for id in ids]


@pytest.mark.parametrize("method", ["round_robin", "least_loaded"])
def test_eight_writers_at_once_share_out_exactly(method: str) -> None:
    people = [make_user() for _ in range(4)]
    make_pool(people, method=method)
    ids = at_once(arrive, 40)
    assert Counter(owners_of(Person, ids)) == dict.fromkeys(people, 10)
    log = table_of(ChangeLog)
    query = select(log.c.record_id).where(log.c.kind == "person", log.c.source == "rule")
    assert sorted(db.read_sync(lambda s: s.connection().execute(query).scalars().all())) == sorted(ids)


def test_who_becomes_a_lead_arrives_as_well_also_eight_at_a_time() -> None:
    people = [make_user() for _ in range(4)]
    names, owned = (
        [make("person", last_name="Name") for _ in range(40)],
        make("person", last_name="O", owner_id=people[0]),
    )
    make_pool(people)
    waiting = iter(names)

    def become() -> int:
        id = next(waiting)
        change("person", id, lifecycle="lead")
        return id

    ids = at_once(become, 40)
    assert sorted(ids) == sorted(names)
    change("person", owned, lifecycle="lead")
    assert owners_of(Person, [owned]) == [people[0]]
    loads = Counter(owners_of(Person, ids))
    assert loads == dict.fromkeys(people, 10)


def test_nobody_gets_more_than_the_limit_from_eight_writers() -> None:
    people, stages = [make_user() for _ in range(3)], make_pipeline()[1]
    make_pool(people, covers="deal", method="capacity")
    for person, most in zip(people, (7, 3, 2), strict=True):
        make("availability", user_id=person, most_deals=most)
    ids = at_once(lambda: make("deal", title="New", stage_id=stages["Engaging"]), 24)
    assert Counter(owners_of(Deal, ids)) == {people[0]: 7, people[1]: 3, people[2]: 2, None: 12}


def test_an_owner_given_by_hand_stays_and_others_ways_in_are_left_alone() -> None:
    people, somebody = [make_user(), make_user()], make_user()
    make_pool(people)
    assert owners_of(Person, [arrive(owner_id=somebody)]) == [somebody]
    assert owners_of(Person, [arrive(lifecycle="contact")]) == [None]
    for source in ("bulk", "demo", "undo"):
        wish = Change("person", op="create", set={"display_name": "X", "lifecycle": "lead"})
        done = db.write_sync(lambda s, source=source, wish=wish: apply(s, SYSTEM, wish, source=source))
        assert owners_of(Person, [done.id]) == [None], source
    assert owners_of(Person, [arrive(), arrive(), arrive()]) == [people[0], people[1], people[0]]
    change("person", arrive(), last_name="Changed")


def test_a_pool_takes_only_the_ways_it_was_asked_for(tmp_path: Path) -> None:
    people = [make_user(), make_user()]
    pool = make_pool(people, from_forms=False)
    assert owners_of(Person, [arrive()]) == [None]
    path = tmp_path / "people.csv"
    lines = [f"Person{n},lead," for n in range(20)] + ["Hand,lead,Own Er"]
    path.write_text("last name,lifecycle,owner\n" + "\n".join(lines) + "\n")
    hand = make_user(name="Own Er")
    report = import_file(SYSTEM, "people", path)
    assert report.ok and report.created == 21
    person = table_of(Person)
    rows = db.read_sync(lambda s: s.connection().execute(select(person.c.last_name, person.c.owner_id)).all())
    given = {name: owner for name, owner in rows if name != "New"}
    assert given.pop("Hand") == hand
    assert Counter(given.values()) == dict.fromkeys(people, 10)
    change("pool", pool, from_forms=True, from_imports=False)
    assert owners_of(Person, [arrive()]) == [people[0]]


def test_the_form_gives_an_owner_where_none_was_chosen() -> None:
    people, seller = [make_user()], make_user()
    make_pool(people)
    values = {"last_name": "Form", "lifecycle": "lead"}
    done = db.write_sync(create_record, principal(seller), "person", values)
    assert owners_of(Person, [done.id]) == people
    kept = db.write_sync(create_record, principal(seller), "person", values | {"owner_id": str(seller)})
    assert owners_of(Person, [kept.id]) == [seller]
    db.write_sync(undo, SYSTEM, done.batch_id)
    assert row(Person, done.id)["deleted_at"] is not None


def test_who_is_away_or_gone_is_passed_over() -> None:
    people = [make_user() for _ in range(3)]
    make_pool(people)
    away = make("availability", user_id=people[1], away=True)
    assert owners_of(Person, [arrive(), arrive(), arrive()]) == [people[0], people[2], people[0]]
    change("availability", away, away=False)
    change("user", people[0], status="disabled")
    assert owners_of(Person, [arrive(), arrive(), arrive()]) == [people[1], people[2], people[1]]


def test_by_territory_with_the_pool_for_what_no_territory_takes() -> None:
    north, rest = [make_user(), make_user()], make_user()
    land = make("territory", name="North", countries=["Norway"], owners=[{"user_id": u} for u in north])
    make_pool([rest], method="territory")
    make_pool([rest], covers="company", method="territory", name="Companies")
    oslo = make_company(country="norway")
    rome = make_company(country="Italy")
    assert [row(Company, c)["territory_id"] for c in (oslo, rome)] == [land, None]
    assert owners_of(Company, [oslo, rome]) == [north[0], rest]
    leads = [arrive(company_id=oslo), arrive(company_id=rome), arrive(company_id=oslo), arrive()]
    assert owners_of(Person, leads) == [north[1], rest, north[0], rest]
    home = arrive(addresses=[{"country": "Norway", "postcode": "0150"}])
    assert owners_of(Person, [home]) == [north[1]]


def test_what_waits_is_shared_out_by_a_manager_and_taken_back_at_once() -> None:
    people, boss = [make_user(), make_user()], make_user(role="manager")
    waiting = [arrive() for _ in range(5)]
    pool = make_pool(people, from_forms=False)
    for role in ("sales", "marketing", "read-only"):
        with pytest.raises(Forbidden):
            db.write_sync(share_waiting, principal(boss, role), pool)
    assert owners_of(Person, waiting) == [None] * 5
    given, left, batch = db.write_sync(share_waiting, principal(boss, "manager"), pool)
    assert (given, left) == (5, 0)
    assert owners_of(Person, waiting) == [people[0], people[1], people[0], people[1], people[0]]
    with pytest.raises(Refused):
        db.write_sync(share_waiting, SYSTEM, pool)
    with pytest.raises(NotFound):
        db.write_sync(share_waiting, SYSTEM, pool + 999)
    db.write_sync(undo, SYSTEM, batch)
    assert owners_of(Person, waiting) == [None] * 5


def test_selected_records_are_assigned_by_rule_in_one_batch_with_one_undo() -> None:
    people, old = [make_user(), make_user()], make_user()
    ids = [make("person", last_name=f"P{n}", lifecycle="lead", owner_id=old) for n in range(7)]
    pool = make_pool(people)
    run_id = db.write_sync(start_bulk, SYSTEM, "person", ids, {"pool": pool}, op="assign")
    done = run_bulk(run_id)
    assert (done.status, done.changed, done.refused) == ("done", 7, 0)
    assert Counter(owners_of(Person, ids)) == {people[0]: 4, people[1]: 3}
    run_bulk(db.write_sync(start_undo, SYSTEM, done.batch_id))
    assert owners_of(Person, ids) == [old] * 7


def test_assigning_by_rule_needs_the_right_to_edit_each_and_a_fitting_pool() -> None:
    people, boss = [make_user()], make_user(role="manager")
    mine, foreign = arrive(owner_id=people[0]), arrive(owner_id=make_user())
    pool = make_pool([boss], from_forms=False)
    actor = principal(boss, "manager", member_ids=frozenset({boss, people[0]}))
    make_pool([boss], covers="deal", name="Deals")
    with pytest.raises(Forbidden):
        db.write_sync(start_bulk, principal(boss, "read-only"), "person", [mine], {"pool": pool}, op="assign")
    change("user", people[0], team_id=make("team", name="T"))
    run_id = db.write_sync(start_bulk, SYSTEM, "person", [mine, foreign], {"pool": pool + 999}, op="assign")
    assert run_bulk(run_id).refused == 2 and db.read_sync(bulk_progress, SYSTEM, run_id).changed == 0
    assert "no such pool" in db.read_sync(list_refusals, SYSTEM, run_id)[0].reason
    with pytest.raises(Refused):
        db.write_sync(start_bulk, actor, "person", [10**9], {"pool": pool}, op="assign")


def test_availability_is_told_for_oneself_or_the_own_team_only() -> None:
    me, mate, other = make_user(), make_user(), make_user()
    make("availability", principal(me), user_id=me, away=True)
    boss = principal(make_user(role="manager"), "manager", member_ids=frozenset({me, mate}))
    make("availability", boss, user_id=mate, most_leads=5)
    with pytest.raises(Invalid):
        make("availability", boss, user_id=other)
    with pytest.raises(Invalid):
        make("availability", principal(me), user_id=other)
    with pytest.raises(KithError):
        make("availability", user_id=me)
    with pytest.raises(Invalid):
        make("availability", user_id=other, most_deals=-1)


def test_many_arrivals_of_one_command_get_owners_together() -> None:
    people = [make_user() for _ in range(3)]
    make_pool(people)
    wishes = [Change("person", op="create", set={"last_name": f"L{n}", "lifecycle": "lead"}) for n in range(30)]
    done = db.write_sync(lambda s: apply_many(s, SYSTEM, wishes))
    assert Counter(owners_of(Person, [d.id for d in done])) == dict.fromkeys(people, 10)
    assert len({d.batch_id for d in done}) == 1
