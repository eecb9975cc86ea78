"""On every page: where this tab is, who else looks at the same record, how much is unread."""

from dataclasses import dataclass

import reflex as rx
from sqlmodel import Session

from crm_app.attention.queries import unread_count
from crm_app.attention.state import Inbox
from crm_app.core import db
from crm_app.core.actor import Principal
from crm_app.core.errors import NotFound
from crm_app.http import attention
from crm_app.http.attention import Onlooker
from crm_app.http.authz import SESSION_HEADER
from crm_app.identity.handlers import actor, allow
from crm_app.identity.queries import find_viewer, initials_of
from crm_app.records.address import record_in
from crm_app.records.reading import record_row
from crm_app.ui.elements import avatar


@dataclass(frozen=True)
class Arrival:
    """What the server knows of an arriving tab."""

    who: Onlooker
    record: tuple[str, int] | None
    unread: int


def _arrival(session: Session, who: Principal, record: tuple[str, int] | None) -> Arrival:
    """Nobody appears on a record that they may not see."""
    if record is not None:
        try:
            record_row(session, who, *record)
        except NotFound:
            record = None
    row = find_viewer(session, who)
    me = Onlooker(who.id or 0, row.name, initials_of(row.name), row.color)
    return Arrival(me, record, unread_count(session, who))


class Here(rx.State):
    """The others who look at this record; told also from outside."""

    viewers: rx.Field[list[Onlooker]] = rx.field(default_factory=list)

    @rx.event
    @allow("any")
    async def arrive(self) -> None:
        found = await db.read(_arrival, actor(), record_in(self.router.url.path))
        attention.tell_states(Here, Inbox)
        headers = self._get_root_state().router_data.get("headers", {})
        token = self.router.session.client_token
        self.viewers = attention.arrive(token, headers.get(SESSION_HEADER, ""), found.who, found.record)
        (await self.get_state(Inbox)).unread = found.unread


def onlookers() -> rx.Component:
    """Their initials; announced politely."""
    return rx.el.div(
        rx.foreach(
            Here.viewers,
            lambda v: rx.el.span(
                avatar(v.initials, v.color, v.name, "m"), rx.el.span(v.name, " is here too", class_name="sr"), key=v.id
            ),
        ),
        class_name="onlookers",
        role="status",
        custom_attrs={"aria-label": "Also looking at this"},
    )
