"""HTTP without a browser: methods, cookies, bodies that lie or drip, paths that climb, too many sign-ins."""

import socket
from urllib.parse import urlsplit

import httpx
import pytest

from tests.http.conftest import PASSWORD, House
from tests.http.test_pages import signed

pytestmark = [pytest.mark.server, pytest.mark.slow]


@pytest.fixture
def web(house: House):
    with httpx.Client(base_url=house.server.base_url) as client:
        yield client


def raw(house: House, head: str, body: bytes = b"", seconds: float = 8) -> bytes:
    """Send bytes as they are and read until the server closes or the time is over."""
    place = urlsplit(house.server.base_url)
    with socket.create_connection((place.hostname or "", place.port or 0), timeout=seconds) as line:
        line.sendall(head.replace("\n", "\r\n").encode("latin-1") + b"\r\n\r\n" + body)
        got = b""
        try:
            while piece := line.recv(65536):
                got += piece
                if b"\r\n\r\n" in got and b"content-length: 0" in got.lower():
                    break
        except (TimeoutError, ConnectionError):
            pass
        return got


def head_of(house: House, line: str, *more: str) -> str:
    place = urlsplit(house.server.base_url)
    return "\n".join((line, f"host: {place.netloc}", "connection: close", *more))


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "get"])
def test_other_methods_do_nothing(house: House, method: str) -> None:
    """Neither from nowhere nor from a page of this site."""
    for origin in ((), (f"origin: {house.server.base_url}",)):
        answer = raw(house, head_of(house, f"{method} /sign-out HTTP/1.1", "content-length: 0", *origin))
        status = int(answer.split()[1]) if answer.startswith(b"HTTP") else 400
        assert status in (400, 401, 403, 404, 405, 501), (method, answer[:200])


@pytest.mark.parametrize("name", ["x-http-method-override", "x-http-method", "x-method-override"])
def test_a_method_is_not_overridden(house: House, web: httpx.Client, name: str) -> None:
    headers = signed(house)
    web.get("/sign-out?_method=POST", headers=headers | {name: "POST"})
    assert web.get("/session", headers=headers).status_code == 204


def test_polling_is_no_way_to_a_socket(house: House, web: httpx.Client) -> None:
    """A session with polling would be neither watched nor counted."""
    for path in ("/_event", "/_event/", "/_event/x"):
        answer = web.get(path, params={"EIO": "4", "transport": "polling", "token": "x"}, headers=signed(house))
        assert answer.status_code == 404
        assert web.post(path, content=b"40", headers=signed(house)).status_code == 404


def test_a_tossed_cookie_gives_no_session(house: House, web: httpx.Client) -> None:
    """Two session cookies are none, wherever the second one hides; odd names are other cookies."""
    good, evil = house.enter("sales"), house.enter("administrator")
    for cookie in (
        f"kith_session={good}; kith_session={evil}",
        f"kith_session={good}; kith_session ={evil}",
        f"kith_session={good};kith_session={good}",
        f'kith_session="{good}"',
        f"KITH_SESSION={good}",
        f"kith_session={good}%00",
        f"kith_session={good}, kith_session={evil}",
        f"__Host-kith_session={good}",
    ):
        assert web.get("/session", headers={"cookie": cookie}).status_code == 401, cookie
    two = [("cookie", f"kith_session={good}"), ("cookie", f"kith_session={evil}")]
    assert web.get("/session", headers=two).status_code == 401
    assert web.get("/session", headers={"cookie": f"a=b; kith_session={good}; c=d"}).status_code == 204


def test_an_upload_that_lies_about_its_length(house: House) -> None:
    """Too few announced, none announced, not a number, two lengths: refused, and the server goes on."""
    cookie = house.enter("administrator")
    own = (f"origin: {house.server.base_url}", f"cookie: kith_session={cookie}", "reflex-event-handler: x.y")
    for length, body in (
        ("content-length: 4", b"x" * 100),
        ("content-length: -1", b"x"),
        ("content-length: 1e9", b"x"),
        ("content-length: 99999999999999999999", b"x"),
        ("content-length: 5\ncontent-length: 6", b"xxxxxx"),
        ("transfer-encoding: chunked", b"5\r\nxxxxx\r\n0\r\n\r\n"),
        ("transfer-encoding: chunked\ncontent-length: 3", b"5\r\nxxxxx\r\n0\r\n\r\n"),
    ):
        answer = raw(house, head_of(house, "POST /_upload HTTP/1.1", *own, length), body)
        assert not answer.startswith(b"HTTP/1.1 2"), (length, answer[:200])
    assert httpx.get(house.server.base_url + "/health").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/../../../etc/passwd",
        "/assets/../../../../etc/passwd",
        "/assets/..%2f..%2f..%2f..%2fetc%2fpasswd",
        "/assets/%2e%2e/%2e%2e/kith.db",
        "/assets/..\\..\\kith.db",
        "/assets//etc/passwd",
        "/%2e%2e%2fkith.db",
        "/kith.db",
        "/_upload/../kith.db",
        "/assets/%00",
        "/.env",
        "/.git/config",
        "/crm_app/core/config.py",
    ],
)
def test_paths_do_not_climb(house: House, path: str) -> None:
    """Sent as written, with a session and without one."""
    for more in ((), (f"cookie: kith_session={house.enter('administrator')}",)):
        answer = raw(house, head_of(house, f"GET {path} HTTP/1.1", *more))
        assert not any(found in answer for found in (b"root:", b"SQLite format", b"[core]", b"pydantic_settings")), (
            answer[:300]
        )


@pytest.mark.parametrize("value", ["a\r\nset-cookie: x=y", "a%0d%0aset-cookie:%20x=y", "//evil\r\nx: y"])
def test_no_header_is_slipped_in(house: House, web: httpx.Client, value: str) -> None:
    values = {"email": house.email("sales"), "password": PASSWORD, "next": "/" + value}
    answer = web.post("/sign-in", data=values, headers={"origin": house.server.base_url})
    assert "x=y" not in "".join(answer.headers.get_list("set-cookie")) and "x" not in answer.headers
    gone = web.get("/users/" + value.replace("\r", "%0d").replace("\n", "%0a"))
    assert "x=y" not in "".join(gone.headers.get_list("set-cookie"))


@pytest.mark.parametrize(
    "name", ["x-forwarded-host", "x-forwarded-proto", "forwarded", "x-original-url", "x-rewrite-url"]
)
def test_headers_of_proxies_change_no_address(house: House, web: httpx.Client, name: str) -> None:
    answer = web.get("/users", headers={name: "evil.example/sign-in"})
    assert answer.headers["location"] == "/sign-in?next=%2Fusers"


def test_forms_take_no_more_than_a_form(house: House, web: httpx.Client) -> None:
    """A huge body, files, hundreds of fields: an answer in words, nothing written."""
    origin = {"origin": house.server.base_url}
    assert web.post("/sign-in", data={"email": "a" * 30_000, "password": "b"}, headers=origin).status_code == 400
    fields = {f"f{n}": "x" for n in range(300)}
    assert web.post("/sign-in", data=fields, headers=origin).status_code in (400, 413)
    files = {"email": ("a.txt", b"x"), "password": ("b.txt", b"x")}
    assert web.post("/sign-in", files=files, headers=origin).status_code in (400, 413)
    script = "<script>alert(1)</script>"
    shown = web.post("/sign-in", data={"email": script, "password": "b"}, headers=origin).text
    assert script not in shown and "&lt;script&gt;" in shown
