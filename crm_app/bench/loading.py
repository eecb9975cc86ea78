"""The import of the 8,800 opportunities, with changes and outbox, as a manager (a seller may not import)."""

import csv
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from crm_app.bench.figures import judged
from crm_app.bench.ground import ground, make
from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply_many
from crm_app.core.changes.log import ChangeLog, Outbox
from crm_app.core.errors import KithError
from crm_app.demo.files import DATA
from crm_app.identity.queries import principal_by_email
from crm_app.imports.service import import_file
from crm_app.tables import Team

DEALS = DATA / "sales_pipeline.csv"


def _one_of_each_stage(target: Path) -> Path:
    """A file with the first deal of each stage: it makes the pipeline, which only an administrator may."""
    with DEALS.open(newline="", encoding="utf-8") as source:
        rows = list(csv.reader(source))
    stage = rows[0].index("deal_stage")
    first = {row[stage]: row for row in reversed(rows[1:])}
    with target.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([rows[0], *first.values()])
    return target


def _prepare(folder: Path) -> None:
    """Companies, products, users and the pipeline, by the system."""
    files = {name: DATA / f"{name}.csv" for name in ("accounts", "products", "sales_teams")}
    for kind, path in (
        *zip(("companies", "products", "users"), files.values(), strict=True),
        ("deals", _one_of_each_stage(folder / "first.csv")),
    ):
        report = import_file(SYSTEM, kind, path)
        if report.refused or report.problems:
            raise KithError(f"{path.name} did not load: {report.problems}")
    top = db.write_sync(make, "team", name="Everybody")
    db.write_sync(_below, top)
    values = {"name": "Manager", "email": "manager@example.org", "role": "manager", "status": "active", "team_id": top}
    db.write_sync(make, "user", **values)


def _below(session: Session, top: int) -> None:
    """Every other team is part of that one, so that all owners are in the manager's reach."""
    teams = session.scalars(select(Team.id).where(Team.id != top)).all()  # pyright: ignore[reportArgumentType, reportCallIssue]
    apply_many(session, SYSTEM, [Change("team", team, {"parent_id": top}) for team in teams])


def measure() -> dict[str, Any]:
    """Deals a second, reading the file included."""
    with ground(0, 0) as found:
        _prepare(found.folder)
        actor = db.read_sync(principal_by_email, "manager@example.org")
        began, busy = perf_counter(), process_time()
        report = import_file(actor, "deals", DEALS)
        seconds, busy = perf_counter() - began, process_time() - busy
        logged, queued = (
            db.read_sync(lambda s, t=t: s.scalar(select(func.count()).select_from(t))) for t in (ChangeLog, Outbox)
        )
    return {
        "created": report.created,
        "refused": report.refused,
        "seconds": round(seconds, 2),
        "processor_seconds": round(busy, 2),
        "log_rows": logged,
        "outbox_rows": queued,
        "deals_a_second": judged(report.created / seconds, least=2000),
        "deals_a_processor_second": judged(report.created / busy, least=2000),
    }
