"""An import that is killed (SIGKILL) at random points leaves whole rows, and goes on until every row is there once."""

import random
import time
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

import pytest

from crm_app import migrations
from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes.replay import differences
from crm_app.imports import running
from crm_app.imports.service import import_file, resume
from crm_app.tables import Deal, DealLine, ImportRun
from crm_app.wire import wire
from tests.imports.files import DATA, all_of, load_maven
from tests.support import forks

ROWS, PORTION, KILLS = 1_000, 60, 3


def load_until_killed(tells: Pipe, path: str, run_id: int | None) -> None:
    """Begin the import, or go on with it, and tell of every portion."""
    wire()
    running.CHUNK_ROWS = PORTION

    def progress(done: int, _total: int) -> None:
        tells.send(done)

    tells.send(0)
    if run_id is None:
        import_file(SYSTEM, "deals", Path(path), progress=progress)
    else:
        resume(SYSTEM, run_id, progress=progress)


def kill_somewhere(path: Path, run_id: int | None, chance: random.Random) -> None:
    """Somewhere in one of the first portions, or before them."""
    hears, tells = forks.pipe()
    process = forks.fork(load_until_killed, tells, str(path), run_id)
    tells.close()
    with hears:
        for _ in range(chance.randint(1, 6)):
            hears.recv()
        time.sleep(chance.uniform(0, 0.08))
        process.kill()
        process.join()
    assert process.exitcode == -9


@pytest.mark.slow  # the imports themselves, and a replay of the log after each kill
def test_an_import_killed_at_random_points_leaves_whole_rows_and_goes_on(database_url: str, tmp_path: Path) -> None:
    load_maven("companies", "products", "users")
    with (DATA / "sales_pipeline.csv").open() as file:
        lines = [line for line, _ in zip(file, range(ROWS + 1), strict=False)]
    path = tmp_path / "deals.csv"
    path.write_text("".join(lines))
    listed = {line.partition(",")[0] for line in lines[1:]}
    chance, counts, run_id = random.Random(database_url.partition(":")[0]), [0], None
    for _ in range(KILLS):
        db.dispose()
        kill_somewhere(path, run_id, chance)
        migrations.assert_ready()
        assert db.read_sync(differences) == []
        deals = all_of(Deal)
        assert len(all_of(DealLine)) == len(deals) == len({deal.external_id for deal in deals})
        counts.append(len(deals))
        run_id = next((run.id for run in all_of(ImportRun) if run.kind == "deal"), None)
    assert counts == sorted(counts) and 0 < counts[-1] < ROWS, "the kills came too early or too late to matter"
    assert run_id is not None
    done = resume(SYSTEM, run_id)
    assert (done.status, done.created, done.refused) == ("done", ROWS, 0)
    assert {deal.external_id for deal in all_of(Deal)} == listed and len(all_of(Deal)) == ROWS
    assert migrations.problems() == [] and db.read_sync(differences) == []
