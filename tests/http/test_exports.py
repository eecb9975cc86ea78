"""The download of a list over HTTP: a session, the right to export, words for what cannot be asked."""

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from crm_app.core import clock
from crm_app.core.errors import Forbidden
from crm_app.http import exports
from crm_app.identity.sessions import Live
from tests.http.conftest import House
from tests.support.builders import make, principal

pytestmark = pytest.mark.server


def get(house: House, path: str, role: str | None) -> httpx.Response:
    cookies = {} if role is None else {"cookie": f"kith_session={house.enter(role)}"}
    return httpx.get(house.server.base_url + path, headers=cookies, follow_redirects=False)


def test_a_list_downloads_with_its_name_and_header(house: House) -> None:
    answer = get(house, "/export/person.csv?cols=display_name,title&q=nobody", "manager")
    assert answer.status_code == 200 and answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    assert next(csv.reader([answer.content.decode("utf-8-sig")])) == ["Name", "Title"]
    for _ in range(5):  # the file behind it goes as soon as it was sent, and not before
        book = get(house, "/export/company.xlsx", "manager")
        assert book.status_code == 200 and book.content[:2] == b"PK"


def post(house: House, ids: str, role: str | None, origin: str = "") -> httpx.Response:
    headers = {"origin": origin or house.server.base_url}
    if role is not None:
        headers["cookie"] = f"kith_session={house.enter(role)}"
    return httpx.post(house.server.base_url + "/export/person.csv", data={"ids": ids}, headers=headers)


def test_more_rows_than_an_address_holds_are_sent_in_a_form(house_database: House) -> None:
    house = house_database
    ids = [make("person", last_name=f"Ticked {n}", display_name=f"Ticked {n}") for n in range(3)]
    sent = [*ids[:2], *range(900_000, 909_998)]
    answer = post(house, ",".join(map(str, sent)), "administrator")
    rows = list(csv.DictReader([*answer.content.decode("utf-8-sig").splitlines()]))
    assert answer.status_code == 200 and [r["Name"] for r in rows] == ["Ticked 0", "Ticked 1"]


@pytest.mark.parametrize(
    ("ids", "role", "origin", "status"),
    [
        ("1", None, "", 401),
        ("1", "read-only", "", 403),
        ("1", "administrator", "https://elsewhere.example", 403),
        ("", "administrator", "", 400),
        ("1,x", "administrator", "", 400),
        (",".join(["1"] * 10_001), "administrator", "", 400),
    ],
)
def test_what_a_form_may_not_ask_is_said(house: House, ids: str, role: str | None, origin: str, status: int) -> None:
    assert post(house, ids, role, origin).status_code == status


@pytest.mark.parametrize(
    ("path", "role", "status"),
    [
        ("/export/person.csv", None, 303),
        ("/export/person.csv", "read-only", 403),
        ("/export/user.csv", "administrator", 404),
        ("/export/person.exe", "administrator", 404),
        ("/export/person.csv?sort=password", "administrator", 400),
        ("/export/person.csv?f={", "administrator", 400),
        ("/export/person.csv?view=999999", "administrator", 404),
        ("/export/person.csv?ids=1,x", "administrator", 400),
        ("/export/person.csv?ids=" + ",".join(["1"] * 501), "administrator", 400),
    ],
)
def test_what_is_not_allowed_is_said(house: House, path: str, role: str | None, status: int) -> None:
    assert get(house, path, role).status_code == status


@pytest.mark.parametrize("now", [None, {"role": "sales"}, {"unseen": frozenset({"person.custom.1"})}])
async def test_rights_that_are_taken_while_a_file_is_written_keep_it_back(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, now: dict[str, Any] | None
) -> None:
    before = Live(1, "me", clock.now(), principal(7, "manager"))
    after = replace(before, principal=replace(before.principal, **now)) if now is not None else None

    async def find(_: str) -> Live | None:
        return after

    monkeypatch.setattr(exports.live_sessions, "find", find)
    path = tmp_path / "people.csv"
    path.write_text("all of them")
    with pytest.raises(Forbidden, match="rights were changed"):
        await exports.still(before, path)
    assert not path.exists()
    after = before
    await exports.still(before, path)
