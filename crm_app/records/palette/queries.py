"""A look at one record before it is opened: what a list would show of it, and nothing else."""

from dataclasses import dataclass, field

from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import kind
from crm_app.records.listing import rows_by_id
from crm_app.records.search import KINDS


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """A property."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Preview:
    """One record in a few lines; an empty title: it is gone, or hidden."""

    kind: str = ""
    id: int = 0
    label: str = ""
    title: str = ""
    lines: list[PreviewLine] = field(default_factory=list)


def preview_of(session: Session, actor: Principal, kind_name: str, id: int) -> Preview:
    """The preview of a record, as far as the actor may see it."""
    if kind_name not in KINDS:
        return Preview(kind_name, id)
    known = kind(kind_name)
    columns, rows = rows_by_id(session, actor, kind_name, [id], (*known.columns, "tags"))
    if id not in rows:
        return Preview(kind_name, id)
    cells = zip(columns, rows[id].cells, strict=True)
    lines = [PreviewLine(c.label, cell.text) for c, cell in cells if cell.text and c.name != known.title]
    return Preview(kind_name, id, known.label, rows[id].title, lines)
