"""Deals with a history that agrees with itself: stage after stage, day after day, closed or still open."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from crm_app.core.changes import Change
from crm_app.demo.aims import category_said
from crm_app.demo.scale.firms import SIZES
from crm_app.demo.scale.grow import Firm, Human, Story, World
from crm_app.demo.scale.lands import ranks
from crm_app.demo.words import LOST_REASONS

Maker = Callable[[int], list[Change]]
OPEN, WON = 0.5, 0.6  # half of the deals are open; of the others so many were won
OLDEST_OPEN, OLDEST_CLOSED, LONGEST = 400, 500, 150  # days since it was opened, since it was closed, and between
LAST_EXPECTED = 365  # days ahead, the nearest are the most: of what is won a month three to four times are expected


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
    times = _times(world, len(steps), is_open=is_open)
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
        "expected_close_on": _expected(world) if is_open else times[-1].date(),
        "lines": lines,
    }
    last = {"forecast": category_said(random)} if is_open else {"lost_reason": random.choice(LOST_REASONS)}
    return _history(world, values, list(zip(steps, times, strict=True)), last, firm, human)


def _times(world: World, count: int, *, is_open: bool) -> list[datetime]:
    """When the deal came into each of its stages; of the closed ones about as many were closed in any month."""
    random = world.random
    if is_open:
        age = random.randint(3, OLDEST_OPEN)
        days = [0, *sorted(random.sample(range(1, age), count - 1))]
    else:
        length = random.randint(count, LONGEST)
        age = length + random.randint(1, OLDEST_CLOSED)
        days = [0, *sorted(random.sample(range(1, length), count - 2)), length]
    return [_at(world, age - day, random.randint(8, 17)) for day in days]


def _expected(world: World) -> date:
    return world.today + timedelta(days=int(world.random.triangular(1, LAST_EXPECTED, 1)))


def _history(
    world: World,
    values: dict[str, Any],
    steps: list[tuple[Any, datetime]],
    last: dict[str, Any],
    firm: Firm,
    human: Human | None,
) -> Maker:
    def make(id: int) -> list[Change]:
        made = []
        for place, (stage, at) in enumerate(steps):
            moved = {"stage_id": stage["id"], "stage_since": at, "rank": -at.timestamp()}
            if stage["kind"] != "open":
                moved |= {"closed_on": at.date(), "lost_reason": last["lost_reason"] if stage["kind"] == "lost" else ""}
            elif place == len(steps) - 1:
                moved |= last
            wish = (values | moved, "create") if place == 0 else (moved, "update")
            made.append(Change("deal", id, wish[0], wish[1], effective_at=at))
        (_, opened), (stage, ended) = steps[0], steps[-1]
        is_open = stage["kind"] == "open"
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
