"""One filter, two answers that must be one: SQL over the list, and Python over a row in hand."""

import random
from typing import Any

import pytest

from crm_app.core import clock, db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import kind
from crm_app.core.changes.custom import value_in
from crm_app.records.custom.definitions import definitions
from crm_app.records.custom.facts import fields_with_custom
from crm_app.records.custom.holding import Moment, holds
from crm_app.records.listing import Condition, Group, Listing, list_ids
from crm_app.records.listing.rules import OPS
from crm_app.records.reading import record_row
from tests.support.builders import make, make_company

OPTIONS = [{"key": f"o{n}", "label": f"Option {n}"} for n in range(1, 5)]
WORDS = ("", "north", "North sea", "Zoë", "zoe", "100%", "a_b")
DAYS = ("2026-01-01", "2026-11-26", "2026-11-27", "2030-02-28")
VALUES: dict[str, tuple[Any, ...]] = {
    "text": WORDS,
    "int": (None, -5, 0, 7, 100),
    "float": (None, -0.5, 0.1, 7, 99.75),
    "money": (None, 0, 1250, 99_999),
    "date": (None, *DAYS),
    "bool": (None, True, False),
    "choice": (None, "o1", "o2"),
    "choices": (None, ["o1"], ["o1", "o2"], ["o3"]),
}


def _wanted(random_: random.Random, type_: str, arity: str) -> Any:
    """A value for a condition."""
    if arity == "none":
        return None
    if arity == "days":
        return random_.choice([0, 1, 30, 3650])
    if type_ in ("choice", "choices"):
        return tuple(random_.sample(["o1", "o2", "o3", "o4"], random_.randint(1, 3)))
    pool = [v for v in VALUES["text" if type_ == "longtext" else type_] if v not in (None, "")]
    if type_ == "money":
        pool = ["0", "12.50", "999.99", "-3"]
    one = [str(v).lower() if isinstance(v, bool) else str(v) for v in random_.choices(pool, k=2)]
    return tuple(sorted(one)) if arity == "two" else one[0]


@pytest.mark.parametrize("seed", range(2))
def test_the_list_and_the_row_agree(database_url: str, seed: int) -> None:
    random_ = random.Random(seed)
    fields = {
        f"custom.{make('custom_field', kind='company', key=t, label=t, type=t, options=OPTIONS)}": t for t in VALUES
    }
    ids = [
        make_company(
            industry=random_.choice(WORDS),
            employees=random_.choice(VALUES["int"][2:]),
            **{name: random_.choice(VALUES[t]) for name, t in fields.items()},
        )
        for _ in range(25)
    ]
    fields |= {"industry": "text", "employees": "int"}
    known, at = kind("company"), Moment(clock.today("UTC"), "UTC", "USD")
    own = db.read_sync(lambda s: fields_with_custom(known, definitions(s, "company").values()))
    rows = {id: db.read_sync(lambda s, i=id: dict(record_row(s, SYSTEM, "company", i))) for id in ids}
    for name, type_ in fields.items():
        for op in OPS[type_]:
            if op.name == "was":
                continue
            for _ in range(3):
                one = Condition(name, op.name, _wanted(random_, type_, op.arity))
                other = Condition("industry", "contains", "o")
                group = Group(random_.choice(["all", "any"]), (one, Group("any", (other,))))
                listed = set(db.read_sync(list_ids, SYSTEM, Listing("company", group)))
                mine = {id for id, r in rows.items() if holds(group, own, {n: value_in(r, n) for n in own}, at)}
                assert mine == listed, (type_, one)
