"""Owners by team and by region, as conditions of a query."""

from typing import Any

from sqlalchemy import ColumnElement, or_, select

from crm_app.core.changes.working import table_of
from crm_app.identity.teams import team_subtree
from crm_app.tables import Team, User

user, team = table_of(User), table_of(Team)


def members_of_team(owner: Any, team_id: int | None) -> ColumnElement[bool]:
    """Owned within a team or below it; None: by somebody without a living team, or by nobody."""
    if team_id is not None:
        tree = team_subtree(team_id)
        return owner.in_(select(user.c.id).where(user.c.team_id.in_(select(tree.c.id))))
    living = select(team.c.id).where(team.c.deleted_at.is_(None))
    return or_(owner.is_(None), owner.not_in(select(user.c.id).where(user.c.team_id.in_(living))))


def members_of_office(owner: Any, office: str) -> ColumnElement[bool]:
    """Owned by somebody whose team has this office; empty: by somebody without one, or by nobody."""
    there = select(team.c.id).where(team.c.deleted_at.is_(None), team.c.office == office)
    if office:
        return owner.in_(select(user.c.id).where(user.c.team_id.in_(there)))
    elsewhere = select(team.c.id).where(team.c.deleted_at.is_(None), team.c.office != "")
    return or_(owner.is_(None), owner.not_in(select(user.c.id).where(user.c.team_id.in_(elsewhere))))
