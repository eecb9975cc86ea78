"""What a glance sorts out: nothing that a closer look finds, and most of the rest."""

from random import Random
from typing import Any

import numpy as np

from crm_app.bench.dedupe_firms import companies
from crm_app.bench.dedupe_list import World
from search.duplicates.blocks import candidates
from search.duplicates.learning import learn
from search.duplicates.levels import MISSING
from search.duplicates.model import DEFAULT, JUDGED, SMALLEST
from search.duplicates.normal import normalise
from search.duplicates.scoring import Scorer
from search.duplicates.screening import Screen
from search.duplicates.table import table_of

ODD = (
    {"first_name": "Bill", "last_name": "Müller-Lüdenscheidt", "street": "Straße der Pariser Kommune 135"},
    {"first_name": "William", "last_name": "Mueller", "birth_date": "1980-03-04"},
    {"first_name": "Lüdenscheidt Müller", "last_name": "W.", "birth_date": "1980-04-03"},
    {"first_name": "Дмитрий", "last_name": "Иванов", "city": "Санкт-Петербург"},
    {"first_name": "Дмитрии", "last_name": "Иваноф", "city": "Санкт Петербург"},
    {"first_name": "Jo", "last_name": "Li", "street": "1 A", "street2": "Rosebank", "postcode": "2000"},
    {"first_name": "Li", "last_name": "Jo", "street": "Rosebank", "street2": "1 A", "postcode": "2001"},
)


def crowd(seed: int) -> list[dict[str, Any]]:
    """People typed again with slips, exchanged names and lines, several addresses and numbers; companies; odd ones."""
    random = Random(seed)
    world = World(random, 400)
    world.first, world.last = [*world.first[:30], "Bill", "William", "Peggy", "J"], world.last[:60]
    found: list[dict[str, Any]] = [*ODD, *(row for _, row in companies(seed, 200))]
    before: dict[str, str] | None = None
    for n in range(160):
        before = world.person(n, before)
        again: dict[str, Any] = world.again(before)
        way = n % 6
        if way == 0:
            again |= {"first_name": again["last_name"], "last_name": again["first_name"]}
        elif way == 1:
            again |= {"street": "Old Mill", "street2": again["street"], "country": "uk", "region": "Kent"}
        elif way == 2:
            again["email"] = [f"other{n}@mail.example", again["email"], "third@mail.example", "fourth@mail.example"]
            again["phone"] = [f"0{n}12345678", again["phone"]]
        elif way == 3:
            again |= {"first_name": again["first_name"][:1], "national_id": f"AB{n}12345"}
        elif way == 4:
            again["phone"] = again["phone"][:-3] + "7" + again["phone"][-2:] if again["phone"] else ""
            again["email"] = world.slip(world.slip(again["email"]))
        found += [before, again]
    return found


def test_nothing_that_reaches_a_threshold_is_sorted_out() -> None:
    table = table_of(map(normalise, crowd(1)))
    assert table.size > SMALLEST
    near = candidates(table)
    some = np.random.default_rng(1).integers(0, table.size, (2, 5_000), dtype=np.int32)
    left, right = (np.r_[one, two] for one, two in zip(near, some, strict=True))
    for model in (DEFAULT, learn(table)):
        scored = Scorer(table, model).score(left, right)
        for name in JUDGED:
            most, _ = Screen(table, model, 0.9).at_most(name, left, right)
            ratio = scored.compared.fields[name].ratio(model.m[name])
            held = scored.compared.fields[name].level != MISSING  # as the name of a firm it is weighed otherwise
            assert (np.exp(most) >= ratio * 0.999)[held].all(), name
        for threshold in (0.1, 0.9):
            may = Screen(table, model, threshold).may_reach(left, right)
            assert not (scored.probability >= threshold)[~may].any()
        assert may[-5_000:].mean() < 0.06
