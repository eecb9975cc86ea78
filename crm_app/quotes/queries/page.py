"""The page of one quote."""

import dataclasses
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import kind
from crm_app.core.changes.working import table_of
from crm_app.identity.policy import decide, may, visible
from crm_app.quotes.queries.lines import Lines
from crm_app.quotes.queries.remarks import badges_of, remarks_of
from crm_app.quotes.queries.rows import FileRow, QuotePage, TextRow, VersionRow
from crm_app.quotes.queries.stored import (
    approved_of,
    count_links,
    limits_of,
    line_rows,
    organisation_today,
    policy_row,
    quote_row,
    standing_of,
    totals_in,
)
from crm_app.quotes.rules import is_editable, may_approve, reasons_for_approval, why_not_answered, why_not_replaced
from crm_app.records.assignees import assignable
from crm_app.records.custom.showing import custom_names
from crm_app.records.listing.rows import Option
from crm_app.records.properties import Property, properties
from crm_app.tables import File, Quote, QuoteAttachment, QuoteText, TextBlock

quote, text, block, attachment, file = (table_of(m) for m in (Quote, QuoteText, TextBlock, QuoteAttachment, File))
DETAILS = (
    "title",
    "company_id",
    "person_id",
    "deal_id",
    "customer",
    "address",
    "valid_until",
    "price_mode",
    "currency",
    "language",
    "owner_id",
)
PROSE = ("letter", "terms", "notes")
STATE_TONES = {"draft": "", "sent": "a", "viewed": "a", "accepted": "g", "declined": "r", "expired": "y"}
MOST_BLOCKS = 200


def quote_page(session: Session, actor: Principal, quote_id: int) -> QuotePage:
    """Raises NotFound for a quote that does not exist or that the actor may not see."""
    row = quote_row(session, actor, quote_id)
    rows, standing = line_rows(session, quote_id), standing_of(session, row)
    totals, figures = totals_in(row, rows)
    may_edit = decide(actor, "edit", "quote", row["owner_id"]).allowed
    editable = may_edit and is_editable(row["state"])
    shown = Lines(actor, row, editable)
    sells = decide(actor, "read", "quote", row["owner_id"], "margin_milli").allowed
    reasons = reasons_for_approval(limits_of(policy_row(session)), figures, approved_of(row))
    names = (*DETAILS, *custom_names(session, actor, "quote", row))
    return QuotePage(
        id=quote_id,
        number=row["number"],
        title=row["title"],
        version=row["version"],
        state=row["state"],
        state_name=row["state"].capitalize(),
        tone=STATE_TONES[row["state"]],
        remarks=remarks_of(session, actor, row, standing, reasons),
        badges=badges_of(figures, reasons, sells, actor.locale),
        lines=shown.rows(rows, totals),
        totals=shown.totals(totals),
        details=_properties(session, actor, row, names, editable),
        prose=_properties(session, actor, row, PROSE, editable),
        texts=_texts(session, quote_id, editable),
        files=_files(session, quote_id),
        versions=_versions(session, actor, row),
        blocks=_blocks(session) if editable else [],
        links=count_links(session, quote_id),
        approval=row["approval"],
        editable=editable,
        deletable=editable and decide(actor, "delete", "quote", row["owner_id"]).allowed,
        may_edit=may_edit,
        may_create=may(actor, "quote.create"),
        may_approve=may_approve(actor, row["owner_id"]) and may_edit,
        needs_approval=is_editable(row["state"]) and bool(reasons),
        may_replace=may_edit and not why_not_replaced(standing),
        may_link=may_edit and not why_not_answered(standing, organisation_today()),
    )


def _properties(
    session: Session, actor: Principal, row: dict[str, Any], names: tuple[str, ...], editable: bool
) -> list[Property]:
    """Everything is edited here while the quote is a draft; its owner may change later as well."""
    owners = assignable(session, actor, "quote")
    found = properties(session, actor, "quote", row, names, {"owner_id": owners})
    kept = []
    for p in found:
        if p.field == "deal_id" and not p.value:
            continue
        href = f"{kind(p.ref).path}/{p.raw}" if p.ref in ("company", "person", "deal") and p.value else ""
        free = p.editable if p.field == "owner_id" else editable and p.field != "deal_id"
        kept.append(dataclasses.replace(p, editable=free, href=href))
    return kept


def _texts(session: Session, quote_id: int, editable: bool) -> list[TextRow]:
    query = select(text).where(text.c.quote_id == quote_id).order_by(text.c.position, text.c.id)
    return [
        TextRow(
            row.id,
            Property(f"texts.{row.id}.heading", "Heading", row.heading, row.heading, "text", editable),
            Property(f"texts.{row.id}.body", "Text", row.body, row.body, "longtext", editable),
        )
        for row in session.connection().execute(query)
    ]


def _files(session: Session, quote_id: int) -> list[FileRow]:
    """The files that hang on the quote; the reader may see the quote, so may see them."""
    query = select(attachment.c.file_id).where(attachment.c.quote_id == quote_id)
    sent = set(session.connection().execute(query).scalars())
    mine = (file.c.kind == "quote", file.c.record_id == quote_id, file.c.deleted_at.is_(None))
    found = session.connection().execute(
        select(file.c.id, file.c.name).where(mine[0], mine[1], mine[2]).order_by(file.c.id)
    )
    return [FileRow(row.id, row.name, f"/files/{row.id}", row.id in sent) for row in found]


def _versions(session: Session, actor: Principal, row: dict[str, Any]) -> list[VersionRow]:
    """All versions of the offer that the actor may see, the newest first; nothing where there is but one."""
    query = (
        select(quote.c.id, quote.c.number, quote.c.revision, quote.c.state)
        .where(quote.c.base_number == row["base_number"], quote.c.deleted_at.is_(None))
        .where(visible(actor, "quote", quote.c.owner_id))
        .order_by(quote.c.revision.desc())
    )
    found = session.connection().execute(query).all()
    rows = [
        VersionRow(f"Version {r.revision}", f"/quotes/{r.id}", r.state.capitalize(), r.id == row["id"]) for r in found
    ]
    return rows if len(rows) > 1 else []


def _blocks(session: Session) -> list[Option]:
    """The texts of the library; everybody who writes quotes may read them."""
    query = select(block.c.id, block.c.name, block.c.language).where(block.c.deleted_at.is_(None))
    found = session.connection().execute(query.order_by(block.c.sort_key, block.c.id).limit(MOST_BLOCKS))
    return [Option(str(r.id), f"{r.name} ({r.language})") for r in found]
