"""What a draft would do is what it does once it is saved; nothing is written before."""

from dataclasses import replace

import pytest

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.errors import Invalid
from crm_app.scoring import preview as module
from crm_app.scoring.preview import Draft, checked_bands, checked_rule, preview
from crm_app.scoring.rules import Bands
from crm_app.scoring.screen import rule_of, scoring_page
from crm_app.scoring.service import Edited, remove_rule, save_bands, save_rule
from crm_app.tables import Person
from tests.scoring.test_service import DIRECTOR, did, rule, score, settle
from tests.support.builders import make_person, make_user, principal, row

pytestmark = pytest.mark.usefixtures("database_url")
TITLE = '{"all":[{"f":"title","op":"contains","v":"director"}]}'


def people() -> list[int]:
    rule(10, event="meeting")
    ids = [make_person(title=t) for t in ("Director", "Director", "Clerk")]
    did(ids[0])
    settle()
    return ids


def test_a_new_rule_is_previewed_as_it_then_is() -> None:
    ids = people()
    texts = {"points": "15", "active": "on"}
    values = db.read_sync(lambda s: checked_rule(s, rule_of(s, "person", TITLE, texts)))
    assert values["name"] == "Title contains director"
    before = [row(Person, id) for id in ids]
    found = preview(SYSTEM, Draft(values=values))
    assert (found.total, found.changed, found.rescored, found.note) == (3, 1, 2, "")
    assert [(m.words, m.people) for m in found.moves] == [("cold → warm", 1)]
    assert [(m.words, m.people) for m in found.shares] == [("Cold", 2), ("Warm", 1), ("Hot", 0)]
    assert [(e.id, e.before, e.after) for e in found.examples] == [(ids[0], "10 cold", "25 warm")]
    assert [row(Person, id) for id in ids] == before
    db.write_sync(save_rule, SYSTEM, Edited(), values)
    settle()
    assert [score(id) for id in ids] == [(25, "warm"), (15, "cold"), (0, "cold")]
    assert preview(SYSTEM, Draft(values=None)).changed == 0


def test_a_changed_a_removed_and_an_unused_rule_and_other_bands() -> None:
    ids = people()
    fit = rule(15, condition=DIRECTOR)
    settle()
    values = {"name": "R", "points": 60, "about": "person", "condition": DIRECTOR, "event": "", "outcome": ""}
    values |= {"half_life": None, "cap": None}
    assert preview(SYSTEM, Draft(fit, values)).changed == 2
    assert preview(SYSTEM, Draft(fit, values | {"active": False})).changed == 1
    assert preview(SYSTEM, Draft(fit, None)).changed == 1
    bands = Draft(bands=Bands(5, 15))
    assert [m.people for m in preview(SYSTEM, bands).shares] == [1, 0, 2]
    db.write_sync(save_bands, SYSTEM, {"warm_from": 5, "hot_from": 15}, None)
    db.write_sync(remove_rule, SYSTEM, fit)
    settle()
    assert [score(id) for id in ids] == [(10, "warm"), (0, "cold"), (0, "cold")]


def test_of_very_many_an_even_share_is_looked_at_and_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(30):
        make_person(title="Director")
    monkeypatch.setattr(module, "MOST_LOOKED_AT", 10)
    values = {"name": "R", "points": 60, "about": "person", "condition": DIRECTOR, "event": "", "outcome": ""}
    found = preview(SYSTEM, Draft(values=values | {"half_life": None, "cap": None}))
    assert (found.total, found.changed, found.note) == (30, 30, "Reckoned from 10 of 30 people.")


def test_names_of_those_whom_the_reader_may_not_see_are_left_out() -> None:
    seller = make_user()
    make_person(title="Director", owner_id=seller)
    make_person(title="Director", owner_id=make_user())
    values = {"name": "R", "points": 60, "about": "person", "condition": DIRECTOR, "event": "", "outcome": ""}
    who = replace(principal(seller, "nobody"), system=False)
    found = preview(who, Draft(values=values | {"half_life": None, "cap": None}))
    assert found.changed == 2 and found.examples == []


@pytest.mark.parametrize(
    ("texts", "field"),
    [
        ({"points": "many"}, "points"),
        ({"points": ""}, "points"),
        ({"points": "0"}, "points"),
        ({"points": "5", "event": "call", "half_life": "soon"}, "half_life"),
        ({"points": "5", "version": "9"}, "version"),
    ],
)
def test_what_is_wrong_stands_at_its_field(texts: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        db.read_sync(lambda s: checked_rule(s, rule_of(s, "person", TITLE, texts)))
    assert field in refused.value.fields


def test_bands_are_checked_before_they_are_looked_at() -> None:
    assert checked_bands({"warm_from": "−5", "hot_from": "9"}) == Bands(-5, 9)
    for texts, field in (({"warm_from": "9", "hot_from": "9"}, "hot_from"), ({"warm_from": "x"}, "warm_from")):
        with pytest.raises(Invalid) as refused:
            checked_bands(texts)
        assert field in refused.value.fields


def test_the_page_says_in_words_what_holds() -> None:
    rule(10, "Meetings", event="call", outcome="reached", half_life=14, cap=40)
    rule(5, "Big", about="company", condition={"all": [{"f": "employees", "op": "ge", "v": 1000}]})
    page = db.read_sync(scoring_page, principal(make_user(role="manager"), "manager"))
    assert [r.words for r in page.rules] == [
        "Company: Employees is at least 1,000",
        "For each call (reached), halves every 14 days, at most 40 together",
    ]
    assert page.events == 1 and not page.editable and "learned yet" in page.learned.missing
    assert [b.words for b in page.bands] == ["below 20", "from 20 points", "from 50 points"]


def test_a_draft_survives_as_text() -> None:
    for draft in (Draft(7, {"points": 5, "condition": DIRECTOR}), Draft(7), Draft(bands=Bands(-5, 9))):
        assert Draft.load(draft.dump()) == draft
