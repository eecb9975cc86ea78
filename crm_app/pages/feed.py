"""Ties open pages to the live push: from the moment before they are read, so that nothing falls between."""

from typing import Any

import reflex as rx
from sqlalchemy import select
from sqlmodel import Session

from crm_app.activities.queries.calendar import chosen_of
from crm_app.core import db
from crm_app.core.actor import Principal
from crm_app.core.changes.working import table_of
from crm_app.core.errors import KithError
from crm_app.core.text import clip
from crm_app.deals.queries import read_wish
from crm_app.deals.state import DealBoard
from crm_app.deals.state.record import id_in
from crm_app.http.authz import SESSION_HEADER
from crm_app.http.live import subscribe, unsubscribe
from crm_app.http.live_views import BoardView, DiaryView, KindsView, ListView, RecordView, View
from crm_app.identity.handlers import actor, allow
from crm_app.identity.policy import of_team
from crm_app.records.list_screen.queries import asked_of, listing_of
from crm_app.records.list_screen.state import RecordList
from crm_app.records.reading import record_row
from crm_app.tables import Pipeline


def first_pipeline(session: Session, actor: Principal, wanted: int | None) -> int:
    """The wanted pipeline if the actor sees it, else the first; 0 without any."""
    table = table_of(Pipeline)
    query = select(table.c.id).where(table.c.deleted_at.is_(None), of_team(actor, table.c.team_id))
    query = query.order_by(table.c.position, table.c.id)
    found = [int(id) for id in session.connection().execute(query).scalars()]
    return wanted if wanted is not None and wanted in found else next(iter(found), 0)


def _subscribe(state: rx.State, view: View, to: type[rx.State]) -> None:
    headers = state._get_root_state().router_data.get("headers", {})
    subscribe(state.router.session.client_token, headers.get(SESSION_HEADER, ""), view, to)


class BoardFeed(rx.State):
    """Has no vars: the board's own state receives the push."""

    @rx.event
    @allow("deal.read")
    async def follow(self) -> None:
        wish = read_wish(self.router.url.query_parameters)
        pipeline_id = await db.read(first_pipeline, actor(), wish.pipeline_id)
        _subscribe(self, BoardView(pipeline_id, wish), DealBoard)


class RecordFeed(rx.State):
    """A page of one record says `RecordFeed.follow(kind)` before it loads, and shows `ui.live.live` with this push."""

    push: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)

    @rx.event
    @allow("any")
    async def follow(self, kind: str) -> None:
        wanted = id_in(self.router.url.path) or 0
        try:
            await db.read(record_row, actor(), kind, wanted)
        except KithError:  # none that this viewer may see
            unsubscribe(self.router.session.client_token)
            return
        _subscribe(self, RecordView(kind, wanted), RecordFeed)


class ProcessFeed(rx.State):
    """The page of pipelines hears when one of them or one of their stages changes."""

    push: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)

    @rx.event
    @allow("pipeline.read")
    async def follow(self) -> None:
        _subscribe(
            self, KindsView(frozenset({"pipeline", "stage", "lifecycle_state", "term", "vocabulary_term"})), ProcessFeed
        )


class FieldFeed(rx.State):
    """The pages of fields hear when a definition changes."""

    push: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)

    @rx.event
    @allow("custom_field.read")
    async def follow(self) -> None:
        _subscribe(self, KindsView(frozenset({"custom_field", "field_note"})), FieldFeed)


class ScoringFeed(rx.State):
    """The page of scoring hears when somebody changes a rule or the bands."""

    push: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)

    @rx.event
    @allow("pipeline.read")
    async def follow(self) -> None:
        _subscribe(self, KindsView(frozenset({"scoring_rule", "scoring_policy"})), ScoringFeed)


class DiaryFeed(rx.State):
    """The calendar says whose plans it shows, one's day that it is one's own."""

    push: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)

    @rx.event
    @allow("activity.read")
    async def follow(self, who: str) -> None:
        chosen = chosen_of(clip(who, 400)) or [actor().id or 0]
        _subscribe(self, DiaryView(frozenset(chosen)), DiaryFeed)


class ListFeed(rx.State):
    """A list page says `ListFeed.follow(kind)` before it loads; the state of the list receives the push."""

    @rx.event
    @allow("any")
    async def follow(self, kind: str) -> None:
        asked = asked_of(self.router.url.query_parameters)
        try:
            listing, _ = await db.read(listing_of, actor(), kind, asked)
        except KithError:  # the list itself says why
            unsubscribe(self.router.session.client_token)
            return
        _subscribe(self, ListView(listing), RecordList)
