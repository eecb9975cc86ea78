"""What is asked of a report, and the arithmetic of its tallies. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from crm_app.core.errors import Invalid
from crm_app.core.text import id_of
from crm_app.forecast.rules.periods import LENGTHS, period_of

NAMES = {"pipeline": "Pipeline", "forecast": "Forecast", "activity": "Activities"}
GROUP_NAMES = {"owner": "Owner", "team": "Team", "region": "Region", "territory": "Territory"}
LONGEST = timedelta(days=366 * 5)
OTHERS = "Others"
MOST_GROUPS = 100


@dataclass(frozen=True)
class Wish:
    """Which report, of which days (both included; for the pipeline None is no limit), of whom.

    A forecast is of a calendar period of this `kind`, its sums are grouped `by` one of GROUP_NAMES.
    """

    name: str
    start: date | None
    end: date | None
    owner_id: int | None = None
    team_id: int | None = None
    kind: str = "month"
    by: str = "owner"


def read_wish(parameters: Mapping[str, str], today: date) -> Wish:
    """What an address such as ?report=activity&from=2026-11-01&owner=7 asks for. Raises Invalid."""
    name = parameters.get("report") or "pipeline"
    if name not in NAMES:
        raise Invalid({"report": "There is no such report."})
    start, end = _day(parameters, "from"), _day(parameters, "to")
    kind, by = parameters.get("kind") or "month", parameters.get("by") or "owner"
    if kind not in LENGTHS or by not in GROUP_NAMES:
        raise Invalid({"kind": "Please choose from the list."})
    if name == "forecast":
        period = period_of(kind, start or today)
        start, end = period.start, period.end - timedelta(days=1)
    if name == "activity":
        start, end = _four_weeks(start, end, today)
    if start and end and end < start:
        raise Invalid({"to": "The period ends before it begins."})
    if name == "activity" and start and end and end - start > LONGEST:
        raise Invalid({"to": "A report covers at most five years."})
    return Wish(name, start, end, _id(parameters, "owner"), _id(parameters, "team"), kind, by)


def _four_weeks(start: date | None, end: date | None, today: date) -> tuple[date, date]:
    """Four whole weeks with this one, unless a day is given."""
    sunday = today + timedelta(days=6 - today.weekday())
    end = end or (max(sunday, start) if start else sunday)
    return start or end - timedelta(days=27), end


def _day(parameters: Mapping[str, str], name: str) -> date | None:
    text = parameters.get(name, "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid({name: "Please choose a day."}) from None


def _id(parameters: Mapping[str, str], name: str) -> int | None:
    text = parameters.get(name, "")
    id = id_of(text)
    if text and id is None:
        raise Invalid({name: "Please choose from the list."})
    return id


@dataclass
class Sums:
    """Deals added up: minor units, minor units × probability in per cent, days of age."""

    count: int = 0
    value: int = 0
    weighted: int = 0
    days: int = 0

    def add(self, value: int, probability: int, days: int) -> None:
        """One deal more."""
        self.count += 1
        self.value += value
        self.weighted += value * probability
        self.days += days

    def join(self, other: "Sums") -> None:
        """All of another tally more."""
        self.count += other.count
        self.value += other.value
        self.weighted += other.weighted
        self.days += other.days

    @property
    def expected(self) -> int:
        """The weighted value in minor units, half to even."""
        return round_half_even(self.weighted, 100)

    @property
    def age(self) -> int | None:
        """The average age in whole days; None of nothing."""
        return round_half_even(self.days, self.count) if self.count else None


@dataclass
class Doings:
    """Activities added up: due in the period, of these done, and done in the period."""

    planned: int = 0
    kept: int = 0
    done: int = 0

    def join(self, other: "Doings") -> None:
        """All of another tally more."""
        self.planned += other.planned
        self.kept += other.kept
        self.done += other.done


def round_half_even(numerator: int, denominator: int) -> int:
    """numerator / denominator to the nearest whole number, exactly."""
    whole, rest = divmod(numerator, denominator)
    if rest * 2 > denominator or (rest * 2 == denominator and whole % 2):
        return whole + 1
    return whole


def share(part: int, of: int) -> float:
    """Per cent of the widest, for the length of a bar."""
    return round(100 * part / of, 2) if of > 0 else 0.0


def week_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def weeks_between(start: date, end: date) -> list[date]:
    """The Mondays of all weeks that have a day in the period."""
    first = week_of(start)
    return [first + timedelta(weeks=n) for n in range((week_of(end) - first).days // 7 + 1)]
