"""Somebody types a new person among a million: the check beside the form; and the nightly sweep of that million."""

import sqlite3
import time
from collections.abc import Iterator
from itertools import islice
from random import Random
from typing import Any

from crm_app.bench.dedupe_list import SEED, World, people
from crm_app.bench.figures import judged, spread
from crm_app.bench.ground import ground
from crm_app.core import db
from crm_app.core.actor import Principal
from crm_app.core.config import settings
from crm_app.duplicates.matching.pairs import OPEN
from crm_app.duplicates.matching.queries import matches
from crm_app.duplicates.matching.sweeping import sweep_all
from crm_app.records.search.index import reindex
from search.duplicates.blocks import MOST
from search.duplicates.kept import VERSION, packed
from search.duplicates.normal import normalise
from search.duplicates.single import keys_of_each

MILLION = 1_000_000
PORTION = 20_000
TYPED = 250
FIRST = 1_000  # the id of the first of them
NAMES = ("first_name", "last_name")
STATES = (NAMES, (*NAMES, "email"), (*NAMES, "email", "phone"), (*NAMES, "company"))
FORM = {"email": "emails.value", "phone": "phones.value", "company": "company_id"}


def fill(size: int) -> list[dict[str, str]]:
    """People with what is kept to find them, written without the log; answers with some of them as they were typed."""
    base = sqlite3.connect(settings().data_dir / "kith.db")
    base.execute("PRAGMA synchronous=OFF")
    base.execute("PRAGMA foreign_keys=OFF")
    base.execute("CREATE TEMP TABLE unsorted (key INTEGER, record_id INTEGER)")
    picked: list[dict[str, str]] = []
    for start, rows in _portions(size):
        profiles = [normalise(row) for row in rows]
        base.executemany(
            "INSERT INTO person (id, version, created_at, updated_at, sort_key, custom, first_name, last_name,"
            " display_name, title, lifecycle, language, zone, source, private, setback_reason)"
            " VALUES (?, 1, '2026-01-01', '2026-01-01', '', '{}', ?, ?, ?, '', 'name', '', '', '', 0, '')",
            [
                (FIRST + start + n, r["first_name"], r["last_name"], f"{r['first_name']} {r['last_name']}")
                for n, r in enumerate(rows)
            ],
        )
        base.executemany(
            "INSERT INTO duplicate_profile VALUES ('person', ?, ?, ?, 0)",
            [(FIRST + start + n, packed(made), VERSION) for n, made in enumerate(profiles)],
        )
        keys = enumerate(keys_of_each(profiles), FIRST + start)
        base.executemany("INSERT INTO unsorted VALUES (?, ?)", ((key, id) for id, some in keys for key in some))
        picked += rows[:: max(1, size // TYPED)][: TYPED - len(picked)]
    base.execute("INSERT INTO duplicate_key SELECT 'person', key, record_id FROM unsorted ORDER BY key, record_id")
    base.commit()
    base.close()
    return picked


def _portions(size: int) -> Iterator[tuple[int, list[dict[str, str]]]]:
    """The rows of the list that `kith bench dedupe` sweeps, with the number of the first of each portion."""
    listed = (row for _, row in people(size))
    start = 0
    while rows := list(islice(listed, PORTION)):
        yield start, rows
        start += len(rows)


def check(picked: list[dict[str, str]], typed: list[dict[str, str]] | None = None) -> tuple[list[float], int]:
    """Seconds of each check, as one types on; and how often the one who was meant is among the answers.

    `typed` are the same people as somebody else writes them; without it they are typed as they are kept.
    """
    actor = Principal(None, "Bench", "administrator")
    taken, met = [], 0
    for row, given in zip(picked, typed or picked, strict=True):
        for state in STATES:
            values = {FORM.get(name, name): given[name] for name in state if given[name]}
            began = time.perf_counter()
            found = db.read_sync(matches, actor, "person", values)
            taken.append(time.perf_counter() - began)
            met += any(match.name == f"{row['first_name']} {row['last_name']}" for match in found)
    return taken, met


def bare(picked: list[dict[str, str]]) -> list[float]:
    """The least that has to be done: who has the same keys, by the database alone."""
    base = sqlite3.connect(settings().data_dir / "kith.db")
    taken = []
    for row in picked:
        for state in STATES:
            (keys,) = keys_of_each([normalise({name: row[name] for name in state})])
            began = time.perf_counter()
            for key in keys:
                query = "SELECT record_id FROM duplicate_key WHERE kind = 'person' AND key = ? LIMIT ?"
                base.execute(query, (key, MOST)).fetchall()
            taken.append(time.perf_counter() - began)
    base.close()
    return taken


def measure(size: int = MILLION) -> dict[str, Any]:
    """As an administrator, who may see everybody; the database is SQLite."""
    with ground(1, 0):
        began = time.perf_counter()
        picked = fill(size)
        filled = time.perf_counter() - began
        began = time.perf_counter()
        sweep_all("person")
        swept = time.perf_counter() - began
        count = f"SELECT count(*) FROM duplicate_pair WHERE decision = '{OPEN}'"
        pairs = db.read_sync(lambda s: s.connection().exec_driver_sql(count).scalar_one())
        check(picked[:10])
        world = World(Random(SEED), 1000)
        slipped = [world.again(row) for row in picked]
        by_keys = check(picked, slipped)[1]
        reindex()
        check(picked[:10])
        slow, with_slips = check(picked, slipped)
        taken, met = check(picked)
        floor = bare(picked)
    figures, least = spread(taken + slow), spread(floor)
    return {
        "people": size,
        "fill_seconds": round(filled, 1),
        "nightly_sweep_seconds": round(swept, 1),
        "pairs": pairs,
        "checks": len(taken),
        "met": round(met / len(taken), 3),
        "met_with_slips": round(with_slips / len(slow), 3),
        "met_with_slips_by_keys_alone": round(by_keys / len(slow), 3),
        "typing_p95_ms": judged(figures["p95_ms"], most=50),
        "typing_median_ms": figures["median_ms"],
        "bare_p95_ms": least["p95_ms"],
        "times_bare": round(figures["p95_ms"] / max(least["p95_ms"], 0.001), 1),
    }
