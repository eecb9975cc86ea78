"""Paper over HTTP: who asks must be signed in, within the rate, and allowed; what is refused is said in words."""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from crm_app.core import clock, db
from crm_app.core.actor import Principal
from crm_app.core.config import settings
from crm_app.core.errors import Forbidden, KithError
from crm_app.http import live_sessions
from crm_app.http.gate import HEADER
from crm_app.organisation.queries import find_organisation
from crm_app.organisation.sample import sample
from crm_app.paper import render

PDF = "application/pdf"
Answer = Callable[[Request, Principal], Awaitable[Response]]


def signed_in(answer: Answer) -> Callable[[Request], Awaitable[Response]]:
    """A route for those who are signed in; a refusal becomes plain words with its status."""

    async def checked(request: Request) -> Response:
        live = await live_sessions.find(request.headers.get(HEADER.decode(), ""))
        if live is None:
            return PlainTextResponse("Please sign in.", 401)
        if not live_sessions.within_rate(live):
            return PlainTextResponse("Too many requests. Please wait a moment.", 429)
        try:
            return await answer(request, live.principal)
        except Forbidden as refusal:
            return PlainTextResponse(refusal.message, 403)
        except KithError as refusal:
            return PlainTextResponse(refusal.message, 400)

    return checked


@signed_in
async def show_sample(_request: Request, actor: Principal) -> Response:
    """GET /organisation/sample.pdf: what a customer would see, for the frame on the organisation's page."""
    row = await db.read(find_organisation, actor)
    document = sample(row, settings().currency, clock.today(actor.zone))
    paper = await asyncio.to_thread(render, document)
    return Response(
        paper.content, media_type=PDF, headers={"content-disposition": "inline", "cache-control": "no-store"}
    )
