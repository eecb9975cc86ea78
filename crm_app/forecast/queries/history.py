"""How deals stood at an earlier moment: as they are now, with what the log says taken back."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.changes.log import ChangeLog
from crm_app.core.changes.values import decode
from crm_app.core.changes.working import IN_LIMIT, table_of
from crm_app.forecast.queries.sums import Stages
from crm_app.forecast.rules.movement import Standing
from crm_app.rates.converter import Converter
from crm_app.tables import Deal

deal, log = table_of(Deal), table_of(ChangeLog)
WATCHED = (
    *("stage_id", "forecast", "value_minor", "currency", "expected_close_on", "closed_on", "owner_id"),
    "deleted_at",
)


@dataclass(frozen=True)
class Touched:
    """A deal that was changed since; `then` is None where it was not there yet."""

    id: int
    title: str
    then: Mapping[str, Any] | None
    now: Mapping[str, Any]


def touched_since(session: Session, moment: datetime) -> list[Touched]:
    """Every deal with a change that took effect at or after the moment, by id."""
    before: dict[int, dict[str, Any]] = defaultdict(dict)
    created: set[int] = set()
    query = (
        select(log.c.record_id, log.c.op, log.c.diff)
        .where(log.c.kind == "deal", log.c.effective_at >= moment)
        .order_by(log.c.effective_at, log.c.seq)
    )
    for id, op, diff in session.connection().execute(query):
        known = before[id]
        if op == "create":
            created.add(id)
            continue
        for name in WATCHED:
            if name in diff:
                known.setdefault(name, decode(Deal, name, diff[name][0]))
    found: list[Touched] = []
    ids = sorted(before)
    for start in range(0, len(ids), IN_LIMIT):
        rows = select(deal.c.id, deal.c.title, *(deal.c[name] for name in WATCHED))
        part = rows.where(deal.c.id.in_(ids[start : start + IN_LIMIT])).order_by(deal.c.id)
        for row in session.connection().execute(part).mappings():
            now = {name: row[name] for name in WATCHED}
            then = None if row["id"] in created else now | before[row["id"]]
            found.append(Touched(row["id"], row["title"], then, now))
    return found


def day_of(row: Mapping[str, Any], stages: Stages) -> date | None:
    """When the deal is expected to close, or closed."""
    is_open = stages.known[row["stage_id"]][0] == "open"
    return row["expected_close_on"] if is_open else row["closed_on"]


def standing_of(row: Mapping[str, Any] | None, stages: Stages, money: Converter) -> Standing | None:
    """The row as the rules see it, in the organisation's currency."""
    if row is None:
        return None
    return Standing(
        stages.category(row["stage_id"], row["forecast"]),
        money.minor(row["value_minor"] or 0, row["currency"]),
        day_of(row, stages),
        row["owner_id"],
        row["deleted_at"] is not None,
    )
