"""The texts and attachments of a proposal: taken from the library, written, or chosen from the files of the quote."""

from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Applied, Change, apply
from crm_app.core.changes.merge import changed_since
from crm_app.core.changes.working import table_of
from crm_app.core.errors import Invalid, NotFound, Refused
from crm_app.core.reader import numeral
from crm_app.identity.policy import may
from crm_app.quotes.queries.stored import quote_row
from crm_app.quotes.service.editing import CHANGED
from crm_app.quotes.texts import problem_of
from crm_app.tables import File, QuoteAttachment, QuoteText, TextBlock

text, block, attachment, file = (table_of(m) for m in (QuoteText, TextBlock, QuoteAttachment, File))
MOST_BYTES = 20_000_000
LIMITS = {"heading": 120, "body": 100_000}


def add_text(session: Session, actor: Principal, quote_id: int, block_id: int | None = None) -> Applied:
    """A section at the end: empty, or a copy of one of the library. Raises NotFound for one that is gone."""
    quote_row(session, actor, quote_id, lock=True)
    new = {"heading": "", "body": ""}
    if block_id is not None:
        query = select(block.c.name, block.c.body).where(block.c.id == block_id, block.c.deleted_at.is_(None))
        found = session.connection().execute(query).first() if may(actor, "text_block.read") else None
        if found is None:
            raise NotFound("This text was removed from the library.")
        new = {"heading": found.name, "body": found.body}
    return _apply(session, actor, quote_id, {"texts": [*_rows(session, quote_id), new]})


def edit_text(
    session: Session, actor: Principal, quote_id: int, text_id: int, field: str, raw: str, expected: int
) -> Applied:
    """The heading or the text of a section. Raises Invalid for unknown fields in it, Refused if somebody was faster."""
    quote_row(session, actor, quote_id, lock=True)
    before = next((r for r in _rows(session, quote_id) if r["id"] == text_id), None)
    if before is None:
        raise NotFound("This text was removed.")
    if field not in LIMITS:
        raise Invalid({field: "This field cannot be edited here."})
    if len(raw) > LIMITS[field]:
        raise Invalid({field: f"This may have at most {numeral(LIMITS[field])} characters."})
    if problem := problem_of(raw):
        raise Invalid({field: problem})
    seen = changed_since(session, "quote", quote_id, expected).get(f"texts.{text_id}")
    if seen is not None and seen.get(field) != before[field]:
        raise Refused(CHANGED)
    after = {n: v for n, v in before.items() if n != "id"} | {field: raw.strip()}
    return _apply(session, actor, quote_id, {f"texts.{text_id}": after})


def remove_text(session: Session, actor: Principal, quote_id: int, text_id: int) -> Applied:
    """Raises NotFound for a text of another quote."""
    quote_row(session, actor, quote_id, lock=True)
    if text_id not in {r["id"] for r in _rows(session, quote_id)}:
        raise NotFound("This text was removed.")
    return _apply(session, actor, quote_id, {f"texts.{text_id}": None})


def choose_file(session: Session, actor: Principal, quote_id: int, file_id: int, sent: bool) -> Applied:
    """A file of the quote goes with it, or not. Raises NotFound for a file of something else, Refused for too much."""
    quote_row(session, actor, quote_id, lock=True)
    mine = (file.c.kind == "quote", file.c.record_id == quote_id, file.c.deleted_at.is_(None))
    if session.connection().execute(select(file.c.id).where(file.c.id == file_id, *mine)).first() is None:
        raise NotFound("This file was removed.")
    query = select(attachment.c.id, attachment.c.file_id).where(attachment.c.quote_id == quote_id)
    rows = session.connection().execute(query.order_by(attachment.c.position, attachment.c.id)).all()
    kept = [{"id": r.id, "file_id": r.file_id} for r in rows if r.file_id != file_id]
    if sent:
        _refuse_too_much(session, [r["file_id"] for r in kept] + [file_id])
    return _apply(session, actor, quote_id, {"attachments": [*kept, {"file_id": file_id}] if sent else kept})


def _refuse_too_much(session: Session, ids: list[int]) -> None:
    size = session.connection().execute(select(func.sum(file.c.size)).where(file.c.id.in_(ids))).scalar() or 0
    if size > MOST_BYTES:
        most = MOST_BYTES // 1_000_000
        raise Refused(f"What goes with a quote may have at most {most} MB in all, as mail takes no more.")


def _rows(session: Session, quote_id: int) -> list[dict[str, Any]]:
    query = select(text).where(text.c.quote_id == quote_id).order_by(text.c.position, text.c.id)
    names = ("id", "heading", "body", "position")
    return [{n: r[n] for n in names} for r in session.connection().execute(query).mappings()]


def _apply(session: Session, actor: Principal, quote_id: int, values: dict[str, Any]) -> Applied:
    return apply(session, actor, Change("quote", quote_id, values))
