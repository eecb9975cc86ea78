"""Months, quarters and years: where they begin and end, how they are called, which ones follow."""

from dataclasses import dataclass
from datetime import date

from crm_app.core.reader import month_name, month_year

LENGTHS = {"month": 1, "quarter": 3, "year": 12}
AHEAD = {"month": 6, "quarter": 4, "year": 3}  # how many periods a forecast shows, the chosen one first


def add_months(day: date, months: int) -> date:
    """The first day of the month that many months later (or, negative, earlier)."""
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


@dataclass(frozen=True)
class Period:
    """A calendar month, quarter or year by its first day; `end` is the first day after it."""

    kind: str
    start: date

    @property
    def end(self) -> date:
        return add_months(self.start, LENGTHS[self.kind])

    @property
    def name(self) -> str:
        """`Nov 2026`, `Q4 2026`, `2026`."""
        if self.kind == "month":
            return month_year(self.start)
        return f"Q{(self.start.month + 2) // 3} {self.start.year}" if self.kind == "quarter" else str(self.start.year)

    @property
    def short(self) -> str:
        """`Nov`, `Jan 27` (a new year is named), `Q4 26`, `2026`."""
        year = f"{self.start.year % 100:02}"
        if self.kind == "month":
            return month_name(self.start) + (f" {year}" if self.start.month == 1 else "")
        return f"{self.name[:2]} {year}" if self.kind == "quarter" else self.name

    def later(self, count: int) -> "Period":
        """The period that many after this one; negative: before."""
        return Period(self.kind, add_months(self.start, LENGTHS[self.kind] * count))

    def months(self) -> list[date]:
        """The first days of its months."""
        return [add_months(self.start, n) for n in range(LENGTHS[self.kind])]


def period_of(kind: str, day: date) -> Period:
    """The period of that kind in which the day lies. Raises KeyError for an unknown kind."""
    length = LENGTHS[kind]
    return Period(kind, date(day.year, (day.month - 1) // length * length + 1, 1))


def is_start(kind: str, day: date) -> bool:
    """Does a period of that kind begin on this day?"""
    return kind in LENGTHS and period_of(kind, day).start == day
