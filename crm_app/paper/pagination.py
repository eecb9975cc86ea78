"""Which rows of a table stand on which page, and the sums that are carried from one to the next. Pure arithmetic.

A row is moved whole to the next page and broken between its text lines only if no page could hold it. What belongs
together (a title with the row under it, a row with its subtotal) stays together, and the totals never stand on a page
without the last row, where there is a choice.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

EPSILON = 1e-6


@dataclass(frozen=True)
class Row:
    """The heights of the text lines of a row, what it adds to the sum, and what it stays together with."""

    heights: tuple[float, ...]
    amount: int = 0
    keeps_next: bool = False
    keeps_previous: bool = False

    @property
    def height(self) -> float:
        """Of the whole row."""
        return sum(self.heights)


@dataclass(frozen=True)
class Piece:
    """The text lines of a row from `start` to before `stop`; the numbers stand in the piece that starts at 0."""

    row: int
    start: int
    stop: int


@dataclass
class Sheet:
    """The part of the table on one page; None where nothing is carried."""

    pieces: list[Piece] = field(default_factory=list)
    brought: int | None = None
    carried: int | None = None


@dataclass(frozen=True)
class Room:
    """Heights: what the first page and any other has for the table, its header, a row of a carried sum."""

    first: float
    other: float
    header: float
    carry: float


class Plan:
    """Sheets being filled; `tail` is the height of what must stand under the last row."""

    def __init__(self, rows: Sequence[Row], room: Room, tail: float = 0, *, sums: bool = True) -> None:
        self.rows, self.room, self.sums = rows, room, sums
        self.sheets = [Sheet()]
        self.used = room.header
        self.total = 0
        groups = _together(rows)
        for number, group in enumerate(groups):
            last = number == len(groups) - 1
            self._place(group, 0 if last else self._carry, tail if last else 0)
        self.tail_fits = self.used + tail <= self._capacity + EPSILON

    @property
    def _carry(self) -> float:
        return self.room.carry if self.sums else 0

    @property
    def _capacity(self) -> float:
        return self.room.first if len(self.sheets) == 1 else self.room.other

    def _fits(self, height: float) -> bool:
        return self.used + height <= self._capacity + EPSILON

    def _place(self, group: list[int], carry: float, tail: float) -> None:
        """On this page with the tail, else on the next; on this one without it if nothing would be left before it."""
        height = carry + sum(self.rows[i].height for i in group)
        if not self._fits(height + tail) and (self.sheets[-1].pieces or not self._fits(height)):
            if self._empty_page + height > self.room.other + EPSILON:
                self._break(group)
                return
            self._turn()
        for index in group:
            self._add(index, 0, len(self.rows[index].heights))

    @property
    def _empty_page(self) -> float:
        """What a new page has used before its first row."""
        return self.room.header + self._carry

    def _add(self, index: int, start: int, stop: int) -> None:
        self.sheets[-1].pieces.append(Piece(index, start, stop))
        self.used += sum(self.rows[index].heights[start:stop])
        if start == 0:
            self.total += self.rows[index].amount

    def _break(self, group: list[int]) -> None:
        """Fill the pages line by line; one that is higher than a page has a page of its own."""
        for index in group:
            start, heights = 0, self.rows[index].heights
            while start < len(heights):
                stop = self._last_that_fits(heights, start)
                if stop == start and (self.sheets[-1].pieces or len(self.sheets) == 1):
                    self._turn()
                    continue
                self._add(index, start, max(stop, start + 1))
                start = max(stop, start + 1)

    def _last_that_fits(self, heights: Sequence[float], start: int) -> int:
        height = self._carry
        for stop in range(start, len(heights)):
            height += heights[stop]
            if not self._fits(height):
                return stop
        return len(heights)

    def _turn(self) -> None:
        """Begin the next sheet; an empty first one is left without table and without sums."""
        empty = not self.sheets[-1].pieces
        carried = None if empty or not self.sums else self.total
        self.sheets[-1].carried = carried
        self.sheets.append(Sheet(brought=carried))
        self.used = self.room.header + (0 if carried is None else self.room.carry)


def _together(rows: Sequence[Row]) -> list[list[int]]:
    groups: list[list[int]] = []
    for index, row in enumerate(rows):
        joined = groups and (row.keeps_previous or rows[index - 1].keeps_next)
        if joined:
            groups[-1].append(index)
        else:
            groups.append([index])
    return groups
