"""The dialogs of a stage: its conditions, and its merging into another one, which is followed until it is over."""

from dataclasses import dataclass

import reflex as rx

from crm_app.core import db
from crm_app.core.actor import Principal
from crm_app.core.errors import KithError, field_errors
from crm_app.core.text import id_of
from crm_app.deals.editor.merge import MERGE, start_merge
from crm_app.deals.editor.queries import (
    Condition,
    Merge,
    Mover,
    StageRow,
    conditions_of,
    list_pipelines,
    merge_of,
    movers_of,
)
from crm_app.deals.editor.service import Known, save_stage
from crm_app.identity.handlers import actor, allow
from crm_app.records.bulk import followed_once, list_refusals, unfinished
from crm_app.ui.overlay import Toaster, plain_toast, undo_toast

from .pipelines import PipelineEditor


@dataclass(frozen=True)
class Merging:
    """How far a merge is."""

    running: bool = False
    done: int = 0
    total: int = 0
    percent: int = 0


class StageEditor(rx.State):
    """One stage, new or known."""

    stage: rx.Field[StageRow] = rx.field(default_factory=StageRow)
    conditions: rx.Field[list[Condition]] = rx.field(default_factory=list)
    movers: rx.Field[list[Mover]] = rx.field(default_factory=list)
    editing: rx.Field[bool] = rx.field(False)
    errors: rx.Field[dict[str, str]] = rx.field(default_factory=dict)

    @rx.event
    @allow("pipeline.edit")
    async def start_new(self, pipeline_id: int) -> None:
        await self._open(StageRow(pipeline_id=pipeline_id))

    @rx.event
    @allow("pipeline.edit")
    async def start_edit(self, stage_id: int, pipeline_id: int = 0) -> None:
        """0 begins a new one in that pipeline."""
        if stage_id == 0:
            await self._open(StageRow(pipeline_id=pipeline_id))
            return
        stages = [s for p in await db.read(list_pipelines, actor()) for s in p.stages]
        found = next((s for s in stages if s.id == stage_id), None)
        if found is None:
            (await self.get_state(Toaster)).latest = plain_toast("This stage was removed meanwhile.", "bad")
            return
        await self._open(found)

    @rx.event
    @allow("pipeline.edit")
    async def close(self) -> None:
        self.editing = False

    @rx.event
    @allow("pipeline.edit")
    async def save(self, values: dict[str, str]):
        known = Known(self.stage.id, self.stage.version) if self.stage.id else None
        try:
            done = await db.write(save_stage, actor(), self.stage.pipeline_id, values, known)
        except KithError as refusal:
            self.errors = field_errors(refusal, "name")
            return None
        self.editing = False
        if done.diff:
            (await self.get_state(Toaster)).latest = undo_toast("Stage saved.", done.batch_id)
        return PipelineEditor.load

    async def _open(self, row: StageRow) -> None:
        self.stage, self.errors, self.editing = row, {}, True
        self.conditions, self.movers = await db.read(conditions_of, row), movers_of(row)


class StageMerge(rx.State):
    """A run goes on when the page is closed; the next visit finds it again."""

    merge: rx.Field[Merge] = rx.field(default_factory=Merge)
    asking: rx.Field[bool] = rx.field(False)
    problem: rx.Field[str] = rx.field("")
    progress: rx.Field[Merging] = rx.field(default_factory=Merging)
    _following: int = 0

    @rx.event
    @allow("pipeline.delete")
    async def start(self, stage_id: int) -> None:
        self.merge = merge_of(await db.read(list_pipelines, actor()), stage_id)
        self.problem, self.asking = "", bool(self.merge.stage_id)

    @rx.event
    @allow("pipeline.delete")
    async def close(self) -> None:
        self.asking = False

    @rx.event(background=True)
    @allow("pipeline.delete")
    async def confirm(self, values: dict[str, str]):
        who, into = actor(), values.get("into", "")
        async with self:
            stage_id = self.merge.stage_id
        try:
            chosen = id_of(into) or 0
            run_id = await db.write(start_merge, who, stage_id, chosen)
        except KithError as refusal:
            async with self:
                self.problem = refusal.message
            return None
        async with self:
            self.asking = False
        await self._follow(who, run_id)
        return PipelineEditor.load

    @rx.event(background=True)
    @allow("pipeline.read")
    async def resume(self):
        who = actor()
        for run in await db.read(unfinished, who):
            if run.op == MERGE:
                await self._follow(who, run.id)
        return PipelineEditor.load

    async def _follow(self, who: Principal, run_id: int) -> None:
        run = None
        async for run in followed_once(self, who, run_id):
            async with self:
                percent = round(100 * run.done / run.total) if run.total else 0
                self.progress = Merging(not run.is_over, run.done, run.total, percent)
        if run is None:
            return
        refused = await db.read(list_refusals, who, run_id, 1)
        async with self:
            text = f"{run.note}." if not refused else ""
            text = text or f"Not all could be merged: {refused[0].reason if refused else run.error}"
            (await self.get_state(Toaster)).latest = undo_toast(text, run.batch_id)
