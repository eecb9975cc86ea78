"""What is asked of custom fields counts as consistency: kept marks, SQL and Python against a count by hand."""

from typing import Any

import pytest
from sqlalchemy import select

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import kind, outbox
from crm_app.core.changes.working import table_of
from crm_app.identity.sessions import fields_closed_to
from crm_app.jobs.bulk import next_run
from crm_app.quality.facts import UNSEEN, all_rules, facts_of, given_now
from crm_app.quality.predicates import predicate
from crm_app.quality.queries.page import quality_page
from crm_app.quality.queries.record import record_quality
from crm_app.quality.queries.whose import Asked
from crm_app.quality.rules.expressions import holds
from crm_app.records.bulk import run_bulk
from crm_app.records.listing import fields_of, list_count, read_listing
from crm_app.tables import QualityGap
from tests.support.builders import change, make, make_person, make_user, principal

gap = table_of(QualityGap)


def condition(field: str, value: str) -> dict[str, Any]:
    return {"all": [{"f": field, "op": "is", "v": [value]}]}


def marked(key: str) -> set[int]:
    """The records that the marks name for a rule."""
    query = select(gap.c.record_id).where(gap.c.rule == key)
    return set(db.read_sync(lambda s: s.connection().execute(query).scalars().all()))


def settle() -> None:
    """The outbox, and the runs that it began."""
    outbox.drain_all()
    while (run := db.read_sync(next_run)) is not None:
        run_bulk(run)


@pytest.fixture
def fields(database_url: str) -> dict[str, int]:
    """They are there before anything is asked of them, so that records without them are there, too."""
    return {
        name: make("custom_field", kind="person", key=name.lower(), label=name) for name in ("Team", "Code", "Room")
    }


def test_who_may_not_see_a_field_does_not_read_its_name_in_a_rule(fields: dict[str, int]) -> None:
    someone = make_user(role="manager")
    id = make_person(last_name="Lindt", lifecycle="lead", owner_id=someone)
    change("custom_field", fields["Team"], required=True, read_roles=["support"])
    unseen, fixed = db.read_sync(fields_closed_to, "manager")
    assert unseen
    settle()
    admin = principal(make_user(role="administrator"), "administrator")
    for who, named in ((principal(someone, "manager", unseen=unseen, fixed=fixed), False), (admin, True)):
        told = [
            repr(db.read_sync(record_quality, who, "person", id)),
            repr(db.read_sync(quality_page, who, Asked())),
            repr([f.words for f in db.read_sync(fields_of, who, "person").values()]),
        ]
        assert [("Team missing" in text) for text in told] == [named] * 3
        hidden = [(UNSEEN in text) for text in told]
        assert hidden == ([False] * 3 if named else [True, True, False])


def test_required_fields_and_patterns_are_rules(fields: dict[str, int]) -> None:
    team, code, room = (fields[n] for n in ("Team", "Code", "Room"))
    told = [("lead", "Sales", "AB12"), ("lead", None, "nothing"), ("contact", None, None), ("name", "Ops", "ab12")]
    ids = [
        make_person(last_name=f"P {n}", lifecycle=state, **{f"custom.{team}": t, f"custom.{code}": c})
        for n, (state, t, c) in enumerate(told)
    ]
    change("custom_field", team, required=True)
    change("custom_field", code, pattern="[A-Z]{2}[0-9]{2}", pattern_example="AB12")
    shown = condition("lifecycle", "lead")
    change("custom_field", room, required_when=condition("lifecycle", "lead"), visible_when=shown)
    settle()
    wanted = {
        f"person.custom.{team}.required": {ids[1], ids[2]},
        f"person.custom.{code}.pattern": {ids[1], ids[3]},
        f"person.custom.{room}.required": {ids[0], ids[1]},
    }
    assert {key: marked(key) for key in wanted} == wanted
    for key, found in wanted.items():
        rule, given = next((r, g) for r, g in _asked() if r.key == key)
        facts = {i: db.read_sync(facts_of, "person", i) for i in ids}
        assert {i for i, f in facts.items() if f is not None and holds(rule.gap, f, given)} == found, key
        assert _by_sql(rule, given) == found, key
        address = {"f": f'{{"f":"quality.rule","op":"is","v":["{key}"]}}'}
        listing = read_listing("person", address, db.read_sync(fields_of, SYSTEM, "person"))
        assert db.read_sync(list_count, SYSTEM, listing) == len(found)
    shown_first = {g.key: g for g in db.read_sync(record_quality, SYSTEM, "person", ids[1]).gaps}
    assert shown_first[f"person.custom.{team}.required"].field == f"custom.{team}"
    change("person", ids[1], **{f"custom.{team}": "Sales", f"custom.{code}": "XY99", f"custom.{room}": "1"})
    settle()
    assert [marked(key) for key in wanted] == [{ids[2]}, {ids[3]}, {ids[0]}]
    change("custom_field", team, required=False)
    settle()
    assert marked(f"person.custom.{team}.required") == set()


def _asked() -> list[tuple[Any, Any]]:
    given = db.read_sync(given_now)
    return [(r, given.with_days(r.days)) for r in db.read_sync(all_rules) if r.kind == "person"]


def _by_sql(rule: Any, given: Any) -> set[int]:
    def read(session: Any) -> set[int]:
        found = next(r for r in all_rules(session) if r.key == rule.key)  # asked with the session that is open
        table = table_of(kind("person").table)
        query = select(table.c.id).where(table.c.deleted_at.is_(None), predicate(found.gap, kind("person"), given))
        return set(session.connection().execute(query).scalars())

    return db.read_sync(read)
