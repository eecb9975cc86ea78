"""`kith demo`: loads the demo company once, through the importer; later starts only renew the passwords."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from sqlmodel import Session

from crm_app.core import clock, db
from crm_app.core.actor import SYSTEM
from crm_app.core.config import settings
from crm_app.core.errors import KithError, Refused
from crm_app.demo.activities import seed_activities
from crm_app.demo.aims import seed_aims
from crm_app.demo.files import build
from crm_app.demo.house import seed_house
from crm_app.demo.logins import DemoLogin, fresh_passwords, open_accounts
from crm_app.demo.marks import DEMO, STEP, is_seeded, mark_seeded, once
from crm_app.demo.papers import seed_papers
from crm_app.demo.quality import seed_quality
from crm_app.demo.scores import seed_scores
from crm_app.demo.terms import seed_lifecycle, seed_words
from crm_app.identity.queries import has_active_user
from crm_app.imports.service import import_file

SEED = 20171231
MAPPINGS: dict[str, dict[str, Any]] = {"companies": {"revenue": {"field": "revenue_minor", "scale": 1_000_000}}}
Printer = Callable[[str], None]


def seed_demo(printer: Printer = lambda _line: None, *, today: date | None = None) -> list[DemoLogin]:
    """Load what is not there yet and answer with five logins; a load that was broken off is brought to its end.

    Raises Refused where the database is in use for something else.
    """
    if db.read_sync(is_seeded):
        printer("The demo data is there already; it was kept. The passwords are new.")
    else:
        db.write_sync(once, "begun", _of_its_own)
        db.write_sync(once, "lifecycle", seed_lifecycle)
        _load(printer, today or clock.today(settings().zone))
        db.write_sync(once, "accounts", open_accounts)
        seed_quality(Random(SEED + 3), today or clock.today(settings().zone))
        db.write_sync(mark_seeded)
    return db.write_sync(fresh_passwords)


def _of_its_own(session: Session) -> None:
    if has_active_user(session):
        raise Refused("This database is in use; the demo needs one of its own (KITH_DATA_DIR).")


def _load(printer: Printer, today: date) -> None:
    files = build(Random(SEED), today)
    with TemporaryDirectory(prefix="kith-demo-") as folder:
        for name, path in files.write(Path(folder)).items():
            if not db.read_sync(is_seeded, STEP + name):
                _import("people" if name == "fair" else name, path, printer)
                db.write_sync(mark_seeded, STEP + name)
    added = seed_activities(Random(SEED + 1), today)
    printer(f"{added:,} activities")
    db.write_sync(once, "words", seed_words)
    printer(f"{seed_aims(today):,} snapshots of the forecast")
    printer(f"{seed_scores():,} people scored")
    db.write_sync(once, "house", seed_house)
    printer(f"{seed_papers(Random(SEED + 2), today):,} quotes, with their orders and invoices")


def _import(kind: str, path: Path, printer: Printer) -> None:
    report = import_file(SYSTEM, kind, path, mapping=MAPPINGS.get(kind), origin=DEMO)
    if not report.ok:
        raise KithError(f"The demo data could not be loaded: {report}")
    printer(f"{report.total:,} {kind}")
