"""A process that writes until it is done or killed; forked from one that has everything imported already."""

import contextlib
from multiprocessing.connection import Connection as Pipe

from sqlalchemy import Connection, text
from sqlmodel import Session

from crm_app import migrations
from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply, apply_many
from crm_app.core.changes.apply import open_batch
from crm_app.migrations import run, state
from crm_app.records.numbering import next_number
from crm_app.wire import wire
from tests.support import forks


def writes(count: int, shared: int) -> None:
    """Each write: a person with two e-mails, and an edit of a record that all writers share."""
    for n in range(count):
        emails = [{"value": f"{n}@example.org"}, {"value": f"{n}@example.com"}]
        db.write_sync(
            lambda s, n=n, emails=emails: apply_many(
                s,
                SYSTEM,
                [
                    Change("person", set={"last_name": f"P{n}", "emails": emails}, op="create"),
                    Change("company", shared, {"employees": n}),
                ],
            )
        )


def imports(count: int, shared: int) -> None:
    """Chunks of 100 rows in one batch, as an import writes them."""
    batch = db.write_sync(open_batch, SYSTEM, "import")
    for chunk in range(count):
        rows = [
            Change(
                "person",
                set={"last_name": f"I{chunk}-{n}", "emails": [{"value": f"{n}@example.org"}], "company_id": shared},
                op="create",
                row_no=chunk * 100 + n,
            )
            for n in range(100)
        ]
        db.write_sync(apply_many, SYSTEM, rows, source="import", batch_id=batch)


def numbers(count: int, _shared: int) -> None:
    """Documents with a number each, every third taken back at the last moment; companies stand for them."""
    for n in range(count):

        def issue(session: Session, n: int = n) -> None:
            number = next_number(session, "INV-2026")
            apply(session, SYSTEM, Change("company", set={"name": f"No {number:06d}"}, op="create"))
            if n % 3 == 2:
                raise InterruptedError

        with contextlib.suppress(InterruptedError):
            db.write_sync(issue)


def migration(count: int, _shared: int) -> None:
    """A long step over a database with data."""

    def step(config: object, _to: str) -> None:
        connection: Connection = config.attributes["connection"]  # type: ignore[attr-defined]
        connection.execute(text("DROP TABLE deal_line"))
        for n in range(count):
            connection.execute(text(f"CREATE TABLE extra_{n} (id INTEGER PRIMARY KEY)"))
            connection.execute(text("UPDATE person SET title = 'half way'"))

    run.command.upgrade = step  # type: ignore[assignment]
    run.status = lambda: state.Status("0000", state.head(), "behind")  # type: ignore[assignment]
    migrations.migrate(backup=False)


def first(_count: int, _shared: int) -> None:
    """The first migration of an empty database."""
    migrations.migrate()


WORK = {f.__name__: f for f in (writes, imports, numbers, migration, first)}


class Writer:
    """A process of its own, with the settings of this one; it writes as soon as this has been made."""

    def __init__(self, what: str, count: int, shared: int = 0) -> None:
        begun, begins = forks.pipe()
        self._process = forks.fork(_write, begins, what, count, shared)
        begins.close()
        with begun:
            begun.recv()

    def kill(self) -> None:
        """At once, without a chance to tidy up (SIGKILL)."""
        self._process.kill()
        self._process.join()

    def wait(self, seconds: float = 120) -> int | None:
        """The exit code; None where it still runs."""
        self._process.join(seconds)
        return self._process.exitcode


def _write(begins: Pipe, what: str, count: int, shared: int) -> None:
    wire()
    db.engine().connect().close()
    begins.send("begin")
    WORK[what](count, shared)
