"""Removing the demo: what it made goes, what somebody added stays to the last column, and all of it can come back."""

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlmodel import Session

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply, kinds
from crm_app.core.changes.replay import differences
from crm_app.core.changes.working import table_of
from crm_app.core.clock import today
from crm_app.core.errors import Forbidden, Refused
from crm_app.demo.house import seed_house
from crm_app.demo.logins import ACCOUNTS
from crm_app.demo.marks import DEMO, is_seeded, mark_seeded
from crm_app.demo.removal import remove_demo, start_removal
from crm_app.demo.scale import Sizes, grow
from crm_app.demo.seed import seed_demo
from crm_app.demo.terms import seed_lifecycle
from crm_app.identity.queries import has_active_user
from crm_app.records.bulk import bulk_progress, list_refusals, run_bulk, start_undo
from crm_app.tables import User
from tests.support.builders import STAGES, change, make, make_company, make_person, make_user, principal


def of_demo(kind: str, /, **values: Any) -> int:
    """A record as the demo makes them."""
    return db.write_sync(lambda s: apply(s, SYSTEM, Change(kind, set=values, op="create"), source=DEMO).id)


def living(session: Session) -> dict[str, set[int]]:
    """The ids that are there, by kind."""
    found = {}
    for known in kinds():
        table = table_of(known.table)
        found[known.name] = set(
            session.connection().execute(select(table.c.id).where(table.c.deleted_at.is_(None))).scalars()
        )
    return found


def rows(session: Session) -> dict[tuple[str, int], dict[str, Any]]:
    """Every row of every kind."""
    return {
        (known.name, r["id"]): dict(r)
        for known in kinds()
        for r in session.connection().execute(select(table_of(known.table))).mappings()
    }


@pytest.fixture
def demo(database_url: str) -> dict[str, int]:
    """A small demo: a team with its leader, two companies, people, deals and activities."""
    team = of_demo("team", name="Demo team")
    seller = of_demo("user", name="Seller", email="seller@kith.example", role="sales", status="active", team_id=team)
    db.write_sync(lambda s: apply(s, SYSTEM, Change("team", team, {"manager_id": seller}), source=DEMO))
    pipeline = of_demo("pipeline", name="Demo pipeline")
    stages = {
        name: of_demo("stage", pipeline_id=pipeline, name=name, kind=kind, probability=chance, position=n)
        for n, (name, kind, chance) in enumerate(STAGES)
    }
    made = {"team": team, "seller": seller, "pipeline": pipeline, "stage": stages["Prospecting"], "won": stages["Won"]}
    for n in ("one", "two"):
        made[f"company {n}"] = of_demo("company", name=f"Company {n}", owner_id=seller)
        made[f"person {n}"] = of_demo(
            "person", last_name=n, display_name=f"Person {n}", company_id=made[f"company {n}"], owner_id=seller
        )
        made[f"deal {n}"] = of_demo(
            "deal",
            title=f"Deal {n}",
            pipeline_id=pipeline,
            stage_id=stages["Prospecting"],
            owner_id=seller,
            company_id=made[f"company {n}"],
            person_id=made[f"person {n}"],
        )
        made[f"call {n}"] = of_demo(
            "activity", type="call", subject=f"Call {n}", deal_id=made[f"deal {n}"], owner_id=seller
        )
    made["admin"] = of_demo("user", name="Robin", email="robin@kith.example", role="administrator", status="active")
    db.write_sync(mark_seeded)
    return made


def test_all_of_it_goes_where_nothing_was_added(demo: dict[str, int]) -> None:
    done = remove_demo()
    assert (done.status, done.changed, done.refused) == ("done", len(demo) + 2, 0)  # of its four stages two are named
    assert not any(db.read_sync(living).values())
    assert not db.read_sync(has_active_user) and not db.read_sync(is_seeded)
    assert db.read_sync(differences) == []
    with pytest.raises(Refused, match="no demo data"):
        remove_demo()


def test_what_was_added_stays_as_it_is_with_what_it_needs(demo: dict[str, int]) -> None:
    me = make_user(role="administrator")
    note = make("activity", deal_id=demo["deal one"], type="note", subject="What we said", owner_id=me)
    own_company = make_company(parent_id=demo["company two"])
    own_person = make_person(company_id=own_company, owner_id=me)
    before = db.read_sync(rows)
    who = principal(me, "administrator")
    run_id = db.write_sync(start_removal, SYSTEM)
    run_bulk(run_id)
    after, there = db.read_sync(rows), db.read_sync(living)
    for key in (("user", me), ("activity", note), ("company", own_company), ("person", own_person)):
        assert after[key] == before[key], key
    assert there == {name: set() for name in there} | {
        "user": {me, demo["seller"]},
        "team": {demo["team"]},
        "activity": {note},
        "company": {own_company, demo["company one"], demo["company two"]},
        "person": {own_person, demo["person one"]},
        "deal": {demo["deal one"]},
        "pipeline": {demo["pipeline"]},
        "stage": {demo["stage"]},
    }
    assert {(r.kind, r.id) for r in db.read_sync(list_refusals, who, run_id)} >= {("deal", demo["deal one"])}
    assert db.read_sync(differences) == []


