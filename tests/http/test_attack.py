"""A signed-in attacker with a socket of their own: hidden handlers, other tabs, floods, odd and oversized frames."""

import asyncio
import json
import uuid

import pytest
from sqlalchemy import select
from sqlmodel import col

from crm_app.core import db
from crm_app.http.live_sessions import SOCKETS_A_SESSION
from crm_app.identity import sessions
from crm_app.tables.user import User
from tests.http.conftest import House
from tests.http.test_socket import handler, ready
from tests.http.test_walk import content_hash
from tests.support.sockets import NAMESPACE, Client, connected

pytestmark = [pytest.mark.server, pytest.mark.slow]
STATE = "reflex___state____state"
UPDATE_VARS = f"{STATE}.reflex___state____update_vars_internal_state.update_vars_internal"
FAILURE = f"{STATE}.reflex___state____frontend_event_exception_state.handle_frontend_exception"


async def alive(tab: Client, handlers: list[dict], name: str) -> None:
    """The socket still answers, as this user, once all that was sent before is through."""
    await tab.quiet()
    tab.updates.clear()
    await tab.send(handler(handlers, "viewer.load"))
    await tab.send(f"{STATE}.hydrate")
    await tab.until(lambda: name in tab.values("name"))


async def test_hidden_handlers_set_nothing(house: House, handlers: list[dict]) -> None:
    """Framework handlers that write vars, guessed states, names in odd letters: nothing runs, the socket lives."""
    viewer = handler(handlers, "viewer.load").removesuffix(".load")
    before = content_hash(house)
    async with connected(house.server, house.enter("sales")) as tab:
        await ready(tab)
        await tab.send(UPDATE_VARS, vars={f"{viewer}.may_administer": True, f"{viewer}._secret": 1})
        await tab.send(f"{STATE}.setvar", var_name="is_hydrated", value=False)
        for name in (
            f"{viewer}.setvar",
            f"{viewer}.set_may_administer",
            f"{viewer}.__init__",
            f"{viewer}._clean",
            f"{viewer}.get_state",
            f"{viewer}.reset",
            f"{viewer}.ｌoad",
            f"{viewer}.load\u200b",
            f"{viewer.upper()}.LOAD",
            f"{STATE}..load",
            "../../load",
            "",
            "\x00",
            "💥" * 300,
        ):
            await tab.send(name, value=True)
        await alive(tab, handlers, "Sales Person")
        assert True not in tab.values("may_administer")
    assert "no such handler" in house.server.output()
    assert content_hash(house) == before


async def test_the_token_in_an_event_does_not_choose_the_tab(house: House, handlers: list[dict]) -> None:
    """Token, headers and session written into the event are those of the socket all the same."""
    async with (
        connected(house.server, house.enter("administrator")) as victim,
        connected(house.server, house.enter("sales")) as thief,
    ):
        await ready(victim)
        await ready(thief)
        heard = await victim.quiet()
        forged = {
            "token": victim.token,
            "headers": {"x-kith-session": "x"},
            "sid": victim.sio.get_sid(NAMESPACE),
            "pathname": "/profile",
            "asPath": "/profile",
            "query": {"token": victim.token},
        }
        name = handler(handlers, "viewer.load")
        event = {"name": name, "payload": {}, "router_data": forged, "token": victim.token}
        await thief.sio.emit("event", event, namespace=NAMESPACE)
        await thief.until(lambda: "Sales Person" in thief.values("name"))
        assert await victim.quiet() == heard and "Administrator Person" not in thief.values("name")


async def test_malformed_frames_break_nothing(house: House, handlers: list[dict]) -> None:
    """No event, no dictionary, no JSON, very deep, wrong types: the log says so on indented lines, the socket lives."""
    deep: object = 1
    for _ in range(200):
        deep = [deep]
    name = handler(handlers, "profile.save")
    frames: list[object] = [
        None,
        7,
        "",
        "not json",
        "[" * 5000,
        [1, 2],
        {},
        {"name": None},
        {"name": 7, "payload": {}, "router_data": {}},
        {"name": name, "payload": "text", "router_data": {}},
        {"name": name, "payload": {"values": deep}, "router_data": {"pathname": "/profile"}},
        {"name": name, "payload": {"values": {"name": deep}}, "router_data": {"pathname": "/profile"}},
        {"name": name, "payload": {"values": {"__proto__": "x", "role": "administrator"}}, "router_data": {}},
        {"name": FAILURE, "payload": {"info": "x\n2099-01-01 forged line", "component_stack": 3}, "router_data": {}},
    ]
    before = content_hash(house)
    async with connected(house.server, house.enter("sales")) as tab:
        await ready(tab)
        for frame in frames:
            await tab.sio.emit("event", frame, namespace=NAMESPACE)
        for other in ("ping", "client_error", "client_error"):
            await tab.sio.emit(other, {"token": "x", "message": "x\n2099-01-01 forged line"}, namespace=NAMESPACE)
        await alive(tab, handlers, "Sales Person")
    assert not any(line.startswith("2099-01-01") for line in house.server.output().splitlines())
    assert content_hash(house) == before


