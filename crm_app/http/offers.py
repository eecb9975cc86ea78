"""A quote answered by its customer, without signing in. The gate has checked host and origin before.

The address is the only secret. No referrer tells it to others (`same-origin`: with `no-referrer` a browser would hide
the origin of a form, too), no cache keeps it, no search engine finds it. Unknown, revoked and expired links look alike.
"""

from collections.abc import Mapping

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from crm_app import routes
from crm_app.billing.answering import (
    accept_by_link,
    ask_by_link,
    decline_by_link,
    find_offer,
    paper_of,
    see_by_link,
)
from crm_app.core import db
from crm_app.core.errors import Invalid, NotFound, Refused
from crm_app.core.text import id_of
from crm_app.http.bucket import Bucket
from crm_app.http.offer_page import HEADERS, offer_page, plain_page
from crm_app.identity.throttle import network_of

MOST_BODY, MOST_FIELDS = 20_000, 600
VISITS_A_SECOND, VISITS_AT_ONCE = 2.0, 60.0
QUESTIONS_A_SECOND, QUESTIONS_AT_ONCE = 1 / 300, 5.0
PREFETCH = ("sec-purpose", "purpose", "x-purpose", "x-moz")
_visits: dict[str, Bucket] = {}
_questions: dict[int, Bucket] = {}
Values = Mapping[str, str]


async def show(request: Request) -> Response:
    token = request.path_params["token"]
    if not _has_room(request):
        return _busy()
    try:
        offer = await db.read(find_offer, token)
        if _is_reader(request):
            await db.write(see_by_link, token)
    except NotFound as gone:
        return _gone(gone)
    note = NOTES.get(request.query_params.get("done", ""), "") if offer.state == "open" else ""
    return offer_page(token, offer, note=note)


async def paper(request: Request) -> Response:
    """The quote as it stands; once it is accepted, the bytes that were accepted."""
    if not _has_room(request):
        return _busy()
    try:
        number, content = await db.read(paper_of, request.path_params["token"])
    except NotFound as gone:
        return _gone(gone)
    name = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "_" for c in number)
    headers = {**HEADERS, "content-disposition": f'inline; filename="{name}.pdf"'}
    return Response(content, media_type="application/pdf", headers=headers)


async def answer(request: Request) -> Response:
    """Accept, decline, ask, or look at the total that the options come to."""
    token = request.path_params["token"]
    if not _has_room(request):
        return _busy()
    data = await _form(request)
    if data is None:
        return plain_page("This was too much to send", "Please write less, and try again.", 413)
    values = {key: value for key, value in data.items() if isinstance(value, str)}
    ticked = _numbers(data.getlist("line"))
    try:
        return await _answered(request, token, values, ticked)
    except NotFound as gone:
        return _gone(gone)


async def _answered(request: Request, token: str, values: Values, ticked: frozenset[int]) -> Response:
    try:
        return await ANSWERS.get(values.get("action", ""), _preview)(request, token, values, ticked)
    except Invalid as refusal:
        return await _again(token, values, ticked, errors=refusal.fields, note=refusal.fields.get("lines", ""))
    except Refused as late:  # somebody answered in the meantime
        offer = await db.read(find_offer, token)
        return offer_page(token, offer, note=late.message, status=409)


async def _accept(request: Request, token: str, values: Values, ticked: frozenset[int]) -> Response:
    offer = await db.read(find_offer, token, ticked)
    if offer.state == "open" and ticked != _numbers(values.get("shown", "").split(",")):
        note = f"You chose other options, so the total is {offer.total} now. Please look, and accept again."
        return offer_page(token, offer, values=values, note=note)
    ip = request.client.host if request.client else ""
    await db.write(accept_by_link, token, values.get("name", ""), ticked, ip)
    return _back(token)


async def _decline(request: Request, token: str, values: Values, ticked: frozenset[int]) -> Response:
    await db.write(decline_by_link, token, values.get("reason", ""))
    return _back(token)


async def _ask(request: Request, token: str, values: Values, ticked: frozenset[int]) -> Response:
    offer = await db.read(find_offer, token)
    if len(_questions) > 10_000:
        _questions.clear()
    if not _questions.setdefault(offer.id, Bucket(QUESTIONS_A_SECOND, QUESTIONS_AT_ONCE)).take():
        note = "There were several questions just now. Please wait a few minutes before you ask again."
        return offer_page(token, offer, values=values, errors={"question": note}, status=429)
    await db.write(ask_by_link, token, values.get("who", ""), values.get("question", ""))
    return _back(token, "?done=asked")


async def _preview(request: Request, token: str, values: Values, ticked: frozenset[int]) -> Response:
    return await _again(token, values, ticked, status=200)


async def _again(
    token: str,
    values: Values,
    ticked: frozenset[int],
    *,
    errors: Values | None = None,
    note: str = "",
    status: int = 400,
) -> Response:
    """The page with what was typed and chosen."""
    offer = await db.read(find_offer, token, ticked if "shown" in values else None)
    return offer_page(token, offer, values=values, errors=errors, note=note, status=status)


ANSWERS = {"accept": _accept, "decline": _decline, "ask": _ask}
NOTES = {"asked": "Thank you. Your question was sent."}


def _back(token: str, rest: str = "") -> Response:
    """A reload sends nothing again."""
    return RedirectResponse(f"{routes.OFFERS}{token}{rest}", 303, headers=HEADERS)


def _gone(gone: NotFound) -> Response:
    return plain_page("This link does not work", gone.message, 404)


def _busy() -> Response:
    return plain_page("Too many requests", "Please try again in a minute.", 429)


def _has_room(request: Request) -> bool:
    """One network may look so often; a guesser gets nowhere, a reader does not notice."""
    if len(_visits) > 10_000:
        _visits.clear()
    where = network_of(request.client.host if request.client else "")
    return _visits.setdefault(where, Bucket(VISITS_A_SECOND, VISITS_AT_ONCE)).take()


def _is_reader(request: Request) -> bool:
    """A person at a browser, and not the seller's: a look ahead and a robot that draws a preview do not count."""
    agent = request.headers.get("user-agent", "").lower()
    ahead = any("prefetch" in request.headers.get(name, "").lower() for name in PREFETCH)
    is_browser = agent.startswith("mozilla/") and "bot" not in agent
    return request.method == "GET" and not ahead and is_browser and not request.headers.get("x-kith-session")


async def _form(request: Request) -> FormData | None:
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > MOST_BODY:
        return None
    return await request.form(max_files=0, max_fields=MOST_FIELDS)


def _numbers(texts: list) -> frozenset[int]:
    """Ids among what was sent."""
    return frozenset(id for t in texts if isinstance(t, str) and (id := id_of(t)) is not None)


ROUTES = (
    Route(routes.OFFER, show, methods=["GET"]),
    Route(routes.OFFER, answer, methods=["POST"]),
    Route(routes.OFFER_PAPER, paper, methods=["GET"]),
)
