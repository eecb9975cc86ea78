"""Scores follow what happens: a change within a moment, changed rules in a run of the worker, decay once a day."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, select, update
from sqlmodel import Session

from crm_app.core import db
from crm_app.core.actor import SYSTEM, Principal
from crm_app.core.changes.log import ChangeLog
from crm_app.core.changes.working import IN_LIMIT, of_batch, table_of
from crm_app.core.clock import now, today
from crm_app.records.bulk import BulkProgress, Portion, open_run
from crm_app.records.bulk.progress import progress_of
from crm_app.scoring.queries import read_book
from crm_app.scoring.service import parts_of, rescore
from crm_app.tables import Activity, ActivityAttendee, BulkRun, LeadScore, Person

SCORE = "score"  # the operation of a run
RULES = ("scoring_rule", "scoring_policy")
SCORED_BY = frozenset({*RULES, "person", "activity", "company"})
ATTENDEES = "attendees."
person, activity, attendee, kept, log, runs = (
    table_of(m) for m in (Person, Activity, ActivityAttendee, LeadScore, ChangeLog, BulkRun)
)


def is_scored_by(payload: dict[str, Any]) -> bool:
    """Could this change concern a score?"""
    return payload["kind"] in SCORED_BY


def follow_changes(payloads: list[dict[str, Any]]) -> None:
    """The consumer of the outbox: everybody whom these changes concern is computed anew, nobody else."""
    if any(p["kind"] in RULES for p in payloads):
        db.write_sync(start_run)
    concerned = db.read_sync(concerned_by, payloads)
    for part in parts_of(concerned):
        db.write_sync(rescore, part)


def concerned_by(session: Session, payloads: Iterable[dict[str, Any]]) -> list[int]:
    """People that changed, those of changed companies as far as a rule asks, those of changed activities."""
    found: set[int] = set()
    asked: frozenset[str] | None = None
    for payload in payloads:
        ids = payload["ids"]
        if payload["kind"] == "person":
            found |= set(ids)
        elif payload["kind"] == "activity":
            found |= _of_activities(session, ids, payload["batch"])
        elif payload["kind"] == "company":
            asked = read_book(session).company_fields if asked is None else asked
            if asked and (not payload["fields"] or asked & _names(payload["fields"])):
                query = select(person.c.id).where(person.c.company_id.in_(ids), person.c.deleted_at.is_(None))
                found |= set(session.connection().execute(query).scalars())
    return sorted(found)


def _names(fields: Iterable[str]) -> set[str]:
    return {name.partition(".")[0] for name in fields}


def _of_activities(session: Session, ids: list[int], batch: int) -> set[int]:
    """Whom these activities name, and whom they named before this batch."""
    run = session.connection().execute
    found: set[int | None] = set()
    for start in range(0, len(ids), IN_LIMIT):
        part = ids[start : start + IN_LIMIT]
        found |= set(run(select(activity.c.person_id).where(activity.c.id.in_(part))).scalars())
        found |= set(run(select(attendee.c.person_id).where(attendee.c.activity_id.in_(part))).scalars())
        before = select(log.c.diff).where(*of_batch(batch, "activity", part))
        for diff in run(before).scalars():
            found |= {*diff.get("person_id", ())}
            parts = [row for name, pair in diff.items() if name.startswith(ATTENDEES) for row in pair if row]
            found |= {row.get("person_id") for row in parts}
    return {id for id in found if id is not None}


def start_run(session: Session) -> int:
    """Everybody anew, in the worker; a run that still goes on by the rules of before ends."""
    going = (runs.c.op == SCORE, runs.c.status == "running")
    session.connection().execute(update(runs).where(*going).values(status="cancelled", finished_at=now()))
    total = (
        session.connection()
        .execute(select(func.count()).select_from(person).where(person.c.deleted_at.is_(None)))
        .scalar_one()
    )
    return open_run(session, SYSTEM, SCORE, "person", total=total, note="Scores computed anew")


def scoring(session: Session, _actor: Principal, run: BulkRun, limit: int) -> Portion:
    """The operation of that run: the next people by their ids, with the rules of the moment."""
    query = select(person.c.id).where(person.c.id > run.cursor, person.c.deleted_at.is_(None))
    ids = list(session.connection().execute(query.order_by(person.c.id).limit(limit)).scalars())
    changed = len(rescore(session, ids)) if ids else 0
    run.changed += changed
    run.unchanged -= changed  # the run itself counts all of them, for it has made no changes
    return Portion(rows=len(ids), cursor=ids[-1] if ids else run.cursor, is_last=len(ids) < limit)


def running(session: Session) -> BulkProgress | None:
    """The run that computes everybody anew, the last one that was begun; None before there was any."""
    query = select(BulkRun).where(runs.c.op == SCORE).order_by(runs.c.id.desc()).limit(1)
    found = session.scalars(query).first()
    return progress_of(found) if found is not None else None


def refresh() -> int:
    """What the worker does now and then: those whose points have faded, or whose score by hand has run out, by today.

    Answers with how many were looked at.
    """
    day, looked = today(), 0
    while ids := db.read_sync(_due, day):
        db.write_sync(rescore, ids, day=day)
        looked += len(ids)
    return looked


def _due(session: Session, day: Any) -> list[int]:
    query = select(kept.c.person_id).where(kept.c.due_on <= day).order_by(kept.c.due_on, kept.c.person_id)
    return list(session.connection().execute(query.limit(IN_LIMIT)).scalars())
