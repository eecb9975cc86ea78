"""A calendar between two days: own activities, those of colleagues, and of what one may not see only the time."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, or_, select
from sqlmodel import Session

from crm_app.activities.inputs import PLANNABLE
from crm_app.activities.queries.access import activity, asked_to, attendee, title_of
from crm_app.activities.rows import Colleague, Entry, Month
from crm_app.core.actor import Principal
from crm_app.core.changes import kind
from crm_app.core.changes.working import table_of
from crm_app.core.clock import now, start_of
from crm_app.core.recurrence import occurrences, read_rule
from crm_app.core.text import id_of, initials
from crm_app.identity.policy import decide
from crm_app.records.reading import may_see
from crm_app.tables import User

user = table_of(User)
MOST_PEOPLE, MOST_DAYS = 30, 62
DAY, LONG = timedelta(days=1), timedelta(days=366)
USUAL_MINUTES = 30
CROWD = {True: 15, False: 400}  # as many a day as a month shows, and a week
BUSY = ("call", "meeting")
NEEDED = (
    *("id", "version", "type", "subject", "owner_id", "due_at", "done_at"),
    *("duration_minutes", "all_day", "repeat", "priority"),
)
COLUMNS = (*(activity.c[name] for name in NEEDED), user.c.zone)


@dataclass(frozen=True)
class Span:
    """Two instants and the zone in which they are days."""

    start: datetime
    end: datetime
    zone: str

    @classmethod
    def of(cls, first: date, last: date, zone: str) -> "Span":
        """From the first day to before the last one; never longer than two months."""
        last = min(max(last, first + DAY), first + MOST_DAYS * DAY)
        return cls(start_of(first, zone), start_of(last, zone), zone)

    @property
    def days(self) -> int:
        return (self.end - self.start + timedelta(hours=2)).days


def colleagues(session: Session, actor: Principal) -> list[Colleague]:
    """Whose calendars the actor may lay beside the own one, by name."""
    query = (
        select(user.c.id, user.c.name, user.c.color)
        .where(user.c.deleted_at.is_(None), user.c.status == "active", may_see(actor, kind("user")))
        .order_by(user.c.sort_key, user.c.id)
        .limit(500)
    )
    return [Colleague(r.id, r.name, initials(r.name), r.color) for r in session.connection().execute(query)]


def chosen_of(who: str) -> list[int]:
    """The users that the address of a calendar names, separated by commas; what is no number is left out."""
    return [id for part in who.split(",")[:MOST_PEOPLE] if (id := id_of(part)) is not None]


def calendar_of(session: Session, actor: Principal, who: Iterable[int], span: Span) -> Month:
    """Everything of these people between two days, as local times of the actor; a crowded day is cut and counted."""
    people = {c.id: c for c in colleagues(session, actor)}
    chosen = [id for id in dict.fromkeys(who) if id in people][:MOST_PEOPLE] or [actor.id or 0]
    rows, maker = rows_of(session, chosen, span), Maker(actor, span)
    asked = asked_to(session, actor.id, [r.id for r in rows if not maker.may("read", r.owner_id)])
    whose = _whose(session, rows, chosen) if len(chosen) > 1 else {}
    shown, hidden, count, crowd = list[Entry](), Counter[str](), Counter[str](), CROWD[span.days > 8]
    for row in rows:
        is_open = row.id in asked or maker.may("read", row.owner_id)
        if not is_open and (row.type not in BUSY or row.due_at is None):
            continue
        person = people.get(whose.get(row.id, 0))
        for start, end, key in maker.places(row):
            day = start[:10]
            count[day] += 1
            if count[day] > crowd:
                hidden[day] += 1
            elif is_open:
                shown.append(maker.entry(row, person, start, end, key))
            else:
                shown.append(maker.blank(row, person, start, end))
    return Month(0, entries=shown, hidden=dict(hidden), now=maker.at)


def rows_of(session: Session, people: Sequence[int], span: Span) -> list[Any]:
    """Calls, meetings and tasks that touch the span, each once, in order; every part is answered by an index."""
    asked = select(attendee.c.activity_id).where(attendee.c.user_id.in_(people), attendee.c.response != "declined")
    mine, also = activity.c.owner_id.in_(people), activity.c.id.in_(asked)
    due = activity.c.due_at
    there = and_(due >= span.start - DAY, due < span.end + DAY)  # whole days are those of the owner's zone
    was_done = and_(
        due.is_(None), activity.c.done_at.is_not(None), activity.c.at >= span.start, activity.c.at < span.end
    )
    long = and_(activity.c.duration_minutes > 1440, due >= span.start - LONG, due < span.start - DAY)
    again = and_(activity.c.repeat != "", activity.c.done_at.is_(None), due < span.start - DAY)
    found: dict[int, Any] = {}
    for condition in (
        and_(mine, there),
        and_(mine, was_done),
        and_(mine, long),
        and_(mine, again),
        and_(also, or_(there, was_done, long, again)),
    ):
        for row in session.connection().execute(_select(condition)):
            found[row.id] = row
    return sorted(found.values(), key=lambda r: (r.due_at or r.done_at, r.id))


def _select(condition: ColumnElement[bool]) -> Any:
    of_owner = activity.outerjoin(user, user.c.id == activity.c.owner_id)
    return (
        select(*COLUMNS)
        .select_from(of_owner)
        .where(condition, activity.c.type.in_(PLANNABLE), activity.c.deleted_at.is_(None))
    )


def _whose(session: Session, rows: Iterable[Any], chosen: Sequence[int]) -> dict[int, int]:
    """In whose of the chosen calendars each stands: of its owner, else of somebody asked to it."""
    found = {row.id: row.owner_id for row in rows if row.owner_id in chosen}
    left = [row.id for row in rows if row.id not in found]
    for id in reversed(chosen):
        found |= dict.fromkeys(asked_to(session, id, left), id)
    return found


class Maker:
    """Writes rows as entries for one viewer, who may see all of one, or only that somebody is busy."""

    def __init__(self, actor: Principal, span: Span) -> None:
        self.actor, self.span = actor, span
        self.zone = ZoneInfo(actor.zone)
        self.first, self.last, self.at = (_local(t, self.zone) for t in (span.start, span.end, now()))
        self.busy = 0
        self._rights: dict[tuple[str, int | None], bool] = {}

    def may(self, action: str, owner_id: int | None) -> bool:
        """May the viewer do this with what that user owns?"""
        key = (action, owner_id)
        if key not in self._rights:
            self._rights[key] = decide(self.actor, action, "activity", owner_id).allowed
        return self._rights[key]

    def places(self, row: Any) -> Iterator[tuple[str, str, str]]:
        """Start, end and key of the row itself and, while it is open, of the times at which it comes again."""
        for n, at in enumerate(_times(row, row.zone or self.actor.zone, self.span)):
            start, end = self._place(row, at)
            if start < self.last and end > self.first:
                yield start, end, f"{row.id}@{int(at.timestamp())}" if n else str(row.id)

    def _place(self, row: Any, at: datetime) -> tuple[str, str]:
        """Local times of the viewer: minutes really pass, whole days are those of the owner's calendar."""
        minutes = row.duration_minutes or 0
        if row.all_day:
            day = at.astimezone(ZoneInfo(row.zone or self.actor.zone)).date()
            return _midnight(day), _midnight(day + max(-(-minutes // 1440), 1) * DAY)
        return _local(at, self.zone), _local(at + timedelta(minutes=minutes or USUAL_MINUTES), self.zone)

    def entry(self, row: Any, person: Colleague | None, start: str, end: str, key: str) -> Entry:
        """All of it."""
        done = row.done_at is not None
        late = not done and row.type != "meeting" and end <= self.at
        return Entry(
            key=key,
            id=row.id,
            title=title_of(row),
            start=start,
            end=end,
            all_day=row.all_day,
            type=row.type,
            tone="done" if done else "late" if late else "high" if row.priority == "high" else "",
            color=person.color if person else "",
            who=person.name if person else "",
            version=row.version,
            movable=not done and "@" not in key and self.may("edit", row.owner_id),
        )

    def blank(self, row: Any, person: Colleague | None, start: str, end: str) -> Entry:
        """Nothing of it leaves the server but whose time it takes."""
        self.busy += 1
        color, who = (person.color, person.name) if person else ("", "")
        return Entry(f"busy{self.busy}", 0, "Busy", start, end, row.all_day, "busy", "", color, who, 0, False)


def _times(row: Any, zone: str, span: Span) -> Iterator[datetime]:
    first = row.due_at or row.done_at
    yield first
    if row.repeat and row.done_at is None:
        try:
            rule = read_rule(row.repeat)
        except ValueError:  # came in by an import, where gates do not ask
            return
        length = timedelta(minutes=row.duration_minutes or 0)
        yield from occurrences(rule, first, zone, span.start - length - DAY, span.end + DAY)


def _midnight(day: date) -> str:
    return f"{day.isoformat()}T00:00:00"


def _local(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).isoformat()[:19]
