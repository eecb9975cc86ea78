"""What an open page hears of a change: only its own business, and only while its viewer may see it."""

import asyncio
from collections import defaultdict
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy import text

from crm_app.core import db
from crm_app.core.actor import SYSTEM, Principal
from crm_app.http import live
from crm_app.http.live import Fanout, located
from crm_app.http.live_views import MOST_CARDS, MOST_ROWS, BoardView, DiaryView, ListView, News, RecordView
from crm_app.quality.following import follow
from crm_app.records.listing import Listing, fields_of, read_listing
from tests.support.builders import change, make, make_company, make_deal, make_pipeline, make_user, principal

pytestmark = pytest.mark.usefixtures("database_url")


def news(**ids: int) -> News:
    return News({kind: frozenset({id}) for kind, id in ids.items()})


def told(view: RecordView, changed: News, actor: Principal = SYSTEM) -> object:
    """As the fan-out asks: without reading first."""
    return db.read_sync(view.push, actor, changed) if view.concern(changed) == "look" else view.concern(changed)


def test_a_record_hears_of_itself_of_what_it_names_and_of_what_names_it() -> None:
    pipeline, company, other = make_pipeline(), make_company(), make_company()
    deal = make_deal(pipeline, company_id=company)
    mine = make("activity", type="call", deal_id=deal)
    foreign = make("activity", type="call", deal_id=make_deal(pipeline))
    view, again = RecordView("deal", deal), {"stale": True}
    assert [told(view, news(**{kind: id})) for kind, id in (("deal", deal), ("company", company))] == [again, again]
    assert told(view, news(activity=mine)) == again
    assert [told(view, news(company=other)), told(view, news(activity=foreign))] == [None, None]
    assert [told(view, news(deal=deal + 9999)), told(view, news(saved_view=1))] == [
        None,
        "none",
    ]  # a deal may follow from another
    assert told(view, News({}, lost=True)) == "again"


def test_who_may_not_see_a_record_any_more_hears_that_it_is_gone_and_no_more() -> None:
    me, other = make_user(), make_user()
    deal = make_deal(make_pipeline(), owner_id=me)
    view = RecordView("deal", deal)
    assert told(view, news(deal=deal), principal(me)) == {"stale": True}
    change("deal", deal, owner_id=other)
    assert told(view, news(deal=deal), principal(me)) == {"gone": True}


def test_a_board_reads_again_when_a_push_would_carry_too_much() -> None:
    view = BoardView(1)
    few, many = (News({"deal": frozenset(range(n))}) for n in (MOST_CARDS, MOST_CARDS + 1))
    assert [view.concern(few), view.concern(many)] == ["look", "again"]
    assert [view.concern(news(company=1)), view.concern(news(product=1))] == ["again", "none"]


def diaries_after(activity: int, batch: int) -> frozenset[int]:
    return db.read_sync(located, news(activity=activity), [batch]).diaries


def test_a_diary_hears_of_what_comes_changes_and_leaves() -> None:
    me, other, asked = make_user(), make_user(), make_user()
    call = make("activity", type="call", subject="Ring back", owner_id=me)
    assert diaries_after(call, change("activity", call, subject="Ring again")) == {me}
    assert diaries_after(call, change("activity", call, owner_id=other)) == {me, other}
    batch = change("activity", call, attendees=[{"user_id": asked}])
    assert diaries_after(call, batch) == {other, asked}
    row = db.read_sync(lambda s: s.connection().execute(text("SELECT id FROM activity_attendee")).scalar_one())
    assert diaries_after(call, change("activity", call, **{f"attendees.{row}": None})) == {other, asked}
    assert diaries_after(call, change("activity", call, subject="Without them")) == {other}


def test_only_the_diaries_that_show_it_are_read_again() -> None:
    view, changed = DiaryView(frozenset({7, 8})), news(activity=1)
    assert view.concern(changed) == "look" and view.concern(news(deal=1)) == "none"
    assert [view.reaches(SYSTEM, replace(changed, diaries=frozenset(d))) for d in ({8, 9}, {9}, ())] == [
        True,
        False,
        False,
    ]
    assert view.concern(News({"activity": frozenset(range(MOST_CARDS + 1))})) == "again"
    assert view.concern(News({}, lost=True)) == "again"


def test_a_mended_record_leaves_the_list_of_what_to_fix_once_its_marks_are_written() -> None:
    """The change itself is told before that, so the list must hear of the marks as well."""
    company = make_company(domain="")
    follow(lambda _: None, [{"kind": "company", "ids": [company]}])
    fields = db.read_sync(fields_of, SYSTEM, "company")
    asked = {"f": '{"all":[{"f":"quality.rule","op":"is","v":["company.domain"]}]}'}
    to_fix, others = (ListView(read_listing("company", given, fields)) for given in (asked, {}))
    assert [row["id"] for row in db.read_sync(to_fix.push, SYSTEM, news(company=company))["rows"]] == [company]
    change("company", company, domain="example.org")
    fanout = object.__new__(Fanout)
    fanout.marks, fanout.due = defaultdict(set), asyncio.Event()
    fanout.loop = cast(Any, SimpleNamespace(call_soon_threadsafe=lambda call, *given: call(*given)))
    follow(fanout.heard, [{"kind": "company", "ids": [company]}])
    marked = News({}, marks={kind: frozenset(ids) for kind, ids in fanout.marks.items()})
    assert [to_fix.concern(marked), others.concern(marked)] == ["look", "none"] and fanout.due.is_set()
    assert db.read_sync(to_fix.push, SYSTEM, marked)["gone"] == [company]
    page, elsewhere = RecordView("company", company), RecordView("company", company + 1)
    assert [page.concern(marked), elsewhere.concern(marked)] == ["look", "none"]
    assert db.read_sync(page.push, SYSTEM, marked) == {"stale": True}  # the page shows the score
    many = News({}, marks={"company": frozenset(range(MOST_ROWS + 1))})
    assert [to_fix.concern(many), others.concern(many)] == ["again", "none"]


async def test_a_list_by_a_field_that_is_closed_meanwhile_keeps_nothing_from_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its viewer has another role since: the page reads again, and says why; every other page is told as ever."""
    me, other, company = make_user(), make_user(), make_company(name="Acme")
    secret = make("custom_field", kind="company", key="secret", label="Secret", type="text", read_roles=["manager"])
    asked = {"f": f'{{"all":[{{"f":"custom.{secret}","op":"filled"}}]}}'}
    fields = db.read_sync(fields_of, principal(me, "manager"), "company")
    views = {"closed": ListView(read_listing("company", asked, fields)), "open": ListView(Listing("company"))}
    sent: dict[str, Any] = {}
    for tab, view in views.items():
        monkeypatch.setitem(live._open, tab, live.Subscription(tab, view, "state"))
    closed = principal(me, unseen=frozenset({f"company.custom.{secret}"}))
    who = {"closed": closed, "open": principal(other)}
    fanout = object.__new__(Fanout)

    async def find(public_id: str) -> Any:
        return SimpleNamespace(principal=who[public_id])

    async def emit(tab: str, _state: str, _var: str, push: Any) -> None:
        sent[tab] = push

    monkeypatch.setattr(live.live_sessions, "find", find)
    monkeypatch.setattr(fanout, "is_here", lambda _: True)
    monkeypatch.setattr(fanout, "emit", emit)
    await fanout._tell(news(company=company))
    assert sent["closed"]["stale"] is True and "count" not in sent["closed"]
    assert [row["title"] for row in sent["open"]["rows"]] == ["Acme"]
