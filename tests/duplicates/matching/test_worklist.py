"""The work list, and what is decided there."""

from typing import Any, cast

import pytest

from crm_app.core import db
from crm_app.core.actor import SYSTEM, Principal
from crm_app.core.errors import Forbidden, NotFound, Refused
from crm_app.duplicates.matching.service import decide_again, not_duplicate
from crm_app.duplicates.matching.sweeping import sweep
from crm_app.duplicates.matching.worklist import ClusterPage, count_open, open_clusters
from crm_app.identity.matrix import MATRIX
from tests.duplicates.matching.test_hook import JON, pairs
from tests.support.builders import change, make, make_user, principal

ADMIN = "administrator"


def work(actor: Principal = SYSTEM, page: int = 1, size: int = 20) -> ClusterPage:
    return db.read_sync(open_clusters, actor, "person", page, size)


def groups(actor: Principal = SYSTEM) -> list[list[int]]:
    return [sorted(found.ids) for found in work(actor).clusters]


def three() -> list[int]:
    return [make("person", **JON) for _ in range(3)]


def other(n: int) -> list[int]:
    """Two more who are alike."""
    row: dict[str, Any] = {
        "first_name": f"Vorn{n}",
        "last_name": f"Quill{n}",
        "phones": [{"value": f"+49 30 123{n}4567"}],
    }
    return [make("person", **row) for _ in range(2)]


def test_groups_come_whole_and_page_by_page(database_url: str) -> None:
    one, two = three(), other(1)
    assert sorted(groups()) == sorted([one, two])
    counts = [db.read_sync(count_open, SYSTEM, "person", most) for most in (None, 9, 4, 3, 1)]
    assert counts == [4, 4, 4, 4, 2]  # three pairs of three, one of two
    first, second = work(size=1), work(page=2, size=1)
    assert (first.pages, first.groups, second.page) == (2, 2, 2)
    assert sorted([*first.clusters[0].ids, *second.clusters[0].ids]) == sorted([*one, *two])
    assert work(page=99, size=1).page == 2
    assert all(reason[3] for found in (first, second) for reason in found.clusters[0].reasons)


def test_not_a_duplicate_is_remembered_over_a_sweep_and_an_edit(database_url: str) -> None:
    one, two = other(1)
    me = principal(make_user(), ADMIN)
    assert db.write_sync(not_duplicate, me, "person", [two, one]) == [(one, two)]
    assert db.write_sync(not_duplicate, me, "person", [one, two]) == [], "a double click"
    sweep("person", anew=True)
    change("person", one, title="Buyer", first_name="Vorn")
    change("person", one, first_name="Vorn1")
    assert groups() == [] and pairs(decided_by=me.id) == [(one, two, "not_duplicate")]
    assert db.write_sync(decide_again, me, "person", [one, two]) == [(one, two)]
    assert groups() == [[one, two]]


def test_of_three_two_may_be_different(database_url: str) -> None:
    a, b, c = three()
    me = principal(make_user(), ADMIN)
    db.write_sync(not_duplicate, me, "person", [a, b])
    assert groups() in ([[a, c]], [[b, c]])
    db.write_sync(not_duplicate, me, "person", [a, b, c])
    assert groups() == [] and db.read_sync(count_open, SYSTEM, "person") == 0


def test_only_what_one_may_see_is_offered(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rights = {**MATRIX["sales"], "person": {**MATRIX["sales"]["person"], "read": "own"}}
    monkeypatch.setitem(cast(dict, MATRIX), "sales", rights)
    me = principal(make_user())
    mine, theirs = make("person", **JON, owner_id=me.id), make("person", **JON)
    assert groups(me) == [] and groups() == [[mine, theirs]]
    assert db.read_sync(count_open, me, "person") == 0
    with pytest.raises(NotFound):
        db.write_sync(not_duplicate, me, "person", [mine, theirs])
    also = make("person", **JON, owner_id=me.id)
    assert groups(me) == [[mine, also]]


def test_who_may_edit_none_of_them_decides_nothing(database_url: str) -> None:
    one, two = other(1)
    with pytest.raises(Forbidden):
        db.write_sync(not_duplicate, principal(make_user()), "person", [one, two])
    with pytest.raises(Refused):
        db.write_sync(not_duplicate, principal(make_user(), ADMIN), "person", [one])
    assert pairs() == [(one, two, "open")]
