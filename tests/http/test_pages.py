"""The gate over HTTP: hosts, origins, redirects, uploads, headers; and the pages of sign-in."""

import re
import time

import httpx
import pytest

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.http.signin import REFUSED_AFTER
from crm_app.identity.passwords import hash_password
from crm_app.identity.service import activate_user, invite_user
from tests.http.conftest import PASSWORD, House
from tests.support.server import running_server
from tests.support.sockets import connected

pytestmark = [pytest.mark.server, pytest.mark.slow]


@pytest.fixture
def web(house: House):
    with httpx.Client(base_url=house.server.base_url) as client:
        yield client


def signed(house: House, role: str = "sales") -> dict[str, str]:
    return {"cookie": f"kith_session={house.enter(role)}", "origin": house.server.base_url}


def test_health_needs_nothing(web: httpx.Client) -> None:
    assert web.get("/health").json() == {"status": "ok"}
    assert web.get("/health", headers={"host": "10.0.0.1"}).status_code == 200


def test_pages_without_a_session_lead_to_sign_in(web: httpx.Client) -> None:
    assert web.get("/").headers["location"] == "/sign-in"
    assert web.get("/users?q=a b").headers["location"] == "/sign-in?next=%2Fusers%3Fq%3Da%2520b"
    assert web.get("/session").status_code == 401


@pytest.mark.parametrize("host", ["127.0.0.1", "evil.example", "192.168.1.5:8000", "localhost.evil.example"])
def test_another_host_name_is_sent_to_the_one_address(house: House, web: httpx.Client, host: str) -> None:
    answer = web.get("/users?q=1", headers={"host": host})
    assert (answer.status_code, answer.headers["location"]) == (307, f"{house.server.base_url}/users?q=1")
    assert host not in answer.headers["location"]
    assert web.post("/sign-in", headers={"host": host, "origin": f"http://{host}"}).status_code == 421


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None, "http://localhost"])
@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/first-user", "/invite", "/_upload"])
def test_writes_from_other_origins_are_refused(web: httpx.Client, origin: str | None, path: str) -> None:
    headers = {"origin": origin} if origin else {}
    assert web.post(path, data={"email": "a"}, headers=headers).status_code == 403


@pytest.mark.parametrize(
    "next_",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/%2fevil.example",
        "/%5cevil.example",
        "/\t/evil.example",
        "evil.example",
        "/sign-out",
    ],
)
def test_no_open_redirect(house: House, web: httpx.Client, next_: str) -> None:
    values = {"email": house.email("sales"), "password": PASSWORD, "next": next_}
    answer = web.post("/sign-in", data=values, headers={"origin": house.server.base_url})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_next_is_kept(house: House, web: httpx.Client) -> None:
    assert 'value="/users?q=1"' in web.get("/sign-in", params={"next": "/users?q=1"}).text
    values = {"email": house.email("sales"), "password": PASSWORD, "next": "/users?q=1"}
    answer = web.post("/sign-in", data=values, headers={"origin": house.server.base_url})
    assert answer.headers["location"] == "/users?q=1"
    cookie = answer.headers.get_list("set-cookie")[0]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Path=/" in cookie


def test_an_unknown_user_looks_like_a_wrong_password(house: House, web: httpx.Client) -> None:
    """Same text, same status, as late: what is counted for a known one takes no longer. The typed address stays."""
    origin = {"origin": house.server.base_url}
    times: dict[str, list[float]] = {house.email("read-only"): [], "nobody@example.org": []}
    texts = {}
    for _ in range(2):
        for email, taken in times.items():
            started = time.perf_counter()
            answer = web.post("/sign-in", data={"email": email, "password": "wrong"}, headers=origin)
            taken.append(time.perf_counter() - started)
            assert answer.status_code == 401 and f'value="{email}"' in answer.text
            texts[email] = answer.text.replace(email, "")
    assert len(set(texts.values())) == 1 and min(map(min, times.values())) >= REFUSED_AFTER


def test_lock_out_after_failures(house_database: House, web: httpx.Client) -> None:
    """With a user of its own: the others of this server must be able to sign in afterwards."""
    origin = {"origin": house_database.server.base_url}
    db.write_sync(activate_user, "locked@example.org", hash_password(PASSWORD), name="Locked Out", role="sales")
    values = {"email": "locked@example.org", "password": "wrong"}
    wrong = [web.post("/sign-in", data=values, headers=origin).text for _ in range(5)]
    right = web.post("/sign-in", data=values | {"password": PASSWORD}, headers=origin)
    assert right.status_code == 401 and right.text == wrong[0]


