"""A report before it is shown: figures as numbers beside the words that stand on the screen and on paper."""

from dataclasses import dataclass, field
from decimal import Decimal

from crm_app.paper.report import Bar, Chart, Grid, Headline

Value = str | int | Decimal | None


@dataclass(frozen=True)
class Table:
    """A table whose cells are numbers, for a spreadsheet; `grid` is the same in words."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    total: tuple[Value, ...]
    grid: Grid


@dataclass(frozen=True)
class Option:
    """An entry of a filter."""

    id: str
    name: str


@dataclass(frozen=True)
class Report:
    """All that a report says. `count` is how many records the filter lets through: `records` has as many rows."""

    name: str
    title: str
    subtitle: str
    count: int
    headlines: list[Headline]
    charts: list[Chart]
    tables: list[Table]
    record_columns: tuple[str, ...]
    records: list[tuple[Value, ...]]
    notes: str = ""


@dataclass(frozen=True)
class Filters:
    """Whose records one can ask for."""

    owners: list[Option] = field(default_factory=list)
    teams: list[Option] = field(default_factory=list)


__all__ = ["Bar", "Chart", "Filters", "Grid", "Headline", "Option", "Report", "Table", "Value"]
