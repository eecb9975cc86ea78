"""How figures are written for one reader: the same words on the screen and on paper."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from crm_app.core.actor import Principal
from crm_app.core.money import format_sum, to_major
from crm_app.core.reader import full_day, number_words
from crm_app.reports.rows import Grid, Table, Value

Column = tuple[str, Callable[[Any], Value], Callable[[Any], str]]


@dataclass(frozen=True)
class Writer:
    """The words of one reader in one currency."""

    locale: str
    currency: str

    @classmethod
    def of(cls, actor: Principal, currency: str) -> "Writer":
        """As this person reads."""
        return cls(actor.locale or "en", currency)

    def count(self, value: int) -> str:
        """A whole number with the locale's grouping."""
        return number_words(value, self.locale)

    def money(self, minor: int) -> str:
        """A sum as on the boards: whole amounts without decimals, large ones without cents."""
        return format_sum(minor, self.currency, self.locale)

    def days(self, value: int | None) -> str:
        """A number of days; a dash for none."""
        if value is None:
            return "–"
        return f"{self.count(value)} day" + ("" if value == 1 else "s")

    def day(self, value: date) -> str:
        """A date in words."""
        return full_day(value, self.locale)

    def period(self, start: date | None, end: date | None) -> str:
        """From when to when."""
        if start and end:
            return f"{self.day(start)} – {self.day(end)}"
        if start:
            return f"from {self.day(start)}"
        return f"until {self.day(end)}" if end else ""

    def major(self, minor: int) -> Decimal:
        """Money as a spreadsheet takes it."""
        return to_major(minor, self.currency)


def table(title: str, first: str, groups: list[tuple[str, Any]], total: Any, columns: list[Column]) -> Table:
    """A table of named tallies: each column says how a tally is a value and how it is a word."""
    values = tuple((name, *(value(tally) for _, value, _ in columns)) for name, tally in groups)
    words = [[name, *(word(tally) for _, _, word in columns)] for name, tally in groups]
    heads = (first, *(head for head, _, _ in columns))
    grid = Grid(title, list(heads), words, ["Total", *(word(total) for _, _, word in columns)])
    return Table(title, heads, values, ("Total", *(value(total) for _, value, _ in columns)), grid)
