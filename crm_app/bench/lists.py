"""Lists over 100,000 people, 10,000 companies, 10,000 own open deals and 1,000,000 activities."""

import json
from time import thread_time
from typing import Any

from sqlalchemy import event, select
from sqlmodel import Session

from crm_app.bench.figures import judged, spread, timed
from crm_app.bench.ground import Ground, ground, make
from crm_app.bench.rows import fill
from crm_app.core import db
from crm_app.core.actor import Principal
from crm_app.core.changes import kind
from crm_app.core.changes.working import table_of
from crm_app.identity.queries import principal_by_email
from crm_app.records.listing import Listing, default_listing, fields_of, list_page, read_listing
from crm_app.records.listing.order import order_of, write_key
from crm_app.records.listing.page import wanted

PEOPLE, COMPANIES, DEALS, ACTIVITIES, SELLERS = 100_000, 10_000, 10_000, 1_000_000, 20
FAR = 999 * 50
TIMES = 15


def measure() -> dict[str, Any]:
    """As a seller who owns 10,000 deals and a twentieth of the rest."""
    with ground(1, DEALS) as found:
        _, actor = found.seller()
        owners = [*found.sellers.values(), *_others(SELLERS - 1)]
        made = fill(owners, PEOPLE, COMPANIES, ACTIVITIES)
        db.write_sync(make, "user", name="Sees all", email="all@example.org", role="administrator", status="active")
        everybody = db.read_sync(principal_by_email, "all@example.org")
        of_all = {"filters_of_who_sees_all": _filters(everybody, found, made)}
        return _pages(actor) | {"filters": _filters(actor, found, made)} | of_all


def _others(count: int) -> list[int]:
    return [db.write_sync(make, "user", name=f"Colleague {n}", role="sales") for n in range(count)]


def _pages(actor: Principal) -> dict[str, Any]:
    """Page 1 against page 1,000 (of deals and activities: the last but one that the seller has)."""
    found: dict[str, Any] = {}
    for name in ("person", "company", "deal", "activity"):
        listing = default_listing(name)
        after, page = db.read_sync(_place, actor, listing)
        first = timed(lambda listing=listing: db.read_sync(list_page, actor, listing), TIMES)
        far = timed(lambda listing=listing, after=after: db.read_sync(list_page, actor, listing, after), TIMES)
        near, late = spread(first), spread(far)
        found[name] = {
            "page_1": near | {"statements": judged(_statements(actor, listing), most=3)},
            f"page_{page}": late | {"statements": judged(_statements(actor, listing, after), most=3)},
            "ratio": judged(late["median_ms"] / near["median_ms"], most=1.5),
        }
    return found


def _place(session: Session, actor: Principal, listing: Listing) -> tuple[str, int]:
    """The key after 999 pages, or before the last page of a shorter list, and the number of the page that follows."""
    known, fields = kind(listing.kind), fields_of(session, actor, listing.kind)
    order = order_of(known, fields, listing)
    keys = select(*(p.expression for p in order.parts)).select_from(table_of(known.table))
    where = wanted(known, fields, listing, actor)
    count = list_page(session, actor, listing).count
    at = min(FAR, (count // 50 - 1) * 50)
    row = session.connection().execute(keys.where(where).order_by(*order.by()).offset(at - 1).limit(1)).one()
    return write_key(list(row)), at // 50 + 1


def _statements(actor: Principal, listing: Listing, after: str = "") -> int:
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    event.listen(db.engine(), "before_cursor_execute", note)
    db.read_sync(list_page, actor, listing, after)
    event.remove(db.engine(), "before_cursor_execute", note)
    return len(seen)


def _filters(actor: Principal, found: Ground, made: dict[str, list[int]]) -> dict[str, Any]:
    """By the clock, and of processor time."""
    slowest: dict[str, Any] = {}
    for name, conditions in _asked(actor, found, made).items():
        fields = db.read_sync(fields_of, actor, name)
        for condition in conditions:
            listing = read_listing(name, {"f": json.dumps(condition)}, fields)

            def read(listing: Listing = listing) -> None:
                db.read_sync(list_page, actor, listing)

            taken, busy = spread(timed(read, TIMES)), spread(timed(read, TIMES, thread_time))
            found_by = judged(taken["p95_ms"], most=100) | {"processor_p95_ms": busy["p95_ms"]}
            slowest[f"{name}.{condition['f']} {condition['op']}"] = found_by
    return slowest


def _asked(actor: Principal, found: Ground, made: dict[str, list[int]]) -> dict[str, list[dict[str, Any]]]:
    """One filter for each indexed field, with the count."""
    company, person, owner = made["company"][7], made["person"][7], actor.id
    return {
        "person": [
            {"f": "display_name", "op": "starts", "v": "Chiara Cas"},
            {"f": "display_name", "op": "is", "v": "Chiara Castro17"},
            {"f": "lifecycle", "op": "is", "v": ["contact"]},
            {"f": "company_id", "op": "is", "v": [company]},
            {"f": "owner_id", "op": "is", "v": ["me"]},
        ],
        "company": [
            {"f": "name", "op": "starts", "v": "Ito"},
            {"f": "owner_id", "op": "is", "v": ["me"]},
        ],
        "deal": [
            {"f": "stage_id", "op": "is", "v": [found.stages[1]]},
            {"f": "company_id", "op": "filled"},
            {"f": "stage_since", "op": "today"},
            {"f": "stage_since", "op": "between", "v": ["2025-03-01", "2025-03-31"]},
        ],
        "activity": [
            {"f": "person_id", "op": "is", "v": [person]},
            {"f": "company_id", "op": "is", "v": [company]},
            {"f": "due_at", "op": "between", "v": ["2025-01-01", "2025-01-31"]},
            {"f": "at", "op": "between", "v": ["2025-01-01", "2025-01-31"]},
            {"f": "done_at", "op": "between", "v": ["2025-01-01", "2025-01-31"]},
            {"f": "done_at", "op": "empty"},
            {"f": "done_at", "op": "today"},
            {"f": "owner_id", "op": "is", "v": [str(owner)]},
        ],
    }
