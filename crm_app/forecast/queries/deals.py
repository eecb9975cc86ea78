"""The deals behind a figure of the forecast, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true, union_all
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes.working import IN_LIMIT, table_of
from crm_app.core.errors import Forbidden
from crm_app.core.money import format_money
from crm_app.core.reader import full_day
from crm_app.core.text import id_of
from crm_app.forecast.queries.comparison import WEEK, moved, nights
from crm_app.forecast.queries.sums import Stages, in_stages, stages_now
from crm_app.forecast.queries.whose import Asked, Whose, whose
from crm_app.forecast.rules.categories import CATEGORIES, COUNTED
from crm_app.forecast.rules.movement import MOVES
from crm_app.forecast.rules.periods import Period
from crm_app.identity.policy import decide, may
from crm_app.identity.queries import initials_of
from crm_app.rates.converter import converter
from crm_app.tables import Company, Deal, Stage, User

deal, stage, company, user = (table_of(m) for m in (Deal, Stage, Company, User))
PAGE = 50
UNDATED, LATE, ALL = "undated", "late", "all"
KINDS_OF_SET = (*COUNTED, "omitted", UNDATED, LATE, ALL)


@dataclass(frozen=True)
class DealLine:
    """A deal as the list below the forecast shows it; `chosen` is what somebody said, empty where nobody did."""

    id: int
    title: str
    company: str
    owner: str
    initials: str
    color: str
    stage: str
    value: str
    day: str
    category: str
    chosen: str
    version: int
    editable: bool
    note: str = ""


@dataclass(frozen=True)
class DealPage:
    """Deals from a place on, and how many there are in all."""

    rows: list[DealLine] = field(default_factory=list)
    count: int = 0
    hidden: int = 0


def list_deals(
    session: Session, actor: Principal, asked: Asked, wanted: str = ALL, key: str = "", start: int = 0
) -> DealPage:
    """The deals of a category (`all`, `undated`, `late`), of one line of the roll-up if a key is given.

    Raises Forbidden.
    """
    _may_read(actor)
    stages, run = stages_now(session), session.connection().execute
    found = _found(session, whose(session, actor, asked), stages, asked, wanted, key)
    order = (func.coalesce(found.c.value_minor, 0).desc(), found.c.id)
    count = run(select(func.count()).select_from(found)).scalar_one()
    ids = list(run(select(found.c.id).order_by(*order).limit(PAGE).offset(max(start, 0))).scalars())
    return DealPage(_rows(session, actor, stages, ids), count)


@dataclass(frozen=True)
class CountedDeal:
    """A deal behind the sums of a period, in plain values; `day` is when it closed or is expected to."""

    title: str
    company: str
    owner: str
    stage: str
    category: str
    minor: int | None
    currency: str
    day: date | None


def every_deal(session: Session, actor: Principal, asked: Asked) -> list[CountedDeal]:
    """All deals that the sums of a period count, most valuable first. Raises Forbidden."""
    _may_read(actor)
    stages = stages_now(session)
    found = _found(session, whose(session, actor, asked), stages, asked, ALL, "")
    order = (func.coalesce(deal.c.value_minor, 0).desc(), deal.c.id)
    query = _named().join(found, found.c.id == deal.c.id).order_by(*order)
    counted = []
    for row in session.connection().execute(query):
        day = row.expected_close_on if stages.known[row.stage_id][0] == "open" else row.closed_on
        category = stages.category(row.stage_id, row.forecast)
        names = (row.title, row.company or "", row.owner or "", row.name)
        counted.append(CountedDeal(*names, category, row.value_minor, row.currency, day))
    return counted


def _found(session: Session, of: Whose, stages: Stages, asked: Asked, wanted: str, key: str) -> Any:
    """Ids and values of the deals of a category and a line, as a part of a query."""
    living = (deal.c.deleted_at.is_(None), of.on(deal.c.owner_id), _line(session, key))
    joined = deal.outerjoin(company, company.c.id == deal.c.company_id) if key.startswith("territory:") else deal
    parts = [
        select(deal.c.id, deal.c.value_minor).select_from(joined).where(*living, condition)
        for condition in _set(wanted, stages, asked.period)
    ]
    return union_all(*parts).subquery()


def list_moved(session: Session, actor: Principal, asked: Asked, key: str, start: int = 0) -> DealPage:
    """The deals behind one line of what happened since last week; those that the viewer lost are only counted."""
    _may_read(actor)
    of, stages, money = whose(session, actor, asked), stages_now(session), converter(session, asked.today)
    taken = nights(session, [asked.today - WEEK]).get(asked.today - WEEK)
    if taken is None or key not in MOVES:
        return DealPage()
    changes = {
        one.id: change for one, name, change in moved(session, of, stages, asked.period, taken, money) if name == key
    }
    ids = sorted(changes, key=lambda id: (-abs(changes[id]), id))
    seen = _seen(session, of, ids)
    shown = [id for id in ids if id in seen]
    part = shown[start : start + PAGE]
    notes = {id: _signed(changes[id], money.home, actor.locale) for id in part}
    listed = [replace(row, note=notes[row.id]) for row in _rows(session, actor, stages, part)]
    return DealPage(listed, len(shown), len(ids) - len(shown))


def _may_read(actor: Principal) -> None:
    if not may(actor, "forecast.read"):
        raise Forbidden("Your role may not see forecasts.")


def _signed(change: int, currency: str, locale: str) -> str:
    return ("+" if change > 0 else "") + format_money(change, currency, locale) if change else ""


def _seen(session: Session, of: Whose, ids: Sequence[int]) -> set[int]:
    """Those of the deals that the viewer may see now, deleted ones among them."""
    found: set[int] = set()
    for n in range(0, len(ids), IN_LIMIT):
        query = select(deal.c.id).where(deal.c.id.in_(ids[n : n + IN_LIMIT]), of.on(deal.c.owner_id))
        found |= set(session.connection().execute(query).scalars())
    return found


def _set(wanted: str, stages: Stages, period: Period) -> list[ColumnElement[bool]]:
    """The SQL conditions of a category, as `category_of` says it: a deal fulfils at most one.

    They are kept apart, because each has an index that an OR of them could not use.
    """
    opened, day = in_stages(stages.of("open")), deal.c.expected_close_on
    within = and_(day >= period.start, day < period.end)
    won = and_(in_stages(stages.of("won")), deal.c.closed_on >= period.start, deal.c.closed_on < period.end)
    if wanted == UNDATED:
        return [and_(opened, day.is_(None))]
    if wanted == LATE:
        return [and_(opened, day < period.start)]
    if wanted == "won":
        return [won]
    if wanted == "omitted":
        return [and_(opened, within, deal.c.forecast == "omitted")]
    if wanted in CATEGORIES:
        usual = [id for id in stages.of("open") if stages.category(id, None) == wanted]
        unsaid = and_(deal.c.forecast.is_(None), in_stages(usual))
        return [and_(opened, within, or_(deal.c.forecast == wanted, unsaid))]
    said = or_(deal.c.forecast.is_(None), deal.c.forecast != "omitted")
    return [won, and_(opened, within, said)] if wanted == ALL else [false()]


def _line(session: Session, key: str) -> ColumnElement[bool]:
    """The deals of one line of the roll-up, such as `owner:7`, `region:Lyon`, `territory:` (none)."""
    if not key:
        return true()
    by, _, rest = key.partition(":")
    number = id_of(rest)
    if by == "owner":
        return deal.c.owner_id == number if number is not None else deal.c.owner_id.is_(None)
    if by == "territory":
        return company.c.territory_id == number if number is not None else company.c.territory_id.is_(None)
    from crm_app.forecast.queries.teams import members_of_office, members_of_team

    if by == "team":
        return members_of_team(deal.c.owner_id, number)
    return members_of_office(deal.c.owner_id, rest) if by == "region" else false()


def _rows(session: Session, actor: Principal, stages: Stages, ids: Sequence[int]) -> list[DealLine]:
    """These deals in this order, deleted ones among them."""
    rows = {row.id: row for row in session.connection().execute(_named().where(deal.c.id.in_(ids)))}
    return [_deal_line(rows[id], actor, stages) for id in ids if id in rows]


def _named() -> Any:
    """Deals with the names of their company, owner and stage."""
    joined = deal.outerjoin(company, company.c.id == deal.c.company_id).outerjoin(user, user.c.id == deal.c.owner_id)
    names = (company.c.name.label("company"), user.c.name.label("owner"), user.c.color, stage.c.name)
    return select(deal, *names).select_from(joined.join(stage, stage.c.id == deal.c.stage_id))


def _deal_line(row: Any, actor: Principal, stages: Stages) -> DealLine:
    is_open = stages.known[row.stage_id][0] == "open"
    editable = is_open and row.deleted_at is None and decide(actor, "edit", "deal", row.owner_id, "forecast").allowed
    return DealLine(
        row.id,
        row.title,
        row.company or "",
        row.owner or "",
        initials_of(row.owner or ""),
        row.color or "",
        "Deleted" if row.deleted_at is not None else row.name,
        format_money(row.value_minor, row.currency, actor.locale),
        _day(row.expected_close_on if is_open else row.closed_on),
        stages.category(row.stage_id, row.forecast),
        row.forecast or "",
        row.version,
        editable,
    )


def _day(day: date | None) -> str:
    return full_day(day) if day else ""
