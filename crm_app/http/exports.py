"""The download of a list: written to a file first, so that an error is a page in words and never half a file."""

import tempfile
from pathlib import Path

from sqlmodel import Session
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.types import Receive, Scope, Send

from crm_app.core import clock, db
from crm_app.core.actor import Principal
from crm_app.core.changes import kind
from crm_app.core.config import settings
from crm_app.core.errors import Forbidden, Invalid, KithError, NotFound
from crm_app.core.reader import numeral
from crm_app.core.text import id_of
from crm_app.http import live_sessions
from crm_app.http.forms import refusal
from crm_app.http.gate import HEADER
from crm_app.identity.sessions import Live
from crm_app.records.listing import fields_of, read_listing
from crm_app.records.listing.export import Format, write_export
from crm_app.records.listing.views import find_view

MOST_IDS, MOST_SENT = 500, 10_000  # as many as an address holds; as many as a form may bring (list.jsx says so)
MEDIA = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


async def export_list(request: Request) -> Response:
    """GET /export/person.csv with the parameters of the list (and `view`); a POST brings ticked `ids` in its form."""
    public_id = request.headers.get(HEADER.decode(), "")
    live = await live_sessions.find(public_id)
    if live is None:
        return refusal(request, "Please sign in.", 401)
    if not live_sessions.within_rate(live):
        return refusal(request, "Too many requests. Please wait a moment.", 429)
    name, form = request.path_params["kind"], request.path_params["form"]
    if form not in MEDIA or name not in ("person", "company", "deal", "activity", "product"):
        return refusal(request, "There is no such list.", 404)
    try:
        asked = dict(request.query_params)
        ids = await _sent(request) if request.method == "POST" else _ids(asked.get("ids", ""), MOST_IDS)
        path = await db.read(_written, live.principal, name, form, asked, ids)
        await still(live, path)
    except Forbidden as why:
        return refusal(request, why.message, 403)
    except KithError as why:
        return refusal(request, why.message, 404 if isinstance(why, NotFound) else 400)
    day = clock.today(live.principal.zone).isoformat()
    file_name = f"{kind(name).plural.lower()}-{day}.{form}"
    headers = {"cache-control": "no-store"}
    return Passing(
        path, media_type=MEDIA[form], filename=file_name, headers=headers, background=BackgroundTask(path.unlink)
    )


async def still(before: Live, path: Path) -> None:
    """A large file takes a while: it goes to nobody who has other rights by now, or none. Raises Forbidden."""
    live = await live_sessions.find(before.public_id)
    if live is None or live.principal != before.principal:
        path.unlink(missing_ok=True)
        raise Forbidden("Your rights were changed while this was written. Please ask for it again.")


class Passing(FileResponse):
    """A file that goes once it was sent: read here, because the server would open a path only after it is gone."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await super().__call__({**scope, "extensions": {}}, receive, send)


async def _sent(request: Request) -> list[int]:
    """The ids of a form. Raises Invalid where it brings none: that must not mean the whole list."""
    async with request.form(max_files=0, max_fields=5) as data:
        text = data.get("ids", "")
    if not isinstance(text, str) or not text:
        raise Invalid({"ids": "Select the rows to export."})
    return _ids(text, MOST_SENT)


def _ids(text: str, most: int) -> list[int]:
    """The records that somebody selected; empty for the whole list. Raises Invalid rather than leave one out."""
    parts = text.split(",") if text else []
    if len(parts) > most:
        raise Invalid({"ids": f"Select at most {numeral(most)} rows, or all that match."})
    ids = [id for p in parts if (id := id_of(p)) is not None]
    if len(ids) < len(parts):
        raise Invalid({"ids": "These rows cannot be exported."})
    return ids


def _written(
    session: Session, actor: Principal, name: str, form: Format, parameters: dict[str, str], ids: list[int]
) -> Path:
    view = id_of(parameters.get("view", ""))
    kept = find_view(session, actor, view).parameters if view is not None else None
    listing = read_listing(name, parameters, fields_of(session, actor, name), kept)
    folder = settings().data_dir / "exports"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, suffix=f".{form}", delete=False) as file:
        path = Path(file.name)
    try:
        write_export(session, actor, listing, path, form, ids)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path
