"""What the palette's actions do: each is an event of the feature it belongs to."""

import reflex as rx

from crm_app.activities.state import ActivityCard
from crm_app.identity.handlers import allow
from crm_app.identity.state import Profile
from crm_app.records.create.state import NewRecord

ACTIONS = {
    "new-activity": ActivityCard.start({"type": "task"}),
    **{f"new-{name}": NewRecord.start(name, {}) for name in ("deal", "person", "company", "product")},
    "theme-light": Profile.choose_theme("light"),
    "theme-dark": Profile.choose_theme("dark"),
    "theme-system": Profile.choose_theme("system"),
}


class Command(rx.State):
    """Has nothing of its own."""

    @rx.event
    @allow("any")
    async def run(self, name: str):
        return ACTIONS.get(name)
