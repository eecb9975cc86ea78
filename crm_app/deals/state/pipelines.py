"""The page of pipelines: what there is, the dialog of a pipeline, and the order of both."""

import reflex as rx

from crm_app.core import db
from crm_app.core.errors import KithError, field_errors
from crm_app.deals.editor.queries import PipelineRow, list_pipelines, team_options
from crm_app.deals.editor.service import (
    Known,
    delete_pipeline,
    delete_stage,
    order_pipelines,
    order_stages,
    save_pipeline,
)
from crm_app.identity.handlers import actor, allow
from crm_app.identity.policy import may
from crm_app.identity.telling import carry_out
from crm_app.records.listing.rows import Option
from crm_app.ui.overlay import Toaster, undo_toast


class PipelineEditor(rx.State):
    """The pipelines that this viewer sees; whoever may not edit them reads what their stages ask for."""

    rows: rx.Field[list[PipelineRow]] = rx.field(default_factory=list)
    teams: rx.Field[list[Option]] = rx.field(default_factory=list)
    loaded: rx.Field[bool] = rx.field(False)
    editable: rx.Field[bool] = rx.field(False)
    edited: rx.Field[PipelineRow | None] = rx.field(None)
    editing: rx.Field[bool] = rx.field(False)
    errors: rx.Field[dict[str, str]] = rx.field(default_factory=dict)

    @rx.event
    @allow("pipeline.read")
    async def load(self) -> None:
        self.rows = (await db.read(list_pipelines, actor()))[:100]
        self.teams = (await db.read(team_options))[:500]
        self.editable = may(actor(), "pipeline.edit")
        self.loaded = True

    @rx.event
    @allow("pipeline.create")
    async def start_new(self) -> None:
        self.edited, self.errors, self.editing = None, {}, True

    @rx.event
    @allow("pipeline.edit")
    async def start_edit(self, pipeline_id: int) -> None:
        """0 begins a new one."""
        self.edited = next((row for row in self.rows if row.id == pipeline_id), None)
        self.errors, self.editing = {}, self.loaded and (self.edited is not None or pipeline_id == 0)

    @rx.event
    @allow("pipeline.edit")
    async def close(self) -> None:
        self.editing = False

    @rx.event
    @allow("pipeline.edit")
    async def save(self, values: dict[str, str]):
        known = Known(self.edited.id, self.edited.version) if self.edited else None
        try:
            done = await db.write(save_pipeline, actor(), values, known)
        except KithError as refusal:
            self.errors = field_errors(refusal, "name")
            return None
        self.editing = False
        if done.diff:
            (await self.get_state(Toaster)).latest = undo_toast("Pipeline saved.", done.batch_id)
        return PipelineEditor.load

    @rx.event
    @allow("pipeline.edit")
    async def order(self, pipeline_id: int, by: int):
        return await self._do(order_pipelines, pipeline_id, by)

    @rx.event
    @allow("pipeline.edit")
    async def order_stage(self, stage_id: int, index: int):
        return await self._do(order_stages, stage_id, index)

    @rx.event
    @allow("pipeline.delete")
    async def remove(self, pipeline_id: int):
        return await self._do(delete_pipeline, pipeline_id, words="Pipeline deleted.")

    @rx.event
    @allow("pipeline.delete")
    async def remove_stage(self, stage_id: int):
        return await self._do(delete_stage, stage_id, words="Stage deleted.")

    async def _do(self, command, *args: int, words: str = ""):
        """Whatever comes of it, the page shows what stands then."""
        await carry_out(self, command, *args, said=words, refused="Not done.")
        return PipelineEditor.load
