"""The page of one user: what this person may do and why, and where they are signed in."""

import reflex as rx

from crm_app.core import db
from crm_app.core.errors import KithError
from crm_app.core.text import id_of
from crm_app.identity.handlers import actor, allow
from crm_app.identity.policy import decide
from crm_app.identity.queries import SessionRow, list_sessions
from crm_app.identity.rights import (
    EXPLAINED,
    RecordRights,
    RightRow,
    UserPage,
    explain_record,
    find_user_page,
    list_rights,
)
from crm_app.identity.service import revoke_session
from crm_app.identity.telling import carry_out


class UserRights(rx.State):
    """Read anew whenever the page opens."""

    user: rx.Field[UserPage | None] = rx.field(None)
    missing: rx.Field[bool] = rx.field(False)
    reason: rx.Field[str] = rx.field("")
    rows: rx.Field[list[RightRow]] = rx.field(default_factory=list)
    sees_sessions: rx.Field[bool] = rx.field(False)
    sessions: rx.Field[list[SessionRow]] = rx.field(default_factory=list)
    object: rx.Field[str] = rx.field("deal")
    record: rx.Field[RecordRights | None] = rx.field(None)
    error: rx.Field[str] = rx.field("")

    @rx.event
    @allow("user.read")
    async def load(self) -> None:
        last = self.router.url.path.rstrip("/").rsplit("/", 1)[-1]
        user_id = id_of(last) or 0
        try:
            user = await db.read(find_user_page, actor(), user_id)
            self.rows = await db.read(list_rights, actor(), user_id)
        except KithError as refusal:
            self.user, self.rows, self.sessions, self.missing, self.reason = None, [], [], True, refusal.message
            return
        if self.user is None or self.user.id != user_id:
            self.record, self.error = None, ""
        self.user, self.missing = user, False
        self.sees_sessions = user.own or decide(actor(), "administer", "user").allowed
        self.sessions = (await db.read(list_sessions, actor(), user_id))[:50] if self.sees_sessions else []

    @rx.event
    @allow("user.read")
    async def choose_object(self, name: str) -> None:
        if name in EXPLAINED:
            self.object, self.record, self.error = name, None, ""

    @rx.event
    @allow("user.read")
    async def explain(self, values: dict[str, str]) -> None:
        chosen, self.record, self.error = id_of(values.get("record_id", "")), None, ""
        if self.user is None or chosen is None:
            self.error = "Please choose a record from the list."
            return
        try:
            self.record = await db.read(explain_record, actor(), self.user.id, self.object, chosen)
        except KithError as refusal:
            self.error = refusal.message

    @rx.event
    @allow("any")
    async def revoke(self, public_id: str):
        await carry_out(self, revoke_session, public_id)
        return UserRights.load
