"""A drop on a board of 10,000 deals: until it is confirmed, a second tab shows it, or other processes' changes do."""

import asyncio
import time
from typing import Any

from crm_app.bench import elsewhere
from crm_app.bench.figures import judged, spread
from crm_app.bench.ground import Ground, ground
from crm_app.bench.site import Tab, card_of, site
from crm_app.core import db

DROPS = 60


async def drop(tab: Tab, ticket: int, card: dict[str, Any], stage: int) -> tuple[float, dict[str, Any]]:
    """Move a card on top of a stage: the seconds until the answer, and the card as it stands then."""
    from crm_app.deals.state import DealMove

    tab.heard.clear()
    began = time.perf_counter()
    await tab.send(
        f"{DealMove.get_full_name()}.drop_card",
        ticket=ticket,
        deal_id=card["id"],
        stage_id=stage,
        index=0,
        before_id=0,
        after_id=0,
        version=card["version"],
        owner_id=-1,
    )
    at, answer = await tab.until("answer", lambda a: a and a["ticket"] == ticket)
    if not answer["ok"]:
        raise RuntimeError(f"the move was refused: {answer['reason']}")
    return at - began, card_of(answer["card"])


def _ids(push: Any) -> set[Any]:
    """Every id that a push speaks of, wherever it stands in it."""
    if isinstance(push, dict):
        return {push.get("id"), push.get("deal_id")} | set().union(*map(_ids, push.values()))
    return set().union(*map(_ids, push)) if isinstance(push, list) else set()


async def _play(url: str, found: Ground) -> tuple[list[float], list[float]]:
    email, _ = found.seller()
    mover, watcher = Tab(url, found.cookie(email)), Tab(url, found.cookie(email))
    confirmed, shown = [], []
    for tab in (mover, watcher):
        await tab.open("/deals")
    _, columns = await mover.until("columns")
    await watcher.until("columns")
    cards = [card_of(card) for card in columns[0]["cards"]]
    for n in range(DROPS):
        card = cards[n % 20]
        watcher.heard.clear()
        began = time.perf_counter()
        seconds, cards[n % 20] = await drop(mover, n + 1, card, found.stages[(n // 20 + 1) % len(found.stages)])
        at, _ = await watcher.until("push", lambda p, i=card["id"]: p and i in _ids(p))
        confirmed.append(seconds)
        shown.append(at - began)
        await asyncio.sleep(0.15)
    await mover.close()
    await watcher.close()
    return confirmed, shown


def measure() -> dict[str, Any]:
    """All spreads, with their bounds; the lines of Redis are left out where it is not installed."""
    with ground(1, 10_000, wide=True) as found, site(found) as running:
        elsewhere.told_of_all()
        confirmed, shown = asyncio.run(_play(running.url, found))
    first, second = spread(confirmed), spread(shown)
    return {
        "drop_to_confirmation": first,
        "drop_to_second_browser": second,
        "confirmation_p95": judged(first["p95_ms"], most=100),
        "second_browser_p95": judged(second["p95_ms"], most=1000),
        "other_process": _elsewhere(),
        "other_process_redis": _elsewhere_with_redis(),
    }


def _elsewhere() -> dict[str, Any]:
    with ground(1, 10_000, wide=True) as found:
        db.write_sync(elsewhere.fresh_stage, found.stages[0])
        with site(found) as running:
            elsewhere.told_of_all()
            return _judged(asyncio.run(elsewhere.play(running.url, found)))


def _elsewhere_with_redis() -> dict[str, Any] | None:
    """The same with two servers on the database, of which either may do the work of the outbox."""
    with elsewhere.redis_server() as redis_url, ground(1, 10_000, wide=True) as found:
        if redis_url is None:
            return None
        db.write_sync(elsewhere.fresh_stage, found.stages[0])
        with site(found, KITH_REDIS_URL=redis_url) as running, site(found, KITH_REDIS_URL=redis_url):
            elsewhere.told_of_all()
            return _judged(asyncio.run(elsewhere.play(running.url, found)))


def _judged(found: dict[str, Any]) -> dict[str, Any]:
    return found | {f"{name}_p95": judged(found[name]["p95_ms"], most=1000) for name in ("move", "import")}
