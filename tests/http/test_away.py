"""The database is away while somebody loads a page, signs in, or asks whether the session still holds."""

from typing import Any

import httpx
import pytest
from sqlalchemy.exc import OperationalError

from crm_app.core.config import settings
from crm_app.http.gate import Gate
from crm_app.http.site import site
from crm_app.identity import sessions, signin

COOKIE = {"cookie": "kith_session=of-somebody"}
PAGE = {"accept": "text/html"}


def away(*_args: Any, **_named: Any) -> None:
    raise OperationalError("SELECT 1", {}, Exception("unable to open database file"))


@pytest.mark.usefixtures("sqlite_database")
async def test_what_cannot_be_read_is_told_calmly_and_can_be_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "find_session", away)
    monkeypatch.setattr(signin, "sign_in", away)
    here = settings().base_url
    typed = {"email": "ann@example.org", "password": "wrong"}
    transport = httpx.ASGITransport(app=Gate(site()), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=here) as web:
        page = await web.get("/people?sort=name&q=a", headers=PAGE | COOKIE)
        door = await web.post("/sign-in", data=typed, headers=PAGE | {"origin": here})
        elsewhere = await web.get(f"{here}//evil.example/x", headers=PAGE | COOKIE)
        plain = await web.get("/session", headers=COOKIE)
        health = await web.get("/health")
    assert [answer.status_code for answer in (page, door, plain, health)] == [503, 503, 503, 200]
    assert 'href="/people?sort=name&amp;q=a">Try again' in page.text and 'href="/sign-in">Try again' in door.text
    assert "//evil" not in elsewhere.text and 'href="/evil.example/x">Try again' in elsewhere.text
    assert "<" not in plain.text and page.headers["retry-after"] == "5"
    assert "default-src 'self'" in page.headers["content-security-policy"]
