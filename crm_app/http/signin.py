"""Sign-in, sign-out, the first user, invitations. The gate has checked host and origin before."""

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crm_app import routes
from crm_app.core import db
from crm_app.core.errors import Invalid, KithError
from crm_app.http import live_sessions
from crm_app.http.bucket import Bucket
from crm_app.http.cookies import clear_session, read_device, read_token, set_device, set_session
from crm_app.http.forms import Input, form, page
from crm_app.http.origins import dev_origin
from crm_app.identity import service, signin
from crm_app.identity.links import safe_next
from crm_app.identity.passwords import HASHING, hash_password, password_problem
from crm_app.identity.sessions import new_token
from crm_app.identity.throttle import network_of
from crm_app.tables.user import User

EMAIL = Input("email", "E-mail", "email", "username")
PASSWORD = Input("password", "Password", "password", "current-password")
NEW_PASSWORD = Input("password", "Password", "password", "new-password", "At least 10 characters.")
NAME = Input("name", "Your name", "text", "name")
MAX_FORM = 20_000
WAITING = 100
ATTEMPTS_A_SECOND, ATTEMPTS_AT_ONCE = 3.0, 120.0
REFUSED_AFTER = 0.4  # seconds: longer than a refusal takes, so that what it counts for a known address does not show
_paces: dict[str, Bucket] = {}


async def _values(request: Request) -> dict[str, str]:
    """The fields of a small form; too large a body counts as empty."""
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > MAX_FORM:
        return {}
    async with request.form(max_files=0, max_fields=20) as data:
        return {key: value for key, value in data.items() if isinstance(value, str)}


def _cookies(request: Request) -> bytes:
    return "; ".join(request.headers.getlist("cookie")).encode("latin-1")


def _client(request: Request) -> dict[str, str]:
    """Where the request comes from; a browser without a mark gets one, which counts once it has signed in."""
    return {
        "ip": request.client.host if request.client else "",
        "user_agent": request.headers.get("user-agent", ""),
        "replaces": read_token(_cookies(request)),
        "device": read_device(_cookies(request)) or new_token(),
    }


def _enter(token: str, device: str, path: str) -> Response:
    """A full page load into the app with the new cookies."""
    response = RedirectResponse(dev_origin() + path, 303, headers={"cache-control": "no-store"})
    set_session(response, token)
    set_device(response, device)
    return response


# sign-in and sign-out


async def show_sign_in(request: Request) -> Response:
    path = safe_next(request.query_params.get("next"))
    if request.headers.get("x-kith-session"):
        return RedirectResponse(dev_origin() + path, 303, headers={"cache-control": "no-store"})
    return _sign_in_page(path)


def _has_room(ip: str) -> bool:
    """Each attempt costs a tenth of a second and much memory; one network has so many, and the queue is short."""
    if HASHING.statistics().tasks_waiting >= WAITING:
        return False
    if len(_paces) > 10_000:
        _paces.clear()
    return _paces.setdefault(network_of(ip), Bucket(ATTEMPTS_A_SECOND, ATTEMPTS_AT_ONCE)).take()


def _sign_in_page(path: str, email: str = "", error: str = "", status: int = 200) -> Response:
    body = form(
        routes.SIGN_IN,
        [EMAIL, PASSWORD],
        "Sign in",
        values={"email": email},
        errors={"password": error} if error else {},
        hidden={"next": path},
    )
    return page("Sign in", "", body, status=status)


async def do_sign_in(request: Request) -> Response:
    values = await _values(request)
    email, password, path = values.get("email", ""), values.get("password", ""), safe_next(values.get("next"))
    if not email.strip() or not password:
        return _sign_in_page(path, email, "Please give your e-mail address and your password.", 400)
    client, until = _client(request), anyio.current_time() + REFUSED_AFTER
    if not _has_room(client["ip"]):
        return _sign_in_page(path, email, "Too many attempts from here. Please try again in a minute.", 429)
    token = await anyio.to_thread.run_sync(lambda: signin.sign_in(email[:254], password, **client), limiter=HASHING)
    if token:
        return _enter(token, client["device"], path)
    await anyio.sleep_until(until)
    return _sign_in_page(path, email, signin.REFUSAL, 401)


