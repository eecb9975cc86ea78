"""Paper and reports over HTTP: who asks must be signed in, within the rate, and allowed; a refusal is plain words."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from sqlmodel import Session
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from crm_app.core import clock, db
from crm_app.core.actor import Principal
from crm_app.core.config import settings
from crm_app.core.errors import Forbidden, KithError, NotFound
from crm_app.http import live_sessions
from crm_app.http.exports import MEDIA, Passing
from crm_app.http.files import disposition
from crm_app.http.forms import refusal
from crm_app.http.gate import HEADER
from crm_app.organisation.queries import find_organisation
from crm_app.organisation.sample import sample
from crm_app.paper import render
from crm_app.paper.report import render_report
from crm_app.reports.service import REPORTS, Format, report_paper, write_report

PDF = "application/pdf"
Answer = Callable[[Request, Principal], Awaitable[Response]]


def signed_in(answer: Answer) -> Callable[[Request], Awaitable[Response]]:
    """A route for those who are signed in; a refusal becomes plain words with its status."""

    async def checked(request: Request) -> Response:
        live = await live_sessions.find(request.headers.get(HEADER.decode(), ""))
        if live is None:
            return refusal(request, "Please sign in.", 401)
        if not live_sessions.within_rate(live):
            return refusal(request, "Too many requests. Please wait a moment.", 429)
        try:
            return await answer(request, live.principal)
        except Forbidden as why:
            return refusal(request, why.message, 403)
        except KithError as why:
            return refusal(request, why.message, 404 if isinstance(why, NotFound) else 400)

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


@signed_in
async def download_report(request: Request, actor: Principal) -> Response:
    """GET /reports/files/pipeline.pdf (or xlsx, csv) with the filter of the page."""
    name, form = request.path_params["report"], request.path_params["form"]
    if name not in REPORTS or form not in (*MEDIA, "pdf"):
        return refusal(request, "There is no such report.", 404)
    parameters = dict(request.query_params) | {"report": name}
    file_name = f"{name}-report-{clock.today(actor.zone).isoformat()}.{form}"
    headers = {"cache-control": "no-store", "content-disposition": disposition(file_name)}
    if form == "pdf":
        paper = await asyncio.to_thread(render_report, await db.read(report_paper, actor, parameters))
        return Response(paper.content, media_type=PDF, headers=headers)
    path = await db.read(_written, actor, parameters, form)
    return Passing(path, media_type=MEDIA[form], headers=headers, background=BackgroundTask(path.unlink))


def _written(session: Session, actor: Principal, parameters: dict[str, str], form: Format) -> Path:
    folder = settings().data_dir / "exports"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, suffix=f".{form}", delete=False) as file:
        path = Path(file.name)
    try:
        write_report(session, actor, parameters, path, form)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path
