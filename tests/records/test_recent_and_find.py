"""What was opened last, and the look-up that needs no index; both within the rights of who asks."""

from dataclasses import replace

import pytest

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply
from crm_app.records import recent
from crm_app.records.recent import note_view, recent_records
from crm_app.records.search import find, plain
from tests.support.builders import (
    change,
    make_company,
    make_deal,
    make_person,
    make_pipeline,
    make_team,
    make_user,
    principal,
)


def test_recent_records_are_newest_first_and_only_those_one_may_see(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recent, "KEPT", 3)
    me, other = make_user(team_id=make_team()), make_user()
    actor = principal(me)
    people = [make_person(last_name=f"P{n}", owner_id=me) for n in range(5)]
    for id in people:
        db.write_sync(note_view, actor, "person", id)
    hers = make_deal(make_pipeline(), owner_id=me)
    db.write_sync(note_view, actor, "deal", hers)
    change("deal", hers, owner_id=other)
    db.write_sync(note_view, actor, "deal", hers)  # looked for, but not seen any more
    assert [(r.kind, r.id) for r in db.read_sync(recent_records, actor)] == [("person", i) for i in people[:2:-1]]
    db.write_sync(note_view, actor, "person", people[3])
    assert db.read_sync(recent_records, actor)[0].id == people[3]
    db.write_sync(apply, SYSTEM, Change("person", people[3], op="delete"))
    assert [r.id for r in db.read_sync(recent_records, actor)] == [people[4]]
    assert db.read_sync(recent_records, replace(actor, id=other)) == []


def test_beginnings_of_titles_and_words_are_found(database_url: str) -> None:
    me, other = make_user(), make_user()
    pipeline = make_pipeline()
    zoe = make_person(display_name="Zoë Wójcik", title="CFO", owner_id=me)
    make_person(display_name="Max Mann", owner_id=me)
    acme = make_company(name="ACME Zoo GmbH", kind="partner")
    mine = make_deal(pipeline, title="Zoom licences", owner_id=me)
    make_deal(pipeline, title="Zoom secret", owner_id=other)
    answer = db.read_sync(find, principal(me), " ZO")
    assert [(r.kind, r.id) for r in answer.rows] == [("person", zoe), ("deal", mine), ("company", acme)]
    assert plain(answer.rows[0].subtitle) == "CFO" and answer.rows[0].href == f"/people/{zoe}"
    assert [r.id for r in find(None, principal(me), "wojcik").rows] == [zoe]
    assert [r.id for r in find(None, principal(me), "zo", kinds=["deal"]).rows] == [mine]
    for text in ("", "   ", "%", "_", "'", "\\", "zoo%", "\x00", "x" * 5000):
        assert find(None, principal(me), text).rows == [], text
