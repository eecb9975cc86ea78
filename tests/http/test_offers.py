"""A quote answered by its link: the real gate and routes, without a browser, on both databases."""

import asyncio
import re
import secrets
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from html import escape
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from crm_app.billing.answering.offer import GONE
from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import outbox
from crm_app.http import offers
from crm_app.http.gate import Gate
from crm_app.http.site import site
from crm_app.identity.sessions import create_session
from crm_app.quotes.queries.stored import line_rows, organisation_today
from crm_app.quotes.service import revoke_links
from crm_app.records.files.store import path_of
from crm_app.tables import Activity, Deal, File, Notification, Quote
from tests.billing.builders import LINES, sent_quote
from tests.support.builders import make, make_deal, make_pipeline, make_user, row

HERE = "http://localhost:8000"
READER = {"user-agent": "Mozilla/5.0 (Linux; Android 15) Firefox/145.0"}
OPTIONAL: list[dict[str, Any]] = [
    *LINES,
    {"name": "Training", "quantity_milli": 1_000, "unit_price_minor": 50_000, "tax_milli": 19_000, "optional": True},
]
TOTAL, WITH_TRAINING = "$4,119.16", "$4,714.16"


@pytest.fixture(autouse=True)
def rested() -> Iterator[None]:
    """Nobody has asked for anything yet."""
    offers._visits.clear()
    offers._questions.clear()
    yield


@pytest.fixture
async def web(database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=Gate(site()), client=("203.0.113.9", 5000))
    headers = {"origin": HERE, **READER}
    async with httpx.AsyncClient(transport=transport, base_url=HERE, headers=headers) as client:
        yield client


def quote(**values: Any) -> tuple[int, str]:
    """A sent quote of a seller, and the address of its page."""
    id, token = sent_quote(make_user(), **{"lines": OPTIONAL} | values)
    return id, f"/q/{token}"


def state_of(id: int) -> str:
    return row(Quote, id)["state"]


def option_of(id: int) -> str:
    return str(next(line["id"] for line in db.read_sync(line_rows, id) if line["optional"]))


def notes_of(kind: str = "quote") -> list[str]:
    """What the notifications say, once the outbox is empty."""
    while outbox.drain():
        pass
    with db.reading() as session:
        return [n.text for n in session.exec(select(Notification)).scalars() if n.kind == kind]  # pyright: ignore


async def accept(web: httpx.AsyncClient, page: str, name: str = "Lena Arndt", **more: Any) -> httpx.Response:
    return await web.post(page, data={"action": "accept", "name": name, "shown": "", **more})


async def test_the_page_shows_the_quote_and_hides_itself(web: httpx.AsyncClient) -> None:
    id, page = quote(notes="Two lines\nof notes")
    answer = await web.get(page)
    assert answer.status_code == 200
    for words in ("Roll-out", "Cancity", "Installation", "3 day × $980.00", TOTAL, "Two lines\nof notes", "Tax 7 %"):
        assert words in answer.text, words
    headers = answer.headers
    assert headers["cache-control"] == "no-store" and "noindex" in headers["x-robots-tag"]
    assert headers["referrer-policy"] == "same-origin" and headers["x-frame-options"] == "DENY"
    assert "'unsafe-inline'" not in headers["content-security-policy"].partition("style-src")[0]
    assert re.findall(r"<script[^>]*>[^<]", answer.text) == [], "no script but the file of the theme"
    paper = await web.get(page + "/pdf")
    assert paper.content.startswith(b"%PDF-") and paper.headers["content-type"] == "application/pdf"
    assert paper.headers["cache-control"] == "no-store" and row(Quote, id)["accepted_file_id"] is None


async def test_unknown_revoked_and_expired_look_alike(web: httpx.AsyncClient) -> None:
    revoked, expired, deleted = quote(), quote(), quote()
    db.write_sync(revoke_links, SYSTEM, revoked[0])
    yesterday = organisation_today() - timedelta(days=1)
    with db.writing() as session:
        session.exec(update(Quote).where(Quote.id == expired[0]).values(valid_until=yesterday))  # pyright: ignore
        session.exec(update(Quote).where(Quote.id == deleted[0]).values(deleted_at=row(Quote, expired[0])["sent_at"]))  # pyright: ignore
    seen = set()
    for page in (
        revoked[1],
        expired[1],
        deleted[1],
        "/q/" + secrets.token_urlsafe(32),
        "/q/x",
        "/q/%00",
        "/q/" + "a" * 900,
    ):
        for answer in (await web.get(page), await web.get(page + "/pdf"), await accept(web, page)):
            seen.add((answer.status_code, answer.text, answer.headers["content-type"]))
    assert len(seen) == 1
    status, text, _ = seen.pop()
    assert status == 404 and "expired" in text and GONE.partition(":")[0] in text
    assert state_of(expired[0]) == state_of(revoked[0]) == "sent"


