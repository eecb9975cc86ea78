"""Writers side by side, and writers killed in the middle."""

import random
import time

import pytest
from sqlalchemy import text

from crm_app import migrations
from crm_app.core import db
from crm_app.core.changes.replay import differences
from crm_app.tables import Person
from tests.support.builders import make_company, make_person, row
from tests.support.writer import Writer

pytestmark = pytest.mark.slow
KILLS = 4


def _count(table: str) -> int:
    with db.engine().connect() as connection:
        return connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()


def test_two_writers_never_see_a_locked_database(database_url: str) -> None:
    shared = make_company()
    db.dispose()
    writers = [Writer("writes", 500, shared) for _ in range(2)]
    assert [w.wait() for w in writers] == [0, 0]
    assert _count("person") == 1000 and _count("person_email") == 2000
    assert migrations.problems() == [] and db.read_sync(differences) == []


def _kill_somewhere(what: str, count: int, shared: int, chance: random.Random, longest: float) -> None:
    writer = Writer(what, count, shared)
    time.sleep(chance.uniform(0.01, longest))
    writer.kill()


@pytest.mark.parametrize("what", ["writes", "imports"])
def test_a_killed_writer_leaves_whole_batches(database_url: str, what: str) -> None:
    shared, chance, grown = make_company(), random.Random(what), 0
    own, before = 0, 0  # people made here, without e-mails, and people seen in the round before
    for _ in range(KILLS):
        db.dispose()
        _kill_somewhere(what, 100_000, shared, chance, 0.6)
        migrations.assert_ready()
        assert migrations.problems() == [] and db.read_sync(differences) == []
        people = _count("person") - own
        assert _count("person_email") == people * (2 if what == "writes" else 1)
        assert what == "writes" or people % 100 == 0
        grown += people > before
        make_person()  # and it goes on
        own, before = own + 1, people
    assert grown, "no kill came late enough to matter"


def test_a_killed_migration_leaves_the_old_schema(database_url: str) -> None:
    person, chance = make_person(title="before"), random.Random(7)
    for _ in range(KILLS):
        db.dispose()
        _kill_somewhere("migration", 20_000, 0, chance, 0.8)
        migrations.assert_ready()
        assert migrations.problems() == []
        assert row(Person, person)["title"] == "before"


def test_a_killed_first_migration_can_be_run_again(bare_database: str) -> None:
    chance = random.Random(3)
    for _ in range(KILLS):
        _kill_somewhere("first", 1, 0, chance, 0.25)
        assert migrations.status().state in ("empty", "current")
        db.dispose()
    migrations.migrate()
    migrations.assert_ready()
    assert migrations.problems() == []
