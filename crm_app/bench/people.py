"""The import of 100,000 people as a manager, beside a bare `executemany` of the same rows in the same run."""

import csv
import resource
import sqlite3
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy.schema import CreateIndex, CreateTable

from crm_app.bench.dedupe_list import SEED, World
from crm_app.bench.figures import judged
from crm_app.bench.ground import ground, make
from crm_app.core import db
from crm_app.core.changes.working import table_of
from crm_app.core.errors import KithError
from crm_app.identity.queries import principal_by_email
from crm_app.imports.service import import_file
from crm_app.tables import Person, PersonEmail, PersonPhone

PEOPLE, COMPANIES = 100_000, 1_000
HEADER = ("first name", "last name", "job title", "email", "phone", "company", "owner", "source", "language")


def _different() -> Iterator[tuple[str, ...]]:
    """Names as common as names are, numbers drawn at random: few look like another."""
    random = Random(SEED)
    world = World(random, PEOPLE)
    for n in range(PEOPLE):
        first, last = world.often(world.first), world.often(world.last)
        number = f"+44 20 7{random.randrange(10**6):06} {random.randrange(10)}"
        yield first, last, "Buyer", f"{first}.{last}.{n}@example.org".lower(), number


def _alike() -> Iterator[tuple[str, ...]]:
    """Names, addresses and numbers that count on: each looks like some twenty others."""
    for n in range(PEOPLE):
        yield f"First{n % 5000}", f"Last{n}", "Buyer", f"first{n}@example.org", f"+1 555 {n:07}"


def _write(path: Path, people: Iterable[tuple[str, ...]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(HEADER)
        for n, person in enumerate(people):
            out.writerow([*person, f"Firm {n % COMPANIES}", f"seller{n % 10}@example.org", "Fair", "en"])


def _bare(folder: Path) -> float:
    """Seconds to insert the rows that the import made into empty tables with the same indexes."""
    models = (Person, PersonEmail, PersonPhone)
    target = sqlite3.connect(folder / "bare.db")
    target.execute("PRAGMA journal_mode=WAL")
    target.execute("PRAGMA synchronous=NORMAL")
    seconds = 0.0
    for model in models:
        table = table_of(model)
        target.execute(str(CreateTable(table, include_foreign_key_constraints=[]).compile(db.engine())))
        for index in table.indexes:
            target.execute(str(CreateIndex(index).compile(db.engine())))
        with db.engine().connect() as connection:
            names = ", ".join(f'"{column.name}"' for column in table.columns)
            rows = [tuple(row) for row in connection.exec_driver_sql(f'SELECT {names} FROM "{table.name}"')]
        began = time.perf_counter()
        target.executemany(f'INSERT INTO "{table.name}" VALUES ({",".join("?" * len(rows[0]))})', rows)
        target.commit()
        seconds += time.perf_counter() - began
    target.close()
    return seconds


def _imported(people: Iterable[tuple[str, ...]]) -> tuple[float, float, float, int]:
    """Seconds, the seconds of the same rows bare, peak bytes of this process so far, and who looks like another."""
    with ground(10, 0) as found:
        team = db.write_sync(make, "team", name="Everybody")
        values = {"name": "Manager", "email": "manager@example.org", "role": "manager", "team_id": team}
        db.write_sync(make, "user", status="active", **values)
        for n in range(COMPANIES):
            db.write_sync(make, "company", name=f"Firm {n}")
        path = found.folder / "people.csv"
        _write(path, people)
        actor = db.read_sync(principal_by_email, "manager@example.org")
        began = time.perf_counter()
        with db.in_bulk():
            report = import_file(actor, "people", path)
        seconds = time.perf_counter() - began
        if report.created != PEOPLE:
            raise KithError(f"Not everybody was imported: {report}")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        return seconds, _bare(found.folder), peak, report.alike


def measure() -> dict[str, Any]:
    """Wall time, peak memory of this process and the ratio; then the time of a list in which all look alike."""
    seconds, bare, peak, alike = _imported(_different())
    worst, _, _, many = _imported(_alike())
    return {
        "created": PEOPLE,
        "alike": alike,
        "seconds": judged(seconds, most=90),
        "people_a_second": round(PEOPLE / seconds),
        "peak_mb": judged(peak / 1e6, most=600),
        "bare_executemany_seconds": round(bare, 2),
        "times_a_bare_executemany": judged(seconds / bare, most=60),
        "all_alike": {"seconds": round(worst, 1), "alike": many},
    }
