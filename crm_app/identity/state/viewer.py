"""The signed-in person, as the frame shows them; what they may do is only a hint for the menus, never authority."""

import reflex as rx

from crm_app.core import db
from crm_app.identity.handlers import actor, allow
from crm_app.identity.policy import OBJECTS, ROLE_NAMES, scope
from crm_app.identity.queries import find_viewer, initials_of


class Viewer(rx.State):
    """Name, colour, theme, and which entries of the menus make sense."""

    key: rx.Field[str] = rx.field("")
    name: rx.Field[str] = rx.field("")
    initials: rx.Field[str] = rx.field("")
    colour: rx.Field[str] = rx.field("")
    role_label: rx.Field[str] = rx.field("")
    theme: rx.Field[str] = rx.field("")
    formats: rx.Field[str] = rx.field("")
    may_administer: rx.Field[bool] = rx.field(False)
    may_import: rx.Field[bool] = rx.field(False)
    may_share: rx.Field[bool] = rx.field(False)
    may_forecast: rx.Field[bool] = rx.field(False)
    creatable: rx.Field[list[str]] = rx.field(default_factory=list)

    @rx.event
    @allow("any")
    async def load(self) -> None:
        who = actor()
        row = await db.read(find_viewer, who)
        self.name, self.initials, self.colour, self.theme = row.name, initials_of(row.name), row.color, row.theme
        self.formats = who.locale
        self.key = str(who.id or "")
        self.role_label = ROLE_NAMES.get(who.role, who.role)
        self.may_administer = scope(who, "administer", "user") != "none"
        self.may_import = scope(who, "import", "deal") != "none"
        self.may_share = scope(who, "edit", "pool") != "none"
        self.may_forecast = scope(who, "read", "forecast") != "none"
        self.creatable = [obj for obj in OBJECTS if scope(who, "create", obj) != "none"]
