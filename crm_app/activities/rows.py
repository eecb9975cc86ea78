"""Activities as they leave the server: a card to edit, events of a calendar, lines of a day; written for the reader."""

from dataclasses import dataclass, field

from crm_app.records.guests import Guest


@dataclass(frozen=True, slots=True)
class Number:
    """A telephone number; `href` is a tel: link."""

    text: str
    href: str
    whose: str


@dataclass(frozen=True, slots=True)
class Attached:
    """A file on the activity, such as a recording."""

    id: int
    name: str
    size: str


@dataclass(frozen=True)
class Card:
    """One activity as its dialog shows it; `n` grows with each opening, id 0 is a new one; times are local text."""

    n: int = 0
    id: int = 0
    version: int = 0
    type: str = "task"
    subject: str = ""
    body: str = ""
    day: str = ""
    time: str = ""
    all_day: bool = False
    minutes: str = ""
    is_done: bool = False
    done: str = ""
    outcome: str = ""
    place: str = ""
    agenda: str = ""
    meeting_minutes: str = ""
    priority: str = "normal"
    repeat: str = ""
    repeat_until: str = ""
    repeat_times: str = ""
    repeat_words: str = ""
    remind: str = ""
    owner_id: str = ""
    owner: str = ""
    deal_id: str = ""
    deal: str = ""
    person_id: str = ""
    person: str = ""
    company_id: str = ""
    company: str = ""
    guests: list[Guest] = field(default_factory=list)
    numbers: list[Number] = field(default_factory=list)
    files: list[Attached] = field(default_factory=list)
    can_edit: bool = True
    can_delete: bool = False
    is_asked: bool = False
    response: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of a calendar. `start` and `end` are local times of the viewer without a zone; id 0 is only busy."""

    key: str
    id: int
    title: str
    start: str
    end: str
    all_day: bool
    type: str
    tone: str
    color: str
    who: str
    version: int
    movable: bool


@dataclass(frozen=True, slots=True)
class Colleague:
    """Whose calendar can be shown."""

    id: int
    name: str
    initials: str
    color: str


@dataclass(frozen=True)
class Month:
    """What a calendar shows between two days; `hidden` counts by day what is left out of a crowded one."""

    n: int = 0
    start: str = ""
    end: str = ""
    who: str = ""
    now: str = ""
    entries: list[Entry] = field(default_factory=list)
    hidden: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DayRow:
    """One line of somebody's day."""

    id: int
    version: int
    section: str
    type: str
    subject: str
    about: str
    href: str
    due: str
    tone: str
    priority: str
    repeats: str
    phone: str
    phone_href: str
    deal_id: str
    person_id: str
    company_id: str
    can_edit: bool


@dataclass(frozen=True)
class Offer:
    """The next step to plan for a deal once something was done; n 0 is nothing to ask."""

    n: int = 0
    deal_id: int = 0
    deal: str = ""
    type: str = "task"
    subject: str = ""
    day: str = ""
