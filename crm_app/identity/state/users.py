"""The page of users: a list, one dialog to add and invite, one to edit."""

import reflex as rx

from crm_app.core import db
from crm_app.core.errors import KithError, field_errors
from crm_app.core.text import clip
from crm_app.identity.handlers import actor, allow
from crm_app.identity.queries import Option, UserRow, list_teams, list_users
from crm_app.identity.service import SaveUser, disable_user, enable_user, invite_user, save_user
from crm_app.identity.telling import carry_out
from crm_app.ui.overlay import Toaster, plain_toast, undo_toast


class UserList(rx.State):
    """Everybody who works here; the text filter lives in the address."""

    rows: rx.Field[list[UserRow]] = rx.field(default_factory=list)
    teams: rx.Field[list[Option]] = rx.field(default_factory=list)
    total: rx.Field[int] = rx.field(0)
    loaded: rx.Field[bool] = rx.field(False)
    edited: rx.Field[UserRow | None] = rx.field(None)
    editing: rx.Field[bool] = rx.field(False)
    errors: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    invited: rx.Field[str] = rx.field("")
    link: rx.Field[str] = rx.field("")
    is_reset: rx.Field[bool] = rx.field(False)

    @rx.event
    @allow("user.read")
    async def load(self) -> None:
        text = clip(self.router.url.query_parameters.get("q", "").strip())
        rows = await db.read(list_users, actor(), text)
        self.rows, self.total = rows[:200], len(rows)
        self.teams = [Option(t.id, t.name) for t in await db.read(list_teams, actor())]
        self.loaded = True

    @rx.event
    @allow("user.administer")
    async def start_new(self) -> None:
        self.edited, self.errors, self.editing = None, {}, True

    @rx.event
    @allow("user.administer")
    async def start_edit(self, user_id: int) -> None:
        """0 begins a new one."""
        self.edited = next((row for row in self.rows if row.id == user_id), None)
        self.errors, self.editing = {}, self.loaded and (self.edited is not None or user_id == 0)

    @rx.event
    @allow("user.administer")
    async def close(self) -> None:
        self.editing, self.link = False, ""

    @rx.event
    @allow("user.administer")
    async def close_link(self, values: dict[str, str]) -> None:
        self.link = ""

    @rx.event
    @allow("user.administer")
    async def save(self, values: dict[str, str]):
        try:
            done = await db.write(
                save_user,
                actor(),
                SaveUser.parse(
                    values, self.edited.id if self.edited else None, self.edited.version if self.edited else None
                ),
            )
        except KithError as refusal:
            self.errors = field_errors(refusal, "name")
            return None
        new, self.editing = self.edited is None, False
        if new:
            return [UserList.load, UserList.invite(done.id)]
        if done.diff:
            (await self.get_state(Toaster)).latest = undo_toast("User saved.", done.batch_id)
        return UserList.load

    @rx.event
    @allow("user.administer")
    async def invite(self, user_id: int):
        try:
            self.link = await db.write(invite_user, actor(), user_id)
        except KithError as refusal:
            (await self.get_state(Toaster)).latest = plain_toast(refusal.message, "bad")
            return None
        found = next((row for row in self.rows if row.id == user_id), None)
        self.invited, self.is_reset = (found.name, found.status == "active") if found else ("", False)
        return UserList.load

    @rx.event
    @allow("user.administer")
    async def disable(self, user_id: int):
        said = "Signed out everywhere, and cannot sign in any more."
        done = await carry_out(self, disable_user, user_id, said=said)
        return UserList.load if done else None

    @rx.event
    @allow("user.administer")
    async def enable(self, user_id: int):
        done = await carry_out(self, enable_user, user_id)
        if done is None:
            return None
        said = "May sign in again." if done.diff["status"][1] == "active" else "Enabled. Send an invitation next."
        (await self.get_state(Toaster)).latest = undo_toast(said, done.batch_id)
        return UserList.load
