"""Files for the tests of the import."""

from pathlib import Path
from typing import Any

from sqlmodel import Session, select

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.imports.report import ImportReport
from crm_app.imports.service import import_file

DATA = Path(__file__).parents[2] / "crm_app" / "demo" / "data"
MAVEN = (("companies", "accounts"), ("products", "products"), ("users", "sales_teams"), ("deals", "sales_pipeline"))


def load(folder: Path, kind: str, text: str | bytes, **more: Any) -> ImportReport:
    """Import this text as a file, as the system."""
    path = folder / "file.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return import_file(more.pop("actor", SYSTEM), kind, path, **more)


def load_maven(*kinds: str) -> list[ImportReport]:
    """Import the public data set, or some kinds of it."""
    return [import_file(SYSTEM, k, DATA / f"{f}.csv") for k, f in MAVEN if not kinds or k in kinds]


def all_of(table: type) -> list[Any]:
    """Every row, as it stands."""

    def read(session: Session) -> list[Any]:
        rows = session.exec(select(table)).all()
        session.expunge_all()
        return list(rows)

    return db.read_sync(read)


def reasons(report: ImportReport) -> dict[int, str]:
    """Why each row was refused."""
    return {e.row_no: e.reason for e in report.errors}
