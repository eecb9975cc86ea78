"""Quality at 100,000 people: the page for a seller, a manager and everybody, beside the same counts without marks."""

import time
from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from crm_app.bench.figures import judged, p95, spread, timed
from crm_app.bench.ground import ground, make
from crm_app.bench.rows import put_rows
from crm_app.core import db
from crm_app.core.actor import SYSTEM, Principal
from crm_app.core.changes import Change, apply_many, kind, outbox
from crm_app.core.changes.working import table_of
from crm_app.identity.queries import principal_by_email
from crm_app.quality import nights
from crm_app.quality.facts import active_rules, given_now
from crm_app.quality.marks import refresh_all
from crm_app.quality.predicates import predicate
from crm_app.quality.queries.page import quality_page
from crm_app.quality.queries.whose import Asked
from crm_app.records.listing import fields_of, list_page, read_listing
from crm_app.tables import Person, PersonEmail
from crm_app.wire import wire

PEOPLE, SELLERS, TIMES, SAVES = 100_000, 50, 20, 200
LACKING = '{"f":"quality.rule","op":"is","v":["person.source"]}'


def _people(owners: list[int]) -> Iterator[dict[str, Any]]:
    """A third leads, a third contacts; a half without a source, a tenth without an owner."""
    for n in range(PEOPLE):
        yield {
            "first_name": f"First{n % 997}" if n % 7 else "",
            "last_name": f"Last{n}",
            "display_name": f"First{n % 997} Last{n}",
            "sort_key": f"first{n % 997} last{n}",
            "lifecycle": ("name", "lead", "contact")[n % 3],
            "source": ("Fair", "Web", "", "")[n % 4],
            "title": "Buyer" if n % 5 else "",
            "owner_id": owners[n % len(owners)] if n % 10 else None,
        }


def _ratio_of_all(session: Session) -> dict[str, int]:
    """What the page counts, asked of the records themselves rule by rule: the baseline."""
    known, given = kind("person"), given_now(session)
    table = table_of(known.table)
    found = {}
    for rule in active_rules(session, "person"):
        query = select(table.c.owner_id, func.count()).where(table.c.deleted_at.is_(None))
        query = query.where(predicate(rule.gap, known, given.with_days(rule.days))).group_by(table.c.owner_id)
        found[rule.key] = sum(count for _, count in session.connection().execute(query))
    return found


def _list(actor: Principal) -> Any:
    def read(session: Session) -> Any:
        fields = fields_of(session, actor, "person")
        return list_page(session, actor, read_listing("person", {"f": LACKING}, fields))

    return db.read_sync(read)


def _followed(ids: list[int]) -> list[float]:
    """Milliseconds until the marks of a saved person are right, without the save."""
    taken = []
    for id in ids:
        db.write_sync(apply_many, SYSTEM, [Change("person", id, {"source": "Congress"})])
        outbox.drain_all("search")
        began = time.perf_counter()
        outbox.drain_all("quality")
        taken.append(time.perf_counter() - began)
    return taken


def measure() -> dict[str, Any]:
    """The page in at most 300 ms for all three, and what keeping the marks costs."""
    wire()
    with ground(SELLERS, 0) as found:
        team = db.write_sync(make, "team", name="Everybody")
        sellers = list(found.sellers.values())
        for name, role in (("manager", "manager"), ("admin", "administrator")):
            values = {"name": name, "email": f"{name}@example.org", "role": role, "status": "active", "team_id": team}
            db.write_sync(make, "user", **values)
        db.write_sync(apply_many, SYSTEM, [Change("user", id, {"team_id": team}) for id in sellers])
        ids = put_rows(Person, _people(sellers))
        put_rows(PersonEmail, ({"person_id": id, "value": f"p{id}@example.org"} for n, id in enumerate(ids) if n % 8))
        outbox.drain_all()
        began = time.perf_counter()
        refresh_all(kinds=("person",))
        night = time.perf_counter() - began
        db.write_sync(nights.take, nights.today(nights.settings().zone))
        base = timed(lambda: db.read_sync(_ratio_of_all), 3)
        figures: dict[str, Any] = {"night_seconds": round(night, 1), "without_marks": spread(base)}
        admin = db.read_sync(principal_by_email, "admin@example.org")
        manager = db.read_sync(principal_by_email, "manager@example.org")
        _, seller = found.seller()
        for name, actor, by in (
            ("own", seller, "owner"),
            ("team", manager, "owner"),
            ("all", admin, "owner"),
            ("all_by_source", admin, "source"),
        ):
            taken = timed(lambda actor=actor, by=by: db.read_sync(quality_page, actor, Asked(by)), TIMES)
            ratio = round(p95(base) / p95(taken), 1)
            figures[name] = spread(taken) | {"bound": judged(p95(taken) * 1000, most=300), "times_faster": ratio}
        figures["list_of_one_figure"] = spread(timed(lambda: _list(admin), TIMES))
        figures["marks_after_a_save"] = spread(_followed(ids[:SAVES]))
        return figures
