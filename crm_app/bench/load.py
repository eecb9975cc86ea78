"""200 signed-in boards on one process with 3 s think time: event times, memory and first state of a session."""

import asyncio
import random
import time
from typing import Any

from crm_app.bench.figures import judged, spread
from crm_app.bench.ground import Ground, ground
from crm_app.bench.live import drop
from crm_app.bench.site import Site, Tab, card_of, site
from crm_app.core.errors import KithError

LOST_SECONDS = 20.0  # what an answer counts that never came
Event = tuple[str, float]  # "move" or "cards", seconds
TABS, SELLERS, THINK_SECONDS, PLAY_SECONDS = 200, 50, 3.0, 30.0


async def _person(tab: Tab, columns: Any, stages: list[int], chance: random.Random, seconds: float) -> list[Event]:
    """Thinks, then asks for more cards or moves a card of the first column, until the seconds are over."""
    from crm_app.deals.state import DealBoard

    taken: list[Event] = []
    until = time.perf_counter() + seconds
    card, ticket = card_of(chance.choice(columns[0]["cards"])), 0
    await asyncio.sleep(chance.uniform(0, THINK_SECONDS))
    while time.perf_counter() < until:
        moves = chance.random() < 0.3
        if moves:
            ticket += 1
            try:
                seconds, card = await drop(tab, ticket, card, chance.choice(stages))
            except RuntimeError:  # another tab of the same seller was faster: not a figure
                seconds = 0.0
            except KithError:
                seconds = LOST_SECONDS
        else:
            tab.heard.clear()
            began = time.perf_counter()
            await tab.send(
                f"{DealBoard.get_full_name()}.show_more", stage_id=stages[0], after=str(card["id"]), cell=str(stages[0])
            )
            at, _ = await tab.until("more")
            seconds = at - began
        if seconds:
            taken.append(("move" if moves else "cards", seconds))
        await asyncio.sleep(THINK_SECONDS * chance.uniform(0.7, 1.3))
    return taken


async def _open(tab: Tab) -> tuple[float, Any]:
    """Seconds until the board stands, and its columns."""
    began = time.perf_counter()
    await tab.open("/deals")
    at, columns = await tab.until("columns", seconds=60)
    return at - began, columns


async def _play(running: Site, found: Ground) -> dict[str, Any]:
    emails = list(found.sellers)
    warm = [Tab(running.url, found.cookie(emails[n])) for n in range(5)]
    boards = [(await _open(tab))[1] for tab in warm]
    await asyncio.sleep(1)
    first_state = max(tab.bytes for tab in warm)
    # threads, connections and caches exist before the memory is read
    await asyncio.gather(*(_person(t, b, found.stages, random.Random(0), 6) for t, b in zip(warm, boards, strict=True)))
    before = running.memory()
    tabs = [Tab(running.url, found.cookie(emails[n % SELLERS])) for n in range(TABS)]
    opened = [await _open(tab) for tab in tabs]
    await asyncio.sleep(3)
    held = running.memory() - before
    people = [
        _person(tab, columns, found.stages, random.Random(n), PLAY_SECONDS)
        for n, (tab, (_, columns)) in enumerate(zip(tabs, opened, strict=True))
    ]
    taken = [event for events in await asyncio.gather(*people) for event in events]
    after = running.memory() - before
    for tab in [*warm, *tabs]:
        await tab.close()
    times = spread([seconds for _, seconds in taken])
    return {
        "tabs": TABS,
        "opening": spread([seconds for seconds, _ in opened]),
        "events": times,
        **{kind: spread([seconds for what, seconds in taken if what == kind]) for kind in ("move", "cards")},
        "event_p95_ms": judged(times["p95_ms"], most=100),
        "kb_a_session_when_open": judged(held / TABS / 1000, most=350),
        "kb_a_session_after_play": judged(after / TABS / 1000, most=350),
        "first_state_kb": judged(first_state / 1000, most=100),
    }


def measure() -> dict[str, Any]:
    """One process serves them all."""
    with ground(SELLERS, 200) as found, site(found) as running:
        return asyncio.run(_play(running, found))
