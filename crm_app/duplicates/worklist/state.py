"""The work list of duplicates: the address says which; what is chosen is merged in the background."""

import asyncio
import logging
from typing import Any

import reflex as rx

from crm_app.core import db
from crm_app.core.actor import Principal
from crm_app.core.changes import kind as kind_of
from crm_app.core.errors import KithError
from crm_app.core.reader import numeral
from crm_app.core.text import id_of
from crm_app.duplicates.matching.service import decide_again, not_duplicate
from crm_app.duplicates.matching.sweeping import sweep_now
from crm_app.duplicates.merge.groups import GROUPS, start_groups
from crm_app.duplicates.worklist.plan import plan_of
from crm_app.duplicates.worklist.queries import WHOSE, work_page
from crm_app.duplicates.worklist.rows import Plan, WorkPage
from crm_app.identity.handlers import actor, allow
from crm_app.identity.policy import may
from crm_app.records.bulk import followed_once, list_refusals, unfinished
from crm_app.ui.overlay import Toaster, plain_toast

KINDS = ("person", "company")
log = logging.getLogger("kith.duplicates")


def asked_for(parameters: Any) -> tuple[str, str, int, int, int]:
    """Kind, whose, page, batch and record that the address names."""
    name, whose = parameters.get("kind", ""), parameters.get("whose", "")
    page, batch, of = (id_of(parameters.get(part, "")) or 0 for part in ("page", "batch", "of"))
    return (name if name in KINDS else KINDS[0]), (whose if whose in WHOSE else WHOSE[0]), page or 1, batch, of


class DuplicateList(rx.State):
    """One page of groups, those that are chosen, and what would become of them."""

    page: rx.Field[WorkPage] = rx.field(default_factory=WorkPage)
    loaded: rx.Field[bool] = rx.field(False)
    failure: rx.Field[str] = rx.field("")
    chosen: rx.Field[list[str]] = rx.field(default_factory=list)
    plan: rx.Field[Plan] = rx.field(default_factory=Plan)
    percent: rx.Field[int] = rx.field(-1)
    checking: rx.Field[bool] = rx.field(False)
    apart: rx.Field[list[int]] = rx.field(default_factory=list)
    apart_words: rx.Field[str] = rx.field("")
    _following: int = 0

    @rx.event
    @allow("any")
    async def load(self) -> None:
        self.apart, self.apart_words = [], ""
        await self._read()

    @rx.event
    @allow("any")
    async def differ(self, ids: list[int]) -> None:
        """These are not the same: not proposed again, until somebody takes it back."""
        names = [m.title for g in self.page.groups if g.ids == ids for m in g.members]
        if await self._decide(not_duplicate, ids):
            self.apart, self.apart_words = ids, f"{' and '.join(names[:3]) or 'They'} are kept apart."
        await self._read()

    @rx.event
    @allow("any")
    async def take_back(self) -> None:
        ids, self.apart, self.apart_words = self.apart, [], ""
        if ids:
            await self._decide(decide_again, ids)
        await self._read()

    @rx.event
    @allow("any")
    async def choose(self, key: str) -> None:
        there = {g.key for g in self.page.groups if g.bulk}
        if key in there:
            self.chosen = [k for k in self.chosen if k != key] if key in self.chosen else [*self.chosen, key]

    @rx.event
    @allow("any")
    async def choose_all(self) -> None:
        there = [g.key for g in self.page.groups if g.bulk]
        self.chosen = [] if len(self.chosen) == len(there) else there

    @rx.event
    @allow("any")
    async def preview(self) -> None:
        self.plan = await asyncio.to_thread(plan_of, actor(), self.page.kind, self._clusters())

    @rx.event
    @allow("any")
    async def close_plan(self) -> None:
        self.plan = Plan()

    @rx.event(background=True)
    @allow("any")
    async def merge_chosen(self) -> None:
        who = actor()
        async with self:
            if self.percent >= 0 or not self.plan.groups:
                return  # the second press of a double click
            self.percent, name, clusters = 0, self.page.kind, self._clusters()
        try:
            run_id = await db.write(start_groups, who, name, clusters)
        except KithError as refusal:
            async with self:
                self.percent = -1
                (await self.get_state(Toaster)).latest = plain_toast(refusal.message, "bad")
            return
        await self._follow(who, run_id)

    @rx.event(background=True)
    @allow("any")
    async def resume(self) -> None:
        """What another tab began, or this one before it was left, is followed."""
        who = actor()
        for run in await db.read(unfinished, who):
            if run.op == GROUPS:
                await self._follow(who, run.id)

    @rx.event(background=True)
    @allow("person.administer")
    async def check_now(self) -> None:
        async with self:
            if self.checking:
                return
            self.checking, name = True, self.page.kind
        try:
            looked = await asyncio.to_thread(sweep_now, name)
            toast = plain_toast(f"{numeral(looked)} {kind_of(name).plural.lower()} were compared.")
        except KithError as refusal:
            toast = plain_toast(refusal.message, "bad")
        except Exception:
            log.exception("the check that somebody asked for failed")
            toast = plain_toast("The check stopped because of an error; it is tried again tonight.", "bad")
        async with self:
            self.checking = False
            (await self.get_state(Toaster)).latest = toast
            await self._read()

    def _clusters(self) -> list[list[int]]:
        return [g.ids for g in self.page.groups if g.key in self.chosen and g.bulk]

    async def _follow(self, who: Principal, run_id: int) -> None:
        run = None
        async for run in followed_once(self, who, run_id):
            async with self:
                self.percent = 100 * run.done // max(run.total, 1)
        if run is None:
            return
        refused = await db.read(list_refusals, who, run_id, 1)
        async with self:
            self.percent, self.plan, self.chosen = -1, Plan(), []
            text = f"{numeral(run.changed)} merged; each can be undone on its timeline for 90 days."
            text += f" {numeral(run.refused)} left: {refused[0].reason}" if refused else ""
            (await self.get_state(Toaster)).latest = plain_toast(f"{text} {run.error}".rstrip())
            await self._read()

    async def _decide(self, command: Any, ids: list[int]) -> bool:
        try:
            await db.write(command, actor(), self.page.kind, ids)
        except KithError as refusal:
            (await self.get_state(Toaster)).latest = plain_toast(refusal.message, "bad")
            return False
        return True

    async def _read(self) -> None:
        name, whose, page, batch, of = asked_for(self.router.url.query_parameters)
        who = actor()
        if not may(who, f"{name}.read"):
            self.failure, self.loaded = "Your role may not see these.", True
            return
        try:
            self.page, self.failure = await db.read(work_page, who, name, whose, page, batch, of), ""
        except KithError as refusal:
            self.failure = refusal.message
        there = {g.key for g in self.page.groups}
        self.chosen, self.loaded = [k for k in self.chosen if k in there], True
