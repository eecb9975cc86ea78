"""Many rows at once: a run is begun and followed until it is over; its toast takes all of it back."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import reflex as rx
from sqlmodel import Session

from crm_app.core import db
from crm_app.core.actor import Principal
from crm_app.core.config import settings
from crm_app.core.errors import Invalid, KithError, NotFound
from crm_app.core.ids import fresh
from crm_app.core.reader import numeral
from crm_app.core.text import id_of
from crm_app.identity.handlers import actor, allow
from crm_app.records.bulk import BulkProgress, Refusal, followed_once, list_refusals, start_bulk, start_undo, unfinished
from crm_app.records.editing import NOT_HERE, typed
from crm_app.records.list_screen.queries import LISTED, asked_of, listing_of
from crm_app.records.listing import list_ids
from crm_app.records.listing.fields import fields_of
from crm_app.ui.overlay import Toaster, plain_toast, undo_toast

WORDS = {
    "update": ("Changing", "changed"),
    "assign": ("Assigning", "assigned"),
    "territories": ("Applying the territories", "changed"),
    "delete": ("Deleting", "deleted"),
    "undo": ("Taking back", "taken back"),
    "restore": ("Restoring", "restored"),
    "merge_records": ("Merging", "moved along"),
    "unmerge_records": ("Taking back", "taken back"),
    "merge_groups": ("Merging groups", "groups merged"),
}
MOST_IDS = 10_000  # as an export takes: each is looked up while others wait to write
NOT_TAKEN_BACK = ("undo", "unmerge_records", "merge_groups")  # each group is taken back alone


@dataclass(frozen=True)
class Progress:
    """How far the run is that this tab follows; `n` grows with each look."""

    n: int = 0
    running: bool = False
    what: str = ""
    done: int = 0
    total: int = 0


def begin(
    session: Session,
    actor: Principal,
    name: str,
    action: str,
    field: str,
    value: str,
    ids: Sequence[int],
    asked: Mapping[str, str] | None,
) -> int:
    """The run that does `action` (edit, assign, tag, untag, delete) on these ids, or on the list that `asked` means.

    Raises Invalid, Forbidden, NotFound or Refused.
    """
    if asked is None and len(ids) > MOST_IDS:
        raise Invalid({"ids": f"Select at most {numeral(MOST_IDS)} rows, or all that match."})
    listing, _ = listing_of(session, actor, name, asked or {})
    chosen = list(ids) if asked is None else list_ids(session, actor, listing)
    if action == "delete":
        return start_bulk(session, actor, name, chosen, op="delete")
    if action == "assign":
        pool = id_of(value) or 0
        return start_bulk(session, actor, name, chosen, {"pool": pool}, op="assign", note="Assigned by rule")
    return start_bulk(session, actor, name, chosen, _values(session, actor, name, action, field, value))


def _values(session: Session, actor: Principal, name: str, action: str, field: str, value: str) -> dict[str, Any]:
    if action in ("tag", "untag"):
        tags = [id for t in value.split(",") if (id := id_of(t)) is not None]
        return {"tags+" if action == "tag" else "tags-": tags} if tags else {}
    found = fields_of(session, actor, name).get(field)
    if action != "edit" or found is None or not found.editable:
        raise Invalid({field: NOT_HERE})
    return {field: typed(found, value, settings().currency, actor)}


def words_of(progress: BulkProgress) -> str:
    """What a run came to, in one line."""
    text = f"{numeral(progress.changed)} {WORDS[progress.op][1]}."
    if progress.unchanged:
        text += f" {numeral(progress.unchanged)} were so already."
    return text + (f" {progress.error}" if progress.error else "")


class ListBulk(rx.State):
    """One run at a time in this tab; closing the tab does not stop it, and the next one finds it again."""

    progress: rx.Field[Progress] = rx.field(default_factory=Progress)
    left: rx.Field[list[Refusal]] = rx.field(default_factory=list)
    left_count: rx.Field[int] = rx.field(0)
    _following: int = 0

    @rx.event(background=True)
    @allow("any")
    async def start(self, kind: str, action: str, name: str, value: str, ids: list[int], everything: bool) -> None:
        who = actor()
        async with self:
            asked = asked_of(self.router.url.query_parameters) if everything else None
        try:
            run_id = await db.write(begin, who, kind, action, name, value, ids, asked)
        except KithError as refusal:
            await self._say(plain_toast("Not done. " + refusal.message, "bad"))
            return
        await self._follow(who, run_id)

    @rx.event(background=True)
    @allow("any")
    async def take_back(self, batch_id: int) -> None:
        who = actor()
        try:
            run_id = await db.write(start_undo, who, batch_id)
        except KithError as refusal:
            await self._say(plain_toast("Not undone. " + refusal.message, "bad"))
            return
        await self._follow(who, run_id)

    @rx.event(background=True)
    @allow("any")
    async def follow(self, run_id: int) -> None:
        with suppress(NotFound):  # there is no such run, or it is somebody else's
            await self._follow(actor(), run_id)

    @rx.event
    @allow("any")
    async def close_left(self) -> None:
        self.left, self.left_count = [], 0

    @rx.event(background=True)
    @allow("any")
    async def resume(self) -> None:
        who = actor()
        for run in await db.read(unfinished, who):
            if run.kind in LISTED or run.op == "undo":
                await self._follow(who, run.id)

    async def _follow(self, who: Principal, run_id: int) -> None:
        run = None
        async for run in followed_once(self, who, run_id):
            await self._show(run, running=not run.is_over)
        if run is None:
            return
        text = words_of(run)
        if run.refused:
            left = await db.read(list_refusals, who, run_id)
            text += f" {numeral(run.refused)} left alone" + (f": {left[0].reason}" if left else ".")
            await self._list(left, run.refused)
        await self._say(
            undo_toast(text, run.batch_id) if run.changed and run.op not in NOT_TAKEN_BACK else plain_toast(text)
        )

    async def _show(self, run: BulkProgress, *, running: bool) -> None:
        async with self:
            self.progress = Progress(fresh(), running, WORDS[run.op][0], run.done, run.total)

    async def _list(self, left: list[Refusal], count: int) -> None:
        """More than a message can say is listed."""
        async with self:
            self.left, self.left_count = (left, count) if count > 1 else ([], 0)

    async def _say(self, toast: Any) -> None:
        async with self:
            (await self.get_state(Toaster)).latest = toast
