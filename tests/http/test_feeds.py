"""A calendar by its secret link: without a session, never kept, and dead when it should be."""

import httpx
import pytest

from crm_app.activities.ics.links import make_link, revoke_link
from crm_app.core import db
from crm_app.core.clock import now
from crm_app.http import feeds
from crm_app.identity.queries import principal_by_email
from tests.http.conftest import House
from tests.support.builders import make

pytestmark = [pytest.mark.server, pytest.mark.slow]


def test_a_link_is_enough_and_nothing_else_is(house_database: House) -> None:
    actor = db.read_sync(principal_by_email, "sales@example.org")
    other = db.read_sync(principal_by_email, "manager@example.org")
    make("activity", type="meeting", subject="My own plan", owner_id=actor.id, due_at=now())
    make("activity", type="meeting", subject="A secret of others", owner_id=other.id, due_at=now())
    token = db.write_sync(make_link, actor)
    with httpx.Client(base_url=house_database.server.base_url) as web:
        answer = web.get(f"/feeds/calendar/{token}.ics")
        assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/calendar")
        assert "no-store" in answer.headers["cache-control"] and "set-cookie" not in answer.headers
        assert "My own plan" in answer.text and "A secret of others" not in answer.text
        for path in (f"{token}x.ics", f"{token[:-1]}.ics", ".ics", "x" * 5000 + ".ics"):
            refused = web.get(f"/feeds/calendar/{path}")
            assert refused.status_code == 404 and "BEGIN:VCALENDAR" not in refused.text, path
        for path in (f"{token}.html", ""):  # no feed, so an address as any other: first one signs in
            refused = web.get(f"/feeds/calendar/{path}")
            assert refused.status_code == 303 and "/sign-in" in refused.headers["location"], path
        assert web.post(f"/feeds/calendar/{token}.ics").status_code in (403, 405)
        assert web.get("/feeds/../calendar").status_code != 200
        db.write_sync(revoke_link, actor)
        assert web.get(f"/feeds/calendar/{token}.ics").status_code == 404


def test_one_network_reads_only_so_often() -> None:
    feeds._paces.clear()
    taken = [feeds._has_room("203.0.113.9") for _ in range(40)]
    assert taken.count(True) == 30 and feeds._has_room("203.0.113.10")
    feeds._paces.clear()
