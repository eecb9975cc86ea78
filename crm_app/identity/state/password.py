"""A new password by the present one."""

import anyio.to_thread
import reflex as rx

from crm_app.core.errors import KithError, field_errors
from crm_app.identity import signin
from crm_app.identity.handlers import actor, allow
from crm_app.identity.passwords import HASHING, MAX_LENGTH
from crm_app.ui.overlay import Toaster, plain_toast

from .profile import Profile


class OwnPassword(rx.State):
    """The dialog; what is typed never becomes a state var."""

    open: rx.Field[bool] = rx.field(False)
    errors: rx.Field[dict[str, str]] = rx.field(default_factory=dict)

    @rx.event
    @allow("any")
    async def start(self) -> None:
        self.errors, self.open = {}, True

    @rx.event
    @allow("any")
    async def close(self) -> None:
        self.open = False

    @rx.event
    @allow("any")
    async def change(self, values: dict[str, str]):
        who = actor()
        current, fresh, repeated = (values.get(n, "")[: MAX_LENGTH + 1] for n in ("current", "password", "repeated"))
        try:
            await anyio.to_thread.run_sync(
                lambda: signin.change_password(who, current, fresh, repeated), limiter=HASHING
            )
        except KithError as refusal:
            self.errors = field_errors(refusal, "current")
            return None
        self.open = False
        (await self.get_state(Toaster)).latest = plain_toast("Password changed. Other browsers are signed out.")
        return Profile.load
