"""What stands beside a person adds up to what the lists show."""

from datetime import timedelta
from decimal import Decimal

import pytest

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.clock import now
from crm_app.records.panels import panels_of
from crm_app.scoring.explain import LATEST, explain
from crm_app.scoring.service import rescore, set_by_hand
from crm_app.tables import Person
from tests.scoring.test_service import DIRECTOR, did, rule
from tests.support.builders import make, make_person, make_user, principal, row

pytestmark = pytest.mark.usefixtures("database_url")


def panel(actor, id: int):
    return next(p for p in db.read_sync(panels_of, actor, "person", id) if p.label == "Score")


def number(text: str) -> Decimal:
    return Decimal(text.replace("−", "-").replace("+", ""))


def test_every_point_is_explained_and_all_add_up_to_the_score() -> None:
    rule(15, "Title contains director", condition=DIRECTOR)
    rule(-4, "No company", condition=NO_COMPANY)
    rule(10, "Meetings", event="meeting", half_life=14, cap=40)
    ada = make_person(title="Sales Director")
    for ago in (9, 0, 0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 60, 70):
        did(ada, ago=ago)
    db.write_sync(rescore, [ada])
    beside = panel(SYSTEM, ada)
    assert [(r.title, r.aside) for r in beside.rows] == [("Fit", "+11"), ("Engagement", "+40")]
    assert sum(number(r.aside) for r in beside.rows) == row(Person, ada)["score"] == 51
    fit, engagement = beside.rows
    assert [(t.figure, t.text) for t in fit.told] == [("+15", "Title contains director"), ("−4", "No company")]
    times = "14 times, the last today"
    assert [(t.figure, t.text) for t in engagement.told] == [("+40", f"Meetings · {times} · capped at 40")]
    assert sum(number(t.figure) for t in engagement.folded) == 40 and not fit.fold
    folded = [(t.figure, t.text) for t in engagement.folded]
    assert folded[:3] == [(f"+{n}", f"Meeting {day} (10, half-life 14 days)") for n, day in NEWEST]
    assert [text for _, text in folded[LATEST:]] == ["6 more", "Meetings: at most 40 together"]
    assert beside.note == "51 · hot"


NEWEST = (("10.0", "today"), ("10.0", "today"), ("9.5", "yesterday"))


def test_a_rule_that_asks_for_a_hidden_field_is_not_named() -> None:
    secret = make("custom_field", kind="person", key="s", label="Budget", type="text", read_roles=["manager"])
    rule(15, "Budget is high", condition={"all": [{"f": f"custom.{secret}", "op": "is", "v": "high"}]})
    rule(10, "Meetings", event="meeting", half_life=14, cap=40)
    me = make_user()
    ada = make_person(owner_id=me, **{f"custom.{secret}": "high"})
    did(ada, ago=0)
    seen = principal(me), principal(me, unseen=frozenset({f"person.custom.{secret}"}))
    told = [str(panel(who, ada).rows) for who in seen]
    assert ["Budget" in text for text in told] == [True, False] and all("+15" in t and "Meeting" in t for t in told)


NO_COMPANY = {"all": [{"f": "company_id", "op": "empty"}]}


def test_a_score_by_hand_says_who_why_and_until_when_to_whoever_sees_the_person() -> None:
    rule(15, "Title", condition=DIRECTOR)
    seller, reader = make_user(name="Sel Ler"), make_user(role="read-only")
    ada = make_person(title="Director", owner_id=seller)
    day = (now() + timedelta(days=30)).date()
    values = {"value": "80", "reason": "Asked for an offer", "until_day": day.isoformat()}
    db.write_sync(set_by_hand, principal(seller), ada, values)
    db.write_sync(rescore, [ada])
    mine, theirs = panel(principal(seller), ada), panel(principal(reader, "read-only"), ada)
    first = theirs.rows[0]
    assert (first.title, first.aside, first.part) == ("Set by hand", "80", 0)
    assert first.lines[0] == "Asked for an offer" and "Sel Ler" in first.lines[1] and "until" in first.lines[1]
    assert first.lines[2] == "By the rules: 15"
    assert mine.rows[0].part and mine.adds == "score" and theirs.adds == ""
    found = db.read_sync(explain, ada)
    assert (found.score, found.band, found.computed) == (80, "hot", 15)


def test_the_explanation_is_of_the_day_of_the_score(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the night, before the scores have been refreshed, both still say the same."""
    rule(10, "Meetings", event="meeting", half_life=14)
    ada = make_person()
    did(ada, ago=2)
    db.write_sync(rescore, [ada])
    from crm_app.scoring import explain as module

    later = module.today() + timedelta(5)
    monkeypatch.setattr(module, "today", lambda: later)
    assert db.read_sync(explain, ada).computed == row(Person, ada)["score"]