def test_headers(house: House, web: httpx.Client) -> None:
    page = web.get("/profile/", headers=signed(house))
    policy = page.headers["content-security-policy"]
    scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert "unsafe" not in scripts and "sha256-" in scripts and "frame-ancestors 'none'" in policy
    kept = web.get("/profile/", headers=signed(house) | {"if-none-match": page.headers["etag"]})
    assert (kept.status_code, kept.headers["content-security-policy"]) == (304, policy)
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "same-origin"
    assert "strict-transport-security" not in page.headers
    asset = re.search(r"/assets/[^\"']+\.js", page.text)
    assert asset
    answer = web.get(asset[0])
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers.get("content-encoding") == "gzip"
    assert web.get("/assets/none.js").headers.get("cache-control") != "public, max-age=31536000, immutable"


def test_hidden_paths(house: House, web: httpx.Client) -> None:
    for path in ("/ping", "/_health", "/_all_routes", "/auth-codespace", "/_upload", "/_upload/x.txt", "/_upload/../x"):
        assert web.get(path, headers=signed(house)).status_code == 404, path


async def test_upload_is_bound(house: House) -> None:
    """An upload needs a session, its own client token, and a size that is allowed."""
    cookie = house.enter("administrator")
    origin = {"origin": house.server.base_url, "reflex-event-handler": "x.y"}
    files = {"files": ("a.txt", b"x")}
    async with (
        connected(house.server, cookie) as tab,
        httpx.AsyncClient(base_url=house.server.base_url) as web,
    ):
        headers = origin | {"reflex-client-token": tab.token}
        assert (await web.post("/_upload", files=files, headers=headers)).status_code == 403
        assert (await web.post("/_upload", files=files, headers=headers | signed(house))).status_code == 403
        own = headers | {"cookie": f"kith_session={cookie}"}
        unknown = own | {"reflex-client-token": "00000000-0000-4000-8000-000000000000"}
        assert (await web.post("/_upload", files=files, headers=unknown)).status_code == 403
        large = await web.post("/_upload", headers=own, content=b"0" * 25_100_000)
        assert (large.status_code, large.json()["detail"]) == (413, "At most 25 MB.")


def test_an_invitation_works_once(house_database: House, web: httpx.Client) -> None:
    house = house_database
    from crm_app.identity.service import create_user

    def invite(session) -> str:
        return invite_user(
            session, SYSTEM, create_user(session, SYSTEM, name="New <b>Bee</b>", email="bee@example.org", role="sales")
        )

    link = db.write_sync(invite)
    shown = web.get(link)
    assert shown.status_code == 200 and "<b>Bee" not in shown.text
    token, origin = link.partition("token=")[2], {"origin": house.server.base_url}
    assert web.post("/invite", data={"token": token, "password": "short"}, headers=origin).status_code == 400
    entered = web.post("/invite", data={"token": token, "password": "a better one 9"}, headers=origin)
    assert entered.status_code == 303 and "kith_session" in entered.headers["set-cookie"]
    assert web.post("/invite", data={"token": token, "password": "a better one 8"}, headers=origin).status_code == 404
    assert house.server.sign_in("bee@example.org", "a better one 9")


def test_the_first_user_link_works_once(tmp_path) -> None:
    """Printed in the terminal, reached only with its token, gone after its use."""
    with running_server(tmp_path / "empty") as server, httpx.Client(base_url=server.base_url) as web:
        link = re.search(r"http\S+/first-user\?token=\S+", server.output())
        assert link
        assert web.get("/first-user").status_code == web.get("/first-user?token=x").status_code == 404
        assert web.get(link[0]).status_code == 200
        values = {
            "token": link[0].partition("token=")[2],
            "name": "Ann",
            "email": "ann@example.org",
            "password": PASSWORD,
        }
        origin = {"origin": server.base_url}
        weak = web.post("/first-user", data=values | {"password": "1111111111"}, headers=origin)
        assert weak.status_code == 400 and 'value="ann@example.org"' in weak.text
        assert web.post("/first-user", data=values | {"token": "x"}, headers=origin).status_code == 404
        assert web.post("/first-user", data=values, headers=origin).status_code == 303
        assert web.post("/first-user", data=values | {"email": "b@example.org"}, headers=origin).status_code == 404
        assert web.get(link[0]).status_code == 404
        assert server.sign_in("ann@example.org", PASSWORD)
        assert server.stop() == 0
