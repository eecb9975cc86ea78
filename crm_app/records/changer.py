"""Who changed a field last, for the dialog of two people at one field."""

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import kind
from crm_app.core.changes.log import ChangeLog
from crm_app.core.changes.working import table_of
from crm_app.core.errors import KithError
from crm_app.records.listing import fields_of
from crm_app.records.reading import record_row
from crm_app.tables import User

SOMEBODY, YOURSELF = "somebody else", "yourself in another window"
LOOKED_AT = 100  # changes of a record since somebody began to write
log, user = table_of(ChangeLog), table_of(User)


def changed_by(session: Session, who: Principal, name: str, id: int, field: str) -> str:
    """The name, as the timeline has it for those who may read the record and the field; nobody else is told one."""
    try:
        record_row(session, who, name, id)
    except KithError:
        return SOMEBODY
    if field not in fields_of(session, who, name) and field.partition(".")[0] not in kind(name).child_by_name:
        return SOMEBODY
    query = (
        select(log.c.diff, log.c.actor_id, user.c.name)
        .outerjoin(user, user.c.id == log.c.actor_id)
        .where(log.c.kind == name, log.c.record_id == id)
        .order_by(log.c.version.desc())
        .limit(LOOKED_AT)
    )
    last = next((row for row in session.connection().execute(query) if field in row.diff), None)
    if last is None or not last.name:
        return SOMEBODY
    return YOURSELF if last.actor_id == who.id else last.name
