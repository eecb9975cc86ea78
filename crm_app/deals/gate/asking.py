"""What stages ask of deals, by field: for the data dictionary."""

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.changes.working import table_of
from crm_app.tables import Stage

stage = table_of(Stage)


def asked_by_stages(session: Session) -> dict[str, list[str]]:
    """`deal.person_id` → `to enter Won`."""
    found: dict[str, list[str]] = {}
    query = select(stage.c.name, stage.c.required_fields, stage.c.exit_fields).where(stage.c.deleted_at.is_(None))
    for row in session.connection().execute(query.order_by(stage.c.pipeline_id, stage.c.position)):
        for name in row.required_fields:
            found.setdefault(f"deal.{name}", []).append(f"to enter {row.name}")
        for name in row.exit_fields:
            found.setdefault(f"deal.{name}", []).append(f"to leave {row.name}")
    return found
