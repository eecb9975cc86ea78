"""A tab that floods its socket just under the rate that closes it: what a neighbour's drops take meanwhile."""

import asyncio
from contextlib import suppress
from typing import Any

from crm_app.bench.figures import judged, spread
from crm_app.bench.ground import Ground, ground
from crm_app.bench.live import drop
from crm_app.bench.site import Tab, card_of, site

ROUNDS, DROPS = 6, 20
EVENTS_A_SECOND = 80


async def _flood(tab: Tab, stage: int, after: int) -> None:
    """Until it is cancelled: asks for more cards."""
    from crm_app.deals.state import DealBoard

    while True:
        await tab.send(f"{DealBoard.get_full_name()}.show_more", stage_id=stage, after=str(after), cell=str(stage))
        tab.heard.clear()
        await asyncio.sleep(1 / EVENTS_A_SECOND)


async def _play(url: str, found: Ground) -> tuple[list[float], list[float]]:
    emails = list(found.sellers)
    loud, neighbour = (Tab(url, found.cookie(email)) for email in emails[:2])
    await loud.open("/deals")
    await neighbour.open("/deals")
    _, columns = await neighbour.until("columns")
    _, theirs = await loud.until("columns")
    cards, taken = [card_of(card) for card in columns[0]["cards"]], ([], [])
    after = card_of(theirs[0]["cards"][-1])["id"]
    for n in range(2 * ROUNDS):
        storm = asyncio.create_task(_flood(loud, found.stages[0], after)) if n % 2 else None
        for m in range(DROPS):
            seconds, cards[m] = await drop(neighbour, n * DROPS + m + 1, cards[m], found.stages[(n + 1) % 4])
            taken[n % 2].append(seconds)
            await asyncio.sleep(0.1)
        if storm:
            storm.cancel()
            with suppress(asyncio.CancelledError):
                await storm
            await asyncio.sleep(1)
    await loud.close()
    await neighbour.close()
    return taken


def measure() -> dict[str, Any]:
    """Quiet and flooded stretches take turns."""
    with ground(2, 1000) as found, site(found) as running:
        calm, stormy = (spread(times) for times in asyncio.run(_play(running.url, found)))
    return {"quiet": calm, "flooded": stormy, "p95_ratio": judged(stormy["p95_ms"] / calm["p95_ms"], most=2)}
