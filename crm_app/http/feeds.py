"""Calendars by their secret link: no session, no cookie, nothing kept by anybody on the way."""

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from crm_app.activities.ics.feed import feed_of
from crm_app.activities.ics.links import is_use_to_note, note_use, reader_of
from crm_app.core import db
from crm_app.http.bucket import Bucket
from crm_app.identity.throttle import network_of

READS_A_SECOND, READS_AT_ONCE = 0.5, 30.0
LONGEST_TOKEN = 100
HEADERS = {"cache-control": "private, no-store", "x-robots-tag": "noindex"}
_paces: dict[str, Bucket] = {}


def _has_room(ip: str) -> bool:
    """So many reads of one network; guessing 256 bits is hopeless, and this makes it dear as well."""
    if len(_paces) > 10_000:
        _paces.clear()
    return _paces.setdefault(network_of(ip), Bucket(READS_A_SECOND, READS_AT_ONCE)).take()


async def calendar_feed(request: Request) -> Response:
    """GET /feeds/calendar/TOKEN.ics; a link that is unknown, revoked or of a disabled user is simply not there."""
    if not _has_room(request.client.host if request.client else ""):
        return PlainTextResponse("Too many requests. Please wait a moment.", 429, headers=HEADERS)
    token = request.path_params["token"]
    found = await db.read(_feed, token) if len(token) <= LONGEST_TOKEN else None
    if found is None:
        return PlainTextResponse("There is no such calendar.", 404, headers=HEADERS)
    content, user_id, is_to_note = found
    if is_to_note:
        await db.write(note_use, user_id)
    disposition = {"content-disposition": 'inline; filename="kith.ics"'}
    return Response(content, media_type="text/calendar; charset=utf-8", headers=HEADERS | disposition)


def _feed(session: Session, token: str) -> tuple[bytes, int, bool] | None:
    user = reader_of(session, token)
    return (feed_of(session, user), user.id, is_use_to_note(session, user.id)) if user else None
