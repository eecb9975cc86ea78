"""Of whom the figures are: everybody in the viewer's reach, one person, a team; the same as a condition of a list."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, and_, false, select, true
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes.working import table_of
from crm_app.identity.policy import SCOPES, scope, visible
from crm_app.identity.teams import users_below
from crm_app.quality.rules.catalogue import KINDS
from crm_app.tables import User
from crm_app.ui import addresses

user = table_of(User)
GROUPINGS = ("owner", "team", "source", "way")
LISTS = {
    "person": addresses.PEOPLE,
    "company": addresses.COMPANIES,
    "deal": addresses.DEAL_LIST,
    "activity": addresses.ACTIVITIES,
}
NOBODY = 0


@dataclass(frozen=True)
class Asked:
    """How figures are grouped, and of whom they are."""

    by: str = "owner"
    owner_id: int | None = None
    team_id: int | None = None


@dataclass(frozen=True)
class Whose:
    """Owners whose records are counted, all within reach; `ids` None: everybody's, and what nobody owns.

    `filter` says the same in a list: the conditions to add (none: the list of this viewer is the same set).
    """

    actor: Principal
    ids: frozenset[int] | None = None
    filter: tuple[dict[str, Any], ...] = ()

    def on(self, column: Any) -> ColumnElement[bool]:
        """The SQL condition for a column of owners."""
        if self.ids is None:
            return true()
        return column.in_(sorted(self.ids)) if self.ids else false()

    def includes(self, owner_id: int | None) -> bool:
        """The same, for one owner."""
        return self.ids is None or owner_id in self.ids

    def href(self, kind_name: str, conditions: Iterable[dict[str, Any]], columns: Iterable[str] = ()) -> str:
        """The list of exactly these records; `columns` are those it shows besides the title."""
        wanted = {"f": json.dumps({"all": [*conditions, *self.filter]}, separators=(",", ":"))}
        chosen = ",".join(dict.fromkeys(columns))
        return f"{LISTS[kind_name]}?{urlencode(wanted | ({'cols': chosen} if chosen else {}))}"

    def of(self, owner_id: int | None) -> "Whose":
        """The same, of one owner alone; None is nobody."""
        mine = {"f": "owner_id", "op": "empty"} if owner_id is None else is_one("owner_id", owner_id)
        return Whose(self.actor, frozenset() if owner_id is None else frozenset({owner_id}), (mine,))


def is_one(field: str, value: Any) -> dict[str, Any]:
    """`field is value` as a condition of a list."""
    return {"f": field, "op": "is", "v": [str(value)]}


def whose(session: Session, actor: Principal, asked: Asked) -> Whose:
    """Whose records are counted for this viewer and this question."""
    reach = scope(actor, "read", "quality")
    ids: frozenset[int] | None = None
    conditions: tuple[dict[str, Any], ...] = ()
    if reach == "none":
        ids = frozenset()
    elif reach == "own":
        ids, conditions = frozenset({actor.id or 0}), (is_one("owner_id", "me"),)
    elif reach == "team":
        ids, conditions = actor.member_ids | {actor.id or 0}, (is_one("owner_id", "team"),)
    if asked.owner_id is not None:
        wanted, conditions = frozenset({asked.owner_id}), (is_one("owner_id", asked.owner_id),)
    elif asked.team_id is not None:
        members = session.connection().execute(users_below([asked.team_id])).scalars()
        wanted, conditions = frozenset(members), (is_one("owner_id", f"team:{asked.team_id}"),)
    else:
        return Whose(actor, ids, conditions)
    return Whose(actor, wanted if ids is None else ids & wanted, conditions)


def kinds_of(actor: Principal) -> tuple[str, ...]:
    """The kinds with rules whose records this viewer may see at least as far as figures of quality reach."""
    reach = SCOPES.index(scope(actor, "read", "quality"))
    return tuple(name for name in KINDS if SCOPES.index(scope(actor, "read", name)) >= reach)


def colleagues(actor: Principal) -> ColumnElement[bool]:
    """Living users of whom the viewer may see figures."""
    return and_(user.c.deleted_at.is_(None), visible(actor, "quality", user.c.id))


def names_of(session: Session, actor: Principal) -> dict[int, Any]:
    """The users in reach, also those who are gone, by id: name, colour, team, role, status."""
    columns = (user.c.id, user.c.name, user.c.color, user.c.team_id, user.c.role, user.c.status, user.c.deleted_at)
    rows = session.connection().execute(select(*columns).where(visible(actor, "quality", user.c.id)))
    return {row.id: row for row in rows}
