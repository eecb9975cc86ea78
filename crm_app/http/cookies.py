"""The session cookie and the tab cookie: their names, how they are read and set."""

import hashlib
from http.cookies import CookieError, SimpleCookie

from starlette.responses import Response

from crm_app.core.config import settings
from crm_app.identity.sessions import hash_token

TAB_COOKIE = "kith_tab"


def cookie_name() -> str:
    """`__Host-kith_session` over https, `kith_session` otherwise."""
    return "__Host-kith_session" if settings().is_https else "kith_session"


def read_token(header: bytes) -> str:
    """The session token in a Cookie header, or an empty string; two of the name are none."""
    jar = SimpleCookie()
    name, text = cookie_name(), header.decode("latin-1")
    if sum(part.strip().startswith(name + "=") for part in text.split(";")) != 1:
        return ""
    try:
        jar.load(text)
    except CookieError:
        return ""
    morsel = jar.get(name)
    return morsel.value if morsel and len(morsel.value) <= 100 else ""


def set_session(response: Response, token: str) -> None:
    """Give the browser its session, and a mark that tells its tabs of the change; the mark opens nothing."""
    chosen = settings()
    age = chosen.session_absolute_days * 86_400
    secure = chosen.is_https
    response.set_cookie(cookie_name(), token, max_age=age, path="/", secure=secure, httponly=True, samesite="lax")
    mark = hashlib.sha256(b"tab" + hash_token(token).encode()).hexdigest()[:16]
    response.set_cookie(TAB_COOKIE, mark, max_age=age, path="/", secure=secure, samesite="lax")


def clear_session(response: Response) -> None:
    """Take both cookies away."""
    response.delete_cookie(cookie_name(), path="/", secure=settings().is_https, httponly=True, samesite="lax")
    response.delete_cookie(TAB_COOKIE, path="/", secure=settings().is_https, samesite="lax")
