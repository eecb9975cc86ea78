"""Paper over HTTP: a session, the right to see and to take, words for what cannot be asked."""

import io

import httpx
import pytest
from openpyxl import load_workbook

from tests.http.conftest import House

pytestmark = pytest.mark.server


def get(house: House, path: str, role: str | None) -> httpx.Response:
    cookies = {} if role is None else {"cookie": f"kith_session={house.enter(role)}"}
    return httpx.get(house.server.base_url + path, headers=cookies, follow_redirects=False)


def test_the_sample_may_stand_in_a_frame_of_ours(house: House) -> None:
    answer = get(house, "/organisation/sample.pdf", "administrator")
    assert (
        answer.status_code == 200
        and answer.content.startswith(b"%PDF")
        and answer.headers["x-frame-options"] == "SAMEORIGIN"
    )
    assert answer.headers["content-type"] == "application/pdf" and answer.headers["cache-control"] == "no-store"


def test_a_report_downloads_in_each_form(house: House) -> None:
    for name in ("pipeline", "activity"):
        paper = get(house, f"/reports/files/{name}.pdf", "manager")
        assert paper.status_code == 200 and paper.content.startswith(b"%PDF")
        assert paper.headers["content-disposition"].startswith(f'attachment; filename="{name}-report-')
        assert paper.headers["x-frame-options"] == "DENY"
        book = load_workbook(io.BytesIO(get(house, f"/reports/files/{name}.xlsx", "manager").content))
        assert book.sheetnames[-1] == "Records"
        assert get(house, f"/reports/files/{name}.csv", "manager").text.startswith("\ufeff")


@pytest.mark.parametrize(
    ("path", "role", "status"),
    [
        ("/organisation/sample.pdf", None, 303),
        (f"/paper/quotes/{2**70}", "administrator", 404),
        ("/reports/files/pipeline.pdf", None, 303),
        ("/reports/files/pipeline.pdf", "read-only", 200),
        ("/reports/files/pipeline.csv", "read-only", 403),
        ("/reports/files/activity.xlsx", "support", 403),
        ("/reports/files/pipeline.exe", "administrator", 404),
        ("/reports/files/secrets.pdf", "administrator", 404),
        ("/reports/files/pipeline.pdf?from=yesterday", "administrator", 400),
        ("/reports/files/pipeline.pdf?owner=1%20OR%201=1", "administrator", 400),
        ("/reports/files/activity.csv?from=2026-02-02&to=2026-02-01", "administrator", 400),
    ],
)
def test_what_is_not_allowed_is_said(house: House, path: str, role: str | None, status: int) -> None:
    assert get(house, path, role).status_code == status
