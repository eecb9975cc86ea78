"""What an administrator says of a field: its meaning, and who answers for it. Commands never commit."""

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Applied, Change, apply, kind
from crm_app.core.changes.working import table_of
from crm_app.core.errors import Invalid, KithError
from crm_app.core.text import id_of
from crm_app.records.dictionary.counting import plain_fields
from crm_app.tables import FieldNote

note = table_of(FieldNote)


def save_note(session: Session, actor: Principal, name: str, meaning: str, responsible_id: str) -> Applied:
    """Of a field (`person.email`, `deal.custom.12`). Raises Invalid for one that does not exist, Forbidden."""
    of, _, rest = name.partition(".")
    head, _, number = rest.partition(".")
    values = {"meaning": meaning.strip(), "responsible_id": id_of(responsible_id)}
    if head == "custom" and (id := id_of(number)) is not None:
        given = {"help": values["meaning"], "responsible_id": values["responsible_id"]}
        return apply(session, actor, Change("custom_field", id, given))
    if not _exists(of, rest):
        raise Invalid({"name": "There is no such field."})
    query = select(note.c.id).where(note.c.name == name, note.c.deleted_at.is_(None))
    found = session.connection().execute(query).scalar()
    if found is not None:
        return apply(session, actor, Change("field_note", found, values))
    return apply(session, actor, Change("field_note", set={"name": name, **values}, op="create"))


def _exists(of: str, name: str) -> bool:
    try:
        return any(f.name == name for f in plain_fields(kind(of)))
    except KithError:
        return False
