"""A quote as paper, for those who may see it."""

import asyncio

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from crm_app.core import db
from crm_app.core.actor import Principal
from crm_app.core.errors import NotFound
from crm_app.http.files import disposition
from crm_app.http.papers import PDF, signed_in
from crm_app.paper import Document, render
from crm_app.quotes.document import quote_document
from crm_app.quotes.queries.stored import quote_row


def document_for(session: Session, actor: Principal, quote_id: int) -> Document:
    """Raises NotFound for a quote that the actor may not see."""
    if quote_id >= 10**16:  # an address holds any number, a database does not
        raise NotFound
    return quote_document(session, quote_row(session, actor, quote_id))


@signed_in
async def show_quote(request: Request, actor: Principal) -> Response:
    """GET /paper/quotes/17: the PDF, to save."""
    document = await db.read(document_for, actor, request.path_params["quote_id"])
    paper = await asyncio.to_thread(render, document)
    headers = {"content-disposition": disposition(f"{document.number}.pdf"), "cache-control": "private, no-store"}
    return Response(paper.content, media_type=PDF, headers=headers)
