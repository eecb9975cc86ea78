"""Ties an open board to the live push: from the moment before its snapshot is read, so that nothing falls between."""

import reflex as rx
from sqlalchemy import select
from sqlmodel import Session

from crm_app.core import db
from crm_app.core.changes.working import table_of
from crm_app.deals.state import DealBoard
from crm_app.deals.state.board import read_filter
from crm_app.http.authz import SESSION_HEADER
from crm_app.http.live import push_to, subscribe_board
from crm_app.identity.handlers import allow
from crm_app.tables import Pipeline


def first_pipeline(session: Session, wanted: int | None) -> int:
    """The wanted pipeline if there is one, else the first; 0 without any."""
    table = table_of(Pipeline)
    query = select(table.c.id).where(table.c.deleted_at.is_(None)).order_by(table.c.position, table.c.id)
    found = [int(id) for id in session.connection().execute(query).scalars()]
    return wanted if wanted is not None and wanted in found else next(iter(found), 0)


class BoardFeed(rx.State):
    """Has no vars: the board's own state receives the push."""

    @rx.event
    @allow("deal.read")
    async def follow(self) -> None:
        wanted = read_filter(self.router.url.query_parameters)
        pipeline_id = await db.read(first_pipeline, wanted.pipeline_id)
        headers = self._get_root_state().router_data.get("headers", {})
        push_to(DealBoard)
        subscribe_board(
            self.router.session.client_token, headers.get(SESSION_HEADER, ""), pipeline_id, wanted.owner_id, wanted.text
        )
