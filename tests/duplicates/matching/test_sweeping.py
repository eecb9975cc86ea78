"""The nightly sweep, and one probability for one pair whichever way it is met."""

import csv
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import select, update

from crm_app.bench.dedupe_list import World
from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply_many
from crm_app.core.changes.working import table_of
from crm_app.core.clock import now
from crm_app.core.errors import LikelyDuplicate, Refused
from crm_app.duplicates.lists.search import dedupe
from crm_app.duplicates.matching import sweeping
from crm_app.duplicates.matching.queries import matches
from crm_app.duplicates.matching.sweeping import state_of, sweep, sweep_due
from crm_app.imports.service import import_file
from crm_app.records.create.service import create_record
from crm_app.tables import DuplicateModel, DuplicatePair
from tests.duplicates.matching.test_hook import kept, pairs
from tests.support.builders import change, make, make_user, principal

pair, model = table_of(DuplicatePair), table_of(DuplicateModel)
ROW = {"first_name": "Jonathan", "last_name": "Abercrombie", "phone": "+442071234567"}
AGAIN = {"first_name": "Jon", "last_name": "Abercrombie", "phone": "+442071234567"}


def crowd(size: int) -> list[dict[str, str]]:
    """Different people as a list has them."""
    world = World(Random(3), size)
    before: dict[str, str] | None = None
    found = []
    for n in range(size):
        before = world.person(n, before)
        found.append({name: before[name] for name in ("first_name", "last_name", "phone")})
    return found


def create(rows: list[dict[str, str]]) -> list[int]:
    given = [(row["phone"], {k: v for k, v in row.items() if k != "phone"}) for row in rows]
    wishes = [
        Change("person", op="create", set=names | {"phones": [{"value": phone}] if phone else []})
        for phone, names in given
    ]
    return [
        done.id
        for n in range(0, len(wishes), 500)
        for done in db.write_sync(apply_many, SYSTEM, wishes[n : n + 500], source="demo")
    ]


