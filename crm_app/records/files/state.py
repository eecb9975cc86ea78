"""Files dropped on the page of a record."""

import asyncio

import reflex as rx

from crm_app.core import db
from crm_app.core.errors import KithError
from crm_app.identity.handlers import actor, allow
from crm_app.records.address import record_in
from crm_app.records.files.service import attach_file
from crm_app.records.files.store import keep
from crm_app.ui.overlay import Toaster, plain_toast, undo_toast

UPLOAD = "record-files"


class FileDrop(rx.State):
    """What was added stands on the timeline; `push` says that it must be read again."""

    push: rx.Field[dict[str, int]] = rx.field(default_factory=dict)

    @rx.event
    @allow("file.create")
    async def receive(self, files: list[rx.UploadFile]) -> None:
        here = record_in(self.router.url.path)
        toaster = await self.get_state(Toaster)
        if here is None:
            return
        for file in files:
            try:
                stored = await asyncio.to_thread(keep, file.file)
                done = await db.write(attach_file, actor(), *here, file.filename or "file", stored)
            except KithError as refusal:
                toaster.latest = plain_toast(f"Not added. {refusal.message}", "bad")
            else:
                toaster.latest = undo_toast("File added.", done.batch_id)
        self.push = {"n": self.push.get("n", 0) + 1}
