"""A change made by another process than the server's, until an open board has the cards and the totals of columns."""

import asyncio
import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from crm_app.bench.figures import spread
from crm_app.bench.ground import Ground, make
from crm_app.bench.site import Tab, card_of
from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes.log import ChangeLog, Outbox
from crm_app.core.changes.working import table_of
from crm_app.core.errors import KithError
from crm_app.tables import Stage

MOVES, IMPORTS, ROWS, MANY = 60, 20, 40, 4_000
FRESH = "Fresh"


@contextlib.contextmanager
def redis_server() -> Iterator[str | None]:
    """The address of a redis-server that lives as long as the block; None where none is installed."""
    program = shutil.which("redis-server")
    if program is None:
        yield None
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port, process)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 10
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)
    raise KithError("the redis-server of the benchmark did not start")


def fresh_stage(session: Session, beside: int) -> int:
    """An empty stage at the end of that stage's pipeline, for what is imported."""
    table = table_of(Stage)
    pipeline = session.connection().execute(select(table.c.pipeline_id).where(table.c.id == beside)).scalar_one()
    return make(session, "stage", pipeline_id=pipeline, name=FRESH, kind="open", probability=50, position=90)


async def play(url: str, found: Ground) -> dict[str, Any]:
    """The spreads in milliseconds: cards moved one by one, small imports, and the end of a large one."""
    email, _ = found.seller()
    tab = Tab(url, found.cookie(email))
    await tab.open("/deals")
    _, columns = await tab.until("columns")
    moved = await _moves(tab, found, columns)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "deals.csv"
        small = [await _imported(tab, file, n, ROWS) for n in range(IMPORTS)]
        large = await _imported(tab, file, IMPORTS, MANY)
    await tab.close()
    return {"move": spread(moved), "import": spread(small), "import_of_4000_ms": round(large * 1000, 1)}


async def _moves(tab: Tab, found: Ground, columns: list[dict[str, Any]]) -> list[float]:
    """Seconds from before each command to when its push is there."""
    from crm_app.deals.service import move_deal

    counts = {column["id"]: column["count"] for column in columns}
    cards, taken = [card_of(card)["id"] for card in columns[0]["cards"][:20]], []
    places = dict.fromkeys(cards, str(columns[0]["id"]))
    for n in range(MOVES):
        card, stage = cards[n % 20], found.stages[(n // 20 + 1) % len(found.stages)]
        counts[places[card]] -= 1
        counts[str(stage)] += 1
        places[card] = str(stage)
        tab.heard.clear()
        began = time.perf_counter()
        await asyncio.to_thread(db.write_sync, move_deal, SYSTEM, card, stage)
        at, _ = await tab.until("push", lambda push, card=card: push and _shows(push, card, places[card], counts))
        taken.append(at - began)
        await asyncio.sleep(0.15)
    return taken


def _shows(push: dict[str, Any], card: int, column: str, counts: dict[str, int]) -> bool:
    ops, totals = push.get("ops", []), push.get("totals", [])
    moved = any(op["op"] == "upsert" and op["id"] == card and op["column"] == column for op in ops)
    return moved and {total["column"]: total["count"] for total in totals} == counts


async def _imported(tab: Tab, file: Path, number: int, rows: int) -> float:
    """`kith import` of rows that are new or changed: seconds from when its last portion began to be written."""
    lines = [f"E{n},Round {number} of {n},Seller 0,{FRESH},{100 + number}" for n in range(rows)]
    file.write_text("\n".join(["opportunity_id,title,owner,stage,value", *lines]))
    words = [sys.executable, "-m", "crm_app.cli", "import", "deals", str(file), "--json"]
    tab.heard.clear()
    running = await asyncio.create_subprocess_exec(*words, stdout=subprocess.DEVNULL, env=os.environ)
    sums = f"${rows * (100 + number):,}"
    at = await _read_until(
        tab, lambda column: column["count"] == rows and column["total"] == sums, f"Round {number} of"
    )
    arrived = time.time() - (time.perf_counter() - at)
    if await running.wait():
        raise KithError("the import of the benchmark was refused")
    return arrived - db.read_sync(_last_recorded).timestamp()


async def _read_until(tab: Tab, fits: Any, title: str) -> float:
    """Read the board again whenever it is told to, as the page does, until the totals fit and the cards are these."""
    from crm_app.deals.state import DealBoard

    while True:
        await tab.until("push", lambda push: push and push.get("stale"), seconds=60)
        await tab.send(f"{DealBoard.get_full_name()}.load")
        at, columns = await tab.until("columns")
        fresh = next(column for column in columns if column["name"] == FRESH)
        if fits(fresh) and all(card_of(card)["title"].startswith(title) for card in fresh["cards"]):
            return at


def told_of_all() -> None:
    """Wait until the servers are through with what made the ground: a push that tells of it all names no card.

    Raises KithError after a minute.
    """
    until = time.monotonic() + 60
    while db.read_sync(_open_rows):
        if time.monotonic() > until:
            raise KithError("the servers of the benchmark did not get through with what made its ground")
        time.sleep(0.1)
    time.sleep(1)  # and its push is out


def _open_rows(session: Session) -> int:
    rows = table_of(Outbox)
    query = select(func.count()).where(rows.c.done_at.is_(None), rows.c.topic == "records")
    return session.connection().execute(query).scalar_one()


def _last_recorded(session: Session) -> datetime:
    log = table_of(ChangeLog)
    return session.connection().execute(select(func.max(log.c.recorded_at))).scalar_one()
