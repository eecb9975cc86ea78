"""The own profile: name, language, zone, theme, and the sessions that are open in one's name."""

import reflex as rx

from crm_app.core import db
from crm_app.core.errors import KithError, field_errors
from crm_app.identity.handlers import actor, allow
from crm_app.identity.queries import ProfileRow, SessionRow, find_viewer, list_sessions
from crm_app.identity.service import revoke_session, update_profile
from crm_app.identity.telling import carry_out
from crm_app.ui.overlay import Toaster, undo_toast

from .viewer import Viewer


class Profile(rx.State):
    """What one may change of oneself."""

    me: rx.Field[ProfileRow | None] = rx.field(None)
    sessions: rx.Field[list[SessionRow]] = rx.field(default_factory=list)
    errors: rx.Field[dict[str, str]] = rx.field(default_factory=dict)

    @rx.event
    @allow("any")
    async def load(self) -> None:
        self.me = await db.read(find_viewer, actor())
        self.sessions = (await db.read(list_sessions, actor()))[:50]

    @rx.event
    @allow("any")
    async def save(self, values: dict[str, str]):
        try:
            done = await db.write(update_profile, actor(), values)
        except KithError as refusal:
            self.errors = field_errors(refusal, "name")
            return None
        self.errors = {}
        if done.diff:
            (await self.get_state(Toaster)).latest = undo_toast("Saved.", done.batch_id)
        return [Viewer.load, Profile.load]

    @rx.event
    @allow("any")
    async def choose_theme(self, theme: str):
        return await self.save({"theme": theme})

    @rx.event
    @allow("any")
    async def revoke(self, public_id: str):
        await carry_out(self, revoke_session, public_id)
        return Profile.load
