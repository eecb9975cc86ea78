"""A calendar file: first what it would bring, then one batch that one undo takes back."""

import asyncio
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import reflex as rx

from crm_app.activities.ics.importing import import_part, plan_import, start_import
from crm_app.activities.ics.reading import MOST_BYTES, Item, Read, read_calendar
from crm_app.core import db
from crm_app.core.actor import Principal
from crm_app.core.errors import KithError
from crm_app.core.reader import full_day
from crm_app.core.recurrence import read_rule, words
from crm_app.core.text import clip
from crm_app.identity.handlers import actor, allow
from crm_app.ui.overlay import Toaster, undo_toast

SHOWN, PORTION = 50, 400


@dataclass(frozen=True, slots=True)
class Line:
    """One event of the file, in words."""

    key: str
    title: str
    when: str
    what: str


@dataclass(frozen=True)
class Preview:
    """What the file would bring; `submit` names the button, if there is anything to bring."""

    name: str = ""
    submit: str = ""
    new: int = 0
    changed: int = 0
    same: int = 0
    left_out: list[str] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)


class CalendarUpload(rx.State):
    """The file is read at once and kept until it is imported or put aside; nothing is written before."""

    open: rx.Field[bool] = rx.field(False)
    busy: rx.Field[bool] = rx.field(False)
    error: rx.Field[str] = rx.field("")
    preview: rx.Field[Preview] = rx.field(default_factory=Preview)
    _read: Read = Read()

    @rx.event
    @allow("activity.create")
    async def start(self) -> None:
        self.open, self.error, self.preview, self._read = True, "", Preview(), Read()

    @rx.event
    @allow("any")
    async def close(self) -> None:
        self.open, self.preview, self._read = False, Preview(), Read()

    @rx.event
    @allow("activity.create")
    async def receive(self, files: list[rx.UploadFile]) -> None:
        for file in files[:1]:
            try:
                content = await file.read(MOST_BYTES + 1)
                read = await asyncio.to_thread(read_calendar, content, actor().zone)
                plan = await db.read(plan_import, actor(), read.items)
            except KithError as refusal:
                self.error, self.preview, self._read = refusal.message, Preview(), Read()
                return
            told = [(i, "new") for i in plan.new] + [(i, "changed") for _, i in plan.changed]
            lines = [_line(item, what, actor()) for item, what in told[:SHOWN]]
            counts = (len(plan.new), len(plan.changed), plan.same)
            submit = f"Import {len(told)}" if told else ""
            self.preview = Preview(clip(file.filename or "calendar", 80), submit, *counts, read.left_out, lines)
            self.error, self._read = "", read

    @rx.event
    @allow("activity.create")
    async def confirm(self) -> None:
        items, name = self._read.items, self.preview.name
        if not items or self.busy:
            return
        made = changed = 0
        try:
            batch = await db.write(start_import, actor(), name)
            for start in range(0, len(items), PORTION):
                new, more = await db.write(import_part, actor(), batch, items[start : start + PORTION])
                made, changed = made + new, changed + more
        except KithError as refusal:
            self.error = refusal.message
            return
        self.open, self.preview, self._read = False, Preview(), Read()
        told = f"{made} added" + (f", {changed} changed" if changed else "") + "."
        (await self.get_state(Toaster)).latest = undo_toast(told, batch)


def _line(item: Item, what: str, who: Principal) -> Line:
    at = item.start.astimezone(ZoneInfo(who.zone))
    when = full_day(at) + ("" if item.all_day else f" {at:%H:%M}")
    again = f" · {words(read_rule(item.repeat))}" if item.repeat else ""
    return Line(item.uid, item.subject or "Without a title", when + again, what)
