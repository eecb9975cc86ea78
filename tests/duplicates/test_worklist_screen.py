"""The work list on its screen: groups side by side, by whose they are, what may be done, and the hint on a record."""

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import pytest

from crm_app.core import db
from crm_app.core.actor import SYSTEM, Principal
from crm_app.core.clock import now
from crm_app.core.errors import Refused
from crm_app.duplicates.matching.service import not_duplicate
from crm_app.duplicates.matching.sweeping import sweep_now
from crm_app.duplicates.merge.clusters import merge_clusters
from crm_app.duplicates.worklist.plan import plan_of
from crm_app.duplicates.worklist.queries import hint_of, swept_words, work_page
from crm_app.duplicates.worklist.rows import WorkPage
from crm_app.duplicates.worklist.state import asked_for
from crm_app.identity.policy import MATRIX
from crm_app.tables import Person
from tests.support.builders import make_person, make_user, principal, row


def two(last_name: str, owner: int | None = None, other: int | None = None) -> list[int]:
    """Two records of one person, with an e-mail in common and another title."""
    emails = [{"value": f"tilda@{last_name.lower()}.example"}]
    given = {"first_name": "Tilda", "last_name": last_name, "display_name": f"Tilda {last_name}", "emails": emails}
    return [make_person(**given, owner_id=owner, title="Buyer"), make_person(**given, owner_id=other, title="Head")]


def page_of(who: Principal, whose: str = "all", **more: int) -> WorkPage:
    return db.read_sync(work_page, who, "person", whose, **more)


def test_a_group_stands_side_by_side(database_url: str) -> None:
    seller = principal(make_user(name="Ravi Shah"))
    ids = two("Quist", seller.id, seller.id)
    (group,) = page_of(seller).groups
    assert sorted(group.ids) == ids
    assert {m.title for m in group.members} == {"Tilda Quist"} and {m.owner for m in group.members} == {"Ravi Shah"}
    titles = next(line.cells for line in group.lines if line.label == "Title")
    assert dict(zip((m.id for m in group.members), titles, strict=True)) == {ids[0]: "Buyer", ids[1]: "Head"}
    assert group.words == "Very likely the same" and group.reasons and group.why_not == ""
    assert group.merge_href == f"/merge?kind=person&ids={','.join(str(i) for i in group.ids)}"
    assert len(json.dumps(asdict(group))) < 4000


def test_mine_and_my_teams(database_url: str) -> None:
    me, mate, stranger = make_user(), make_user(), make_user()
    mine, theirs, strangers = two("Arne", me, stranger), two("Boije", mate, mate), two("Ceder", stranger, stranger)
    who = principal(me, "manager", member_ids=frozenset({me, mate}))

    def found(whose: str) -> set[tuple[int, ...]]:
        return {tuple(sorted(g.ids)) for g in page_of(who, whose).groups}

    assert found("mine") == {tuple(mine)}
    assert found("team") == {tuple(mine), tuple(theirs)}
    assert found("all") == {tuple(mine), tuple(theirs), tuple(strangers)}
    assert {tuple(sorted(g.ids)) for g in page_of(who, of=theirs[1]).groups} == {tuple(theirs)}


def test_nothing_of_hidden_records(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MATRIX["sales"]["person"], "read", "own")
    me = principal(make_user())
    ids = two("Dahlin", me.id, make_user())
    page = page_of(me)
    assert (page.groups, page.count) == ([], 0)
    assert db.read_sync(hint_of, me, "person", ids[0]) is None


def test_whoever_may_not_merge_them_is_told_why(database_url: str) -> None:
    me = principal(make_user())
    two("Ekman", make_user(), make_user())
    (group,) = page_of(me).groups
    assert group.merge_href == "" and not group.bulk
    assert "The role Sales may" in group.why_not


def test_a_hint_beside_the_name(database_url: str) -> None:
    me = principal(make_user())
    ids = two("Falk", me.id, me.id)
    hint = db.read_sync(hint_of, me, "person", ids[0])
    assert hint is not None and hint.text == "1 possible duplicate"
    assert hint.href == f"/duplicates?kind=person&of={ids[0]}"
    db.write_sync(not_duplicate, me, "person", ids)
    assert db.read_sync(hint_of, me, "person", ids[0]) is None
    assert db.read_sync(hint_of, me, "activity", 1) is None


def test_the_plan_changes_nothing_and_many_are_merged(database_url: str) -> None:
    me = principal(make_user(role="administrator"), "administrator")
    ids, others = two("Grip", me.id, me.id), two("Hjelm", me.id, me.id)
    plan = plan_of(me, "person", [ids, others])
    assert (plan.groups, plan.refused, len(plan.rows)) == (2, 0, 2)
    assert {row(Person, i)["deleted_at"] for i in (*ids, *others)} == {None}
    merge_clusters(me, "person", [ids, others])
    assert page_of(me).groups == []
    again = plan_of(me, "person", [ids, others])
    assert again.refused == 2 and "already" in again.rows[0].refused
    assert plan_of(me, "person", []).groups == 0


def test_a_check_that_has_just_begun_is_not_begun_again(database_url: str) -> None:
    two("Ivarsson")
    assert sweep_now("person") == 2
    with pytest.raises(Refused):
        sweep_now("person")
    assert page_of(SYSTEM).swept.startswith("Checked today ")


def test_when_it_was_checked(database_url: str) -> None:
    assert swept_words(None, "UTC").startswith("Not checked yet")
    assert swept_words(now() - timedelta(days=1), "UTC").startswith("Checked yesterday ")
    assert swept_words(datetime(2020, 3, 5, 2, 10, tzinfo=UTC), "UTC").startswith("Checked 5 Mar 02:10")


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ({}, ("person", "all", 1, 0, 0)),
        ({"kind": "deal", "whose": "theirs", "page": "-3", "batch": "x", "of": "'"}, ("person", "all", 1, 0, 0)),
        (
            {"kind": "company", "whose": "team", "page": "7", "batch": "12", "of": "9"},
            ("company", "team", 7, 12, 9),
        ),
    ],
)
def test_the_address(given: dict[str, str], asked: tuple[str, str, int, int, int]) -> None:
    assert asked_for(given) == asked
