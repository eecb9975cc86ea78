"""An installation of its own for a benchmark: an empty SQLite database, sellers and their deals."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlmodel import Session

from crm_app.core import db
from crm_app.core.actor import SYSTEM, Principal
from crm_app.core.changes import Change, apply, apply_many
from crm_app.core.clock import now
from crm_app.core.config import settings
from crm_app.identity.queries import principal_by_email
from crm_app.identity.sessions import create_session
from crm_app.migrations import migrate

STAGES = (("Prospecting", "open", 10), ("Engaging", "open", 40), ("Offered", "open", 60), ("Agreed", "open", 80))
# The board of the largest pipelines.
WIDE = tuple((f"Stage {n + 1}", "open", 8 * n + 5) for n in range(12))
CHUNK = 500


@dataclass(frozen=True)
class Ground:
    """What the benchmark finds: the stages in order, the sellers by e-mail, the deals of each."""

    folder: Path
    stages: list[int]
    sellers: dict[str, int]
    deals: dict[str, list[int]]

    def seller(self, number: int = 0) -> tuple[str, Principal]:
        """A seller's e-mail and the actor; rights on deals are `own`."""
        email = list(self.sellers)[number]
        return email, db.read_sync(principal_by_email, email)

    def cookie(self, email: str) -> str:
        """A new session of that seller."""
        return db.write_sync(create_session, self.sellers[email])


@contextmanager
def ground(sellers: int, deals_each: int, *, wide: bool = False) -> Iterator[Ground]:
    """Settings and engine point to a temporary installation inside of the block.

    `wide`: twelve stages instead of four, and a next step for every other deal.
    """
    kept = {name: value for name, value in os.environ.items() if name.startswith("KITH_")}
    with tempfile.TemporaryDirectory(prefix="kith-bench-") as folder:
        for name in kept:
            del os.environ[name]
        os.environ["KITH_DATA_DIR"] = folder
        _forget()
        try:
            migrate()
            yield _fill(Path(folder), sellers, deals_each, wide)
        finally:
            _forget()
            os.environ.pop("KITH_DATA_DIR")
            os.environ.update(kept)
            settings.cache_clear()


def _forget() -> None:
    db.dispose()
    settings.cache_clear()


def _fill(folder: Path, sellers: int, deals_each: int, wide: bool) -> Ground:
    stages = db.write_sync(_pipeline, WIDE if wide else STAGES)
    people = {f"seller{n}@example.org": db.write_sync(_seller, n) for n in range(sellers)}
    companies = [db.write_sync(make, "company", name=f"Company {n}", owner_id=None) for n in range(50)]
    deals = {email: _deals(user, deals_each, stages, companies) for email, user in people.items()}
    if wide:
        for email, user in people.items():
            _steps(user, deals[email][::2])
    return Ground(folder, stages, people, deals)


def make(session: Session, kind: str, /, **values: object) -> int:
    return apply(session, SYSTEM, Change(kind, set=values, op="create"), source="demo").id


def _pipeline(session: Session, stages: tuple[tuple[str, str, int], ...]) -> list[int]:
    pipeline = make(session, "pipeline", name="Sales")
    return [
        make(session, "stage", pipeline_id=pipeline, name=name, kind=kind, probability=chance, position=place)
        for place, (name, kind, chance) in enumerate(stages)
    ]


def _seller(session: Session, number: int) -> int:
    return make(
        session, "user", name=f"Seller {number}", email=f"seller{number}@example.org", role="sales", status="active"
    )


def _deals(owner: int, count: int, stages: list[int], companies: list[int]) -> list[int]:
    """Open deals, spread evenly over stages and companies."""
    made: list[int] = []
    for start in range(0, count, CHUNK):
        wishes = [
            Change(
                "deal",
                op="create",
                set={
                    "title": f"Deal {n}",
                    "stage_id": stages[n % len(stages)],
                    "company_id": companies[n % len(companies)],
                    "owner_id": owner,
                    "value_minor": 100_000 + n,
                    "opened_on": date(2025, 1, 1) + timedelta(n % 300),
                },
            )
            for n in range(start, min(start + CHUNK, count))
        ]
        made += [done.id for done in db.write_sync(apply_many, SYSTEM, wishes, source="demo")]
    return made


def _steps(owner: int, deals: list[int]) -> None:
    """A call planned for each of these deals, from four days ago to four days ahead."""
    for start in range(0, len(deals), CHUNK):
        wishes = [
            Change(
                "activity",
                op="create",
                set={
                    "type": "call",
                    "deal_id": id,
                    "owner_id": owner,
                    "due_at": now() + timedelta(hours=(n % 193) - 96),
                },
            )
            for n, id in enumerate(deals[start : start + CHUNK], start)
        ]
        db.write_sync(apply_many, SYSTEM, wishes, source="demo")
