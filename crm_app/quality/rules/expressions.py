"""What can be asked of a record, as a tree; `holds` answers for one, `crm_app.quality.predicates` as SQL. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from crm_app.core.clock import start_of
from crm_app.core.forms import fits_whole

# Patterns of whole texts in the words that Python and POSIX share; no repetition stands within another.
FORMS: Mapping[str, str] = {
    "email": "[^@ ,;<>()\\t\\n]+@[^@ ,;<>()\\t\\n]*[.][^@ ,;<>().0-9\\t\\n]{2,63}",
    "phone": "[+][1-9][0-9]{6,14}( ext[.] [0-9]{1,11})?",
    "domain": "[^@:/ .\\t\\n][^@:/ \\t\\n]*[.][^@:/ .0-9\\t\\n]{2,63}",
}


@dataclass(frozen=True)
class Filled:
    """The field says something; a field of a part (`emails.value`): one of the parts does."""

    field: str


@dataclass(frozen=True)
class Formed:
    """Whatever the field says has this form; nothing said is no fault."""

    field: str
    form: str


@dataclass(frozen=True)
class Listed:
    """Whatever the field says is a word of the managed list; without such a list every word is one."""

    field: str
    vocabulary: str


@dataclass(frozen=True)
class Among:
    """The field is one of these; `stage_id.kind` is what the record that it points to says."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Flag:
    """Yes is said."""

    field: str


@dataclass(frozen=True)
class Recent:
    """The moment lies in the last days (the rule's own number, unless one is given)."""

    field: str
    days: int | None = None


@dataclass(frozen=True)
class NotPast:
    """The day is empty, today or later."""

    field: str


@dataclass(frozen=True)
class Within:
    """From one moment to the other there are no more than the rule's days, counted in UTC; one missing is no fault."""

    earlier: str
    later: str


@dataclass(frozen=True)
class Touched:
    """Somebody really was in touch in the last days, or the record is younger than that."""


@dataclass(frozen=True)
class Clear:
    """Nothing was found that came past a gate (`crm_app.records.findings`)."""


@dataclass(frozen=True)
class Typed:
    """Somebody entered it here: it did not come as a history, by a file or with the demo (`UNTYPED` ways in)."""


@dataclass(frozen=True)
class Asked:
    """A question from elsewhere that brings both answers: `of(facts, given)`, and `sql(given)`, which is never NULL."""

    fields: frozenset[str]
    of: "Callable[[Facts, Given], bool]" = field(compare=False)
    sql: "Callable[[Given], Any]" = field(compare=False)


@dataclass(frozen=True)
class No:
    """The opposite."""

    item: "Expression"


@dataclass(frozen=True)
class Every:
    """All of them hold."""

    items: "tuple[Expression, ...]"


@dataclass(frozen=True)
class Some:
    """At least one holds."""

    items: "tuple[Expression, ...]"


Expression = (
    Filled
    | Formed
    | Listed
    | Among
    | Flag
    | Recent
    | NotPast
    | Within
    | Touched
    | Clear
    | Typed
    | Asked
    | No
    | Every
    | Some
)
ALWAYS = Every(())
UNTYPED = ("import", "history", "demo")


@dataclass(frozen=True)
class Facts:
    """What is known of one record: its row, the values of its parts, what it points to says, and the rest.

    `parts`: `emails.value` → all values; `pointed`: `stage_id.kind` → value; `touched_at`: the newest that was done;
    `way`: the source of the change that made it.
    """

    row: Mapping[Any, Any]
    parts: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    pointed: Mapping[str, Any] = field(default_factory=dict)
    touched_at: datetime | None = None
    is_clear: bool = True
    way: str = ""


@dataclass(frozen=True)
class Given:
    """What rules are asked with: the day in the organisation's zone, the words of the lists, the days of the rule.

    `within(id)` bounds the records that are looked at just now; None: all.
    """

    today: date
    zone: str = "UTC"
    words: Mapping[str, frozenset[str]] = field(default_factory=dict)
    days: int = 0
    within: Callable[[Any], Any] | None = None

    def since(self, days: int | None = None) -> datetime:
        """The first instant of the day that is so many days ago."""
        return start_of(self.today - timedelta(days=self.days if days is None else days), self.zone)

    def with_days(self, days: int) -> "Given":
        """The same for a rule with these days."""
        return replace(self, days=days)


def values_of(facts: Facts, name: str) -> list[Any]:
    """What a field says: one value of the record, those of its parts, or what it points to says; without empty ones."""
    if name in facts.pointed:
        found = [facts.pointed[name]]
    elif name.startswith("custom."):
        found = [(facts.row.get("custom") or {}).get(name.removeprefix("custom."))]
    else:
        found = facts.parts[name] if "." in name else [facts.row[name]]
    return [value for value in found if value not in (None, "")]


def holds(what: Expression, facts: Facts, given: Given) -> bool:
    """The verdict for one record."""
    match what:
        case Filled(name):
            return bool(values_of(facts, name))
        case Formed(name, form):
            return all(fits_whole(str(value), FORMS[form]) for value in values_of(facts, name))
        case Listed(name, vocabulary):
            words = given.words.get(vocabulary)
            return not words or all(value in words for value in values_of(facts, name))
        case Among(name, values):
            return any(value in values for value in values_of(facts, name))
        case Flag(name):
            return facts.row[name] is True
        case Every(items):
            return all(holds(item, facts, given) for item in items)
        case Some(items):
            return any(holds(item, facts, given) for item in items)
        case No(item):
            return not holds(item, facts, given)
        case Clear():
            return facts.is_clear
        case Typed():
            return facts.way not in UNTYPED
        case Asked(of=of):
            return of(facts, given)
        case _:
            return _in_time(what, facts, given)


def _in_time(what: Recent | NotPast | Within | Touched, facts: Facts, given: Given) -> bool:
    match what:
        case Recent(name, days):
            moment = facts.row[name]
            return moment is not None and moment >= given.since(days)
        case NotPast(name):
            day = facts.row[name]
            return day is None or day >= given.today
        case Within(earlier, later):
            first, last = facts.row[earlier], facts.row[later]
            return first is None or last is None or (_utc_day(last) - _utc_day(first)).days <= given.days
        case Touched():
            moments = [m for m in (facts.touched_at, facts.row["created_at"]) if m is not None]
            return any(moment >= given.since() for moment in moments)


def _utc_day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


def asks_elsewhere(what: Expression) -> bool:
    """Is there a question in it that only its asker can put, in words of the moment?"""
    match what:
        case Every(items) | Some(items):
            return any(asks_elsewhere(item) for item in items)
        case No(item):
            return asks_elsewhere(item)
        case _:
            return isinstance(what, Asked)


def fields_in(what: Expression) -> set[str]:
    """Every field that it asks for."""
    match what:
        case Every(items) | Some(items):
            return set[str]().union(*(fields_in(item) for item in items))
        case No(item):
            return fields_in(item)
        case Within(earlier, later):
            return {earlier, later}
        case Touched() | Clear() | Typed():
            return set()
        case Asked(fields):
            return set(fields)
        case _:
            return {what.field}
