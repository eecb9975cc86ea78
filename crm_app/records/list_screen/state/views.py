"""Saved views: those in the rail and in the menu of a list; keeping the list of the address under a name."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import reflex as rx
from sqlmodel import Session

from crm_app.core import db
from crm_app.core.actor import Principal
from crm_app.core.errors import Invalid, KithError
from crm_app.core.ids import fresh
from crm_app.core.text import id_of
from crm_app.identity.handlers import actor, allow
from crm_app.records.addresses import list_path
from crm_app.records.list_screen.queries import LISTED, asked_of, listing_of
from crm_app.records.listing import ViewRow, write_listing
from crm_app.records.listing.views import SaveView, delete_view, find_view, list_views, save_view
from crm_app.ui.overlay import Toaster, plain_toast, undo_toast


@dataclass(frozen=True)
class RailView:
    """A saved view with its address."""

    id: int
    kind: str
    name: str
    audience: str
    mine: bool
    owner: str
    first: bool
    role: str
    path: str


@dataclass(frozen=True)
class ViewAnswer:
    """How the last wish about a view ended; n grows with each, `id` is the view it left."""

    n: int = 0
    id: int = 0
    errors: dict[str, str] = field(default_factory=dict)


def rail_views(session: Session, actor: Principal) -> list[RailView]:
    """Every view that the actor may open, of the kinds that have lists."""
    return [_rail(v) for v in list_views(session, actor) if v.kind in LISTED]


def _rail(v: ViewRow) -> RailView:
    path = list_path(v.kind)
    first = bool(v.parameters.get("first"))
    return RailView(v.id, v.kind, v.name, v.audience, v.mine, v.owner, first, v.role, f"{path}?view={v.id}")


def keep_view(session: Session, actor: Principal, name: str, asked: Mapping[str, str], wish: Mapping[str, str]) -> int:
    """Save the list of an address: as a new view, or in place of the one named by `wish["id"]`; the view's id."""
    listing, _ = listing_of(session, actor, name, asked)
    number = id_of(wish.get("id", ""))
    found = find_view(session, actor, number) if number is not None else None
    kept = dict(found.parameters) if found and wish.get("keep") else write_listing(listing)
    first = wish.get("first", found.parameters.get("first", "") if found else "")
    kept = {k: v for k, v in kept.items() if k != "first"} | ({"first": "1"} if first else {})
    audience = wish.get("audience") or (found.audience if found else "private")
    role = wish.get("role") or (found.role if found else "")
    title = wish.get("name", found.name if found else "")
    if first:
        _only_first(session, actor, name, found.id if found else 0)
    return save_view(session, actor, SaveView(name, title, kept, audience, role, found.id if found else None))


def _only_first(session: Session, actor: Principal, name: str, but: int) -> None:
    """At most one of the own views of a kind opens by itself."""
    for v in list_views(session, actor, name):
        if v.mine and v.id != but and v.parameters.get("first"):
            plain = {k: value for k, value in v.parameters.items() if k != "first"}
            save_view(session, actor, SaveView(name, v.name, plain, v.audience, v.role, v.id))


class ListViews(rx.State):
    """The views of all lists."""

    views: rx.Field[list[RailView]] = rx.field(default_factory=list)
    answer: rx.Field[ViewAnswer] = rx.field(default_factory=ViewAnswer)

    @rx.event
    @allow("any")
    async def load(self) -> None:
        found = await db.read(rail_views, actor())
        if found != self.views:
            self.views = found

    @rx.event
    @allow("saved_view.create")
    async def save(self, kind: str, wish: dict[str, str]) -> None:
        asked = asked_of(self.router.url.query_parameters)
        try:
            id = await db.write(keep_view, actor(), kind, asked, wish)
        except Invalid as refusal:
            self._answer(0, refusal.fields)
        except KithError as refusal:
            self._answer(0, {"name": refusal.message})
        else:
            await self.load()
            self._answer(id, {})

    @rx.event
    @allow("saved_view.delete")
    async def delete(self, view_id: int) -> None:
        toaster = await self.get_state(Toaster)
        try:
            batch = await db.write(delete_view, actor(), view_id)
        except KithError as refusal:
            toaster.latest = plain_toast("Not deleted. " + refusal.message, "bad")
            return
        await self.load()
        toaster.latest = undo_toast("View deleted.", batch)

    def _answer(self, id: int, errors: dict[str, str]) -> None:
        self.answer = ViewAnswer(fresh(), id, dict(errors))
