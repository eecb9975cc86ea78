"""The timeline of a record against a list written down by hand, on both databases."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from crm_app.core import clock, db
from crm_app.core.actor import SYSTEM, Principal
from crm_app.core.changes import Change, apply_many, undo
from crm_app.core.errors import NotFound
from crm_app.timeline.queries import timeline_of
from crm_app.timeline.rows import Timeline
from crm_app.timeline.rules import read_wish
from tests.support.builders import (
    change,
    make,
    make_company,
    make_deal,
    make_person,
    make_pipeline,
    make_team,
    make_user,
    principal,
)

NOW = datetime.now(UTC).replace(microsecond=0)


def look(actor: Principal, name: str, id: int, kinds: str = "", text: str = "", after: str = "", count: int = 30):
    return db.read_sync(timeline_of, actor, name, id, read_wish(kinds, text, after), count)


def said(line: Timeline) -> list[tuple[str, str]]:
    return [(e.kind, e.subject) for e in line.events]


def note(subject: str, hours: float, /, **values: Any) -> int:
    given = {"type": "note", "subject": subject, "done_at": NOW - timedelta(hours=hours)}
    return make("activity", **given | values)


def test_everything_stands_in_one_order(database_url: str) -> None:
    seller = make_user()
    person = make_person()
    pipeline = make_pipeline()
    days = {"opened_on": date(2026, 1, 2), "closed_on": date(2026, 1, 5)}
    won = make_deal(pipeline, "Won", person_id=person, owner_id=seller, title="Storage", **days)
    note("second", 2, person_id=person, owner_id=seller)
    note("first", 1, person_id=person, owner_id=seller, type="call")
    note("on the deal", 3, deal_id=won, owner_id=seller, type="email")
    make("file", name="offer.pdf", sha256="0" * 64, size=2300, kind="person", record_id=person, owner_id=seller)
    found = look(principal(seller), "person", person)
    assert [(e.kind, e.verb, e.subject) for e in found.events if e.kind != "change"] == [
        ("file", "added", "offer.pdf"),
        ("call", "called", "first"),
        ("note", "noted", "second"),
        ("email", "wrote an e-mail", "on the deal"),
        ("deal", "won the deal", "Storage"),
        ("deal", "opened the deal", "Storage"),
    ]
    about = {e.subject: e.about for e in found.events}
    assert about["on the deal"] == "Storage" and about["first"] == ""
    assert [e.verb for e in found.events if e.kind == "change"] == ["created this person"]


def test_a_company_shows_its_people_and_deals_each_once(database_url: str) -> None:
    seller = make_user()
    company = make_company(owner_id=seller)
    person = make_person(company_id=company, owner_id=seller)
    deal = make_deal(make_pipeline(), company_id=company, person_id=person, owner_id=seller)
    elsewhere = make_person(owner_id=seller)
    note("all three", 1, company_id=company, person_id=person, deal_id=deal, owner_id=seller)
    note("person only", 2, person_id=person, owner_id=seller)
    note("deal only", 3, deal_id=deal, owner_id=seller)
    note("not ours", 4, person_id=elsewhere, owner_id=seller)
    found = look(principal(seller), "company", company, "note")
    assert [e.subject for e in found.events] == ["all three", "person only", "deal only"]


def test_nothing_appears_that_the_viewer_may_not_see(database_url: str) -> None:
    team, other_team = make_team(), make_team()
    mine, theirs = make_user(team_id=team), make_user(team_id=other_team)
    company = make_company()
    pipeline = make_pipeline()
    hidden = make_deal(pipeline, "Won", company_id=company, owner_id=theirs, title="Hidden deal")
    note("mine", 1, company_id=company, owner_id=mine)
    note("theirs", 2, company_id=company, owner_id=theirs)
    note("mine on a hidden deal", 3, deal_id=hidden, owner_id=mine)
    make("file", name="hidden.pdf", sha256="1" * 64, kind="deal", record_id=hidden, owner_id=theirs)
    seen = look(principal(mine), "company", company)
    everything = " ".join(f"{e.subject} {e.about} {e.verb} {' '.join(e.lines)}" for e in seen.events)
    assert "mine" in everything
    assert "theirs" not in everything and "idden" not in everything
    with pytest.raises(NotFound):
        look(principal(mine), "deal", hidden)
    assert {e.subject for e in look(SYSTEM, "company", company, "note").events} == {
        "mine",
        "theirs",
        "mine on a hidden deal",
    }


def test_pages_by_key_give_every_event_once(database_url: str) -> None:
    seller = make_user()
    person = make_person(owner_id=seller)
    same = NOW - timedelta(days=1)  # many at one moment: the id decides
    wishes = [
        Change(
            "activity",
            op="create",
            set={"type": "call", "subject": str(n), "person_id": person, "owner_id": seller, "done_at": same},
        )
        for n in range(25)
    ]
    db.write_sync(apply_many, SYSTEM, wishes)
    for n in range(6):
        change("person", person, title=f"Title {n}")
    whole = [e.key for e in look(principal(seller), "person", person, count=200).events]
    assert len(whole) == len(set(whole)) == 25 + 6 + 1
    paged, after = [], ""
    while True:
        page = look(principal(seller), "person", person, after=after, count=4)
        paged += [e.key for e in page.events]
        if not page.more:
            break
        after = page.events[-1].key
    assert paged == whole


def test_what_is_planned_or_pinned_stands_on_top(database_url: str) -> None:
    seller = make_user()
    person = make_person(owner_id=seller)
    plan = {"type": "task", "person_id": person, "owner_id": seller}
    make("activity", **plan, subject="later", due_at=NOW + timedelta(days=3))
    make("activity", **plan, subject="overdue", due_at=NOW - timedelta(days=3))
    make("activity", **plan, subject="done", due_at=NOW - timedelta(days=9), done_at=NOW - timedelta(days=9))
    note("pinned", 900, person_id=person, owner_id=seller, pinned=True)
    note("plain", 800, person_id=person, owner_id=seller)
    found = look(principal(seller), "person", person)
    assert [(e.subject, e.is_done, e.is_pinned) for e in found.heads] == [
        ("overdue", False, False),
        ("later", False, False),
        ("pinned", True, True),
    ]
    assert [(e.subject, e.tone) for e in found.heads[:2]] == [("overdue", "r"), ("later", "")]
    assert [s for k, s in said(found) if k != "change"] == ["done", "plain", "pinned"]
    assert look(principal(seller), "person", person, after=found.events[0].key).heads == []


@pytest.mark.parametrize(
    ("zone", "due", "done", "deal"),
    [  # at 11:30 on 27 November in UTC, when it is Saturday for the one and half past three at night for the other
        ("Pacific/Auckland", "Today 02:00", "Yesterday 23:45", "Donnerstag, 26. November"),
        ("America/Los_Angeles", "Today 05:00", "Today 02:45", "Yesterday"),
    ],
)
def test_days_are_those_of_the_reader(
    database_url: str, monkeypatch: pytest.MonkeyPatch, zone: str, due: str, done: str, deal: str
) -> None:
    seller, person = make_user(zone="Pacific/Auckland"), make_person()
    at = datetime(2026, 11, 27, 11, 30, tzinfo=UTC)
    mine: dict[str, Any] = {"person_id": person, "owner_id": seller}
    whole_day = at.replace(hour=11, minute=0)  # midnight of its owner, whose Saturday it is to everybody
    make("activity", type="task", subject="soon", due_at=at.replace(hour=13, minute=0), **mine)
    make("activity", type="task", subject="fair", due_at=whole_day, all_day=True, **mine)
    make("activity", type="call", subject="rang", done_at=at - timedelta(minutes=45), **mine)
    make_deal(make_pipeline(), title="Storage", opened_on=date(2026, 11, 26), **mine)
    monkeypatch.setattr(clock, "pretended", lambda: at)
    found = look(principal(seller, zone=zone, locale="de"), "person", person)
    events = {e.subject: e for e in (*found.heads, *found.events)}
    assert events["soon"].note == due
    assert events["fair"].note == ("Today" if zone.startswith("Pacific") else "Tomorrow")
    assert f"{events['rang'].day} {events['rang'].time}" == done
    assert (events["Storage"].day, events["Storage"].time) == (deal, "")


def test_a_text_is_found_in_every_kind(database_url: str) -> None:
    seller = make_user()
    person = make_person(owner_id=seller)
    deal = make_deal(make_pipeline(), person_id=person, owner_id=seller, title="Harbour light")
    note("about the harbour", 1, person_id=person, owner_id=seller)
    note("else", 2, person_id=person, owner_id=seller, body="nothing of HARBOURS")
    note("100% else", 3, person_id=person, owner_id=seller)
    note("Großer Ärger", 4, person_id=person, owner_id=seller, body="CAFÉ Łódź Œuvre Ångström")
    change("person", person, title="Harbour master")
    make("file", name="harbour.png", sha256="2" * 64, kind="person", record_id=person, owner_id=seller)
    found = look(principal(seller), "person", person, text="harbour")
    assert sorted(k for k, _ in said(found)) == ["change", "deal", "file", "note", "note"]
    assert [s for _, s in said(look(principal(seller), "person", person, text="%"))] == ["100% else"]
    for word in ("GROSSER", "arger", "cafe", "lodz", "oeuvre", "angström", "Café  Łódź"):
        assert [s for _, s in said(look(principal(seller), "person", person, text=word))] == ["Großer Ärger"], word
    assert look(principal(seller), "person", person, "file", "harbour").events[0].subject == "harbour.png"
    assert deal


def test_one_save_is_one_event_in_words(database_url: str) -> None:
    seller, other = make_user(name="Noor Khalil"), make_user(name="Ravi Shah")
    company = make_company(name="Cancity")
    person = make_person(owner_id=seller)
    me = principal(seller)
    batch = change("person", person, me, title="Buyer", company_id=company, emails=[{"value": "lena@example.org"}])
    event = look(me, "person", person, "change").events[0]
    assert (event.id, event.who, event.verb, event.can_undo) == (batch, "Noor Khalil", "edited this person", True)
    assert set(event.lines) == {"Title – → Buyer", "Company – → Cancity", "E-mail lena@example.org, work added"}
    db.write_sync(undo, me, batch)
    after = look(me, "person", person, "change").events
    assert [e.verb for e in after[:2]] == ["undid a change", "edited this person"]
    assert [e.can_undo for e in after[:2]] == [True, False]
    assert not any(e.can_undo for e in look(principal(other, "read-only"), "person", person, "change").events)


def test_a_deal_has_a_timeline_of_its_own(database_url: str) -> None:
    seller = make_user()
    pipeline = make_pipeline()
    deal = make_deal(pipeline, owner_id=seller, value_minor=100_00)
    change("deal", deal, stage_id=pipeline[1]["Engaging"], value_minor=250_00)
    note("a word", 1, deal_id=deal, owner_id=seller)
    found = look(principal(seller), "deal", deal)
    moved = next(e for e in found.events if e.verb.startswith("moved"))
    assert moved.verb == "moved this deal from Prospecting to Engaging"
    assert moved.lines == ["Value $100 → $250"]
    assert ("note", "a word") in said(found) and not any(k == "deal" for k, _ in said(found))
