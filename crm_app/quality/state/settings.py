"""The weights and periods of the rules."""

import reflex as rx

from crm_app.core import db
from crm_app.core.errors import KithError, field_errors
from crm_app.core.text import clip
from crm_app.identity.handlers import actor, allow
from crm_app.quality.queries.control import review_days
from crm_app.quality.queries.settings import list_rules
from crm_app.quality.rows import RuleSetting
from crm_app.quality.service import save_rule, set_review_days
from crm_app.ui.overlay import Toaster, undo_toast

NEW_COUNT = "Saved. Everything is counted anew; the figures follow in a moment."
NOTHING = RuleSetting("", "", "", "", 0, 0, True)


class QualityRules(rx.State):
    """One rule at a time is edited; what was typed stays while it is refused."""

    rows: rx.Field[list[RuleSetting]] = rx.field(default_factory=list)
    days: rx.Field[int] = rx.field(0)
    loaded: rx.Field[bool] = rx.field(False)
    edited: rx.Field[RuleSetting] = rx.field(default_factory=lambda: NOTHING)
    editing: rx.Field[bool] = rx.field(False)
    editing_review: rx.Field[bool] = rx.field(False)
    errors: rx.Field[dict[str, str]] = rx.field(default_factory=dict)

    @rx.event
    @allow("quality.administer")
    async def load(self) -> None:
        self.rows = await db.read(list_rules, actor())
        self.days = await db.read(review_days)
        self.loaded = True

    @rx.event
    @allow("quality.administer")
    async def start_edit(self, key: str) -> None:
        self.rows = await db.read(list_rules, actor())
        found = next((row for row in self.rows if row.key == clip(key)), None)
        self.edited, self.errors, self.editing = found or NOTHING, {}, found is not None

    @rx.event
    @allow("quality.administer")
    async def start_review_days(self) -> None:
        self.errors, self.editing_review = {}, True

    @rx.event
    @allow("quality.administer")
    async def close(self) -> None:
        self.editing = self.editing_review = False

    @rx.event
    @allow("quality.administer")
    async def save(self, values: dict[str, str]):
        return await self._do(save_rule, self.edited.key, values, self.edited.version) if self.editing else None

    @rx.event
    @allow("quality.administer")
    async def save_days(self, values: dict[str, str]):
        return await self._do(set_review_days, values.get("days", "")) if self.editing_review else None

    async def _do(self, command, *args):
        try:
            done = await db.write(command, actor(), *args)
        except KithError as refusal:
            self.errors = field_errors(refusal, "weight" if self.editing else "days")
            return None
        self.editing = self.editing_review = False
        (await self.get_state(Toaster)).latest = undo_toast(NEW_COUNT, done.batch_id)
        return QualityRules.load
