"""Scores of 100,000 people after a changed rule, one event to the new score, and lists by score."""

from datetime import timedelta
from time import perf_counter
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlmodel import Session

from crm_app.bench.figures import judged, p95, spread, timed
from crm_app.bench.ground import ground, make
from crm_app.bench.rows import fill
from crm_app.core import db
from crm_app.core.changes import outbox
from crm_app.core.changes.working import table_of
from crm_app.core.clock import now
from crm_app.records.bulk import run_bulk
from crm_app.records.listing import Listing, list_page
from crm_app.scoring.follow import start_run
from crm_app.tables import Activity, Company, Person
from crm_app.wire import wire

PEOPLE, COMPANIES, ACTIVITIES, EVENTS = 100_000, 5_000, 300_000, 40
RECENT = 60  # days over which what was done is spread, so that most of it still counts
person, activity, company = table_of(Person), table_of(Activity), table_of(Company)


def _rules(session: Session) -> None:
    def condition(field: str, op: str, value: Any) -> dict[str, Any]:
        return {"all": [{"f": field, "op": op, "v": value}]}

    for n, last in enumerate(("becker", "ito", "castro")):
        make(session, "scoring_rule", name=last, points=5 + n, condition=condition("last_name", "contains", last))
    make(session, "scoring_rule", name="Leads", points=8, condition=condition("lifecycle", "is", ["lead"]))
    firms = condition("kind", "is", ["customer"])
    make(session, "scoring_rule", name="Customers", points=10, about="company", condition=firms)
    for event, half_life in (("meeting", 14), ("call", 30), ("email", 7)):
        make(session, "scoring_rule", name=event, points=10, event=event, half_life=half_life, cap=40)


def _bring_near(session: Session, ids: list[int]) -> None:
    """What was done lies in the last weeks."""
    at = now()
    rows = [{"b_id": id, "b_at": at - timedelta(days=n % RECENT)} for n, id in enumerate(ids)]
    statement = update(activity).where(activity.c.id == bindparam("b_id")).values(done_at=bindparam("b_at"))
    session.connection().execute(statement, rows)


def _bare(session: Session) -> int:
    """The least that could be read: people with their companies, and what was done with them."""
    run = session.connection().execute
    columns = (person.c.id, person.c.last_name, person.c.lifecycle, company.c.kind)
    people = run(select(*columns).outerjoin(company, company.c.id == person.c.company_id)).all()
    done = run(select(activity.c.person_id, activity.c.type, activity.c.done_at)).all()
    return len(people) + len(done)


def measure() -> dict[str, Any]:
    """A run over everybody, one event, a page of the list."""
    wire()
    with ground(5, 0) as found:
        made = fill(list(found.sellers.values()), PEOPLE, COMPANIES, ACTIVITIES)
        db.write_sync(_bring_near, made["activity"])
        db.write_sync(_rules)
        outbox.drain_all()
        first = _run()
        again = _run()
        bare = min(timed(lambda: db.read_sync(_bare), 3))
        events = [_event(id) for id in made["person"][:: PEOPLE // EVENTS]]
        _, seller = found.seller()
        listing = Listing("person", sort="score", descending=True, columns=("display_name", "score", "band"))
        pages = timed(lambda: db.read_sync(list_page, seller, listing), 20)
    return {
        "first_run": judged(first, most=60) | {"people_per_s": round(PEOPLE / first)},
        "run_that_changes_nothing_s": round(again, 1),
        "bare_query_s": round(bare, 2),
        "ratio_to_bare_query": round(first / bare, 1),
        "event_to_score": spread(events) | {"bound": judged(p95(events) * 1000, most=1000)},
        "list_by_score": spread(pages) | {"bound": judged(p95(pages) * 1000, most=100)},
    }


def _run() -> float:
    """Seconds of a whole run, as the worker does it."""
    run_id = db.write_sync(start_run)
    began = perf_counter()
    run_bulk(run_id)
    return perf_counter() - began


def _event(person_id: int) -> float:
    """Seconds from the saved meeting to the new score, the worker's lane drained at once."""
    began = perf_counter()
    values = {"type": "meeting", "subject": "Met", "person_id": person_id, "done_at": now()}
    db.write_sync(make, "activity", **values)
    outbox.drain_all("score")
    taken = perf_counter() - began
    outbox.drain_all()
    return taken
