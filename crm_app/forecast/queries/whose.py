"""What is asked for, and whose deals that means for this viewer."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, false, select, true
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes.working import table_of
from crm_app.forecast.rules.periods import Period
from crm_app.identity.policy import SCOPES, scope, visible
from crm_app.identity.teams import team_subtree
from crm_app.tables import User

user = table_of(User)
FEW = 3
GROUPINGS = ("owner", "team", "region", "territory")


@dataclass(frozen=True)
class Asked:
    """A period, how its sums are grouped, and of whom: everybody in reach, one person, or a team and those below."""

    period: Period
    today: date
    by: str = "owner"
    owner_id: int | None = None
    team_id: int | None = None


@dataclass(frozen=True)
class Whose:
    """Owners whose deals are counted, all within the viewer's reach; `ids` None: everybody's, and deals of nobody."""

    actor: Principal
    ids: frozenset[int] | None = None

    def on(self, owner_column: Any) -> ColumnElement[bool]:
        """The SQL condition: within the viewer's rights, and asked for.

        Many owners are compared as an expression, so that SQLite takes the indexes of days, which hold all that the
        sums need, and not one of owners.
        """
        if self.ids is None:
            narrower = min(("deal", "forecast"), key=lambda name: SCOPES.index(scope(self.actor, "read", name)))
            return visible(self.actor, narrower, owner_column)
        if not self.ids:
            return false()
        return (owner_column + 0 if len(self.ids) > FEW else owner_column).in_(sorted(self.ids))

    def includes(self, owner_id: int | None) -> bool:
        """The same, for one owner."""
        return self.ids is None or owner_id in self.ids


def whose(session: Session, actor: Principal, asked: Asked) -> Whose:
    """The owners that the viewer may see and asked for."""
    reaches = {scope(actor, "read", "deal"), scope(actor, "read", "forecast")}
    ids: frozenset[int] | None = None
    if "none" in reaches:
        ids = frozenset()
    elif "own" in reaches:
        ids = frozenset({actor.id}) if actor.id is not None else frozenset()
    elif "team" in reaches:
        ids = actor.member_ids | ({actor.id} if actor.id is not None else set())
    wanted: frozenset[int] | None = None
    if asked.owner_id is not None:
        wanted = frozenset({asked.owner_id})
    elif asked.team_id is not None:
        tree = team_subtree(asked.team_id)
        members = select(user.c.id).where(user.c.team_id.in_(select(tree.c.id)))
        wanted = frozenset(session.connection().execute(members).scalars())
    if wanted is None or ids is None:
        return Whose(actor, ids if wanted is None else wanted)
    return Whose(actor, ids & wanted)


def everybody(session: Session, actor: Principal, *, active: bool = True) -> ColumnElement[bool]:
    """Living users whose forecast the viewer may see."""
    rights = visible(actor, "forecast", user.c.id)
    return and_(user.c.deleted_at.is_(None), rights, user.c.status != "disabled" if active else true())
