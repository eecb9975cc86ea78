"""Opening a record with 10,000 events and one with 10: the whole of its page's reading, as a user with `own` rights."""

from collections.abc import Callable
from datetime import timedelta
from statistics import median
from time import thread_time
from typing import Any

from sqlmodel import Session

from crm_app.bench.figures import judged, spread, timed
from crm_app.bench.ground import CHUNK, ground, make
from crm_app.core import db
from crm_app.core.actor import SYSTEM, Principal
from crm_app.core.changes import Change, apply_many
from crm_app.core.clock import now
from crm_app.records.page.queries import record_page
from crm_app.records.panels import panels_of
from crm_app.timeline.queries import timeline_of
from crm_app.wire import wire

FEW, MANY = 10, 10_000
PARTS: list[Callable[..., Any]] = [record_page, panels_of, timeline_of]
TYPES = ("note", "call", "meeting", "email")


def _record(owner: int, other: int, count: int) -> tuple[int, int]:
    """A company and one person of it with that many events: nine of ten activities, the others saves.

    Every second activity is a colleague's, which the owner may not see."""
    company = db.write_sync(make, "company", name=f"Company of {count}", owner_id=owner)
    person = db.write_sync(make, "person", display_name=f"Person of {count}", company_id=company, owner_id=owner)
    began = now()
    for start in range(0, count, CHUNK):
        part = range(start, min(start + CHUNK, count))
        wishes = [
            Change(
                "activity",
                op="create",
                set={
                    "type": TYPES[n % len(TYPES)],
                    "subject": f"Event {n}",
                    "body": "What was said, in a sentence or two.",
                    "person_id": person,
                    "owner_id": (owner, other)[n % 2],
                    "done_at": began - timedelta(minutes=n),
                },
            )
            for n in part
            if n % 10
        ]
        db.write_sync(apply_many, SYSTEM, wishes, source="demo")
        db.write_sync(_saves, person, [n for n in part if n % 10 == 0])
    return company, person


def _saves(session: Session, person: int, numbers: list[int]) -> None:
    for n in numbers:
        apply_many(session, SYSTEM, [Change("person", person, {"title": f"Title {n}"})])


def _opened(actor: Principal, name: str, id: int) -> tuple[list[float], list[float]]:
    """Seconds of many openings: by the wall, and of the processor alone."""

    def read() -> None:
        for part in PARTS:
            db.read_sync(part, actor, name, id)

    return timed(read, 40), timed(read, 40, thread_time)


def measure() -> dict[str, Any]:
    """A long history opens as fast as a short one, for a person and for the company above."""
    wire()
    with ground(2, 0) as found:
        _, actor = found.seller()
        owner, other = found.sellers.values()
        few, many = _record(owner, other, FEW), _record(owner, other, MANY)
        figures: dict[str, Any] = {}
        for place, name in ((1, "person"), (0, "company")):
            small, small_cpu = _opened(actor, name, few[place])
            large, large_cpu = _opened(actor, name, many[place])
            figures |= {
                f"{name}_{FEW}": spread(small),
                f"{name}_{MANY}": spread(large),
                f"{name}_ratio_of_medians": judged(median(large) / median(small), most=1.5),
                f"{name}_ratio_of_processor_time": judged(median(large_cpu) / median(small_cpu), most=1.5),
            }
        return figures
