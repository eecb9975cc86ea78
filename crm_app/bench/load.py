"""200 signed-in boards on one process with 3 s think time: event times, memory and first state of a session."""

import asyncio
import random
import time
from typing import Any

from crm_app.bench.figures import judged, spread
from crm_app.bench.ground import Ground, ground
from crm_app.bench.live import drop
from crm_app.bench.site import Site, Tab, site
from crm_app.core.errors import KithError

LOST_SECONDS = 20.0  # what an answer counts that never came
TABS, SELLERS, THINK_SECONDS, PLAY_SECONDS = 200, 50, 3.0, 30.0


async def _person(tab: Tab, stages: list[int], chance: random.Random, until: float, again: bool = False) -> list[float]:
    """Thinks, then looks at the board anew or moves a card of the own third."""
    from crm_app.deals.state import DealBoard

    taken: list[float] = []
    if again:
        await tab.send(f"{DealBoard.get_full_name()}.load")
    _, columns = await tab.until("columns", seconds=60)
    card, ticket = chance.choice(columns[0]["cards"]), 0
    await asyncio.sleep(chance.uniform(0, THINK_SECONDS))
    while time.perf_counter() < until:
        if chance.random() < 0.3:
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
            await tab.send(f"{DealBoard.get_full_name()}.show_more", stage_id=stages[0], after=str(card["id"]))
            at, _ = await tab.until("more")
            seconds = at - began
        if seconds:
            taken.append(seconds)
        await asyncio.sleep(THINK_SECONDS * chance.uniform(0.7, 1.3))
    return taken


async def _first_state(tab: Tab) -> int:
    """Bytes until the board stands."""
    await tab.until("columns")
    await asyncio.sleep(0.5)
    return tab.bytes


async def _play(running: Site, found: Ground) -> tuple[list[float], list[int], int]:
    emails = list(found.sellers)
    warm = [Tab(running.url, found.cookie(emails[n])) for n in range(5)]
    for tab in warm:
        await tab.open("/deals")
    first_state = max([await _first_state(tab) for tab in warm])
    for tab in warm:  # threads, connections and caches exist before the memory is read
        await _person(tab, found.stages, random.Random(0), time.perf_counter() + 2 * THINK_SECONDS, again=True)
    before = running.memory()
    tabs = [Tab(running.url, found.cookie(emails[n % SELLERS])) for n in range(TABS)]
    until = time.perf_counter() + PLAY_SECONDS + 20
    people = []
    for n, tab in enumerate(tabs):
        await tab.open("/deals")
        people.append(asyncio.create_task(_person(tab, found.stages, random.Random(n), until)))
    await asyncio.sleep(2)
    opened = running.memory() - before
    taken = [seconds for person in people for seconds in await person]
    held = [opened // TABS, (running.memory() - before) // TABS]
    for tab in [*warm, *tabs]:
        await tab.close()
    return taken, held, first_state


def measure() -> dict[str, Any]:
    """One process serves them all."""
    with ground(SELLERS, 200) as found, site(found) as running:
        taken, held, first_state = asyncio.run(_play(running, found))
    times = spread(taken)
    return {
        "tabs": TABS,
        "events": times,
        "event_p95_ms": judged(times["p95_ms"], most=100),
        "kb_a_session_when_open": judged(held[0] / 1000, most=350),
        "kb_a_session_after_play": judged(held[1] / 1000, most=350),
        "first_state_kb": judged(first_state / 1000, most=100),
    }
