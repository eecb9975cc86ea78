"""The stages of a deal from the log, and why a stage has its probability, on real databases."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import pytest

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply, undo
from crm_app.core.clock import now
from crm_app.core.errors import Invalid, NotFound
from crm_app.deals.queries import deal_page
from crm_app.deals.queries.odds import why_probability
from crm_app.records.listing import default_listing, list_page
from crm_app.records.listing.rules import Condition, Group, parse_filter
from tests.support.builders import change, make_company, make_deal, make_pipeline, make_user, principal

pytestmark = pytest.mark.usefixtures("database_url")


def moved(deal: int, stage: int, at: datetime) -> None:
    """A move of an imported history."""
    wish = Change("deal", deal, {"stage_id": stage}, effective_at=at)
    db.write_sync(lambda session: apply(session, SYSTEM, wish, source="history"))


def test_the_page_tells_the_days_in_each_stage_by_the_times_at_which_they_happened() -> None:
    pipeline = make_pipeline()
    begun = now() - timedelta(days=20)
    values = {"title": "Old", "stage_id": pipeline[1]["Prospecting"]}
    create = Change("deal", set=values, op="create", effective_at=begun)
    deal = db.write_sync(lambda session: apply(session, SYSTEM, create, source="history")).id
    moved(deal, pipeline[1]["Engaging"], begun + timedelta(days=15))
    page = db.read_sync(deal_page, SYSTEM, deal)
    assert [(s.name, s.mark, s.days) for s in page.path] == [
        ("Prospecting", "done", "15 d"),
        ("Engaging", "on", "5 d"),
        ("Won", "", ""),
        ("Lost", "", ""),
    ]
    assert [(s.stage, s.came_from, s.days, s.who) for s in page.stays] == [
        ("Engaging", "Prospecting", "5 days", "Kith"),
        ("Prospecting", "", "15 days", "Kith"),
    ]
    moved(deal, pipeline[1]["Won"], begun + timedelta(days=18))
    page = db.read_sync(deal_page, SYSTEM, deal)
    assert [s.mark for s in page.path] == ["done", "done", "on", ""]
    assert [(s.stage, s.days) for s in page.stays][:2] == [("Won", ""), ("Engaging", "3 days")]


def test_a_move_and_its_undo_leave_no_trace_in_the_stages() -> None:
    pipeline = make_pipeline()
    deal = make_deal(pipeline)
    before = db.read_sync(deal_page, SYSTEM, deal)
    batch = change("deal", deal, stage_id=pipeline[1]["Engaging"])
    db.write_sync(undo, SYSTEM, batch)
    after = db.read_sync(deal_page, SYSTEM, deal)
    assert (after.path, after.stays) == (before.path, before.stays)


def test_the_history_says_who_moved_a_deal() -> None:
    pipeline, me = make_pipeline(), make_user(name="Noor Khalil")
    deal = make_deal(pipeline, owner_id=me)
    change("deal", deal, principal(me), stage_id=pipeline[1]["Engaging"])
    assert [s.who for s in db.read_sync(deal_page, SYSTEM, deal).stays] == ["Noor Khalil", "Kith"]


def test_the_figures_are_those_of_the_deals_that_once_stood_there() -> None:
    pipeline, me, other = make_pipeline(), make_user(name="Noor Khalil"), make_user()
    retail, software = make_company(industry="retail"), make_company(industry="software")

    def closed(count: int, through: str, end: str, owner: int, company: int) -> None:
        for _ in range(count):
            deal = make_deal(pipeline, through, owner_id=owner, company_id=company)
            moved(deal, pipeline[1][end], datetime(2026, 1, 2, tzinfo=UTC))

    closed(6, "Engaging", "Won", me, retail)
    closed(3, "Engaging", "Lost", me, software)
    closed(7, "Engaging", "Won", other, retail)
    closed(8, "Engaging", "Lost", other, retail)
    closed(5, "Prospecting", "Won", me, retail)  # never stood in Engaging
    deal = make_deal(pipeline, "Engaging", owner_id=me, company_id=retail)
    make_deal(pipeline, "Engaging", owner_id=me)  # still open
    why = db.read_sync(why_probability, SYSTEM, deal)
    assert (why.stage, why.probability, why.closed, why.enough) == ("Engaging", 40, 24, True)
    assert [(g.won, g.lost, g.words) for g in why.groups] == [
        (13, 11, "54 % won"),
        (6, 3, "too few to say"),
        (13, 8, "62 % won"),
    ]
    mine = db.read_sync(why_probability, principal(me), deal)
    assert (mine.groups[0].won, mine.groups[0].lost, mine.enough) == (6, 3, False)
    with pytest.raises(NotFound):
        db.read_sync(why_probability, principal(other), deal)
    for actor, found in ((SYSTEM, why), (principal(me), mine)):
        for group in (g for g in found.groups if g.filter):
            listing = replace(default_listing("deal"), filter=parse_filter(unquote(group.filter)))
            assert db.read_sync(list_page, actor, listing).count == group.won + group.lost
    assert [bool(g.filter) for g in why.groups] == [True, True, False]


def test_a_list_asks_for_the_past_of_fields_but_not_of_parts() -> None:
    pipeline = make_pipeline()
    deal, other = make_deal(pipeline), make_deal(pipeline)
    change("deal", deal, type="renewal")
    change("deal", deal, type="upsell")

    def found(field: str, *values: str) -> list[int]:
        wish = Group("all", (Condition(field, "was", values),))
        return [r.id for r in db.read_sync(list_page, SYSTEM, replace(default_listing("deal"), filter=wish)).rows]

    assert found("type", "renewal") == [deal] and found("type", "cross-sell") == []
    assert set(found("type", "new business", "upsell")) == {deal, other}
    for field in ("contacts.role", "contacts.person_id"):
        with pytest.raises(Invalid, match="past"):
            found(field, "user")
