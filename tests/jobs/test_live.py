"""Live boards over real sockets: a change in another process arrives, only where it may, through Redis too."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from crm_app import cli
from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import outbox
from crm_app.core.config import settings
from crm_app.deals.service import move_deal
from crm_app.deals.state import CARD_FIELDS
from crm_app.identity.passwords import hash_password
from crm_app.identity.service import activate_user, disable_user
from crm_app.migrations import migrate
from crm_app.tables import Outbox
from tests.support import forks
from tests.support.builders import make_deal, make_pipeline
from tests.support.postgres import Cluster
from tests.support.server import ROOT, Server, running_server
from tests.support.sockets import Client, connected

pytestmark = [pytest.mark.server, pytest.mark.slow]
PASSWORD = "correct horse 1"
FOLLOW, LOAD = "follow", "load"


class Company:
    """A database with a board, two sellers and a manager, and the means to reach a server on it."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch, url: str = "") -> None:
        self.folder, self.url = folder, url or f"sqlite:///{folder / 'kith.db'}"
        patch.setenv("KITH_DATABASE_URL", self.url)
        patch.setenv("KITH_DATA_DIR", str(folder))
        settings.cache_clear()
        db.dispose()
        migrate()
        hashed = hash_password(PASSWORD)
        self.users = {
            name: db.write_sync(activate_user, f"{name}@example.org", hashed, name=name.title(), role=role)
            for name, role in (("ann", "sales"), ("bob", "sales"), ("boss", "administrator"))
        }
        self.pipeline = make_pipeline()
        self.deal = make_deal(self.pipeline, "Prospecting", owner_id=self.users["ann"], value_minor=100_00)

    def stage(self, name: str) -> int:
        return self.pipeline[1][name]


