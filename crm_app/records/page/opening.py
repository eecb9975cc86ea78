"""What the dialogs beside a person have in common: one opens empty, and closes when it is saved or left."""

import reflex as rx

from crm_app.identity.handlers import allow


class PersonDialog(rx.State, mixin=True):
    """What was typed stays until it is saved; `errors` stand under their fields."""

    open: rx.Field[bool] = rx.field(False)
    errors: rx.Field[dict[str, str]] = rx.field(default_factory=dict)

    @rx.event
    @allow("person.edit")
    async def start(self) -> None:
        self.errors, self.open = {}, True

    @rx.event
    @allow("person.edit")
    async def close(self) -> None:
        self.open = False
