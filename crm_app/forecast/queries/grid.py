"""Targets of a year in a grid: people and teams down, periods across; each amount can be edited where it stands."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes.working import table_of
from crm_app.core.config import settings
from crm_app.core.errors import Forbidden
from crm_app.core.money import format_money, to_major
from crm_app.core.reader import month_name
from crm_app.forecast.rules.periods import LENGTHS, Period
from crm_app.identity.policy import decide, may, visible
from crm_app.identity.queries import initials_of
from crm_app.records.properties import Property
from crm_app.tables import Target, Team, User

target, user, team = (table_of(m) for m in (Target, User, Team))
WITH_TARGETS = ("administrator", "manager", "sales")  # whose role makes deals
MOST_ROWS = 200


@dataclass(frozen=True)
class Cell:
    """One amount and its version; 0: there is none yet."""

    field: str
    property: Property
    version: int = 0


@dataclass(frozen=True)
class GridRow:
    """A person or a team with its amounts and their sum."""

    key: str
    name: str
    note: str
    initials: str
    color: str
    is_team: bool
    total: str
    cells: list[Cell] = field(default_factory=list)


@dataclass(frozen=True)
class GridColumn:
    """A period; `copies` is whether something can be copied into it from the one before."""

    start: str
    name: str
    total: str
    copies: bool


@dataclass(frozen=True)
class Grid:
    """The targets of a year for one kind of period."""

    kind: str = "month"
    year: int = 0
    columns: list[GridColumn] = field(default_factory=list)
    rows: list[GridRow] = field(default_factory=list)
    total: str = ""
    editable: bool = False


def periods_in(kind: str, year: int) -> list[Period]:
    """The periods of that kind in a year."""
    first = Period(kind, date(year, 1, 1))
    return [first.later(n) for n in range(12 // LENGTHS[kind])]


def target_grid(session: Session, actor: Principal, kind: str, year: int) -> Grid:
    """The targets that the viewer may see. Raises Forbidden."""
    if not may(actor, "target.read"):
        raise Forbidden("Your role may not see targets.")
    periods = periods_in(kind, year)
    found = _amounts(session, actor, kind, [periods[0].later(-1), *periods])
    rows = [_row(actor, subject, periods, found) for subject in _subjects(session, actor)]
    editable = any(cell.property.editable for row in rows for cell in row.cells)
    people = [key for key, *_rest in _subjects(session, actor) if key.startswith("u")]
    totals = [sum(_home(found.get((k, p.start))) for k in people) for p in periods]
    columns = [
        GridColumn(
            p.start.isoformat(),
            month_name(p.start) if kind == "month" else p.name,
            format_money(totals[n], settings().currency, actor.locale) if totals[n] else "",
            editable and any((row.key, p.later(-1).start) in found for row in rows),
        )
        for n, p in enumerate(periods)
    ]
    whole = format_money(sum(totals), settings().currency, actor.locale) if sum(totals) else ""
    return Grid(kind, year, columns, rows, whole, editable)


def _home(row: Any) -> int:
    """Amounts of another currency are not added up here."""
    return row.amount_minor if row is not None and row.currency == settings().currency else 0


def _amounts(session: Session, actor: Principal, kind: str, periods: list[Period]) -> dict[tuple[str, date], Any]:
    query = select(target).where(
        target.c.deleted_at.is_(None),
        target.c.period == kind,
        target.c.starts_on.between(periods[0].start, periods[-1].start),
        visible(actor, "target", target.c.owner_id),
    )
    rows = session.connection().execute(query)
    return {(f"u{r.user_id}" if r.user_id is not None else f"t{r.team_id}", r.starts_on): r for r in rows}


def _subjects(session: Session, actor: Principal) -> list[tuple[str, str, str, str, int | None]]:
    """Key, name, note, colour and owner: each team of which the viewer may see the target, then its people."""
    run = session.connection().execute
    teams = run(
        select(team.c.id, team.c.name, team.c.manager_id, team.c.office)
        .where(team.c.deleted_at.is_(None), visible(actor, "target", team.c.manager_id))
        .order_by(team.c.sort_key, team.c.id)
    ).all()
    people = run(
        select(user.c.id, user.c.name, user.c.color, user.c.team_id)
        .where(user.c.deleted_at.is_(None), user.c.status != "disabled", user.c.role.in_(WITH_TARGETS))
        .where(visible(actor, "target", user.c.id))
        .order_by(user.c.sort_key, user.c.id)
    ).all()
    known = {t.id for t in teams}
    found: list[tuple[str, str, str, str, int | None]] = []
    for one in teams:
        found.append((f"t{one.id}", one.name, one.office, "", one.manager_id))
        found += [(f"u{p.id}", p.name, "", p.color, p.id) for p in people if p.team_id == one.id]
    found += [(f"u{p.id}", p.name, "", p.color, p.id) for p in people if p.team_id not in known]
    return found[:MOST_ROWS]


def _row(
    actor: Principal,
    subject: tuple[str, str, str, str, int | None],
    periods: list[Period],
    found: dict[tuple[str, date], Any],
) -> GridRow:
    key, name, note, color, owner_id = subject
    editable = decide(actor, "edit", "target", owner_id).allowed
    cells = [_cell(actor, key, name, p, found.get((key, p.start)), editable) for p in periods]
    total = sum(_home(found.get((key, p.start))) for p in periods)
    words = format_money(total, settings().currency, actor.locale) if total else ""
    return GridRow(key, name, note, initials_of(name), color, key.startswith("t"), words, cells)


def _cell(actor: Principal, key: str, name: str, period: Period, row: Any, editable: bool) -> Cell:
    field_name = f"{key}:{period.start.isoformat()}"
    raw, value = "", ""
    if row is not None:
        major = to_major(row.amount_minor, row.currency)
        raw = f"{major:.0f}" if major == major.to_integral_value() else f"{major}"
        value = format_money(row.amount_minor, row.currency, actor.locale)
    shown = Property(field_name, f"{name}, {period.name}", value, raw, "money", editable)
    return Cell(field_name, shown, row.version if row is not None else 0)
