"""What people did: types of events that a rule can give points for, and where they are read from."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import select, union
from sqlmodel import Session

from crm_app.activities.kind import OUTCOMES, WAYS
from crm_app.core.changes.working import table_of
from crm_app.core.clock import start_of
from crm_app.scoring.rules import Event
from crm_app.tables import Activity, ActivityAttendee

Found = Mapping[int, Sequence[Event]]
# (session, ids of people, types wanted, from which day on, up to which day) → the events of each
Source = Callable[[Session, Sequence[int], frozenset[str], date | None, date], Found]


@dataclass(frozen=True)
class EventType:
    """A type of event: its name in rules, how it reads, and the outcomes it may have."""

    name: str
    label: str
    outcomes: tuple[str, ...] = ()


EVENTS: dict[str, EventType] = {}
_sources: list[Source] = []
activity, attendee = table_of(Activity), table_of(ActivityAttendee)
ACTIVITIES = (
    EventType("call", "Call", OUTCOMES),
    EventType("meeting", "Meeting"),
    EventType("email", "E-mail", WAYS),
    EventType("note", "Note"),
    EventType("task", "Task"),
)


def register_events(types: Sequence[EventType], source: Source) -> None:
    """Make events known that rules can ask for; `crm_app.wire` does."""
    EVENTS.update({one.name: one for one in types})
    if source not in _sources:
        _sources.append(source)


def events_of(
    session: Session, ids: Sequence[int], types: frozenset[str], since: date | None, until: date
) -> dict[int, list[Event]]:
    """What these people did from a day on (None: ever) until the end of another one, from every source."""
    found: dict[int, list[Event]] = defaultdict(list)
    if types and ids:
        for source in _sources:
            for id, events in source(session, ids, types, since, until).items():
                found[id] += events
    return found


def activities(
    session: Session, ids: Sequence[int], types: frozenset[str], since: date | None, until: date
) -> dict[int, list[Event]]:
    """What was done with somebody: their own activities, and the meetings that they were asked to."""
    wanted = sorted(types & {one.name for one in ACTIVITIES})
    if not wanted:
        return {}
    named = activity.c.type.in_(wanted) & activity.c.deleted_at.is_(None)
    named &= activity.c.done_at < start_of(date.fromordinal(until.toordinal() + 1))
    if since is not None:
        named &= activity.c.done_at >= start_of(since)
    columns = (activity.c.id, activity.c.type, activity.c.outcome, activity.c.done_at)
    own = select(activity.c.person_id.label("who"), *columns).where(named, activity.c.person_id.in_(ids))
    asked = (
        select(attendee.c.person_id.label("who"), *columns)
        .join(activity, activity.c.id == attendee.c.activity_id)
        .where(attendee.c.person_id.in_(ids), named)
    )
    found: dict[int, list[Event]] = defaultdict(list)
    labels = {one.name: one.label for one in ACTIVITIES}
    for row in session.connection().execute(union(own, asked)):
        label = labels[row.type] + (f", {row.outcome}," if row.outcome else "")
        found[row.who].append(Event(row.type, _day(row.done_at), row.outcome or "", label))
    return found


def _day(at: datetime) -> date:
    return at.astimezone(UTC).date()
