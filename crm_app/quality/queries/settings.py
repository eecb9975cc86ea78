"""What an administrator sets: the rules as they hold, the checks with their runs."""

from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import kind
from crm_app.core.changes.working import table_of
from crm_app.core.errors import Forbidden, KithError
from crm_app.core.reader import numeral, short_day_and_time
from crm_app.identity.policy import may
from crm_app.quality.checks.asking import href_of, listing_of_check
from crm_app.quality.checks.running import BY_HAND
from crm_app.quality.facts import all_rules, stored_settings
from crm_app.quality.rows import CheckRow, Choice, RuleSetting
from crm_app.records.listing import describe
from crm_app.tables import QualityCheck, QualityRun, User

check, run, user = table_of(QualityCheck), table_of(QualityRun), table_of(User)
RUNS = 6
GOES = {"owner": "the owner", "manager": "the owner's manager"}


def list_rules(session: Session, actor: Principal) -> list[RuleSetting]:
    """Every rule. Raises Forbidden for whoever does not administer quality."""
    _administers(actor)
    stored = stored_settings(session)
    found = []
    for rule in all_rules(session):
        version = stored[rule.key].version if rule.key in stored else 0
        place = (rule.key, kind(rule.kind).plural, rule.c.capitalize(), rule.name)
        found.append(RuleSetting(*place, rule.weight, rule.days, rule.active, version))
    return found


def list_checks(session: Session, actor: Principal) -> list[CheckRow]:
    """Every check with its last runs. Raises Forbidden."""
    _administers(actor)
    query = select(check, user.c.name.label("person")).outerjoin(user, user.c.id == check.c.person_id)
    rows = session.connection().execute(
        query.where(check.c.deleted_at.is_(None)).order_by(check.c.sort_key, check.c.id)
    )
    return [_row(session, actor, row) for row in rows]


def _row(session: Session, actor: Principal, row: Any) -> CheckRow:
    runs = _runs(session, row.id)
    try:
        listing = listing_of_check(session, row.kind, row.parameters)
        chips = "; ".join(f"{chip.label} {chip.words}" for chip in describe(session, actor, listing))
        what, href = f"{kind(row.kind).plural}: {chips or listing.text}", href_of(listing, "person", None)
    except KithError as refusal:
        what, href = refusal.message, ""
    last = runs[0] if runs else None
    tone = "" if last is None else "r" if last.error else "y" if last.found else "g"
    return CheckRow(
        row.id,
        row.version,
        row.name,
        what,
        href,
        row.schedule,
        GOES.get(row.goes_to, row.person or "nobody"),
        row.active,
        "Has not run yet" if last is None else _words(last, actor),
        tone,
        "" if last is None else numeral(last.found),
        [_words(one, actor) for one in runs],
    )


def _runs(session: Session, check_id: int) -> list[Any]:
    query = select(run).where(run.c.check_id == check_id).order_by(run.c.at.desc()).limit(RUNS)
    return list(session.connection().execute(query))


def _words(one: Any, actor: Principal) -> str:
    at = one.at.astimezone(ZoneInfo(actor.zone))
    how = " by hand" if one.slot.startswith(BY_HAND) else ""
    if one.error:
        return f"{short_day_and_time(at)}{how}: failed. {one.error}"
    tasks = f"{one.opened} new, {one.updated} renewed, {one.closed} closed"
    return f"{short_day_and_time(at)}{how}: {numeral(one.found)} found; tasks: {tasks}"


def check_texts(session: Session, actor: Principal, check_id: int) -> dict[str, str]:
    """A check as its dialog shows it; empty for a new one. Raises Forbidden."""
    _administers(actor)
    query = select(check).where(check.c.id == check_id, check.c.deleted_at.is_(None))
    row = session.connection().execute(query).first()
    if row is None:
        return {"schedule": "weekly", "goes_to": "owner", "active": "true"}
    listing = listing_of_check(session, row.kind, row.parameters)
    return {
        "name": row.name,
        "what": href_of(listing, "person", None),
        "schedule": row.schedule,
        "goes_to": row.goes_to,
        "person_id": str(row.person_id or ""),
        "active": "true" if row.active else "",
    }


def people_to_tell(session: Session, actor: Principal) -> list[Choice]:
    """Who can get a task. Raises Forbidden."""
    _administers(actor)
    query = select(user.c.id, user.c.name).where(user.c.deleted_at.is_(None), user.c.status != "disabled")
    rows = session.connection().execute(query.order_by(user.c.sort_key, user.c.id))
    return [Choice(str(row.id), row.name) for row in rows]


def _administers(actor: Principal) -> None:
    if not may(actor, "quality.administer"):
        raise Forbidden("Only an administrator sets rules and checks of quality.")