@pytest.fixture
def company(request: pytest.FixtureRequest, wired: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """On SQLite, unless the test names another database."""
    url = ""
    if getattr(request, "param", "sqlite") == "postgresql":
        cluster: Cluster = request.getfixturevalue("postgres_cluster")
        url = cluster.url(cluster.create(request.getfixturevalue("postgres_template")))
    yield Company(tmp_path, monkeypatch, url)
    db.dispose()
    settings.cache_clear()


async def open_board(client: Client, names: dict[str, str]) -> None:
    """As the page does: follow, then load."""
    await client.send(names["hydrate"], "/deals")
    await client.send(names["follow"], "/deals")
    await client.send(names["load"], "/deals")
    await client.until(lambda: any(client.values("columns")))  # the first ones are empty
    client.updates.clear()


@pytest.fixture(scope="module")
def names() -> dict[str, str]:
    """The full names of the handlers that an open board calls."""
    code = (
        "import crm_app.crm_app as a; from crm_app.deals.state import DealBoard as D;"
        "from crm_app.pages.feed import BoardFeed as F; from crm_app.pages.here import Here as H; import reflex as rx;"
        "print('@@', rx.State.get_full_name()+'.hydrate', F.get_full_name()+'.follow', D.get_full_name()+'.load',"
        " H.get_full_name()+'.arrive')"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    found = done.stdout.split("@@")[1].split()
    return dict(zip(("hydrate", "follow", "load", "arrive"), found, strict=True))


def pushes(client: Client, wanted: Callable[[dict[str, Any]], Any]) -> list[dict[str, Any]]:
    return [p for p in client.values("push") if wanted(p)]


def has_card(deal_id: int) -> Callable[[dict[str, Any]], bool]:
    return lambda push: any(op["id"] == deal_id and op["op"] == "upsert" for op in push.get("ops", []))


async def write_elsewhere(fn: Any, *args: Any) -> float:
    """A command in this process, which is not the server's; answers with when it was done."""
    await asyncio.to_thread(db.write_sync, fn, *args)
    return time.monotonic()


async def arrives(company: Company, names: dict[str, str], first: Server, second: Server) -> None:
    """A move reaches the owner and the administrator within a second, with the totals; the other hears nothing."""
    async with (
        connected(first, first.sign_in("boss@example.org", PASSWORD)) as boss,
        connected(second, second.sign_in("ann@example.org", PASSWORD)) as ann,
        connected(second, second.sign_in("bob@example.org", PASSWORD)) as bob,
    ):
        for client in (boss, ann, bob):
            await open_board(client, names)
        done = await write_elsewhere(move_deal, SYSTEM, company.deal, company.stage("Engaging"))
        for client in (boss, ann):
            await client.until(lambda c=client: pushes(c, has_card(company.deal)))
        assert time.monotonic() - done < 3  # the speed itself is measured by `make bench`
        push = pushes(ann, has_card(company.deal))[-1]
        totals = {t["column"]: (t["count"], t["total"]) for t in push["totals"]}
        assert totals[str(company.stage("Engaging"))] == (1, "$100")
        assert totals[str(company.stage("Prospecting"))] == (0, "$0")
        assert not bob.values("push")  # not even that the deal exists


@pytest.mark.parametrize("company", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
async def test_a_change_in_another_process_reaches_open_boards(company: Company, names: dict[str, str]) -> None:
    with running_server(company.folder, company.url) as server:
        await arrives(company, names, server, server)


@pytest.mark.redis
async def test_two_processes_tell_each_other_through_redis(
    company: Company, names: dict[str, str], redis_url: str
) -> None:
    with (
        running_server(company.folder, company.url, redis_url=redis_url) as first,
        running_server(company.folder, company.url, redis_url=redis_url) as second,
    ):
        await arrives(company, names, first, second)
        await look_on(company, names, first, second)


def undone() -> int:
    """How much work the outbox holds that nobody has done."""
    return len(db.read_sync(lambda s: s.exec(select(Outbox.id).where(col(Outbox.done_at).is_(None))).all()))


def work_off() -> None:
    """`kith worker`."""
    sys.argv = ["kith", "worker"]
    cli.main()


@pytest.mark.redis
async def test_the_work_of_a_server_is_done_by_an_external_worker(
    company: Company, names: dict[str, str], redis_url: str
) -> None:
    """Without `kith worker` nothing of it is done; with one the board hears of a move. The worker ends when told to."""
    outbox.drain_all()
    with running_server(company.folder, company.url, redis_url=redis_url, worker="external") as server:
        async with connected(server, server.sign_in("boss@example.org", PASSWORD)) as boss:
            await open_board(boss, names)
            await write_elsewhere(move_deal, SYSTEM, company.deal, company.stage("Engaging"))
            await asyncio.sleep(0.6)  # an embedded worker looks every 0.2 s
            assert undone() and not pushes(boss, has_card(company.deal))
            worker = await asyncio.to_thread(forks.fork, work_off, environment=server.env)
            try:
                await boss.until(lambda: pushes(boss, has_card(company.deal)), 30)
                await boss.until(lambda: not undone(), 30)
            finally:
                worker.terminate()
                await asyncio.to_thread(worker.join, 30)
        assert worker.exitcode == 0


async def look_on(company: Company, names: dict[str, str], first: Server, second: Server) -> None:
    """Two at one deal see each other across processes, until one leaves; who may not see it does not appear."""
    page = f"/deals/{company.deal}"

    def seen(client: Client) -> list[list[str]]:
        return [[o["name"] for o in viewers] for viewers in client.values("viewers")]

    async with connected(first, first.sign_in("boss@example.org", PASSWORD)) as boss:
        async with (
            connected(second, second.sign_in("ann@example.org", PASSWORD)) as ann,
            connected(second, second.sign_in("bob@example.org", PASSWORD)) as bob,
        ):
            for client in (boss, bob, ann):
                await client.send(names["hydrate"], page)
                await client.send(names["arrive"], page)
            await boss.until(lambda: ["Ann"] in seen(boss))
            await ann.until(lambda: ["Boss"] in seen(ann))
            assert not any("Bob" in group for group in seen(boss) + seen(ann))
            assert not any(seen(bob))
            boss.updates.clear()
        await boss.until(lambda: [] in seen(boss))


async def test_somebody_who_was_shut_out_hears_nothing_more(company: Company, names: dict[str, str]) -> None:
    with running_server(company.folder, company.url) as server:
        async with connected(server, server.sign_in("ann@example.org", PASSWORD)) as ann:
            await open_board(ann, names)
            await write_elsewhere(disable_user, SYSTEM, company.users["ann"])
            await asyncio.wait_for(ann.closed.wait(), 5)
            ann.updates.clear()
            await write_elsewhere(move_deal, SYSTEM, company.deal, company.stage("Engaging"))
            await asyncio.sleep(1)
            assert ann.updates == []


async def load_elsewhere(server: Server, file: Path, lines: list[str]) -> float:
    """`kith import` in a process of its own; answers with when it was done."""
    file.write_text("\n".join(["opportunity_id,title,deal_stage,close_value", *lines]))
    done = await asyncio.to_thread(forks.kith, ["import", "deals", str(file), "--json"], server.env)
    assert done.returncode == 0, done.stderr + done.stdout
    return time.monotonic()


async def test_an_import_in_another_process_reaches_open_boards(
    company: Company, names: dict[str, str], tmp_path: Path
) -> None:
    """A few deals come as cards; many make the board read again, as the page does; the totals are right either way."""
    with running_server(company.folder, company.url) as server:
        async with (
            connected(server, server.sign_in("boss@example.org", PASSWORD)) as boss,
            connected(server, server.sign_in("bob@example.org", PASSWORD)) as bob,
        ):
            for client in (boss, bob):
                await open_board(client, names)
            done = await load_elsewhere(server, tmp_path / "few.csv", [f"F{n},Few {n},Engaging,{n}" for n in (1, 2, 3)])
            await boss.until(lambda: pushes(boss, lambda push: push.get("ops")))
            assert time.monotonic() - done < 3
            (push,) = pushes(boss, lambda push: push.get("ops"))
            engaging = str(company.stage("Engaging"))
            shown = {(op["op"], op["column"], op["card"]["title"], op["card"]["value"]) for op in push["ops"]}
            assert shown == {("upsert", engaging, f"Few {n}", f"${n}") for n in (1, 2, 3)}
            assert {t["column"]: (t["count"], t["total"]) for t in push["totals"]}[engaging] == (3, "$6")

            done = await load_elsewhere(
                server, tmp_path / "many.csv", [f"M{n},Many {n},Engaging,{n}" for n in range(40)]
            )
            await boss.until(lambda: pushes(boss, lambda push: push.get("stale")))
            await boss.send(names["load"], "/deals")
            await boss.until(lambda: any(boss.values("columns")))
            assert time.monotonic() - done < 3
            columns = {column["name"]: column for column in next(filter(None, boss.values("columns")))}
            cards = [dict(zip(CARD_FIELDS, card, strict=True)) for card in columns["Engaging"]["cards"]]
            assert {card["title"] for card in cards} == {f"Many {n}" for n in range(40)} | {"Few 1", "Few 2", "Few 3"}
            assert (columns["Engaging"]["count"], columns["Engaging"]["total"]) == (43, "$786")
            assert (columns["Prospecting"]["count"], columns["Prospecting"]["total"]) == (1, "$100")
            assert not pushes(bob, lambda push: push.get("ops"))  # these deals are nobody's
