"""Users: listed, so that nobody signs in before being invited; managers and offices become teams."""

from typing import ClassVar

from sqlalchemy import select

from crm_app.core.changes.change import Change
from crm_app.core.changes.working import table_of
from crm_app.core.errors import KithError
from crm_app.identity.service import colour_of
from crm_app.imports.recipes.recipe import Draft, Recipe
from crm_app.imports.report import Target
from crm_app.tables import Team, User


class UserRecipe(Recipe):
    """One row, one user; a manager becomes a user too, and a team of that name inside the team of the office."""

    extras: ClassVar = (
        Target("manager", "Manager", ("manager", "sales manager", "reports to")),
        Target("office", "Office", ("regional office", "office", "region", "location")),
    )
    synonyms: ClassVar = {"name": ("sales agent", "agent")}
    supplies: ClassVar = frozenset({"status"})
    defaults: ClassVar = {"role": "sales"}
    match: ClassVar = (("external_id",), ("email",), ("name",))
    hidden: ClassVar = frozenset({"status", "theme", "color"})

    def prepare(self, chunk, drafts: list[Draft]) -> None:
        """Find or make the team of every manager; refuse the rows for which that fails."""
        teams: dict[tuple[str, str], int | str] = {}
        for draft in drafts:
            wanted = draft.extras.get("manager", ""), draft.extras.get("office", "")
            if not any(wanted):
                continue
            if wanted not in teams:
                try:
                    teams[wanted] = _team(chunk, *wanted)
                except KithError as error:
                    teams[wanted] = error.message
            team = teams[wanted]
            if isinstance(team, str):
                chunk.refuse(draft, team)
            else:
                draft.values["team_id"] = team

    def creation(self, chunk, draft: Draft) -> list[Change]:
        """Status and colours are not taken from a file."""
        change = super().creation(chunk, draft)[0]
        return [
            Change(
                "user", draft.id, {**_profile(chunk, draft.values["name"]), **change.set}, "create", row_no=draft.row_no
            )
        ]


def _profile(chunk, name: str) -> dict[str, str]:
    return {"status": "listed", "zone": chunk.job.zone, "color": colour_of(name)}


def _team(chunk, manager: str, office: str) -> int:
    """The manager's team inside the office's; either may be missing. Raises KithError."""
    above = _named_team(chunk, office, None, office) if office else None
    if not manager:
        return above  # pyright: ignore[reportReturnType]
    team = _named_team(chunk, manager, above, office)
    user = _one(chunk, User, User.name == manager)
    if user is None:
        values = {"name": manager, "role": "manager", "team_id": team, **_profile(chunk, manager)}
        user = chunk.also([Change("user", None, values, "create")])[0].id
    table = table_of(Team)
    leader = chunk.session.connection().execute(select(table.c.manager_id).where(table.c.id == team)).scalar()
    if leader is None:
        chunk.also([Change("team", team, {"manager_id": user})])
    return team


def _named_team(chunk, name: str, parent: int | None, office: str) -> int:
    found = _one(chunk, Team, Team.name == name)
    if found is not None:
        return found
    return chunk.also([Change("team", None, {"name": name, "parent_id": parent, "office": office}, "create")])[0].id


def _one(chunk, model, condition) -> int | None:
    table = table_of(model)
    query = select(table.c.id).where(condition, table.c.deleted_at.is_(None)).order_by(table.c.id).limit(1)
    return chunk.session.connection().execute(query).scalar()
