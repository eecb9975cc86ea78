"""Every registered handler × nobody, every role, a revoked session, over a real socket."""

import asyncio
import hashlib
import re
from collections import defaultdict

import pytest
from socketio.exceptions import ConnectionError as SocketRefused
from sqlalchemy import create_engine, inspect, text

from crm_app.core import db
from crm_app.identity import sessions
from crm_app.identity.matrix import MATRIX, ROLES
from tests.http.conftest import BOTH, House
from tests.support.builders import make_user
from tests.support.sockets import Client, connected

pytestmark = [pytest.mark.server, pytest.mark.slow]
CREW = 6  # people of one role who call at the same time
PACE = 0.06  # seconds between two calls of one user
OPERATIONAL = {
    "user_session",
    "socket_binding",
    "login_event",
    "credential",
    "sign_in_throttle",
    "outbox",
    "id_counter",
    "recent_view",  # a page that one may read was opened
    # what the worker keeps beside the records, a moment after they changed
    *("quality_mark", "quality_gap", "quality_night", "quality_snapshot", "quality_run", "quality_task"),
    *("lead_score", "learned_score", "field_fill"),
    *("duplicate_profile", "duplicate_key", "duplicate_model", "duplicate_count"),
}


def content_hash(house: House) -> str:
    """SHA-256 over all rows of records and facts."""
    engine, total = create_engine(house.database_url), hashlib.sha256()
    with engine.connect() as connection:
        for table in sorted(set(inspect(connection).get_table_names()) - OPERATIONAL):
            rows = connection.execute(text(f'SELECT * FROM "{table}"'))
            total.update(repr((table, sorted(map(repr, rows)))).encode())
    engine.dispose()
    return total.hexdigest()


def expected_reason(role: str, handler: dict) -> str:
    """What the log must say; an unknown argument keeps permitted handlers from running."""
    if handler["name"].endswith((".setvar", ".update_vars_internal")):
        return "no such handler"
    permission = handler["permission"]
    if permission != "any":
        obj, action = permission.split(".")
        if MATRIX[role][obj][action] == "none":
            return f"the role {role} lacks {permission}"
    return "the payload is not valid"


@BOTH
async def test_every_handler_against_every_role(house_database: House, handlers: list[dict]) -> None:
    """Refused exactly where the role lacks the right; nothing in the database changes."""
    house, walked = house_database, [h for h in handlers if not h["framework"]]
    assert len(walked) > 10
    crews = {role: crew_of(role) for role in ROLES}
    before = content_hash(house)
    await asyncio.gather(*(walk(house, role, crew, walked) for role, crew in crews.items()))
    assert content_hash(house) == before


def crew_of(role: str) -> list[str]:
    """Sessions of several people with this role, because the pace is bounded for each."""
    return [db.write_sync(sessions.create_session, make_user(name=f"{role} {n}", role=role)) for n in range(CREW)]


async def walk(house: House, role: str, crew: list[str], walked: list[dict]) -> None:
    await asyncio.gather(*(send_all(house, cookie, walked[n::CREW]) for n, cookie in enumerate(crew)))
    user, said = f"{role} lacks", refusals(house)
    for handler in walked:
        reason = expected_reason(role, handler)
        lines = said[handler["name"]]
        assert any(reason in line for line in lines), (role, handler, reason, lines)
        if "lacks" not in reason:
            assert not any(user in line for line in lines), (role, handler)


def refusals(house: House) -> dict[str, list[str]]:
    """The lines of the server's log that refuse a handler, by its name."""
    said = defaultdict(list)
    for line in house.server.output().splitlines():
        if named := re.search(r"refused (\S+) ", line):
            said[named[1]].append(line)
    return said


async def send_all(house: House, cookie: str, part: list[dict]) -> None:
    """These handlers, slowly enough for the bucket of a user; until the last was answered."""
    async with connected(house.server, cookie) as tab:
        for handler in part:
            await tab.send(handler["name"], __kith_probe__=1)
            await asyncio.sleep(PACE)
        seen = len(tab.updates)
        await hydrate(tab)
        await tab.until(lambda: any("is_hydrated" in str(update) for update in tab.updates[seen:]))


async def test_nobody_gets_a_socket(house: House) -> None:
    """Without a session, or with an invented one, the socket is closed before it is accepted."""
    for cookie in (None, "", "invented", "a" * 43):
        with pytest.raises(SocketRefused):
            async with connected(house.server, cookie):
                pass


@BOTH
async def test_a_revoked_session_gets_nothing(house_database: House, handlers: list[dict]) -> None:
    """Its socket closes within two seconds, no event runs after the revocation, none is accepted anew."""
    cookie = house_database.enter("administrator")
    public_id = await db.read(sessions.find_session, sessions.hash_token(cookie))
    assert public_id
    before = content_hash(house_database)
    async with connected(house_database.server, cookie) as tab:
        await hydrate(tab)
        await db.write(sessions.revoke, public_id)
        await asyncio.wait_for(tab.closed.wait(), 2)
    with pytest.raises(SocketRefused):
        async with connected(house_database.server, cookie):
            pass
    assert content_hash(house_database) == before


async def hydrate(tab: Client) -> None:
    await tab.send("reflex___state____state.hydrate_and_load")
    await tab.until(lambda: tab.updates)
