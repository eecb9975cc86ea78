"""Calls, meetings, notes, mails and tasks: within the life of their deal, or with a person."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

from crm_app.core.changes import Change
from crm_app.demo.scale.grow import Human, Story, World
from crm_app.demo.scale.lands import ranks
from crm_app.demo.words import DONE, PLANNED

Maker = Callable[[int], list[Change]]
ON_DEALS, PLANNED_SHARE = 0.4, 0.5  # of all activities; of the open deals those that have a next step
BUSY = 60.0  # of a hundred thousand people the one whom most is done with has one activity in 450
OPENS, HOURS = 8, 10  # of a working day, in UTC
FRIDAY = 4
MINUTES = {"call": (5, 10, 20), "meeting": (30, 60, 90)}


def activities(world: World, count: int) -> Iterator[Maker]:
    """First the next steps of open deals, then what was done: on deals, and with people, some far more than others."""
    random = world.random
    planned = [s for s in world.stories if s.is_open and random.random() < PLANNED_SHARE][:count]
    for n, story in enumerate(planned):
        yield _maker(_planned(world, n, story))
    weights = ranks(len(world.humans), BUSY)
    for n in range(len(planned), count):
        if world.stories and (not world.humans or random.random() < ON_DEALS):
            yield _maker(_on_deal(world, n, random.choice(world.stories)))
        elif world.humans:
            yield _maker(_with(world, n, random.choices(world.humans, cum_weights=weights)[0]))


def _maker(values: dict[str, Any]) -> Maker:
    return lambda id: [Change("activity", id, values, "create", effective_at=values.get("done_at"))]


def _planned(world: World, n: int, story: Story) -> dict[str, Any]:
    type_, subject = world.random.choice(PLANNED)
    day = world.today + timedelta(days=world.random.randint(-10, 30))
    due = datetime.combine(day, time(world.random.randint(8, 17)), UTC)
    return _base(n, type_, subject, "", story.title, story.human, story.owner_id) | {
        "deal_id": story.id,
        "company_id": story.firm.id,
        "due_at": due,
    }


def _on_deal(world: World, n: int, story: Story) -> dict[str, Any]:
    type_, subject, body = world.random.choice(DONE)
    span = max(int((story.ended - story.opened).total_seconds() // 60), 0)
    done = _at_work(story.opened + timedelta(minutes=world.random.randint(0, span)))
    return _base(n, type_, subject, body, story.title, story.human, story.owner_id) | {
        "deal_id": story.id,
        "company_id": story.firm.id,
        "done_at": max(min(done, story.ended), story.opened),
        "duration_minutes": _minutes(world, type_),
    }


def _with(world: World, n: int, human: Human) -> dict[str, Any]:
    type_, subject, body = world.random.choice(DONE)
    minutes = world.random.randint(24 * 60, 900 * 24 * 60)
    done = datetime.combine(world.today, time(0, 0), UTC) - timedelta(minutes=minutes)
    return _base(n, type_, subject, body, "the new line", human, human.owner_id) | {
        "company_id": human.firm.id if human.firm else None,
        "done_at": _at_work(done),
        "duration_minutes": _minutes(world, type_),
    }


def _at_work(at: datetime) -> datetime:
    """On that day within its working hours, in the same order; of a weekend on one of the five days before."""
    minutes = OPENS * 60 + (at.hour * 60 + at.minute) * HOURS // 24
    back = at.weekday() - FRIDAY + at.minute % 5 if at.weekday() > FRIDAY else 0
    return at.replace(hour=minutes // 60, minute=minutes % 60) - timedelta(days=back)


def _minutes(world: World, type_: str) -> int | None:
    return world.random.choice(MINUTES[type_]) if type_ in MINUTES else None


def _base(
    n: int, type_: str, subject: str, body: str, title: str, human: Human | None, owner_id: int
) -> dict[str, Any]:
    words = {"product": title.partition(" for ")[0], "person": human.name if human else "the buyer"}
    return {
        "external_id": f"demo-a{n}",
        "type": type_,
        "subject": subject.format(**words),
        "body": body.format(**words),
        "person_id": human.id if human else None,
        "owner_id": owner_id,
    }
