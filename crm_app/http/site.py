"""The routes that are not the app's: sign-in, health, and what other rooms add."""

from sqlalchemy.exc import DBAPIError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from crm_app import routes
from crm_app.http import exports, feeds, files, offers, papers, quotes, signin
from crm_app.http.forms import away


async def health(_request: Request) -> Response:
    """The server answers."""
    return JSONResponse({"status": "ok"}, headers={"cache-control": "no-store"})


async def session(request: Request) -> Response:
    """204 with a live session, 401 without: for a page whose connection is lost."""
    return Response(
        status_code=204 if request.headers.get("x-kith-session") else 401, headers={"cache-control": "no-store"}
    )


async def _failed(request: Request, error: Exception) -> Response:
    """Something broke; Starlette tells the log once this is sent."""
    return away(request, 503 if isinstance(error, DBAPIError) else 500)


def site(more: tuple[BaseRoute, ...] = ()) -> Starlette:
    """The Starlette app into which Reflex is mounted."""
    return Starlette(
        routes=[
            Route(routes.HEALTH, health, methods=["GET"]),
            Route(routes.SESSION, session, methods=["GET"]),
            Route(routes.SIGN_IN, signin.show_sign_in, methods=["GET"]),
            Route(routes.SIGN_IN, signin.do_sign_in, methods=["POST"]),
            Route(routes.SIGN_OUT, signin.do_sign_out, methods=["POST"]),
            Route(routes.FIRST_USER, signin.show_first_user, methods=["GET"]),
            Route(routes.FIRST_USER, signin.do_first_user, methods=["POST"]),
            Route(routes.INVITE, signin.show_invite, methods=["GET"]),
            Route(routes.INVITE, signin.do_invite, methods=["POST"]),
            Route(routes.EXPORT, exports.export_list, methods=["GET", "POST"]),
            Route(routes.SAMPLE, papers.show_sample, methods=["GET"]),
            Route(routes.CALENDAR_FEED, feeds.calendar_feed, methods=["GET"]),
            Route(routes.REPORT_FILE, papers.download_report, methods=["GET"]),
            Route(routes.FILE, files.download, methods=["GET"]),
            Route(routes.PREVIEW, files.preview, methods=["GET"]),
            Route(routes.QUOTE_PAPER, quotes.show_quote, methods=["GET"]),
            *offers.ROUTES,
            *more,
        ],
        exception_handlers={Exception: _failed},
    )
