"""The page of teams: the tree, and one dialog for a team."""

import reflex as rx

from crm_app.core import db
from crm_app.core.errors import KithError, field_errors
from crm_app.identity.handlers import actor, allow
from crm_app.identity.queries import Option, TeamRow, list_teams, list_users
from crm_app.identity.service import SaveTeam, save_team
from crm_app.ui.overlay import Toaster, undo_toast


class TeamTree(rx.State):
    """Teams in the order of the tree, each with its depth."""

    rows: rx.Field[list[TeamRow]] = rx.field(default_factory=list)
    people: rx.Field[list[Option]] = rx.field(default_factory=list)
    loaded: rx.Field[bool] = rx.field(False)
    edited: rx.Field[TeamRow | None] = rx.field(None)
    parent: rx.Field[str] = rx.field("")
    below: rx.Field[int] = rx.field(0)
    editing: rx.Field[bool] = rx.field(False)
    errors: rx.Field[dict[str, str]] = rx.field(default_factory=dict)

    @rx.event
    @allow("team.read")
    async def load(self) -> None:
        self.rows = (await db.read(list_teams, actor()))[:200]
        self.people = [Option(u.id, u.name) for u in await db.read(list_users, actor(), "")][:500]
        self.loaded = True

    @rx.event
    @allow("team.administer")
    async def start(self, team_id: int, parent_id: int) -> None:
        """0 begins a new one, below that parent."""
        self.edited = next((row for row in self.rows if row.id == team_id), None)
        self.below = 0 if self.edited else parent_id
        self.parent = str((self.edited.parent_id if self.edited else parent_id) or "")
        self.errors, self.editing = {}, self.loaded and (self.edited is not None or team_id == 0)

    @rx.event
    @allow("team.administer")
    async def close(self) -> None:
        self.editing = False

    @rx.event
    @allow("team.administer")
    async def save(self, values: dict[str, str]):
        try:
            done = await db.write(
                save_team,
                actor(),
                SaveTeam.parse(
                    values, self.edited.id if self.edited else None, self.edited.version if self.edited else None
                ),
            )
        except KithError as refusal:
            self.errors = field_errors(refusal, "name")
            return None
        self.editing = False
        if done.diff:
            (await self.get_state(Toaster)).latest = undo_toast("Team saved.", done.batch_id)
        return TeamTree.load
