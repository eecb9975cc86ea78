"""Saved views of lists: private, of a team, of everybody, or the first view of a role."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Change, apply
from crm_app.core.changes.working import table_of
from crm_app.core.errors import Forbidden, Invalid, NotFound
from crm_app.identity.matrix import ROLES
from crm_app.identity.policy import decide
from crm_app.records.listing.fields import fields_of
from crm_app.records.listing.listing import PARAMETERS, read_listing
from crm_app.records.listing.rows import ViewRow
from crm_app.tables import SavedView, User

AUDIENCES = ("private", "team", "everyone", "role")
view, user = table_of(SavedView), table_of(User)


@dataclass(frozen=True)
class SaveView:
    """What somebody wants to keep under a name; without an id a new view."""

    kind: str
    name: str
    parameters: Mapping[str, str]
    audience: str = "private"
    role: str = ""
    id: int | None = None
    version: int | None = None


def list_views(session: Session, actor: Principal, kind_name: str | None = None) -> list[ViewRow]:
    """The views of one kind, or of all, that the actor may open: own ones first, then by name."""
    query = (
        select(view, user.c.name.label("owner"))
        .outerjoin(user, user.c.id == view.c.owner_id)
        .where(view.c.deleted_at.is_(None), _open_to(actor), true() if kind_name is None else view.c.kind == kind_name)
        .order_by(view.c.owner_id != (actor.id or 0), view.c.sort_key, view.c.id)
    )
    return [_row(row, actor) for row in session.connection().execute(query).mappings()]


def find_view(session: Session, actor: Principal, view_id: int) -> ViewRow:
    """One view. Raises NotFound if there is none that the actor may open."""
    query = select(view, user.c.name.label("owner")).outerjoin(user, user.c.id == view.c.owner_id)
    query = query.where(view.c.id == view_id, view.c.deleted_at.is_(None), _open_to(actor))
    row = session.connection().execute(query).mappings().first()
    if row is None:
        raise NotFound("This view does not exist, or it is not shared with you.")
    return _row(row, actor)


def first_view(session: Session, actor: Principal, kind_name: str) -> ViewRow | None:
    """The view that opens without being asked for: the own default, else that of the role."""
    rows = [v for v in list_views(session, actor, kind_name) if v.parameters.get("first") or v.audience == "role"]
    own = [v for v in rows if v.mine and v.parameters.get("first")]
    return next(iter(own + [v for v in rows if v.audience == "role"]), None)


def save_view(session: Session, actor: Principal, wish: SaveView) -> int:
    """The id of the view. Raises Invalid with the reasons by field, Forbidden, NotFound or Conflict."""
    wrong = {}
    if not wish.name.strip():
        wrong["name"] = "Give the view a name."
    if wish.audience not in AUDIENCES:
        wrong["audience"] = "Choose who sees this view."
    if wish.audience == "role" and wish.role not in ROLES:
        wrong["role"] = "Choose a role."
    if wish.audience == "team" and actor.team_id is None:
        wrong["audience"] = "You are in no team."
    if wrong:
        raise Invalid(wrong)
    if wish.audience == "role" and not decide(actor, "administer", "saved_view"):
        raise Forbidden("Only an administrator chooses the first view of a role.")
    kept = {k: v for k, v in wish.parameters.items() if k in (*PARAMETERS, "first") and v}
    read_listing(wish.kind, kept, fields_of(session, actor, wish.kind))
    values = {
        "name": wish.name.strip(),
        "audience": wish.audience,
        "team_id": actor.team_id if wish.audience == "team" else None,
        "role": wish.role if wish.audience == "role" else "",
        "definition": kept,
    }
    if wish.id is None:
        values |= {"kind": wish.kind, "owner_id": actor.id}
        return apply(session, actor, Change("saved_view", op="create", set=values)).id
    return apply(session, actor, Change("saved_view", wish.id, values, expected=wish.version)).id


def delete_view(session: Session, actor: Principal, view_id: int) -> int:
    """The batch in which it went. Raises Forbidden or NotFound."""
    return apply(session, actor, Change("saved_view", view_id, op="delete")).batch_id


def _open_to(actor: Principal) -> ColumnElement[bool]:
    shared = [
        view.c.audience == "everyone",
        and_(view.c.audience == "role", view.c.role == actor.role),
        view.c.owner_id == (actor.id or 0),
    ]
    if actor.team_id is not None:
        shared.append(and_(view.c.audience == "team", view.c.team_id == actor.team_id))
    if decide(actor, "administer", "saved_view"):
        shared.append(view.c.audience == "role")
    return or_(*shared)


def _row(row, actor: Principal) -> ViewRow:
    parameters = {k: str(v) for k, v in row["definition"].items()}
    mine = row["owner_id"] == actor.id
    return ViewRow(
        row["id"],
        row["name"],
        row["audience"],
        mine,
        row["owner"] or "",
        row["version"],
        parameters,
        row["kind"],
        row["role"],
    )
