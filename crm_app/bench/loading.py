"""The import of the 8,800 opportunities, with changes and outbox, as a manager (a seller may not import)."""

from time import perf_counter
from typing import Any

from sqlalchemy import func, select

from crm_app.bench.figures import judged
from crm_app.bench.ground import ground, make
from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes.log import ChangeLog, Outbox
from crm_app.core.errors import KithError
from crm_app.demo import data_folder
from crm_app.identity.queries import principal_by_email
from crm_app.imports.service import import_file


def measure() -> dict[str, Any]:
    """Deals a second, reading the file included."""
    folder = data_folder()
    with ground(0, 0):
        for kind, name in (("companies", "accounts"), ("products", "products"), ("users", "sales_teams")):
            report = import_file(SYSTEM, kind, folder / f"{name}.csv")
            if report.refused or report.problems:
                raise KithError(f"{name}.csv did not load: {report.problems}")
        db.write_sync(
            make, "user", name="Manager", email="manager@example.org", role="manager", status="active"
        )
        actor = db.read_sync(principal_by_email, "manager@example.org")
        began = perf_counter()
        report = import_file(actor, "deals", folder / "sales_pipeline.csv")
        seconds = perf_counter() - began
        logged, queued = (
            db.read_sync(lambda s, t=t: s.scalar(select(func.count()).select_from(t))) for t in (ChangeLog, Outbox)
        )
    return {
        "created": report.created, "refused": report.refused, "seconds": round(seconds, 2), "log_rows": logged,
        "outbox_rows": queued, "deals_a_second": judged(report.created / seconds, least=2000),
    }
