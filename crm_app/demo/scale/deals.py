"""Deals with a history that agrees with itself: stage after stage, day after day, closed or still open."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

from crm_app.core.changes import Change
from crm_app.demo.scale.firms import SIZES
from crm_app.demo.scale.grow import Firm, Human, Story, World
from crm_app.demo.scale.lands import ranks
from crm_app.demo.words import LOST_REASONS

Maker = Callable[[int], list[Change]]
OPEN, WON = 0.5, 0.6  # half of the deals are open; of the others so many were won
OLDEST_OPEN, OLDEST_CLOSED = 200, 900


def deals(world: World, count: int) -> Iterator[Maker]:
    """Large companies have many; each contact has one before anybody has another."""
    if not world.firms:
        return
    weights = ranks(len(world.firms), SIZES)
    for n in range(count):
        first = world.contacts[n] if n < len(world.contacts) else None
        firm = first.firm if first else None
        yield _deal(world, n, firm or world.random.choices(world.firms, cum_weights=weights)[0], first)


def _deal(world: World, n: int, firm: Firm, human: Human | None) -> Maker:
    random = world.random
    staff = world.staff.get(firm.id, [])
    human = human or (random.choice(staff) if staff else None)
    is_open = random.random() < OPEN
    ways = [s for s in world.stages if s["kind"] == "open"]
    steps = ways[: random.randint(1, len(ways))] if is_open else list(ways)
    if not is_open:
        kind = "won" if random.random() < WON else "lost"
        steps.append(next(s for s in world.stages if s["kind"] == kind))
    age = random.randint(3, OLDEST_OPEN) if is_open else random.randint(len(steps) + 2, OLDEST_CLOSED)
    length = age - 1 if is_open else random.randint(len(steps), min(age - 1, 150))
    days = [0, *sorted(random.sample(range(1, length + 1), len(steps) - 1))] if len(steps) > 1 else [0]
    times = [_at(world, age - day, random.randint(8, 17)) for day in days]
    lines = _lines(world)
    product = next(p["name"] for p in world.products if p["id"] == lines[0]["product_id"])
    values = {
        "external_id": f"demo-d{n}",
        "title": f"{product} for {firm.name}",
        "company_id": firm.id,
        "person_id": human.id if human else None,
        "owner_id": firm.owner_id,
        "value_minor": sum(row["quantity"] * row["unit_price_minor"] for row in lines),
        "is_estimate": is_open,
        "opened_on": times[0].date(),
        "expected_close_on": world.today + timedelta(days=random.randint(1, 90)) if is_open else times[-1].date(),
        "lines": lines,
    }
    reason = random.choice(LOST_REASONS)
    return _history(world, values, list(zip(steps, times, strict=True)), reason, firm, human)


def _history(
    world: World,
    values: dict[str, Any],
    steps: list[tuple[Any, datetime]],
    reason: str,
    firm: Firm,
    human: Human | None,
) -> Maker:
    def make(id: int) -> list[Change]:
        made = []
        for place, (stage, at) in enumerate(steps):
            moved = {"stage_id": stage["id"], "stage_since": at, "rank": -at.timestamp()}
            if stage["kind"] != "open":
                moved |= {"closed_on": at.date(), "lost_reason": reason if stage["kind"] == "lost" else ""}
            wish = (values | moved, "create") if place == 0 else (moved, "update")
            made.append(Change("deal", id, wish[0], wish[1], effective_at=at))
        (_, opened), (last, ended) = steps[0], steps[-1]
        is_open = last["kind"] == "open"
        end = _at(world, 1, 17) if is_open else ended
        world.stories.append(Story(id, values["title"], human, firm, firm.owner_id, opened, end, is_open))
        return made

    return make


def _lines(world: World) -> list[dict[str, Any]]:
    random = world.random
    chosen = random.sample(world.products, min(len(world.products), random.choice((1, 1, 1, 2, 3))))
    return [
        {
            "product_id": p["id"],
            "quantity": random.choice((1, 1, 2, 5, 10)),
            "unit_price_minor": p["list_price_minor"] or 100_000,
        }
        for p in chosen
    ]


def _at(world: World, days_ago: int, hour: int) -> datetime:
    return datetime.combine(world.today - timedelta(days=days_ago), time(hour), UTC)
