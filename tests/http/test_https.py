"""Under https the cookie is bound to the host and the browser is told to stay there; a handler without a right."""

import pytest
import reflex as rx
from reflex_base.registry import RegistrationContext
from starlette.responses import Response

from crm_app.core.config import settings
from crm_app.http.authz import check_handlers
from crm_app.http.cookies import clear_session, cookie_name, read_token, set_session
from crm_app.http.csp import policy, security_headers
from crm_app.http.origins import allowed_hosts, allowed_origins, origin_of
from crm_app.identity.handlers import allow


@pytest.fixture
def https(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("KITH_BASE_URL", "https://crm.example")
    settings.cache_clear()
    yield
    settings.cache_clear()


def test_the_cookie_under_https(https: None) -> None:
    response = Response()
    set_session(response, "secret")
    session, tab = response.headers.getlist("set-cookie")
    assert session.startswith("__Host-kith_session=secret;")
    assert {"HttpOnly", "Secure", "Path=/", "SameSite=lax"} <= set(session.split("; ")) and "Domain" not in session
    assert "secret" not in tab and "Secure" in tab
    assert cookie_name() == "__Host-kith_session"
    gone = Response()
    clear_session(gone)
    assert all("Max-Age=0" in header for header in gone.headers.getlist("set-cookie"))


def test_headers_under_https(https: None) -> None:
    assert (b"strict-transport-security", b"max-age=31536000; includeSubDomains") in security_headers()
    assert "wss://crm.example" in policy() and "unsafe-eval" not in policy()
    assert allowed_origins() == {"https://crm.example"} and allowed_hosts() == {"crm.example"}


def test_origins_as_browsers_write_them() -> None:
    assert origin_of("HTTPS://CRM.Example:443/x") == "https://crm.example"
    assert origin_of("http://[::1]:8000") == "http://[::1]:8000"
    assert origin_of("http://localhost:80") == "http://localhost"


def test_two_cookies_of_the_name_are_none() -> None:
    assert read_token(b"a=b; kith_session=one") == "one"
    assert read_token(b"kith_session=one; kith_session=two") == ""
    assert read_token(b"") == read_token(b"kith_session") == read_token(b"kith_session=" + b"x" * 200) == ""


def test_the_app_does_not_start_with_a_handler_without_a_right() -> None:
    """Neither without a permission nor without a schema."""
    token = RegistrationContext.set(RegistrationContext.ensure_context().fork())
    try:
        _two_wrong_handlers()
        with pytest.raises(RuntimeError) as refusal:
            check_handlers()
    finally:
        RegistrationContext.reset(token)
    assert "undeclared: no @allow" in str(refusal.value) and "unreadable: no schema" in str(refusal.value)
    assert "declared_well" not in str(refusal.value)


def _two_wrong_handlers() -> None:
    class WrongState(rx.State):
        @rx.event
        async def undeclared(self) -> None:
            """No permission."""

        @rx.event
        @allow("any")
        async def unreadable(self, x: "Nowhere") -> None:  # noqa: F821  # pyright: ignore
            """A type that does not exist."""

        @rx.event
        @allow("any")
        async def declared_well(self, x: int) -> None:
            """As it should be."""
