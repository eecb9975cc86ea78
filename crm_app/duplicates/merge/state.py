"""The pages of a merge and of its undo: what was chosen, one command, then to the record."""

from typing import Any

import reflex as rx
from sqlmodel import Session

from crm_app.core import db
from crm_app.core.actor import Principal
from crm_app.core.errors import KithError
from crm_app.core.text import clip, id_of
from crm_app.duplicates.merge.choices import Unmerging, unmerging_page
from crm_app.duplicates.merge.queries import MergePage, merge_page
from crm_app.duplicates.merge.service import merge_records
from crm_app.duplicates.merge.undoing import unmerge
from crm_app.identity.handlers import actor, allow
from crm_app.records.address import path_of
from crm_app.records.addresses import list_path
from crm_app.records.list_screen.state import ListBulk
from crm_app.records.reading import titles
from crm_app.ui import addresses
from crm_app.ui.overlay import Toaster, plain_toast, undo_toast

KINDS = ("person", "company")
MOST_SHOWN = 5


def _asked(parameters: Any) -> tuple[str, list[int]]:
    """Which records the address names; the kind is empty for an address that names none."""
    name = parameters.get("kind", "")
    ids = [id for text in parameters.get("ids", "").split(",")[:20] if (id := id_of(text.strip())) is not None]
    return (name if name in KINDS else ""), list(dict.fromkeys(ids))[: MOST_SHOWN + 1]


def _one(session: Session, who: Principal, name: str, ids: list[int]) -> str:
    return titles(session, who, [(name, i) for i in ids[:1]]).get((name, ids[0]), "") if ids else ""


class MergeScreen(rx.State):
    """Two to five records side by side."""

    page: rx.Field[MergePage | None] = rx.field(None)
    chosen: rx.Field[dict[str, int]] = rx.field(default_factory=dict)
    kind: rx.Field[str] = rx.field("")
    first: rx.Field[str] = rx.field("")
    first_id: rx.Field[int] = rx.field(0)
    problem: rx.Field[str] = rx.field("")
    loaded: rx.Field[bool] = rx.field(False)

    @rx.event
    @allow("any")
    async def load(self) -> None:
        name, ids = _asked(self.router.url.query_parameters)
        self.kind, self.first_id, self.page, self.problem = name, ids[0] if ids else 0, None, ""
        if name and len(ids) > MOST_SHOWN:
            self.problem = f"At most {MOST_SHOWN} are merged on one page."
        elif name and len(ids) > 1:
            await self._show(ids, 0)
        elif name and ids:
            self.first = await db.read(_one, actor(), name, ids)
            self.problem = "" if self.first else "This record is not here, or you may not see it."
        self.loaded = True

    @rx.event
    @allow("any")
    async def add(self, values: dict[str, str]):
        other = id_of(values.get("other_id", ""))
        if other is None or other == self.first_id or not self.kind:
            self.problem = "Choose another one from the list."
            return None
        return rx.redirect(f"{addresses.MERGE}?kind={self.kind}&ids={self.first_id},{other}")

    @rx.event
    @allow("any")
    async def keep(self, id: int) -> None:
        if self.page is not None and self.page.survivor != id:
            before, mine = self.page, dict(self.chosen)
            await self._show([h.id for h in before.heads], id)
            touched = {line.field: mine.get(line.field) for line in before.lines}
            moved = {f: v for f, v in touched.items() if v and v != _proposed(before, f)}
            self.chosen = self.chosen | {f: v for f, v in moved.items() if f in self.chosen}

    @rx.event
    @allow("any")
    async def choose(self, field: str, id: int) -> None:
        if field in self.chosen and self.page is not None and id in [h.id for h in self.page.heads]:
            self.chosen = self.chosen | {field: id}

    @rx.event
    @allow("any")
    async def confirm(self):
        page = self.page
        if page is None:
            return None
        losers = [h.id for h in page.heads if h.id != page.survivor]
        versions = {int(i): v for i, v in page.versions.items()}
        try:
            done = await db.write(
                merge_records, actor(), page.kind, page.survivor, losers, dict(self.chosen), versions=versions
            )
        except KithError as refusal:
            self.problem = " ".join([refusal.message, *getattr(refusal, "items", [])])
            return None
        self.page = None
        if done.run_id:
            return [ListBulk.follow(done.run_id), rx.redirect(list_path(page.kind), replace=True)]
        names = [h.title for h in page.heads if h.id != page.survivor]
        text = f"Merged {clip(' and '.join(names), 80)}."
        (await self.get_state(Toaster)).latest = undo_toast(text, done.batch_id)
        return rx.redirect(path_of(page.kind, page.survivor), replace=True)

    async def _show(self, ids: list[int], keep: int) -> None:
        try:
            self.page = await db.read(merge_page, actor(), self.kind, ids, keep)
        except KithError as refusal:
            self.page, self.problem = None, " ".join([refusal.message, *getattr(refusal, "items", [])])
            return
        self.chosen, self.problem = {line.field: line.proposed for line in self.page.lines}, ""


def _proposed(page: MergePage, field: str) -> int:
    return next((line.proposed for line in page.lines if line.field == field), 0)


class UnmergeScreen(rx.State):
    """What came since a merge, each with the choice of whose it is."""

    page: rx.Field[Unmerging | None] = rx.field(None)
    problem: rx.Field[str] = rx.field("")
    loaded: rx.Field[bool] = rx.field(False)

    @rx.event
    @allow("any")
    async def load(self) -> None:
        batch = id_of(self.router.url.query_parameters.get("batch", ""))
        self.page, self.problem = None, ""
        try:
            self.page = await db.read(unmerging_page, actor(), batch) if batch is not None else None
        except KithError as refusal:
            self.problem = refusal.message
        self.loaded = True

    @rx.event
    @allow("any")
    async def confirm(self, values: dict[str, str]):
        if self.page is None:
            return None
        page = self.page
        known = {line.key for line in page.lines}
        give = {key: id for key, text in values.items() if key in known and (id := id_of(text)) is not None}
        try:
            done = await db.write(unmerge, actor(), page.batch_id, give)
        except KithError as refusal:
            self.problem = refusal.message
            return None
        if done.run_id:
            return [ListBulk.follow(done.run_id), rx.redirect(list_path(page.kind), replace=True)]
        kept = f" Kept, because changed since: {'; '.join(done.undone.kept[:5])}." if done.undone.kept else ""
        (await self.get_state(Toaster)).latest = plain_toast(f"They are {len(page.choices)} again.{kept}")
        return rx.redirect(path_of(page.kind, done.merge.survivor), replace=True)
