"""Commands and queries of files on records. They never commit."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Applied, Change, apply
from crm_app.core.changes.working import table_of
from crm_app.core.errors import NotFound
from crm_app.identity.policy import scope
from crm_app.records.files.rules import safe_name
from crm_app.records.files.store import Stored
from crm_app.records.reading import record_row
from crm_app.tables import File

file = table_of(File)


@dataclass(frozen=True)
class FileRow:
    """A file that the actor may have."""

    id: int
    name: str
    sha256: str
    size: int
    media_type: str


def attach_file(session: Session, actor: Principal, kind: str, id: int, name: str, stored: Stored) -> Applied:
    """Hang a stored content on a record that the actor may see. Raises NotFound or Forbidden."""
    record_row(session, actor, kind, id)
    values = {
        "name": safe_name(name),
        "sha256": stored.sha256,
        "size": stored.size,
        "media_type": stored.media_type,
        "kind": kind,
        "record_id": id,
        "owner_id": actor.id,
    }
    return apply(session, actor, Change("file", set=values, op="create"))


def find_file(session: Session, actor: Principal, file_id: int) -> FileRow:
    """A file whose record the actor may see. Raises NotFound otherwise, whatever the reason."""
    row = (
        session.connection().execute(select(file).where(file.c.id == file_id, file.c.deleted_at.is_(None))).first()
        if scope(actor, "read", "file") != "none"
        else None
    )
    if row is None or row.record_id is None:
        raise NotFound
    record_row(session, actor, row.kind, row.record_id)
    return FileRow(row.id, row.name, row.sha256, row.size, row.media_type)
