"""The stages that a deal went through, from the change log by one query."""

from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, cast, select
from sqlmodel import Session

from crm_app.core import clock
from crm_app.core.actor import Principal
from crm_app.core.changes.log import ChangeLog
from crm_app.core.changes.working import table_of
from crm_app.core.reader import full_day, numeral
from crm_app.deals.journey import Move, Visit, day_words, days_by_stage, path_marks, visits
from crm_app.deals.queries.rows import PathStep, StageStay
from crm_app.records.reading import titles
from crm_app.tables import User

ENDS = ("open", "won", "lost")
log, user = table_of(ChangeLog), table_of(User)


def stage_in_log(place: int) -> Any:
    """The stage before (0) or after (1) a row of the log; NULL where the row is of something else."""
    return cast(log.c.diff[("stage_id", place)].as_string(), BigInteger)


def stays_of(session: Session, actor: Principal, deal_id: int) -> list[Visit]:
    """The stays of a deal that the actor may see; the caller has looked."""
    query = (
        select(log.c.seq, log.c.effective_at, stage_in_log(0), stage_in_log(1), user.c.name, log.c.undoes)
        .outerjoin(user, user.c.id == log.c.actor_id)
        .where(log.c.kind == "deal", log.c.record_id == deal_id, stage_in_log(1).is_not(None))
        .order_by(log.c.version, log.c.seq)
    )
    moves = [Move(r[0], r[1], r[2], r[3], r[4] or "Kith", r[5]) for r in session.connection().execute(query)]
    return visits(moves, clock.now(), actor.zone)


def path_of(stages: list[Any], present: int, stays: list[Visit], actor: Principal) -> list[PathStep]:
    """The stages of the pipeline, won and lost last, with the days spent in each and how far the deal has come."""
    stages = sorted(stages, key=lambda s: ENDS.index(s.kind))
    days = days_by_stage(stays)
    marks = path_marks([(s.id, s.kind) for s in stages], present, days)
    since = {stay.stage_id: stay.since for stay in stays}
    found = []
    for s in stages:
        spent = day_words(days[s.id]) if s.id in days and s.kind == "open" else ""
        last = f"since {_day(since[s.id], actor)}" if s.id == present and s.id in since else ""
        hint = ", ".join(part for part in (s.name, spent, last) if part)
        short = f"{numeral(days[s.id])} d" if spent else ""
        found.append(PathStep(s.id, s.name, s.kind, marks[s.id], short, hint, s.probability))
    return found


def history_of(session: Session, actor: Principal, stays: list[Visit], closed: bool) -> list[StageStay]:
    """The stays for reading, newest first; a deal that is closed does not count days any more."""
    wanted = {("stage", id) for stay in stays for id in (stay.stage_id, stay.came_from) if id is not None}
    names = {id: title for (_, id), title in titles(session, actor, wanted).items()}
    found = []
    for stay in reversed(stays):
        counts = stay.until is not None or not closed
        came = names.get(stay.came_from, "–") if stay.came_from is not None else ""
        days = day_words(stay.days) if counts else ""
        found.append(StageStay(names.get(stay.stage_id, "–"), came, _day(stay.since, actor), stay.who, days))
    return found


def _day(at: Any, actor: Principal) -> str:
    local = at.astimezone(ZoneInfo(actor.zone))
    return full_day(local)
