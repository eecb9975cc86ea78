"""Marks follow what happens: a change through the outbox within a moment, changed rules in a run of the worker."""

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import func, select, update
from sqlmodel import Session

from crm_app.core import db
from crm_app.core.actor import SYSTEM, Principal
from crm_app.core.changes import kind
from crm_app.core.changes.working import IN_LIMIT, table_of
from crm_app.core.clock import now
from crm_app.quality.marks import RECOUNT, STEP, refresh, refresh_next
from crm_app.quality.rules.catalogue import KINDS
from crm_app.records.bulk import Portion, open_run
from crm_app.records.custom.definitions import by_ids
from crm_app.tables import Activity, BulkRun, Deal, Person

MOST_TOLD = 51  # with more than 50 an open list is read again
activity, deal, person, runs = (table_of(m) for m in (Activity, Deal, Person, BulkRun))


def follow(tell: Callable[[dict[str, Any]], None], payloads: list[dict[str, Any]]) -> None:
    """Registered in `wire`: the records that changed, and those that hang on them. Open lists hear of it once more:
    they were told of the change before its marks were written.
    """
    touched: dict[str, set[int]] = {}
    settings = False
    for payload in payloads:
        touched.setdefault(payload["kind"], set()).update(payload["ids"])
        settings = settings or payload["kind"] in ("quality_rule", "vocabulary_term")
    asked = set(KINDS) if settings else db.read_sync(_kinds_of_fields, touched.get("custom_field", ()))
    if again := [name for name in KINDS if name in asked]:
        db.write_sync(start_recount, again)
    if settings:
        return
    wanted = db.read_sync(_hanging_on, touched)
    for name, ids in wanted.items():
        chosen = sorted(ids)
        for start in range(0, len(chosen), STEP):
            db.write_sync(refresh, name, chosen[start : start + STEP])
        tell({"kind": name, "ids": chosen[:MOST_TOLD], "marks": True})


def start_recount(session: Session, kinds: Iterable[str] = KINDS) -> list[int]:
    """Every record of these kinds anew by the rules of now, in the worker; a run by those of before ends."""
    run = session.connection().execute
    found = []
    for name in kinds:
        going = (runs.c.op == RECOUNT, runs.c.kind == name, runs.c.status == "running")
        run(update(runs).where(*going).values(status="cancelled", finished_at=now()))
        table = table_of(kind(name).table)
        total = run(select(func.count()).select_from(table)).scalar_one()
        found.append(open_run(session, SYSTEM, RECOUNT, name, total=total, note="Quality counted anew"))
    return found


def recounting(session: Session, _actor: Principal, run: BulkRun, limit: int) -> Portion:
    """The operation of that run: the next records by their ids. Killed, it goes on where it was."""
    last, count = refresh_next(session, run.kind, run.cursor, limit)
    return Portion(rows=count, cursor=run.cursor if last is None else last, is_last=last is None)


def _kinds_of_fields(session: Session, ids: Iterable[int]) -> set[str]:
    """Whose custom fields these are: what is required of them may be another now."""
    return {definition.kind for definition in by_ids(session, ids).values()}


def _hanging_on(session: Session, touched: dict[str, set[int]]) -> dict[str, set[int]]:
    """By kind: the records themselves; the people, companies and deals of activities; the deals of a changed stage."""
    found = {name: set(touched[name]) for name in KINDS if touched.get(name)}
    run = session.connection().execute
    for part in _parts(touched.get("activity", ())):
        columns = {"person": activity.c.person_id, "company": activity.c.company_id, "deal": activity.c.deal_id}
        for row in run(select(*columns.values()).where(activity.c.id.in_(part))):
            for name, id in zip(columns, row, strict=True):
                if id is not None:
                    found.setdefault(name, set()).add(id)
    for part in _parts(found.get("person", ()) if touched.get("activity") else ()):
        ids = set(
            run(select(person.c.company_id).where(person.c.id.in_(part), person.c.company_id.is_not(None))).scalars()
        )
        found.setdefault("company", set()).update(ids)
    for part in _parts(touched.get("stage", ())):
        ids = set(run(select(deal.c.id).where(deal.c.stage_id.in_(part))).scalars())
        found.setdefault("deal", set()).update(ids)
    return {name: ids for name, ids in found.items() if ids}


def _parts(ids: Iterable[int]) -> list[list[int]]:
    chosen = sorted(ids)
    return [chosen[start : start + IN_LIMIT] for start in range(0, len(chosen), IN_LIMIT)]
