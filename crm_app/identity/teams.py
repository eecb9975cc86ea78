"""The tree of teams as SQL: a team and everything below it."""

from collections.abc import Collection

from sqlalchemy import CTE, Select, select
from sqlmodel import Session, col

from crm_app.tables.user import Team, User


def team_subtree(team_id: int | None) -> CTE:
    """A recursive table of ids: `team_id` and all living teams below it (UNION, so that a circle ends)."""
    tree = (
        select(col(Team.id))
        .where(col(Team.id) == team_id, col(Team.deleted_at).is_(None))
        .cte(recursive=True)  # without a name, so that a query may have two
    )
    below = select(col(Team.id)).where(col(Team.parent_id) == tree.c.id, col(Team.deleted_at).is_(None))
    return tree.union(below)


def find_line_ids(session: Session, team_id: int | None) -> frozenset[int]:
    """A team and those above it, up to the top."""
    if team_id is None:
        return frozenset()
    line = (
        select(col(Team.id), col(Team.parent_id))
        .where(col(Team.id) == team_id, col(Team.deleted_at).is_(None))
        .cte("team_line", recursive=True)
    )
    above = select(col(Team.id), col(Team.parent_id)).where(
        col(Team.id) == line.c.parent_id, col(Team.deleted_at).is_(None)
    )
    return frozenset(session.scalars(select(line.union(above).c.id)))


def users_below(team_ids: Collection[int]) -> Select[int]:
    """The ids of the living users of these teams and of all below them."""
    tree = select(col(Team.id)).where(col(Team.id).in_(team_ids), col(Team.deleted_at).is_(None)).cte(recursive=True)
    below = select(col(Team.id)).where(col(Team.parent_id) == tree.c.id, col(Team.deleted_at).is_(None))
    inside = select(tree.union(below).c.id)
    return select(col(User.id)).where(col(User.team_id).in_(inside), col(User.deleted_at).is_(None))


def find_member_ids(session: Session, user_id: int, team_id: int | None) -> frozenset[int]:
    """Users of the own team and the teams below, and oneself."""
    if team_id is None:
        return frozenset({user_id})
    tree = team_subtree(team_id)
    rows = session.scalars(
        select(col(User.id)).where(col(User.team_id).in_(select(tree.c.id)), col(User.deleted_at).is_(None))
    )
    return frozenset(rows) | {user_id}
