"""Scores of people as the database has them, on both databases; each computed a second time by hand."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import outbox, undo
from crm_app.core.changes.replay import differences
from crm_app.core.changes.working import table_of
from crm_app.core.clock import now, today
from crm_app.core.errors import Forbidden, Invalid, NotFound
from crm_app.records.bulk import run_bulk
from crm_app.records.listing import Condition, Group, Listing, list_page
from crm_app.scoring import follow
from crm_app.scoring.explain import explain
from crm_app.scoring.follow import concerned_by, refresh, running, start_run
from crm_app.scoring.service import Edited, remove_rule, rescore, save_bands, save_rule, set_by_hand
from crm_app.tables import LeadScore, Person
from tests.duplicates.world import merge
from tests.support.builders import change, make, make_company, make_person, make_user, principal, row

pytestmark = pytest.mark.usefixtures("database_url")
DIRECTOR = {"all": [{"f": "title", "op": "contains", "v": "director"}]}
LARGE = {"all": [{"f": "employees", "op": "ge", "v": 1000}]}


def rule(points: int, name: str = "Rule", **values: Any) -> int:
    return make("scoring_rule", name=name, points=points, **values)


def score(id: int) -> tuple[float, str]:
    found = row(Person, id)
    return float(found["score"]), found["band"]


def did(person: int | None, type_: str = "meeting", ago: int = 0, **values: Any) -> int:
    return make("activity", type=type_, subject="X", person_id=person, done_at=now() - timedelta(days=ago), **values)


def settle() -> None:
    """Everything that follows from what was written: the outbox, and the runs that it began."""
    while outbox.drain_all() or _run():
        pass


def _run() -> bool:
    found = db.read_sync(running)
    if found is None or found.is_over:
        return False
    run_bulk(found.id)
    return True


def stored(id: int) -> LeadScore | None:
    return db.read_sync(lambda s: s.get(LeadScore, id))


def test_fit_and_engagement_add_up_and_the_band_follows() -> None:
    rule(15, condition=DIRECTOR)
    rule(7, about="company", condition=LARGE)
    rule(10, event="meeting", half_life=14)
    rule(3, event="call", outcome="reached")
    big, small = make_company(employees=5000), make_company(employees=10)
    ada = make_person(title="Sales Director", company_id=big)
    bob, eve = make_person(title="Clerk", company_id=small), make_person(title="DIRECTOR")
    did(ada, ago=14)
    did(ada, "call", outcome="reached")
    did(bob, "call", outcome="busy")
    did(bob, ago=28)
    settle()
    assert score(ada) == (15 + 7 + 5 + 3, "warm")
    assert score(bob) == (2.5, "cold") and score(eve) == (15, "cold")
    kept = stored(ada)
    assert kept is not None and (kept.fit, kept.engagement) == (22, 8) and (kept.due_on or today()) > today()
    assert stored(eve).due_on is None  # pyright: ignore[reportOptionalMemberAccess]
    assert db.read_sync(differences) == []


def test_a_rule_takes_the_e_mails_that_came_and_not_those_that_went() -> None:
    rule(10, event="email", outcome="received")
    rule(1, event="email")
    ada, bob = make_person(), make_person()
    did(ada, "email", outcome="received")
    did(bob, "email", outcome="sent")
    did(bob, "email")
    settle()
    assert (score(ada)[0], score(bob)[0]) == (11, 2)
    lines = db.read_sync(explain, ada).lines
    assert [line.words for line in lines] == ["E-mail, received, today (10)", "E-mail, received, today (1)"]


def test_a_saved_field_or_activity_changes_the_score_of_those_concerned_only(monkeypatch: pytest.MonkeyPatch) -> None:
    rule(15, condition=DIRECTOR)
    rule(7, about="company", condition=LARGE)
    rule(10, event="meeting")
    firm = make_company(employees=10)
    ada, bob, eve = (make_person(company_id=firm), make_person(company_id=firm), make_person())
    settle()
    seen: list[int] = []
    real = follow.rescore
    monkeypatch.setattr(follow, "rescore", lambda s, ids, **more: seen.extend(ids) or real(s, ids, **more))

    def whom(act: Any) -> list[int]:
        seen.clear()
        act()
        settle()
        return sorted(seen)

    assert whom(lambda: change("person", ada, title="Director")) == [ada] and score(ada)[0] == 15
    assert whom(lambda: change("company", firm, employees=2000)) == [ada, bob] and score(bob)[0] == 7
    assert whom(lambda: change("company", firm, industry="retail")) == []
    meeting = 0

    def meet() -> None:
        nonlocal meeting
        meeting = did(bob, attendees=[{"person_id": eve}])

    assert whom(meet) == [bob, eve] and score(eve) == (10, "cold")
    assert whom(lambda: change("activity", meeting, person_id=ada)) == [ada, bob, eve]
    assert score(ada)[0] == 32 and score(bob)[0] == 7
    assert whom(lambda: change("activity", meeting, attendees=[])) == [ada, eve] and score(eve)[0] == 0
    change("person", ada, title="Clerk")
    settle()
    assert score(ada)[0] == 17


def test_computing_again_writes_nothing() -> None:
    rule(10, event="meeting", half_life=14)
    rule(15, condition=DIRECTOR)
    ids = [make_person(title="Director"), make_person()]
    did(ids[0], ago=3)
    assert db.write_sync(rescore, ids) == [ids[0]]
    before = [row(Person, id) for id in ids]
    assert db.write_sync(rescore, ids) == []
    assert [row(Person, id) for id in ids] == before


def test_a_changed_rule_computes_everybody_in_a_run_and_its_undo_too() -> None:
    people = [make_person(title="Director") for _ in range(3)]
    boss = principal(make_user(role="administrator"), "administrator")
    settle()
    done = db.write_sync(
        save_rule, boss, Edited(), {"name": "D", "points": 30, "about": "person", "condition": DIRECTOR}
    )
    settle()
    assert [score(id) for id in people] == [(30, "warm")] * 3
    run = db.read_sync(running)
    assert run is not None and (run.total, run.done, run.changed, run.unchanged) == (3, 3, 3, 0)
    db.write_sync(save_bands, boss, {"warm_from": 10, "hot_from": 30}, 0)
    settle()
    assert score(people[0]) == (30, "hot")
    db.write_sync(save_rule, boss, Edited(done.id, done.version), {"active": False})
    settle()
    assert score(people[0]) == (0, "cold")
    batch = db.write_sync(remove_rule, boss, done.id).batch_id
    db.write_sync(undo, SYSTEM, batch)
    change("scoring_rule", done.id, active=True)
    settle()
    assert score(people[2]) == (30, "hot")


def test_a_new_run_ends_the_one_before() -> None:
    make_person()
    first = db.write_sync(start_run)
    second = db.write_sync(start_run)
    assert run_bulk(first).status == "cancelled" and run_bulk(second).status == "done"


def test_decay_is_looked_at_only_when_it_is_due(monkeypatch: pytest.MonkeyPatch) -> None:
    rule(10, event="meeting", half_life=100)
    rule(5, condition=DIRECTOR)
    ada, bob = make_person(), make_person(title="Director")
    did(ada)
    settle()
    due = stored(ada).due_on  # pyright: ignore[reportOptionalMemberAccess]
    assert due is not None and refresh() == 0
    monkeypatch.setattr(follow, "today", lambda: due - timedelta(1))
    assert refresh() == 0
    monkeypatch.setattr(follow, "today", lambda: due)
    assert refresh() == 1 and refresh() == 0
    age = (due - today()).days
    assert score(ada)[0] == round(10 * 2 ** (-age / 100), 1) < 10 and score(bob)[0] == 5


def test_a_score_by_hand_is_never_overwritten_and_comes_with_who_and_why() -> None:
    rule(15, condition=DIRECTOR)
    seller = make_user()
    me = principal(seller)
    ada = make_person(title="Director", owner_id=seller)
    settle()
    done = db.write_sync(set_by_hand, me, ada, {"value": "80", "reason": "Asked for an offer", "until_day": ""})
    settle()
    assert score(ada) == (80, "hot")
    change("person", ada, title="Clerk")
    db.write_sync(start_run)
    settle()
    assert score(ada) == (80, "hot") and stored(ada).fit == 0  # pyright: ignore[reportOptionalMemberAccess]
    again = db.write_sync(set_by_hand, me, ada, {"value": "-5", "reason": "They said no"})
    settle()
    assert score(ada) == (-5, "cold")
    db.write_sync(undo, me, again.batch_id)
    settle()
    assert score(ada) == (80, "hot")
    db.write_sync(undo, me, done.batch_id)
    settle()
    assert score(ada) == (0, "cold")
    assert db.read_sync(differences) == []


def test_a_score_by_hand_ends_with_its_day(monkeypatch: pytest.MonkeyPatch) -> None:
    rule(15, condition=DIRECTOR)
    ada = make_person(title="Director")
    until = today() + timedelta(3)
    db.write_sync(set_by_hand, SYSTEM, ada, {"value": "80", "reason": "Fair", "until_day": until.isoformat()})
    settle()
    assert score(ada) == (80, "hot")
    monkeypatch.setattr(follow, "today", lambda: until + timedelta(1))
    assert refresh() == 1 and score(ada) == (15, "cold")


def test_what_is_wrong_with_a_score_by_hand_is_said_where_it_stands() -> None:
    seller, other = make_user(), make_user()
    ada = make_person(owner_id=seller)
    with pytest.raises(Invalid) as refused:
        db.write_sync(set_by_hand, principal(seller), ada, {"value": "much", "reason": " ", "until_day": "2001-01-01"})
    assert set(refused.value.fields) == {"value", "reason", "until_day"}
    with pytest.raises(Invalid):
        db.write_sync(set_by_hand, principal(seller), ada, {"value": "9999999999", "reason": "x"})
    with pytest.raises((Forbidden, NotFound)):
        db.write_sync(set_by_hand, principal(other), ada, {"value": "9", "reason": "x"})
    forged = {"score_override": [{"value": 9, "reason": "x", "user_id": other}]}
    change("person", ada, principal(seller), None, **forged)
    kept = table_of(Person).metadata.tables["person_score_override"]
    assert db.read_sync(lambda s: s.connection().execute(select(kept.c.user_id)).scalar()) == seller


def test_a_merge_computes_the_survivor_and_the_later_score_by_hand_wins() -> None:
    rule(10, event="meeting")
    rule(5, condition=DIRECTOR)
    ada, twin = make_person(title="Director"), make_person(title="Director", display_name="Ada P. Twin")
    did(ada)
    did(twin)
    did(twin)
    settle()
    assert (score(ada)[0], score(twin)[0]) == (15, 25)
    merge("person", ada, twin)
    settle()
    assert score(ada)[0] == 35 and stored(twin) is None
    third = make_person()
    db.write_sync(set_by_hand, SYSTEM, ada, {"value": "1", "reason": "first"})
    db.write_sync(set_by_hand, SYSTEM, third, {"value": "99", "reason": "later"})
    merge("person", ada, third)
    settle()
    assert score(ada) == (99, "hot") and db.read_sync(differences) == []


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"condition": DIRECTOR, "points": 0}, "points"),
        ({"condition": {"all": []}}, "condition"),
        ({"condition": {"all": [{"f": "score", "op": "ge", "v": 1}]}}, "condition"),
        ({"condition": {"all": [{"f": "created_at", "op": "last_days", "v": 7}]}}, "condition"),
        ({"condition": {"all": [{"f": "owner_id", "op": "is", "v": ["me"]}]}}, "condition"),
        ({"condition": {"all": [{"f": "nothing", "op": "is", "v": 1}]}}, "condition"),
        ({"condition": {"any": "x"}}, "condition"),
        ({"event": "dance"}, "event"),
        ({"event": "meeting", "outcome": "busy"}, "outcome"),
        ({"event": "email", "outcome": "busy"}, "outcome"),
        ({"event": "meeting", "half_life": 0}, "half_life"),
    ],
)
def test_rules_that_cannot_be_are_refused_in_words(values: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        make("scoring_rule", **{"name": "R", "points": 5} | values)
    assert field in refused.value.fields


def test_only_an_administrator_changes_rules_and_bands() -> None:
    for role in ("manager", "sales", "marketing", "read-only"):
        who = principal(make_user(role=role), role)
        with pytest.raises(Forbidden):
            db.write_sync(save_rule, who, Edited(), {"name": "R", "points": 5, "event": "call"})
        with pytest.raises(Forbidden):
            db.write_sync(save_bands, who, {"warm_from": 1, "hot_from": 2}, 0)
    with pytest.raises(Invalid):
        db.write_sync(save_bands, SYSTEM, {"warm_from": 10, "hot_from": 10}, 0)


def test_a_rule_whose_field_is_gone_gives_nothing_and_harms_nobody() -> None:
    field = make("custom_field", kind="person", key="vip", label="VIP", type="text")
    rule(40, condition={"all": [{"f": f"custom.{field}", "op": "filled"}]})
    rule(5, condition=DIRECTOR)
    ada = make_person(title="Director", custom={str(field): "yes"})
    settle()
    assert score(ada) == (45, "warm")
    from crm_app.core.changes import Change, apply

    db.write_sync(lambda s: apply(s, SYSTEM, Change("custom_field", field, op="delete")))
    db.write_sync(start_run)
    settle()
    assert score(ada) == (5, "cold")


def test_lists_sort_and_filter_by_score_and_band() -> None:
    rule(30, condition=DIRECTOR)
    rule(40, event="meeting")
    ada, bob, eve = (make_person(title=t) for t in ("Director", "Clerk", "Director"))
    did(eve)
    settle()
    listing = Listing("person", sort="score", descending=True, columns=("display_name", "score", "band"))
    page = db.read_sync(list_page, SYSTEM, listing)
    assert [r.id for r in page.rows] == [eve, ada, bob]
    assert [(r.cells[1].text, r.cells[2].text) for r in page.rows] == [("70", "Hot"), ("30", "Warm"), ("0", "Cold")]
    for condition, wanted in (
        (Condition("band", "is", ("hot", "warm")), [ada, eve]),
        (Condition("score", "between", ("1", "69.9")), [ada]),
    ):
        found = db.read_sync(list_page, SYSTEM, Listing("person", Group("all", (condition,)), columns=listing.columns))
        assert sorted(r.id for r in found.rows) == wanted


def test_a_deleted_person_is_not_scored_and_comes_back_with_a_score() -> None:
    from crm_app.core.changes import Change, apply

    rule(30, condition=DIRECTOR)
    ada = make_person(title="Director")
    settle()
    gone = db.write_sync(lambda s: apply(s, SYSTEM, Change("person", ada, op="delete")))
    settle()
    assert stored(ada) is None
    db.write_sync(undo, SYSTEM, gone.batch_id)
    settle()
    assert score(ada) == (30, "warm") and stored(ada).fit == Decimal(30)  # pyright: ignore[reportOptionalMemberAccess]


def test_nobody_is_concerned_by_other_things() -> None:
    told = {"kind": "product", "ids": [1], "fields": ["name"], "batch": 1}
    assert db.read_sync(concerned_by, [told]) == []