async def test_a_client_cannot_connect_itself_anew(house_database: House, handlers: list[dict]) -> None:
    """An event called "connect" would run the server's own handler with headers that the client invents."""
    house = house_database
    other = await db.read(sessions.find_session, sessions.hash_token(house.enter("administrator")))
    assert other
    async with connected(house.server, house.enter("sales")) as tab:
        await ready(tab)
        headers = [[b"x-kith-session", other.encode()], [b"host", b"localhost"]]
        environ = {"asgi.scope": {"headers": headers}, "QUERY_STRING": f"token={uuid.uuid4()}"}
        await tab.sio.emit("connect", environ, namespace=NAMESPACE)
        await tab.send(handler(handlers, "viewer.load"))
        await asyncio.wait_for(tab.closed.wait(), 5)
        assert "Administrator Person" not in tab.values("name")


@pytest.mark.parametrize("name", ["connect", "disconnect", "link_token_to_sid", "emit_update", "new_token", "*", ""])
async def test_only_the_known_socket_events_pass(house: House, name: str) -> None:
    async with connected(house.server, house.enter("sales")) as tab:
        await ready(tab)
        await tab.sio.emit(name, {"token": "x"}, namespace=NAMESPACE)
        await asyncio.wait_for(tab.closed.wait(), 5)


async def test_an_oversized_frame_ends_the_socket_and_not_the_server(house: House, handlers: list[dict]) -> None:
    async with (
        connected(house.server, house.enter("sales")) as neighbour,
        connected(house.server, house.enter("sales")) as tab,
    ):
        await ready(tab)
        await ready(neighbour)
        await tab.send(handler(handlers, "profile.save"), values={"name": "x" * 8_000_000})
        await asyncio.wait_for(tab.closed.wait(), 10)
        await alive(neighbour, handlers, "Sales Person")
    assert len(house.server.output()) < 4_000_000, "what was sent is not copied into the log"


async def test_many_sockets_of_one_user_share_one_bucket(house: House, handlers: list[dict]) -> None:
    """Eight tabs in two sessions: together they get what one gets."""
    name = handler(handlers, "viewer.load")
    cookies = [house.enter("support"), house.enter("support")]
    async with asyncio.TaskGroup() as group:
        tabs = [connected(house.server, cookies[n % 2]) for n in range(8)]
        opened = [await tab.__aenter__() for tab in tabs]
        for tab in opened:
            await ready(tab)
        before = house.server.output().count("too many events")
        for tab in opened:
            group.create_task(burst(tab, name, 40))
    await opened[0].until(lambda: house.server.output().count("too many events") - before >= 180)
    for tab in tabs:
        await tab.__aexit__(None, None, None)


async def burst(tab: Client, name: str, count: int) -> None:
    for _ in range(count):
        await tab.send(name)


async def test_a_session_opens_only_so_many_sockets(house: House) -> None:
    """Every tab holds memory on the server: one more than the limit is refused, another user is not."""
    from socketio.exceptions import ConnectionError as SocketRefused

    cookie = house.enter("marketing")
    tabs = [connected(house.server, cookie) for _ in range(SOCKETS_A_SESSION)]
    opened = []
    try:
        for tab in tabs:
            await tab.__aenter__()
            opened.append(tab)
        with pytest.raises(SocketRefused):
            async with connected(house.server, cookie):
                pass
        async with connected(house.server, house.enter("sales")):
            pass
    finally:
        for tab in opened:
            await tab.__aexit__(None, None, None)


async def test_a_token_of_an_ended_session_opens_nothing(house_database: House, handlers: list[dict]) -> None:
    """After sign-out the binding stays with the ended session: nobody takes the tab over, not even its owner anew."""
    import httpx
    from socketio.exceptions import ConnectionError as SocketRefused

    house, token = house_database, str(uuid.uuid4())
    cookie = house.enter("sales")
    async with connected(house.server, cookie, token=token) as tab:
        await ready(tab)
        headers = {"origin": house.server.base_url, "cookie": f"kith_session={cookie}"}
        async with httpx.AsyncClient(base_url=house.server.base_url) as web:
            assert (await web.post("/sign-out", headers=headers)).status_code == 303
    for again in (cookie, house.enter("sales"), house.enter("administrator")):
        with pytest.raises(SocketRefused):
            async with connected(house.server, again, token=token):
                pass


async def test_rights_of_others_over_a_socket(house_database: House, handlers: list[dict]) -> None:
    """The page of rights by a guessed id: administrators and managers see it, a seller sees a reason and no row."""
    house = house_database
    named = select(col(User.id)).where(col(User.email) == house.email("support"))
    support = await db.read(lambda s: s.scalars(named).one())
    load = handler(handlers, "user_rights.load")
    for role, seen in (("administrator", True), ("manager", True), ("sales", False), ("read-only", False)):
        async with connected(house.server, house.enter(role)) as tab:
            path = f"/users/{support}"
            await ready(tab, path)
            await tab.send(load, path)
            await tab.until(lambda tab=tab: "Support Person" in json.dumps(tab.updates) or any(tab.values("reason")))
            text = json.dumps(tab.updates)
            assert ("Support Person" in text) is seen, role
            shown = [row for rows in tab.values("sessions") for row in rows]
            assert role == "administrator" or shown == []
