"""Every page whose reading fails says so and offers to try again, instead of waiting for ever."""

import pytest

from crm_app.http.failure import BROKEN, FORBIDDEN
from tests.http.conftest import House
from tests.support.hiding import hidden
from tests.support.places import ROUTES, address
from tests.support.sockets import Client, connected

pytestmark = [pytest.mark.server, pytest.mark.slow]

SIGNED_IN = ("user", "user_session", "socket_binding")  # without these nobody is signed in
FRAME = ("team", "saved_view", "notification")  # read around every page
READS_NOTHING = ("/404", "/settings", "/users", "/users/[user_id]")  # or only who may sign in
READS_THE_FRAME = ("/inbox", "/teams")
STATE = "reflex___state____state"
QUERIES = {"/merge": "/merge?kind=person&ids=1,2", "/unmerge": "/unmerge?batch=1"}


async def visit(tab: Client, path: str) -> int:
    """Open a page as a link does; how often the tab had heard about its reading before."""
    if not tab.values("unreadable"):
        await tab.send(f"{STATE}.hydrate", path)
        await tab.until(lambda: tab.values("unreadable"))
    seen = len(tab.values("unreadable"))
    await tab.send(f"{STATE}.reflex___state____on_load_internal_state.on_load_internal", path)
    return seen


async def fails(tab: Client, path: str) -> None:
    """The page is opened and says that it could not be read."""
    seen = await visit(tab, path)
    await tab.until(lambda: BROKEN in tab.values("unreadable")[seen:])


async def test_every_page_that_cannot_be_read_says_so(house: House) -> None:
    async with connected(house.server, house.enter("administrator")) as tab:
        with hidden(house.server, *SIGNED_IN, *FRAME):
            for route in ROUTES:
                if route not in (*READS_NOTHING, *READS_THE_FRAME):
                    await fails(tab, QUERIES.get(route, address(route)))
        with hidden(house.server, *SIGNED_IN):
            for route in READS_THE_FRAME:
                await fails(tab, route)
        seen = await visit(tab, "/people")
        await tab.until(lambda: "" in tab.values("unreadable")[seen:])
        await tab.quiet()
        assert tab.values("unreadable")[-1] == ""
        with hidden(house.server, *SIGNED_IN, *FRAME):  # as after a lost connection: what was read stays
            await fails(tab, "/people")
            assert tab.values("bare")[-1] is False


async def test_a_page_that_a_role_may_not_open_says_so(house: House) -> None:
    async with connected(house.server, house.enter("support")) as tab:
        for route, words in (("/forecast", FORBIDDEN), ("/territories", ""), ("/import", FORBIDDEN), ("/people", "")):
            seen = await visit(tab, route)
            await tab.until(lambda seen=seen: tab.values("unreadable")[seen:])
            await tab.quiet()
            assert tab.values("unreadable")[-1] == words, route
