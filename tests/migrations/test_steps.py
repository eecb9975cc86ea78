"""Every step of the migrations over rows: up, down and up again, and nothing is lost but what the step is about."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from crm_app import migrations
from crm_app.core import db
from crm_app.migrations import run, state
from crm_app.tables import metadata
from tests.support.filling import FIRST_DAY, Filler, Rows, rows_of

STEPS = [script.revision for script in reversed(list(state.scripts().walk_revisions()))]
NOTHING = (None, "", 0, [], {}, "[]", "{}")
# What a new column says of the rows that were there already, where that is more than nothing.
SAYS = {
    ("deal", "type"): "new business",
    ("pipeline", "allow_skip"): True,
    ("pipeline", "allow_back"): True,
    ("stage", "color"): "grey",
    ("activity", "priority"): "normal",
    ("person", "band"): "cold",
    ("custom_field", "result"): "text",
}
TITLES = {
    "activity": "subject",
    "company": "name",
    "custom_field": "label",
    "deal": "title",
    "file": "name",
    "person": "display_name",
    "pipeline": "name",
    "product": "name",
    "saved_view": "name",
    "stage": "name",
    "tag": "name",
    "team": "name",
    "user": "name",
}
FOLDED = {"Ål  & Straße": "al & strasse", "ŁÓDŹ": "lodz", "": "", "Ä" + "b" * 200: "a" + "b" * 119}
CUSTOM = ("person", "company", "deal", "activity", "product", "quote", "price_book", "order", "invoice")
VALUES = {"11": "Straße", "12": 3.5, "13": True, "14": ["Rot", "blau"], "15": None, "16": "Ü" * 500, "word": "x"}
KEPT = {  # field, place → text, number: long texts are kept by their beginning and their length
    (11, 0): ("strasse", None),
    (12, 0): (None, 3.5),
    (13, 0): (None, 1.0),
    (14, 0): ("rot", None),
    (14, 1): ("blau", None),
    (16, 0): ("u" * 400, 500.0),
}
Expected = dict[Any, Any]
Row = dict[str, Any]


def hours(number: int) -> datetime:
    return FIRST_DAY + timedelta(hours=number)


TALKS = (  # the last touch so far, what was done and in which hour (and when it was deleted), the newest that counts
    (hours(9), [("call", 1), ("note", 3), ("meeting", 2), ("task", 9)], hours(3)),
    (hours(9), [("task", 9)], None),
    (hours(9), [("email", 5), ("email", 8, hours(9))], hours(5)),
    (None, [("call", 4)], None),
)


@dataclass
class Fill:
    """What a step fills: the rows put before it, the columns it writes, what they say then by id, and of other rows."""

    prepare: Callable[[Connection, Filler], Expected]
    columns: list[tuple[str, str]]
    others: Callable[[str, Row], Any]
    expected: Expected = field(default_factory=dict)


def when_it_happened(connection: Connection, filler: Filler) -> Expected:
    """0002: an activity stands where it was done, or is due, or was made."""
    done, due, made = hours(30), hours(20), hours(10)

    def put(**moments: Any) -> Any:
        return filler.put(connection, "activity", **({"created_at": made, "done_at": None, "due_at": None} | moments))

    return {put(done_at=done, due_at=due): done, put(due_at=due): due, put(): made}


def titles(connection: Connection, filler: Filler) -> Expected:
    """0003: titles are kept folded, as lists order them."""
    return {
        filler.put(connection, table, whole=False, **{name: title}): key
        for table, name in TITLES.items()
        for title, key in FOLDED.items()
    }


def talks(connection: Connection, filler: Filler) -> Expected:
    """0014: the last touch of a deal is the newest living talk, and no finished task."""
    expected = {}
    for touched, said, newest in TALKS:
        deal = filler.put(connection, "deal", last_touch_at=touched)
        for kind, hour, *deleted in said:
            gone = deleted[0] if deleted else None
            filler.put(connection, "activity", type=kind, deal_id=deal, done_at=hours(hour), deleted_at=gone)
        expected[deal] = newest
    return expected


def custom_values(connection: Connection, filler: Filler) -> Expected:
    """0029: values of custom fields are kept one by one, in the order they have."""
    ids = [filler.put(connection, table, whole=False, custom=VALUES) for table in CUSTOM for _ in range(2)]
    return {(id, *place): held for id in ids for place, held in KEPT.items()}


def fills() -> dict[str, Fill]:
    return {
        "0002": Fill(
            when_it_happened, [("activity", "at")], lambda _, row: row["done_at"] or row["due_at"] or row["created_at"]
        ),
        "0003": Fill(titles, [(table, "sort_key") for table in TITLES], lambda table, row: row[TITLES[table]].lower()),
        "0014": Fill(talks, [("deal", "last_touch_at")], lambda *_: None),
        "0029": Fill(custom_values, [], lambda *_: None),
    }


class Walk:
    """One database, step by step; each step goes over the rows of all steps before it."""

    def __init__(self) -> None:
        self.filler, self.fills = Filler(), fills()

    def move(self, to: Callable[..., Any], revision: str) -> Rows:
        """Take one step as `kith migrate` does; answers with all rows."""
        run._steps(to, revision)
        with db.engine().connect() as connection:
            rows = rows_of(connection)
        if rows.get("change_log"):
            refuse_to_change_the_log()
        return rows

    def put(self, there: Rows, work: Callable[[Connection], Any]) -> Rows:
        """Let `work` put rows; answers with those that are there then."""
        self.filler.touched.clear()
        with db.engine().connect().execution_options(kith_write=True) as connection, connection.begin():
            work(connection)
            return there | rows_of(connection, self.filler.touched)

    def step(self, before: str, revision: str, there: Rows) -> Rows:
        """Up, down and up again; answers with the rows at the end, which are some in every table."""
        fill = self.fills.get(revision)
        if fill is not None:
            there = self.put(there, lambda connection: fill.expected.update(fill.prepare(connection, self.filler)))
        up = self.move(command.upgrade, revision)
        compare(there, up, fill)
        with db.engine().connect() as connection:
            self.filler.look(connection)
        changed = [name for name in up if name not in there or up[name][0].keys() != there[name][0].keys()]
        full = self.put(up, lambda connection: self.filler.fill(connection, changed))
        down = self.move(command.downgrade, before)
        assert down.keys() == there.keys()
        compare(full, down)
        again = self.move(command.upgrade, revision)
        assert again.keys() == up.keys()
        compare(down, again, fill)
        return self.put(again, lambda connection: self.filler.fill(connection, [n for n in again if not again[n]]))


def refuse_to_change_the_log() -> None:
    for attempt in ("UPDATE change_log SET source = 'x'", "DELETE FROM change_log"):
        with db.engine().connect() as connection, pytest.raises(Exception, match="append-only"):
            connection.execute(text(attempt))


def compare(before: Rows, after: Rows, fill: Fill | None = None) -> None:
    """Rows are the same in the columns of both sides but those that are filled; what is new says what it should."""
    filled = fill.columns if fill else []
    for name in before.keys() & after.keys():
        old, new = before[name][0].keys(), after[name][0].keys()
        common = [c for c in old if c in new and (name, c) not in filled]
        assert listed(before[name], common) == listed(after[name], common), name
        for added in [c for c in new if c not in old and (name, c) not in filled]:
            says = (SAYS[name, added],) if (name, added) in SAYS else NOTHING
            assert all(row[added] in says for row in after[name]), f"{name}.{added}"
    for table, column in filled:
        assert fill is not None
        for row in after[table]:
            wanted = fill.expected[row["id"]] if row["id"] in fill.expected else fill.others(table, row)
            assert plain(row[column]) == plain(wanted), (table, column, row["id"])
    if "custom_value" in after and "custom_value" not in before:
        assert fill is not None
        kept = {(r["record_id"], r["field_id"], r["place"]): (r["text"], r["number"]) for r in after["custom_value"]}
        assert kept == fill.expected


def listed(rows: list[Row], columns: list[str]) -> list[str]:
    return sorted(repr([row[c] for c in columns]) for row in rows)


def plain(value: Any) -> Any:
    """A moment as SQLite keeps it."""
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}" if isinstance(value, datetime) else value


def test_every_step_keeps_what_is_there(bare_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ScriptDirectory, "from_config", lambda _config: state.scripts())  # or they are read 90 times
    for revision, portion in (("0003", "CHUNK"), ("0029", "STEP")):  # so that a fill takes more than one
        monkeypatch.setattr(state.scripts().get_revision(revision).module, portion, 3)
    walk, rows = Walk(), {}
    for before, revision in zip(["base", *STEPS], STEPS, strict=False):
        rows = walk.step(before, revision, rows)
        assert all(rows.values()), f"no rows at {revision}"
    assert migrations.status().state == "current"
    with db.engine().connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata) == []
    migrations.downgrade("base")
    assert migrations.status().state == "empty"
    migrations.migrate()
    migrations.assert_ready()
