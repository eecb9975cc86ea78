"""Commands of the forecast: the category of a deal, targets. They never commit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Applied, Change, apply, apply_many
from crm_app.core.changes.working import table_of
from crm_app.core.config import settings
from crm_app.core.errors import Conflict, FieldConflict, Invalid, Refused
from crm_app.core.text import id_of
from crm_app.deals.kind import FORECASTS
from crm_app.forecast.kind import TARGET
from crm_app.forecast.queries.grid import target_grid
from crm_app.forecast.rules.periods import LENGTHS, Period, is_start
from crm_app.identity.policy import visible
from crm_app.records.properties import typed
from crm_app.tables import Target

target = table_of(Target)
NO_PERIOD = "This is not a period of that kind."


def set_category(session: Session, actor: Principal, deal_id: int, category: str, expected: int | None) -> Applied:
    """Say where a deal belongs; empty: as the probability of its stage says. Raises Invalid, Forbidden, Conflict."""
    if category and category not in FORECASTS:
        raise Invalid({"forecast": "Choose one of the categories."})
    return apply(session, actor, Change("deal", deal_id, {"forecast": category or None}, expected=expected))


@dataclass(frozen=True)
class Aim:
    """Whose target, and when: `u7` a person, `t3` a team, the kind of the period and its first day."""

    user_id: int | None
    team_id: int | None
    kind: str
    start: date

    @classmethod
    def parse(cls, kind: str, cell: str) -> "Aim":
        """From the name of a cell such as `u7:2026-11-01`. Raises Invalid."""
        key, _, day = cell.partition(":")
        try:
            start = date.fromisoformat(day)
            number = id_of(key[1:])
        except ValueError:
            raise Invalid({cell: NO_PERIOD}) from None
        if number is None or key[0] not in "ut" or not is_start(kind, start):
            raise Invalid({cell: NO_PERIOD})
        return cls(number if key[0] == "u" else None, number if key[0] == "t" else None, kind, start)

    def values(self) -> dict[str, Any]:
        """As fields of a target."""
        return {"user_id": self.user_id, "team_id": self.team_id, "period": self.kind, "starts_on": self.start}


def set_target(session: Session, actor: Principal, aim: Aim, raw: str, seen: int) -> Applied | None:
    """The amount as it was typed; an empty one takes the target away. `seen` is the version seen, 0 for none.

    Raises Invalid, Forbidden, Refused, or Conflict where somebody else set it meanwhile.
    """
    amount = typed(TARGET.by_name["amount_minor"], raw, settings().currency, actor)
    standing = _standing(session, actor, aim)
    if standing is None:
        if seen:
            raise Refused("Somebody removed this target meanwhile. Please look again.")
        if amount is None:
            return None
        values = aim.values() | {"amount_minor": amount, "currency": settings().currency}
        return apply(session, actor, Change("target", op="create", set=values))
    if not seen:
        raise Conflict([FieldConflict("amount_minor", amount, standing.amount_minor, None)], standing.version)
    if amount is None:
        return apply(session, actor, Change("target", standing.id, op="delete", expected=seen))
    values = {"amount_minor": amount, "currency": settings().currency}
    return apply(session, actor, Change("target", standing.id, values, expected=seen))


def _standing(session: Session, actor: Principal, aim: Aim) -> Any:
    query = select(target).where(
        target.c.deleted_at.is_(None),
        target.c.period == aim.kind,
        target.c.starts_on == aim.start,
        target.c.user_id == aim.user_id if aim.user_id is not None else target.c.team_id == aim.team_id,
        visible(actor, "target", target.c.owner_id),
    )
    return session.connection().execute(query).first()


def copy_targets(session: Session, actor: Principal, kind: str, start: date) -> Sequence[Applied]:
    """The amounts of the period before, for everybody whom the actor may set one and who has none yet.

    Raises Invalid, Forbidden, Refused where there is nothing to copy.
    """
    if kind not in LENGTHS or not is_start(kind, start):
        raise Invalid({"starts_on": NO_PERIOD})
    period = Period(kind, start)
    editable = {row.key for row in target_grid(session, actor, kind, start.year).rows if row.cells[0].property.editable}
    mine = (target.c.deleted_at.is_(None), target.c.period == kind, visible(actor, "target", target.c.owner_id))
    query = select(target).where(*mine, target.c.starts_on.in_((period.later(-1).start, start))).order_by(target.c.id)
    rows = list(session.connection().execute(query))
    taken = {(r.user_id, r.team_id) for r in rows if r.starts_on == start}
    changes = [
        Change(
            "target",
            op="create",
            set=Aim(r.user_id, r.team_id, kind, start).values()
            | {"amount_minor": r.amount_minor, "currency": r.currency},
        )
        for r in rows
        if r.starts_on != start and (r.user_id, r.team_id) not in taken and _key(r) in editable
    ]
    if not changes:
        raise Refused(f"There is nothing to copy from {period.later(-1).name}.")
    return apply_many(session, actor, changes, note=f"Targets copied from {period.later(-1).name}")


def _key(row: Any) -> str:
    return f"u{row.user_id}" if row.user_id is not None else f"t{row.team_id}"
