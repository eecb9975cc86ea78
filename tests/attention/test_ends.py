"""Long work that has ended is told to whoever began it, once, with a link; short work is not."""

from datetime import timedelta

import pytest

from crm_app.attention import ends
from crm_app.attention.ends import notify_of_runs
from crm_app.core import db
from crm_app.core.changes import outbox
from crm_app.duplicates.merge import clusters as module
from crm_app.duplicates.merge import service, undoing
from crm_app.duplicates.merge.clusters import merge_clusters
from crm_app.duplicates.merge.service import merge_records
from crm_app.records.bulk import run_bulk, start_bulk
from crm_app.tables import Notification
from tests.imports.files import all_of
from tests.support.builders import make, make_company, make_person, make_user, principal


def told() -> list[tuple[str, str]]:
    return [(n.text, n.path) for n in all_of(Notification) if n.type == "ended"]


@pytest.fixture(params=[timedelta(0), timedelta(hours=1)], ids=["long", "short"])
def long(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    for place in (ends, module):
        monkeypatch.setattr(place, "LONG", request.param)
    return not request.param


def test_a_merge_with_very_many_children_ends_in_the_inbox(
    database_url: str, long: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "AT_ONCE", 2)
    monkeypatch.setattr(undoing, "AT_ONCE", 2)
    me = principal(make_user(role="administrator"), "administrator")
    one, other = make_company(name="Acme"), make_company(name="Acme Ltd")
    for n in range(4):
        make("activity", type="call", subject=f"Call {n}", company_id=other)
    merged = db.write_sync(merge_records, me, "company", one, [other])
    assert merged.run_id and told() == []
    assert run_bulk(merged.run_id).status == "done"
    outbox.drain()
    notify_of_runs(lambda _: None, {"run": merged.run_id})  # a consumer may run again
    if not long:
        assert told() == []
        return
    ((text, path),) = told()
    assert text.startswith("Merged Acme Ltd into Acme is done: ") and path == f"/companies/{one}"
    taken = db.write_sync(undoing.unmerge, me, merged.batch_id)
    run_bulk(taken.run_id)
    outbox.drain()
    assert [p for _, p in told()] == [f"/companies/{one}"] * 2


def test_many_groups_end_in_the_inbox_of_whoever_began_it(database_url: str, long: bool) -> None:
    me = principal(make_user(role="administrator"), "administrator")
    groups = [[make_person(owner_id=me.id) for _ in range(2)] for _ in range(2)]
    merge_clusters(me, "person", groups)
    merge_clusters(me, "person", groups, dry_run=True)
    assert told() == ([("2 groups merged.", "/duplicates?kind=person")] if long else [])


def test_a_bulk_edit_tells_what_was_left(database_url: str, long: bool) -> None:
    me = principal(make_user(role="administrator"), "administrator")
    ids = [make_person(owner_id=me.id) for _ in range(3)]
    run = db.write_sync(start_bulk, me, "person", ids, {"title": "Buyer"})
    run_bulk(run)
    outbox.drain()
    assert told() == ([("A change of many people is done: 3 changed.", "/people")] if long else [])