def test_a_file_keeps_the_record_it_hangs_on(demo: dict[str, int]) -> None:
    make("file", name="offer.pdf", sha256="0" * 64, size=1, kind="deal", record_id=demo["deal two"])
    remove_demo()
    assert db.read_sync(living)["deal"] == {demo["deal two"]}


def test_conditions_go_unless_somebody_set_them(demo: dict[str, int]) -> None:
    db.write_sync(seed_lifecycle)
    states = sorted(db.read_sync(living)["lifecycle_state"])
    remove_demo()
    assert len(states) == 5 and not db.read_sync(living)["lifecycle_state"]
    db.write_sync(mark_seeded)
    db.write_sync(seed_lifecycle)
    again = db.read_sync(living)["lifecycle_state"]
    change("lifecycle_state", max(again), conditions=["owner_id"])
    assert (remove_demo().refused, db.read_sync(living)["lifecycle_state"]) == (5, again)
    db.write_sync(seed_lifecycle)
    assert db.read_sync(living)["lifecycle_state"] == again


def test_the_organisation_goes_unless_somebody_made_it_their_own(demo: dict[str, int]) -> None:
    db.write_sync(seed_house)
    house = db.read_sync(living)["organisation"]
    done = remove_demo()
    assert len(house) == 1 and not db.read_sync(living)["organisation"]
    run_bulk(db.write_sync(start_undo, SYSTEM, done.batch_id))
    assert db.read_sync(living)["organisation"] == house
    change("organisation", max(house), logo="0" * 64)
    db.write_sync(seed_house)
    assert (remove_demo().refused, db.read_sync(living)["organisation"]) == (1, house)


def test_whoever_removes_it_can_go_on(demo: dict[str, int]) -> None:
    robin = db.read_sync(lambda s: principal_of_user(s, demo["admin"]))
    run_id = db.write_sync(start_removal, robin)
    assert db.write_sync(start_removal, robin) == run_id  # the second click
    done = run_bulk(run_id)
    assert done.status == "done" and done.refused == 1
    assert {k: v for k, v in db.read_sync(living).items() if v} == {"user": {demo["admin"]}}
    assert db.read_sync(list_refusals, robin, run_id)[0].reason == "You are signed in with it."


def principal_of_user(session: Session, id: int) -> Any:
    from crm_app.identity.sessions import principal_of

    return principal_of(session, session.get_one(User, id))


def test_only_administrators_may(demo: dict[str, int]) -> None:
    for role in ("manager", "sales", "marketing", "support", "read-only"):
        with pytest.raises(Forbidden):
            db.write_sync(start_removal, principal(demo["seller"], role))
    assert db.read_sync(living)["deal"]


def test_it_can_be_taken_back(demo: dict[str, int]) -> None:
    make_user(role="administrator")
    before = db.read_sync(living)
    done = remove_demo()
    undone = run_bulk(db.write_sync(start_undo, SYSTEM, done.batch_id))
    assert db.read_sync(list_refusals, SYSTEM, undone.id) == []
    assert db.read_sync(living) == before
    assert db.read_sync(is_seeded)
    assert db.read_sync(bulk_progress, SYSTEM, undone.id).status == "done"
    assert db.read_sync(differences) == []


@pytest.mark.slow
def test_the_whole_demo_goes_and_can_be_loaded_again(sqlite_database: str) -> None:
    seed_demo()
    grow(Sizes(people=400, companies=40, deals=60, activities=900), today("UTC"))
    first = {name: len(ids) for name, ids in db.read_sync(living).items()}
    done = remove_demo()
    assert done.changed == sum(first.values()) - 1
    assert not any(db.read_sync(living).values())
    logins = seed_demo()
    assert [login.email for login in logins] == [a.email for a in ACCOUNTS]
    again = {name: len(ids) for name, ids in db.read_sync(living).items()}
    assert again["deal"] == 8800 and again["deal"] + 60 == first["deal"] and again["user"] == first["user"]
    active = select(func.count()).select_from(User).where(User.status == "active", User.deleted_at.is_(None))  # pyright: ignore
    assert db.read_sync(lambda s: s.scalar(active)) == len(ACCOUNTS)
