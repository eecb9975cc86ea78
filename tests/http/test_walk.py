"""Every registered handler × nobody, every role, a revoked session, over a real socket."""

import asyncio
import hashlib
import sqlite3

import pytest
from socketio.exceptions import ConnectionError as SocketRefused

from crm_app.core import db
from crm_app.identity import sessions
from crm_app.identity.matrix import MATRIX, ROLES
from tests.http.conftest import House
from tests.support.sockets import Client, connected

pytestmark = [pytest.mark.server, pytest.mark.slow]
OPERATIONAL = {
    "user_session",
    "socket_binding",
    "login_event",
    "credential",
    "sign_in_throttle",
    "outbox",
    "id_counter",
    # what the worker keeps beside the records, a moment after they changed
    *("quality_mark", "quality_gap", "quality_night", "quality_snapshot", "quality_run", "quality_task"),
    *("lead_score", "learned_score", "field_fill"),
    *("duplicate_profile", "duplicate_key", "duplicate_model", "duplicate_count"),
}


def content_hash(house: House) -> str:
    """SHA-256 over all rows of records and facts."""
    path = house.database_url.removeprefix("sqlite:///")
    total = hashlib.sha256()
    with sqlite3.connect(path) as connection:
        tables = [r[0] for r in connection.execute("SELECT name FROM sqlite_master WHERE type='table' ORDER BY name")]
        for table in tables:
            if table not in OPERATIONAL and not table.startswith("sqlite_"):
                total.update(repr(connection.execute(f'SELECT * FROM "{table}" ORDER BY 1').fetchall()).encode())
    connection.close()
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


async def test_every_handler_against_every_role(house: House, handlers: list[dict]) -> None:
    """Refused exactly where the role lacks the right; nothing in the database changes."""
    walked = [h for h in handlers if not h["framework"]]
    assert len(walked) > 10
    before = content_hash(house)
    await asyncio.gather(*(walk(house, role, walked) for role in ROLES))
    assert content_hash(house) == before


async def walk(house: House, role: str, walked: list[dict]) -> None:
    cookie = house.enter(role)
    async with connected(house.server, cookie) as tab:
        for handler in walked:
            await tab.send(handler["name"], __kith_probe__=1)
            await asyncio.sleep(0.06)
        await settled(house, role, walked)
    user = f"{role} lacks"
    for handler in walked:
        reason = expected_reason(role, handler)
        lines = [line for line in house.server.output().splitlines() if f"refused {handler['name']} " in line]
        assert any(reason in line for line in lines), (role, handler, reason, lines)
        if "lacks" not in reason:
            assert not any(user in line for line in lines), (role, handler)


async def settled(house: House, role: str, walked: list[dict]) -> None:
    for _ in range(100):
        text = house.server.output()
        if all(f"refused {h['name']} " in text for h in walked[-1:]):
            await asyncio.sleep(0.5)
            return
        await asyncio.sleep(0.05)


async def test_nobody_gets_a_socket(house: House) -> None:
    """Without a session, or with an invented one, the socket is closed before it is accepted."""
    for cookie in (None, "", "invented", "a" * 43):
        with pytest.raises(SocketRefused):
            async with connected(house.server, cookie):
                pass


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
