"""Everything that takes an id, called with somebody else's: nothing is shown, nothing is changed."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import pytest
from sqlalchemy import select
from sqlmodel import col

from crm_app.core import db
from crm_app.core.changes.log import ChangeLog
from crm_app.identity import sessions
from crm_app.identity.matrix import MATRIX
from crm_app.records.search import KINDS
from crm_app.tables.deal import Deal
from crm_app.tables.user import User
from tests.http.conftest import BOTH, House
from tests.http.test_socket import handler, ready
from tests.http.test_walk import CREW, PACE, content_hash, crew_of
from tests.support.builders import change, make, make_deal, make_pipeline, make_user, row
from tests.support.sockets import Client, connected

pytestmark = [pytest.mark.server, pytest.mark.slow]
SECRET = "Zebra-contract-4711"
EACH = 5  # calls of a handler: with the ids of so many kinds in turn, those of others with the next ones


@dataclass(frozen=True)
class Foreign:
    """What belongs to somebody else: ids of every kind, a batch, a session."""

    ids: dict[str, int]
    public_id: str


@pytest.fixture
def foreign(house_database: House) -> Foreign:
    owner = make_user(name="Other Owner", role="sales")
    pipeline = make_pipeline("Matrix")
    deal = make_deal(pipeline, owner_id=owner, title=SECRET)
    batch = change("deal", deal, title=f"{SECRET}-renamed")
    activity = make("activity", type="note", subject=f"{SECRET}-note", owner_id=owner, deal_id=deal)
    cookie = db.write_sync(sessions.create_session, owner)
    public_id = db.read_sync(sessions.find_session, sessions.hash_token(cookie))
    assert public_id
    quote = make("quote", title=f"{SECRET}-quote", owner_id=owner, deal_id=deal)
    made = {"deal": deal, "user": owner, "stage": pipeline[1]["Engaging"], "activity": activity, "batch": batch}
    made |= {"quote": quote, "batch of a creation": batch_of("quote", quote)}
    kept = {"name": f"{SECRET}-view", "kind": "deal", "audience": "private", "definition": {}}
    made["saved_view"] = make("saved_view", owner_id=owner, **kept)
    return Foreign(made, public_id)


def batch_of(kind: str, id: int) -> int:
    """The batch in which a record was made."""
    made = (col(ChangeLog.kind) == kind, col(ChangeLog.record_id) == id, col(ChangeLog.op) == "create")
    return db.read_sync(lambda s: s.scalars(select(col(ChangeLog.batch_id)).where(*made)).one())


def payloads(handler: str, fields: dict[str, str], foreign: Foreign) -> list[dict[str, Any]]:
    """Valid calls of a handler, each with the id of another kind; with which ones it begins its name says."""
    texts = {"public_id": foreign.public_id, "name": "title", "raw": "stolen", "theme": "dark"}

    def value(name: str, kind: str, of: str, id: int) -> Any:
        if "dict" in kind:
            return {"record_id": str(id), "company_id": str(id), "title": "", "id": str(id)}
        if "list" in kind:
            return [id]
        if "bool" in kind:
            return True
        if "int" in kind:
            return {"stage_id": foreign.ids["stage"], "version": 99, "ticket": 1, "index": 0}.get(name, id)
        if name == "kind":
            return of if of in KINDS else "deal"
        return texts.get(name, SECRET[:5])

    names = list(foreign.ids)
    turn = crc32(handler.encode())
    chosen = [names[(turn + n) % len(names)] for n in range(EACH)]
    return [{n: value(n, kind, of, foreign.ids[of]) for n, kind in fields.items()} for of in chosen]


async def quiet(tab: Client, handlers: list[dict]) -> None:
    """Everything sent before has been answered."""
    tab.updates.append({"delta": {"mark": {"mark_rx_state_": True}}})
    seen = len(tab.updates)
    await tab.send("reflex___state____state.hydrate")
    await tab.until(lambda: any("name" in str(u) for u in tab.updates[seen:]))


async def crew_calls(
    house: House, crew: list[str], handlers: list[dict], foreign: Foreign, paths: list[str]
) -> list[str]:
    """What came back when a crew shared out all handlers on the first path, then opened the others."""

    async def work(cookie: str, part: list[dict]) -> str:
        async with connected(house.server, cookie) as tab:
            await ready(tab, paths[0])
            await call_all(tab, part, foreign, paths[0])
            for path in paths[1:]:
                await ready(tab, path)
            return json.dumps(tab.updates)

    return list(await asyncio.gather(*(work(cookie, handlers[n::CREW]) for n, cookie in enumerate(crew))))


async def call_all(tab: Client, handlers: list[dict], foreign: Foreign, path: str) -> None:
    """These handlers, slowly enough for the bucket of a user."""
    for known in handlers:
        if known["permission"] is None:
            continue
        calls = payloads(known["name"], known["payload"], foreign)
        for payload in calls if known["payload"] else calls[:1]:
            await tab.send(known["name"], path, **payload)
            await asyncio.sleep(PACE)
    await quiet(tab, handlers)


@BOTH
async def test_a_seller_with_the_ids_of_another(house_database: House, foreign: Foreign, handlers: list[dict]) -> None:
    """No title, note or session of the other comes back; no line of the log names their records."""
    house, deal = house_database, foreign.ids["deal"]
    before = {kind: row(table, foreign.ids[kind]) for kind, table in (("deal", Deal), ("user", User))}
    logged = db.read_sync(log_of, foreign)
    paths = [f"/deals/{deal}", f"/users/{foreign.ids['user']}", f"/quotes/{foreign.ids['quote']}"]
    for answers in await crew_calls(house, crew_of("sales"), handlers, foreign, paths):
        assert len(answers) > 1000
        assert SECRET not in answers and foreign.public_id not in answers
    assert db.read_sync(log_of, foreign) == logged
    for kind, table in (("deal", Deal), ("user", User)):
        assert row(table, foreign.ids[kind]) == before[kind]
    assert db.read_sync(sessions.find_live, foreign.public_id) is not None


def log_of(session, foreign: Foreign) -> int:
    rows = select(col(ChangeLog.seq)).where(col(ChangeLog.record_id).in_(list(foreign.ids.values())))
    return len(session.scalars(rows).all())


@BOTH
async def test_the_owner_does_see_it(house_database: House, foreign: Foreign, handlers: list[dict]) -> None:
    """The test above would notice: the same page shows the title to an administrator."""
    async with connected(house_database.server, house_database.enter("administrator")) as tab:
        path = f"/deals/{foreign.ids['deal']}"
        await ready(tab, path)
        await tab.send(handler(handlers, "deal_record.load"), path)
        await tab.until(lambda: SECRET in json.dumps(tab.updates))


@BOTH
async def test_a_preview_is_shown_to_those_who_may_see_the_record(
    house_database: House, foreign: Foreign, handlers: list[dict]
) -> None:
    """The palette asked for the deal by its kind and id: its title for an administrator, nothing for a seller."""
    look, deal = handler(handlers, "palette.look"), foreign.ids["deal"]
    for role, shown in (("administrator", f"{SECRET}-renamed"), ("sales", "")):
        async with connected(house_database.server, house_database.enter(role)) as tab:
            await ready(tab)
            await tab.send(look, kind="deal", id=deal)
            previews = await tab.until(lambda tab=tab: previews_of(tab, deal))
            assert [(p["title"], bool(p["lines"])) for p in previews] == [(shown, bool(shown))]


def previews_of(tab: Client, deal: int) -> list[dict]:
    """What the palette was given for this deal; other states have a `preview` too."""
    return [p for p in tab.values("preview") if isinstance(p, dict) and (p.get("kind"), p.get("id")) == ("deal", deal)]


async def test_a_field_that_the_role_may_not_read_is_not_sent(house_database: House) -> None:
    """The pages where an administrator is sent it: the status of users, what a product costs, a custom field."""
    secret = make("custom_field", kind="product", key="s", label="Secret", type="text", read_roles=["manager"])
    make("product", name="Costly", cost_minor=4711_13, **{f"custom.{secret}": "Fort Knox"})
    make_user(name="Gone Colleague", status="disabled")
    pages = {
        "/users": "disabled",
        "/products?cols=name,cost_minor": "4,711.13",
        f"/products?cols=name,custom.{secret}": "Fort Knox",
    }
    for role, sent in (("administrator", True), ("marketing", False)):
        async with connected(house_database.server, house_database.enter(role)) as tab:
            for path, mark in pages.items():
                tab.updates.clear()
                await ready(tab, path)
                there = {"/users": "Gone Colleague"}.get(path, "Costly")
                await tab.until(lambda tab=tab, there=there: there in json.dumps(tab.updates))
                await tab.quiet(0.2)  # a push to the list before this one has the same name in it
                assert (mark in json.dumps(tab.updates)) == sent, (role, path)


async def test_well_formed_calls_without_the_right_change_nothing(
    house_database: House, foreign: Foreign, handlers: list[dict]
) -> None:
    """Refused before anything is written: the hash of all records and facts stays, for the two weakest roles."""
    house = house_database
    for role in ("read-only", "support"):
        lacking = [
            known
            for known in handlers
            if known["permission"] not in (None, "any")
            and MATRIX[role][known["permission"].split(".")[0]][known["permission"].split(".")[1]] == "none"
        ]
        assert len(lacking) > 5
        crew = crew_of(role)
        before = content_hash(house)
        await crew_calls(house, crew, lacking, foreign, [f"/deals/{foreign.ids['deal']}"])
        assert content_hash(house) == before, role
