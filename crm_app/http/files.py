"""Downloads and previews of files: a session, and the right to see the record that the file hangs on."""

import asyncio
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from crm_app.core import db
from crm_app.core.errors import KithError
from crm_app.http import live_sessions
from crm_app.http.forms import refusal
from crm_app.records.files.rules import ANY, PDF, SHOWN, TEXT
from crm_app.records.files.service import FileRow, find_file
from crm_app.records.files.store import is_active, path_of

ACTIVE = "This PDF has scripts or a form of its own, or cannot be looked through. Download it to open it elsewhere."


async def _found(request: Request) -> FileRow | None:
    live = await live_sessions.find(request.headers.get("x-kith-session", ""))
    id = request.path_params["file_id"]
    if live is None or not 0 < id < 10**16:
        return None
    try:
        row = await db.read(find_file, live.principal, id)
    except KithError:
        return None
    return row if path_of(row.sha256).is_file() else None


def _missing(request: Request) -> Response:
    return refusal(request, "This file is not here, or you may not see it.", 404)


async def download(request: Request) -> Response:
    """The file, always as an attachment, never as something that a browser opens."""
    row = await _found(request)
    if row is None:
        return _missing(request)
    headers = {"content-disposition": disposition(row.name), "cache-control": "private, no-store"}
    return FileResponse(path_of(row.sha256), media_type=ANY, headers=headers)


async def preview(request: Request) -> Response:
    """A picture, a PDF or plain text; nothing else, and no script in any of them."""
    row = await _found(request)
    if row is None or row.media_type not in SHOWN:
        return _missing(request)
    if row.media_type == PDF and await asyncio.to_thread(is_active, row.sha256):
        return refusal(request, ACTIVE, 415)
    kind = "text/plain; charset=utf-8" if row.media_type == TEXT else row.media_type
    headers = {"content-disposition": "inline", "cache-control": "private, no-store"}
    return FileResponse(path_of(row.sha256), media_type=kind, headers=headers)


def disposition(name: str) -> str:
    """RFC 6266: an ASCII name for old browsers, the real one percent-encoded."""
    plain = "".join(c if c.isascii() and c not in '"\\%' else "_" for c in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