async def test_only_a_reader_counts_as_seen_and_only_once(web: httpx.AsyncClient) -> None:
    id, page = quote()
    session = db.write_sync(create_session, make_user())
    await web.head(page)
    await web.get(page, headers={"sec-purpose": "prefetch;prerender"})
    await web.get(page, headers={"user-agent": "Slackbot-LinkExpanding 1.0"})
    await web.get(page, headers={"user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"})
    await web.get(page, headers={"cookie": f"kith_session={session}"})
    assert state_of(id) == "sent"
    await web.get(page)
    seen = row(Quote, id)["viewed_at"]
    await web.get(page)
    assert state_of(id) == "viewed" and row(Quote, id)["viewed_at"] == seen
    assert [text for text in notes_of() if "opened" in text] == [
        f"Cancity has opened {row(Quote, id)['number']} Roll-out."
    ]


async def test_options_change_the_total_before_it_is_accepted(web: httpx.AsyncClient) -> None:
    id, page = quote()
    option = option_of(id)
    preview = await web.post(page, data={"action": "preview", "line": option, "name": "Lena", "shown": ""})
    assert preview.status_code == 200 and WITH_TRAINING in preview.text and 'value="Lena"' in preview.text
    surprised = await accept(web, page, line=option)
    assert "You chose other options" in surprised.text and f"Accept for {WITH_TRAINING}" in surprised.text
    assert state_of(id) in ("sent", "viewed"), "nothing is accepted that was not shown"
    done = await accept(web, page, line=option, shown=option)
    assert done.status_code == 303
    after = row(Quote, id)
    assert (after["accepted_by"], after["accepted_from"]) == ("Lena Arndt", "203.0.113.9")
    assert after["accepted_total_minor"] == 471_416 and after["accepted_at"] is not None


async def test_what_was_accepted_is_frozen_and_the_seller_hears_of_it(web: httpx.AsyncClient) -> None:
    pipeline = make_pipeline()
    deal = make_deal(pipeline, title="Roll-out", value_minor=411_916)  # its gate asks for a value
    id, page = quote(deal_id=deal)
    assert (await accept(web, page)).headers["location"] == page
    shown = await web.get(page)
    assert "Accepted by Lena Arndt" in shown.text and 'value="accept"' not in shown.text
    frozen = path_of(row(File, row(Quote, id)["accepted_file_id"])["sha256"]).read_bytes()
    assert (await web.get(page + "/pdf")).content == frozen
    assert row(Deal, deal)["stage_id"] == pipeline[1]["Won"]
    assert any("Lena Arndt accepted" in text for text in notes_of())


async def test_a_double_click_and_two_people_at_once_give_one_acceptance(web: httpx.AsyncClient) -> None:
    id, page = quote()
    answers = await asyncio.gather(accept(web, page, "Lena Arndt"), accept(web, page, "Milan Berg"))
    assert sorted(a.status_code for a in answers) == [303, 409]
    winner = row(Quote, id)["accepted_by"]
    late = next(a for a in answers if a.status_code == 409)
    assert f"already accepted by {winner}" in late.text
    again = await accept(web, page, winner)
    assert again.status_code == 409 and f"already accepted by {winner}" in again.text
    with db.reading() as session:
        filed = session.exec(select(File.id).where(File.record_id == id)).scalars().all()  # pyright: ignore
    assert len(filed) == 1
    declined = await web.post(page, data={"action": "decline", "reason": "Too late"})
    assert declined.status_code == 409 and state_of(id) == "accepted"


async def test_declining_keeps_the_reason(web: httpx.AsyncClient) -> None:
    id, page = quote()
    assert (await web.post(page, data={"action": "decline", "reason": "Too dear"})).status_code == 303
    assert (state_of(id), row(Quote, id)["decline_reason"]) == ("declined", "Too dear")
    assert "Declined on" in (await web.get(page)).text
    assert (await accept(web, page)).status_code == 409
    assert any("Too dear" in text for text in notes_of())


