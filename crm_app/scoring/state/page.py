"""The page of the rules: what is edited is previewed first, then saved; everybody is computed anew by the worker."""

import asyncio
from typing import Any

import reflex as rx

from crm_app.core import db
from crm_app.core.errors import KithError, field_errors
from crm_app.core.text import clip
from crm_app.identity.handlers import actor, allow
from crm_app.records.listing import field_choices
from crm_app.records.listing.rows import FieldChoice
from crm_app.scoring.events import ACTIVITIES
from crm_app.scoring.follow import running
from crm_app.scoring.preview import Draft, Preview, checked_bands, checked_rule, preview
from crm_app.scoring.screen import Asked, RuleRow, ScoringPage, asked_of, rule_of, scoring_page
from crm_app.scoring.service import Edited, remove_rule, save_bands, save_rule
from crm_app.ui.overlay import Toaster, plain_toast, undo_toast

LOOK_SECONDS, LOOKS_BEFORE = 1.0, 6


class ScoringRules(rx.State):
    """The rules, the one in hand, and what saving it would do."""

    page: rx.Field[ScoringPage | None] = rx.field(None)
    edited: rx.Field[RuleRow] = rx.field(default_factory=RuleRow)
    mode: rx.Field[str] = rx.field("")
    about: rx.Field[str] = rx.field("person")
    event: rx.Field[str] = rx.field("")
    asked: rx.Field[Asked] = rx.field(default_factory=Asked)
    fields: rx.Field[list[FieldChoice]] = rx.field(default_factory=list)
    errors: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    shown: rx.Field[Preview | None] = rx.field(None)
    busy: rx.Field[bool] = rx.field(False)
    percent: rx.Field[int] = rx.field(-1)
    _draft: str = ""

    @rx.event
    @allow("pipeline.read")
    async def load(self):
        self.page = await db.read(scoring_page, actor())
        run = await db.read(running)
        return ScoringRules.follow if run is not None and not run.is_over else None

    @rx.event
    @allow("pipeline.edit")
    async def start(self, id: int, mode: str) -> None:
        if self.page is None:
            return
        row = next((r for r in self.page.rules if r.id == id), RuleRow(is_event=mode == "event"))
        if row.id != id:
            return
        self.edited, self.errors, self.shown = row, {}, None
        self.mode = "bands" if mode == "bands" else "event" if row.is_event else "fit"
        self.event = row.raw.get("event", "") or ACTIVITIES[0].name
        await self._turn(row.about, row.filter)

    @rx.event
    @allow("pipeline.edit")
    async def close(self) -> None:
        self.mode, self.shown, self.errors = "", None, {}

    @rx.event
    @allow("pipeline.edit")
    async def ask(self, text: str) -> None:
        await self._turn(self.about, clip(text, 20_000))

    @rx.event
    @allow("pipeline.edit")
    async def choose_about(self, about: str) -> None:
        if about in ("person", "company") and about != self.about:
            await self._turn(about, "")

    @rx.event
    @allow("pipeline.edit")
    async def choose_event(self, event: str) -> None:
        self.event = clip(event, 60)

    @rx.event
    @allow("pipeline.edit")
    async def look(self, values: dict[str, str]):
        """What the form would do; bands and rules alike."""
        try:
            self._draft = (await self._drafted(values)).dump()
        except KithError as refusal:
            self.errors = field_errors(refusal, "points")
            return None
        self.errors, self.busy = {}, True
        return ScoringRules.reckon

    @rx.event
    @allow("pipeline.edit")
    async def look_without(self, id: int):
        rows = self.page.rules if self.page else []
        self.edited = next((r for r in rows if r.id == id), RuleRow())
        self._draft, self.mode, self.shown, self.busy = Draft(id, None).dump(), "remove", None, True
        return ScoringRules.reckon

    @rx.event(background=True)
    @allow("pipeline.edit")
    async def reckon(self) -> None:
        who = actor()
        async with self:
            draft = self._draft
        found = await asyncio.to_thread(preview, who, Draft.load(draft))
        async with self:
            self.busy = False
            if draft == self._draft and self.mode:
                self.shown = found

    @rx.event
    @allow("pipeline.edit")
    async def save(self):
        toaster = await self.get_state(Toaster)
        if not self.mode or self.shown is None or self.page is None:
            return None  # the second press of a double click
        draft = Draft.load(self._draft)
        try:
            if draft.bands is not None:
                given = {"warm_from": draft.bands.warm_from, "hot_from": draft.bands.hot_from}
                done = await db.write(save_bands, actor(), given, self.page.version or None)
            elif draft.values is None:
                done = await db.write(remove_rule, actor(), draft.rule_id)
            else:
                seen = Edited(draft.rule_id, self.edited.version) if draft.rule_id else Edited()
                done = await db.write(save_rule, actor(), seen, dict(draft.values))
        except KithError as refusal:
            toaster.latest = plain_toast("Not saved. " + refusal.message, "bad")
            return None
        toaster.latest = undo_toast("Saved. Scores follow.", done.batch_id)
        self.mode, self.shown = "", None
        return [ScoringRules.load, ScoringRules.follow]

    @rx.event(background=True)
    @allow("pipeline.read")
    async def follow(self) -> None:
        """Until the run that computes everybody anew is over; it begins a moment after the rule was saved."""
        last = await db.read(running)
        for _ in range(LOOKS_BEFORE):
            run = await db.read(running)
            if run is not None and (not run.is_over or (last is not None and run.id != last.id)):
                break
            await asyncio.sleep(LOOK_SECONDS)
        while (run := await db.read(running)) is not None and not run.is_over:
            async with self:
                self.percent = 100 * run.done // run.total if run.total else 0
            await asyncio.sleep(LOOK_SECONDS)
        page = await db.read(scoring_page, actor())
        async with self:
            self.percent, self.page = -1, page

    async def _turn(self, about: str, text: str) -> None:
        """Another condition, or one about the other kind."""
        try:
            self.asked = await db.read(asked_of, about, text)
        except KithError as refusal:
            self.errors = field_errors(refusal, "condition")
            return
        self.about, self.errors = about, {}
        self.fields = [f for f in await db.read(field_choices, actor(), about) if f.filterable]

    async def _drafted(self, values: dict[str, Any]) -> Draft:
        if self.mode == "bands":
            return Draft(bands=checked_bands(values))
        given = await db.read(rule_of, self.about, self.asked.filter, values)
        return Draft(self.edited.id, await db.read(checked_rule, given))