def write(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.DictWriter(file, list(rows[0]))
        out.writeheader()
        out.writerows(rows)
    return path


def listed(path: Path, rows: list[dict[str, str]], out: Path) -> float:
    """What `kith dedupe` says of the last row of a list and its only likeness."""
    chosen = {"company": "name"} if "name" in rows[0] else {}
    dedupe([write(path, rows)], chosen=chosen, threshold=0.5, pairs_file=out)
    with out.open(newline="", encoding="utf-8") as file:
        told = [row for row in csv.DictReader(file) if row["left"] == "2"]  # below the header
    (found,) = [float(row["probability"]) for row in told]
    return found


def noted(one: int) -> float:
    """The probability of the only pair with this record."""
    query = select(pair.c.probability).where((pair.c.left_id == one) | (pair.c.right_id == one))
    return db.read_sync(lambda s: s.connection().execute(query).scalar_one())


@pytest.mark.parametrize("others", [3, 700])
def test_one_pair_has_one_probability_whichever_way_it_is_met(database_url: str, tmp_path: Path, others: int) -> None:
    rows = [ROW, *crowd(others)]
    first, *_ = create(rows)
    sweep("person")
    seller = principal(make_user())
    form = {"first_name": "Jon", "last_name": "Abercrombie", "phones.value": "+442071234567"}
    (typed,) = [m.probability for m in db.read_sync(matches, SYSTEM, "person", form)]
    with pytest.raises(LikelyDuplicate) as refusal:
        db.write_sync(create_record, seller, "person", form)
    (saved,) = [m.probability for m in refusal.value.matches]
    report = import_file(SYSTEM, "people", write(tmp_path / "again.csv", [AGAIN]))
    assert (report.created, report.alike) == (1, 1)
    imported = noted(first)
    assert typed == saved == imported
    assert sweep("person", anew=True) == others + 2
    swept = noted(first)
    assert round(swept, 6) == listed(tmp_path / "all.csv", [*rows, AGAIN], tmp_path / "pairs.csv")
    if others < 500:
        assert swept == typed
    else:  # one more record has taught it since
        assert swept == pytest.approx(typed, rel=1e-3)
        (again,) = [m.probability for m in db.read_sync(matches, SYSTEM, "person", form) if m.id == first]
        assert again == pytest.approx(swept, rel=1e-3)


FIRM = {"name": "Acme International Limited", "domain": "acme.example", "phone": "+442071234567"}
SAME_FIRM = {"name": "ACME Intl Ltd", "domain": "https://www.acme.example/", "phone": "020 7123 4567"}


def test_companies_have_one_probability_whichever_way_they_are_met(database_url: str, tmp_path: Path) -> None:
    first = make("company", **FIRM)
    others = [{"name": f"{name} GmbH", "domain": f"{name}.example", "phone": ""} for name in ("bolt", "nut", "screw")]
    for row in others:
        make("company", **row)
    make("organisation", name="Ours", country="Great Britain")
    (typed,) = [m.probability for m in db.read_sync(matches, SYSTEM, "company", SAME_FIRM)]
    with pytest.raises(LikelyDuplicate) as refusal:
        db.write_sync(create_record, principal(make_user()), "company", SAME_FIRM)
    (saved,) = [m.probability for m in refusal.value.matches]
    report = import_file(SYSTEM, "companies", write(tmp_path / "again.csv", [SAME_FIRM]))
    assert (report.created, report.alike) == (1, 1)
    assert typed == saved == noted(first) and sweep("company", anew=True) == 5 and noted(first) == typed
    again = SAME_FIRM | {"phone": FIRM["phone"]}  # a list knows no country of its own
    assert listed(tmp_path / "all.csv", [FIRM, *others, again], tmp_path / "pairs.csv") == round(typed, 6)


def test_a_sweep_twice_is_a_sweep_once(database_url: str) -> None:
    one, two = create([ROW, AGAIN])
    write_off = update(pair).values(probability=0.1)
    db.write_sync(lambda s: s.connection().execute(write_off))
    assert sweep("person", anew=True) == 2
    first = db.read_sync(lambda s: s.connection().execute(select(pair)).all())
    assert pairs() == [(one, two, "open")] and first[0].probability > 0.9
    sweep("person", anew=True)
    sweep("person")
    assert db.read_sync(lambda s: s.connection().execute(select(pair)).all()) == first


def test_the_sweep_is_once_a_day_and_makes_what_is_missing(database_url: str) -> None:
    one, two = create([ROW, AGAIN])

    def spoil(session: Any) -> None:
        for table in ("duplicate_pair", "duplicate_key", "duplicate_profile"):
            session.connection().exec_driver_sql(f"DELETE FROM {table}")

    db.write_sync(spoil)
    assert sweep_due() == 4, "two are kept, two are swept"
    assert pairs() == [(one, two, "open")]
    assert sweep_due() == 0
    db.write_sync(lambda s: s.connection().execute(update(model).values(swept_at=None)))
    assert sweep_due() == 0, "nothing has changed since"


def test_a_sweep_that_was_cut_short_is_begun_anew(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = create([ROW, AGAIN])
    db.write_sync(lambda s: s.connection().exec_driver_sql("DELETE FROM duplicate_pair"))

    def cut(*_: Any, **__: Any) -> None:
        raise RuntimeError("the power went")

    with monkeypatch.context() as broken:
        broken.setattr(sweeping, "settle_pairs", cut)
        broken.setattr(sweeping, "settle", cut)
        with pytest.raises(RuntimeError):
            sweep_due()
    assert (sweep_due(), pairs()) == (0, []), "it may be going on elsewhere"
    with pytest.raises(Refused, match="just begun"):
        sweeping.sweep_now("person")
    db.write_sync(lambda s: s.connection().execute(update(model).values(begun_at=now() - sweeping.LONG)))
    assert sweep_due() == 2
    assert pairs() == [(one, two, "open")]
    assert sweep_due() == 0


def test_the_model_is_learned_of_enough_records_and_counts_what_is_new(database_url: str) -> None:
    create(crowd(520))
    assert not db.read_sync(state_of, "person").learned
    sweep("person")
    state = db.read_sync(state_of, "person")
    assert (state.size, state.fresh, state.learned) == (520, 0, True)
    id = make("person", first_name="Somebody", last_name="Else")
    change("person", id, last_name="Other")
    assert db.read_sync(state_of, "person").fresh == 1
    assert sweep("person") == 1
    assert len(kept()[0]) == 521
