"""The cookies of session, tab and browser: their names, how they are read and set."""

import hashlib
import re

from starlette.responses import Response

from crm_app.core.config import settings
from crm_app.identity.sessions import hash_token

TAB_COOKIE = "kith_tab"
TOKEN = re.compile(r"[A-Za-z0-9_-]{1,100}")
DEVICE_SECONDS = 180 * 86_400


def cookie_name() -> str:
    """`__Host-kith_session` over https, `kith_session` otherwise."""
    return "__Host-kith_session" if settings().is_https else "kith_session"


def device_name() -> str:
    """The mark of a browser that has signed in before; it opens nothing."""
    return "__Host-kith_device" if settings().is_https else "kith_device"


def read_token(header: bytes) -> str:
    """The session token in a Cookie header, or an empty string; two of the name are none."""
    return _read(header, cookie_name())


def read_device(header: bytes) -> str:
    """The mark of the browser in a Cookie header, or an empty string; two of the name are none."""
    return _read(header, device_name())


def _read(header: bytes, name: str) -> str:
    parts = [part.partition("=") for part in header.decode("latin-1").split(";")]
    found = [value.strip() for key, _, value in parts if key.strip() == name]
    return found[0] if len(found) == 1 and TOKEN.fullmatch(found[0]) else ""


def set_session(response: Response, token: str) -> None:
    """Give the browser its session, and a mark that tells its tabs of the change; the mark opens nothing."""
    chosen = settings()
    age = chosen.session_absolute_days * 86_400
    secure = chosen.is_https
    response.set_cookie(cookie_name(), token, max_age=age, path="/", secure=secure, httponly=True, samesite="lax")
    mark = hashlib.sha256(b"tab" + hash_token(token).encode()).hexdigest()[:16]
    response.set_cookie(TAB_COOKIE, mark, max_age=age, path="/", secure=secure, samesite="lax")


def set_device(response: Response, mark: str) -> None:
    """Let the browser be known at the next sign-in."""
    secure = settings().is_https
    response.set_cookie(
        device_name(), mark, max_age=DEVICE_SECONDS, path="/", secure=secure, httponly=True, samesite="lax"
    )


def clear_session(response: Response) -> None:
    """Take the cookies of session and tab away; the browser stays known."""
    response.delete_cookie(cookie_name(), path="/", secure=settings().is_https, httponly=True, samesite="lax")
    response.delete_cookie(TAB_COOKIE, path="/", secure=settings().is_https, samesite="lax")
