"""Lists by what is kept beside the records (custom values, quality) and by band, against Python over the same rows."""

import json
import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlmodel import Session

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply_many, undo
from crm_app.core.changes.working import table_of
from crm_app.core.text import fold
from crm_app.quality.marks import refresh_all
from crm_app.records.custom.values import LONGEST_KEPT, refill, rows_of
from crm_app.records.listing import Listing, fields_of, list_count, list_page, neighbours, page, read_listing
from crm_app.scoring.rules import Bands
from crm_app.tables import CustomValue, Person, QualityMark
from tests.support.builders import make, make_person

OPTIONS = [{"key": f"o{n}", "label": f"Option {n}"} for n in range(1, 4)]
POOLS: dict[str, tuple[Any, ...]] = {
    "text": (None, "Zoë", "zoe", "Abel", "x" * LONGEST_KEPT + "end", "x" * LONGEST_KEPT + "other end"),
    "float": (None, -2, 0, 1.5, 20),
    "date": (None, "2026-01-01", "2026-11-27", "2030-02-28"),
    "bool": (None, True, False),
    "choices": (None, ["o1"], ["o2", "o3"]),
}
kept, person, mark = table_of(CustomValue), table_of(Person), table_of(QualityMark)


@pytest.fixture
def fields(database_url: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    monkeypatch.setattr(page, "PAGE_SIZE", 4)
    return {t: make("custom_field", kind="person", key=t, label=t, type=t, options=OPTIONS) for t in POOLS}


def people(fields: dict[str, int], count: int) -> dict[int, dict[str, Any]]:
    """Their custom values, by id."""
    random_ = random.Random(3)
    found = {}
    for n in range(count):
        values = {t: random_.choice(pool) for t, pool in POOLS.items()}
        found[make_person(last_name=f"P {n}", **{f"custom.{fields[t]}": v for t, v in values.items()})] = values
    return found


def listed(address: dict[str, str]) -> list[int]:
    """Every page, one after the other."""
    listing = read_listing("person", address, db.read_sync(fields_of, SYSTEM, "person"))
    ids: list[int] = []
    after = ""
    while True:
        found = db.read_sync(list_page, SYSTEM, listing, after)
        ids += [row.id for row in found.rows]
        if not found.more:
            assert found.count == len(ids) == len(set(ids))
            return ids
        after = found.rows[-1].key


def asked(field: str, op: str, value: Any = None) -> dict[str, str]:
    return {"f": json.dumps({"f": field, "op": op, "v": value})}


def in_order(ids: list[int], key: Callable[[int], Any], descending: bool) -> list[int]:
    """Those with a value by it and their id, the rest by their id; both in the direction."""
    filled = sorted((i for i in ids if key(i) is not None), key=lambda i: (key(i), i), reverse=descending)
    return filled + sorted((i for i in ids if key(i) is None), reverse=descending)


@pytest.mark.parametrize("descending", [False, True])
def test_custom_values_sort_with_the_empty_ones_last(fields: dict[str, int], descending: bool) -> None:
    made = people(fields, 23)
    for type_ in ("text", "float", "date"):
        name = f"custom.{fields[type_]}"
        found = listed({"sort": ("-" if descending else "") + name})

        def key(id: int, type_: str = type_) -> Any:
            value = made[id][type_]
            return fold(value)[:LONGEST_KEPT] if isinstance(value, str) else value

        assert found == in_order(list(made), key, descending), type_
        walk = db.read_sync(neighbours, SYSTEM, Listing("person", sort=name, descending=descending), found[9])
        assert (walk.previous, walk.next, walk.position) == (found[8], found[10], 10)


def test_long_texts_are_told_apart_behind_what_is_kept_of_them(fields: dict[str, int]) -> None:
    made = people(fields, 23)
    name, long = f"custom.{fields['text']}", "x" * LONGEST_KEPT + "end"
    holding = {i for i, v in made.items() if v["text"] == long}
    assert holding and set(listed(asked(name, "contains", "xend"))) == holding
    longer = {i for i, v in made.items() if v["text"] and "end" in v["text"]}
    assert holding < longer == set(listed(asked(name, "contains", "END")))
    values = {"f": name, "op": "is", "v": long}
    assert longer >= set(listed({"f": json.dumps(values)})) == holding


def test_what_is_kept_follows_every_change(fields: dict[str, int]) -> None:
    made = list(people(fields, 12))
    names = {t: f"custom.{id}" for t, id in fields.items()}
    batch = db.write_sync(
        lambda s: apply_many(
            s,
            SYSTEM,
            [
                Change("person", made[0], {names["text"]: "First", names["choices"]: ["o3", "o1"]}),
                Change("person", made[0], {names["text"]: "Second"}),
                Change("person", made[1], {names["float"]: None, names["bool"]: True}),
                Change("person", op="create", set={"last_name": "New", names["date"]: "2026-05-05"}),
            ],
        )
    )[0].batch_id
    assert kept_now() == kept_as_said()
    db.write_sync(undo, SYSTEM, batch)
    assert kept_now() == kept_as_said()
    before = kept_now()
    db.write_sync(lambda s: s.connection().execute(kept.delete()))
    assert db.write_sync(refill, ("person",)) == len(before) and kept_now() == before


def kept_now() -> set[tuple[Any, ...]]:
    return {tuple(row) for row in db.read_sync(lambda s: s.connection().execute(select(kept)).all())}


def kept_as_said() -> set[tuple[Any, ...]]:
    """From the column of every person."""
    rows = db.read_sync(lambda s: s.connection().execute(select(person.c.id, person.c.custom)).all())
    return {tuple(row[c.name] for c in kept.columns) for id, custom in rows for row in rows_of(id, custom)}


def _spoil(session: Session, ids: list[int]) -> None:
    """Scores that differ, one person without, as when the worker has not been there yet."""
    for n, id in enumerate(ids[1:]):
        statement = update(mark).where(mark.c.kind == "person", mark.c.record_id == id)
        session.connection().execute(statement.values(score=(n * 37) % 5 * 20))
    session.connection().execute(mark.delete().where(mark.c.record_id == ids[0]))


def test_people_are_listed_by_what_is_to_be_fixed_first(fields: dict[str, int]) -> None:
    ids = [make_person(last_name=f"P {n}") for n in range(15)]
    refresh_all(kinds=("person",))
    db.write_sync(_spoil, ids)
    score = {id: (n * 37) % 5 * 20 for n, id in enumerate(ids[1:])}
    for sign in ("", "-"):
        assert listed({"sort": sign + "quality.score"}) == in_order(ids, score.get, sign == "-")
    low = sorted((i for i in score if score[i] <= 40), key=lambda i: (score[i], i))
    assert listed({"sort": "quality.score"} | asked("quality.score", "le", "40")) == low
    listing = read_listing("person", asked("quality.score", "empty"), db.read_sync(fields_of, SYSTEM, "person"))
    assert db.read_sync(list_count, SYSTEM, listing) == 1


@pytest.mark.parametrize("sign", ["", "-"])
def test_a_filter_of_what_the_list_is_sorted_by_finds_the_same_as_python(fields: dict[str, int], sign: str) -> None:
    """Also where it is one of several, denied, or asks for those without a value, which come last."""
    made = people(fields, 25)
    number = f"custom.{fields['float']}"
    value = {id: v["float"] for id, v in made.items()}

    def one(op: str, given: Any = None) -> dict[str, Any]:
        return {"f": number, "op": op, "v": given}

    kept_text = {"f": f"custom.{fields['text']}", "op": "filled"}
    for mode, items, wanted in (
        ("all", [one("ge", 0)], lambda v, t: v is not None and v >= 0),
        ("all", [one("between", ["0", "2"])], lambda v, t: v is not None and 0 <= v <= 2),
        ("all", [one("empty")], lambda v, t: v is None),
        ("all", [one("filled"), kept_text], lambda v, t: v is not None and t is not None),
        ("any", [one("le", 0), kept_text], lambda v, t: (v is not None and v <= 0) or t is not None),
        ("any", [one("empty"), one("eq", 20)], lambda v, t: v is None or v == 20),
    ):
        ids = [id for id, v in made.items() if wanted(v["float"], v["text"])]
        found = listed({"sort": sign + number, "f": json.dumps({mode: items})})
        assert found == in_order(ids, value.get, sign == "-"), (mode, items)


def test_bands_are_in_the_order_of_scores(fields: dict[str, int]) -> None:
    ids = [make_person(last_name=f"P {n}") for n in range(13)]
    scores = {id: Decimal(n * 29 % 80) for n, id in enumerate(ids)}

    def score(session: Session) -> None:
        for id, value in scores.items():
            values = {"score": value, "band": Bands().of(value)}
            session.connection().execute(update(person).where(person.c.id == id).values(**values))

    db.write_sync(score)
    found = listed({"sort": "-band"})
    assert found == sorted(ids, key=lambda i: (scores[i], i), reverse=True)
    hot = [i for i in found if scores[i] >= 50]
    assert listed(asked("band", "is", ["hot"]) | {"sort": "-score"}) == hot
    grouped = db.read_sync(list_page, SYSTEM, Listing("person", group="band"))
    assert [(g.label, g.count) for g in grouped.groups] == [
        (word, sum(Bands().of(s) == word.lower() for s in scores.values())) for word in ("Cold", "Warm", "Hot")
    ]
    assert db.read_sync(lambda s: s.connection().execute(select(func.count()).select_from(kept)).scalar_one()) == 0