async def test_who_declines_is_offered_the_known_reasons_and_may_say_another(web: httpx.AsyncClient) -> None:
    names = ("Too dear", 'Chose "another" <b>')
    for name in names:
        make("vocabulary_term", vocabulary="decline", name=name, synonyms=["Over budget"] if name == names[0] else [])
    make("vocabulary_term", vocabulary="reason", name="Of the house")
    for said, kept in (("over BUDGET", "Too dear"), ("Our own <i>words</i>", "Our own <i>words</i>")):
        id, page = quote()
        shown = (await web.get(page)).text
        assert 'list="reasons"' in shown and "Of the house" not in shown
        assert all(f'<option value="{escape(name)}"></option>' in shown for name in names)
        assert (await web.post(page, data={"action": "decline", "reason": said})).status_code == 303
        assert row(Quote, id)["decline_reason"] == kept


async def test_a_question_reaches_the_seller_and_a_flood_does_not(web: httpx.AsyncClient) -> None:
    id, page = quote()
    ask = {"action": "ask", "who": "Lena", "question": "Is <b>travel</b> included?"}
    assert (await web.post(page, data=ask)).headers["location"] == page + "?done=asked"
    assert "Your question was sent" in (await web.get(page + "?done=asked")).text
    with db.reading() as session:
        note = session.exec(select(Activity)).scalars().one()  # pyright: ignore
        assert note.body == "Is <b>travel</b> included?" and note.company_id == row(Quote, id)["company_id"]
    assert any("travel" in text for text in notes_of())
    empty = await web.post(page, data={"action": "ask", "who": "", "question": ""})
    assert empty.status_code == 400 and "write your question" in empty.text
    for _ in range(3):
        await web.post(page, data=ask)
    flood = await web.post(page, data=ask)
    assert flood.status_code == 429 and "wait a few minutes" in flood.text and "travel" in flood.text


async def test_what_is_wrong_is_said_beside_the_field_and_nothing_typed_is_lost(web: httpx.AsyncClient) -> None:
    id, page = quote()
    for name, said in (("", "type your name"), ("  ", "type your name"), ("x" * 121, "too long")):
        answer = await accept(web, page, name)
        assert answer.status_code == 400 and said in answer.text
    assert f'value="{"x" * 121}"' in answer.text
    foreign = await accept(web, page, line="1", shown="1")
    assert foreign.status_code == 400 and "not part of this quote" in foreign.text
    assert state_of(id) == "sent"


async def test_attacks_change_nothing(web: httpx.AsyncClient) -> None:
    evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    lines = [{"name": evil, "description": evil, "unit_price_minor": 100, "section": evil, "unit": "<b>"}]
    id, page = quote(title=evil, customer=evil, notes=evil, terms=evil, lines=lines)
    shown = await web.post(page, data={"action": "preview", "name": evil, "shown": evil, "reason": evil, "line": evil})
    assert shown.status_code == 200 and "<img" not in shown.text and shown.text.count("<script") == 1
    assert (
        await web.post(page, data={"action": "accept", "name": "N"}, headers={"origin": "https://evil.example"})
    ).status_code == 403
    assert (await web.post(page, data={"action": "accept", "name": "N"}, headers={"origin": "null"})).status_code == 403
    assert (await web.post(page, data={"action": "ask", "question": "x" * 30_000})).status_code == 413
    assert (await web.post(page, content=b"\xff\xfe", headers={"content-type": "text/plain"})).status_code == 200
    for method in ("PUT", "DELETE", "PATCH"):
        assert (await web.request(method, page)).status_code == 405
    for path in ("/q/", "/q", page + "/", page + "/pdf/x", page + "/../../deals", "/q//pdf"):
        assert (await web.get(path, headers={"accept": "text/html"})).status_code in (303, 404), path
    assert state_of(id) == "sent"


async def test_a_guesser_is_slowed_down(web: httpx.AsyncClient) -> None:
    answers = [(await web.get("/q/" + secrets.token_urlsafe(32))).status_code for _ in range(75)]
    assert set(answers) == {404, 429} and answers[0] == 404 and answers[-1] == 429
