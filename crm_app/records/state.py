"""Search as you type, for every field that points to a record."""

import reflex as rx

from crm_app.core import db
from crm_app.core.text import clip
from crm_app.identity.handlers import actor, allow
from crm_app.records.lookup import Found, find_refs


class RefSearch(rx.State):
    """The answer to the last look-up of this tab; it says to which question."""

    found: rx.Field[Found] = rx.field(default_factory=Found)

    @rx.event(supersedes=True)
    @allow("any")
    async def look_up(self, kind: str, text: str) -> None:
        self.found = await db.read(find_refs, actor(), clip(kind), clip(text.strip()))