async def do_sign_out(request: Request) -> Response:
    token = read_token(_cookies(request))
    if token:
        await db.write(signin.sign_out, token)
    public_id = request.headers.get("x-kith-session", "")
    if public_id:
        live_sessions.close_sockets(public_id)
    response = RedirectResponse(routes.SIGN_IN, 303, headers={"cache-control": "no-store"})
    clear_session(response)
    return response


# the first user and invitations


def _gone() -> Response:
    body = f'<a class="btn" href="{routes.SIGN_IN}">Sign in</a>'
    return page("This link does not work", service.BAD_LINK, body, status=404)


async def show_first_user(request: Request) -> Response:
    token = request.query_params.get("token", "")
    if await db.read(service.find_link, token, "first_user") is None:
        return _gone()
    return _first_user_page(token, {}, {})


def _first_user_page(token: str, values: dict[str, str], errors: dict[str, str]) -> Response:
    body = form(
        routes.FIRST_USER,
        [NAME, EMAIL, NEW_PASSWORD],
        "Create and sign in",
        values=values,
        errors=errors,
        hidden={"token": token},
    )
    return page(
        "Welcome to Kith",
        "Nobody can sign in yet. You become the first administrator.",
        body,
        status=400 if errors else 200,
    )


async def do_first_user(request: Request) -> Response:
    values = await _values(request)
    token, email = values.get("token", ""), values.get("email", "").strip().lower()
    if await db.read(service.find_link, token, "first_user") is None:
        return _gone()
    errors = {} if values.get("name", "").strip() else {"name": "Please give your name."}
    if "@" not in email:
        errors["email"] = "Please give an e-mail address."
    if problem := password_problem(values.get("password", ""), email):
        errors["password"] = problem
    if errors:
        return _first_user_page(token, values, errors)
    hashed = await anyio.to_thread.run_sync(hash_password, values["password"], limiter=HASHING)
    client = _client(request)

    def create(session) -> str:
        user_id = service.create_first_user(session, token, values["name"], email, hashed)
        return signin.open_for(session, user_id, email, outcome="first user", **client)

    return await _finish(create, client["device"], lambda errors: _first_user_page(token, values, errors))


async def _finish(command, device: str, again) -> Response:
    """Run the command and enter; wrong fields show the form again, a spent link says so."""
    try:
        return _enter(await db.write(command), device, "/")
    except Invalid as refusal:
        return again(dict(refusal.fields))
    except KithError:
        return _gone()


async def show_invite(request: Request) -> Response:
    token = request.query_params.get("token", "")
    invited = await db.read(_invited, token)
    return _invite_page(token, invited, "") if invited else _gone()


def _invited(session, token: str) -> tuple[str, str] | None:
    """Name and address of the user whom this link invites."""
    link = service.find_link(session, token, "invite", "reset")
    user = session.get(User, link.user_id) if link and link.user_id else None
    return (user.name, user.email) if user and user.deleted_at is None else None


def _invite_page(token: str, invited: tuple[str, str], error: str) -> Response:
    body = form(
        routes.INVITE,
        [NEW_PASSWORD],
        "Set password and sign in",
        errors={"password": error} if error else {},
        hidden={"token": token, "username": invited[1]},
    )
    return page(
        f"Hello {invited[0]}", f"Choose a password. You sign in with {invited[1]}.", body, status=400 if error else 200
    )


async def do_invite(request: Request) -> Response:
    values = await _values(request)
    token = values.get("token", "")
    invited = await db.read(_invited, token)
    if invited is None:
        return _gone()
    if problem := password_problem(values.get("password", ""), invited[1]):
        return _invite_page(token, invited, problem)
    hashed = await anyio.to_thread.run_sync(hash_password, values["password"], limiter=HASHING)
    client = _client(request)

    def accept(session) -> str:
        user_id = service.accept_invitation(session, token, hashed)
        return signin.open_for(session, user_id, invited[1], outcome="invitation", **client)

    return await _finish(
        accept, client["device"], lambda errors: _invite_page(token, invited, " ".join(errors.values()))
    )
