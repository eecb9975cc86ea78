"""How somebody treated a file with these columns the last time."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes.working import table_of
from crm_app.imports.recipes import kind_and_recipe
from crm_app.tables import ImportRun

LOOKED_AT = 20
run = table_of(ImportRun)


def last_choices(session: Session, actor: Principal, kind_name: str, header: Sequence[str]) -> tuple[str, str, bool]:
    """Mode, what became of rows that look like a record, and whether companies that were missing were made.

    What is usual where there was no such file of theirs.
    """
    kind = kind_and_recipe(kind_name)[0]
    mine = select(run.c.mapping).where(run.c.kind == kind.name, run.c.user_id == actor.id)
    for (how,) in session.connection().execute(mine.order_by(run.c.id.desc()).limit(LOOKED_AT)):
        if how.get("header") == list(header):
            return how.get("mode", "both"), how.get("likely", "create"), how.get("create_companies", True)
    return "both", "create", True
