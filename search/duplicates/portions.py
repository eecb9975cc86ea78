"""A long list normalised in portions, by several processes where that is worth it."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context

import numpy as np

from search.duplicates.fields import KEPT
from search.duplicates.normal import normalise
from search.duplicates.table import SHARED, Table, table_of
from search.duplicates.words import Words

PORTION = 10_000
PROCESSES = 2
Rows = list[Sequence[str]]


def tabulated(rows: Iterable[Sequence[str]], fields: Sequence[str]) -> Table:
    """The table of rows whose cells are these fields; more than two portions of them are shared out."""
    portions = _portions(iter(rows))
    first = list(islice(portions, 2))
    if len(first) < 2:
        return _joined(_portion(rows, fields) for rows in first)
    with ProcessPoolExecutor(PROCESSES, get_context("spawn")) as pool:
        return _joined(_in_order(pool, (rows for part in (first, portions) for rows in part), fields))


def _portions(rows: Iterator[Sequence[str]]) -> Iterator[Rows]:
    while portion := list(islice(rows, PORTION)):
        yield portion


def _portion(rows: Rows, fields: Sequence[str]) -> Table:
    return table_of(normalise(dict(zip(fields, row, strict=True))) for row in rows)


def _in_order(pool: ProcessPoolExecutor, portions: Iterable[Rows], fields: Sequence[str]) -> Iterator[Table]:
    """The tables in the order of the portions; few are on their way at a time."""
    waiting: deque[Future[Table]] = deque()
    for rows in portions:
        waiting.append(pool.submit(_portion, rows, fields))
        if len(waiting) > 2 * PROCESSES:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _joined(tables: Iterable[Table]) -> Table:
    """One table of several, with every word once."""
    known: dict[str, dict[str, int]] = {SHARED.get(column, column): {"": 0} for column in KEPT}
    codes: dict[str, list[np.ndarray]] = {column: [np.empty(0, np.int32)] for column in KEPT}
    size = 0
    for table in tables:
        size += table.size
        again = {}
        for name, numbers in known.items():
            texts = table.words[name].texts
            again[name] = np.fromiter((numbers.setdefault(text, len(numbers)) for text in texts), np.int32, len(texts))
        for column in KEPT:
            codes[column].append(again[SHARED.get(column, column)][table.codes[column]])
    words = {name: Words(list(numbers)) for name, numbers in known.items()}
    return Table(size, {column: np.concatenate(parts) for column, parts in codes.items()}, words)
