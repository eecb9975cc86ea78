"""What a person may do and why: in general, and with one record. For oneself, administrators and managers."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from crm_app.core.actor import Principal
from crm_app.core.changes.kinds import kind
from crm_app.core.errors import Forbidden, NotFound
from crm_app.identity.policy import (
    OBJECT_NAMES,
    OBJECTS,
    ROLE_NAMES,
    Scope,
    decide,
    explain,
    ruled_fields,
    visible,
)
from crm_app.identity.queries import initials_of
from crm_app.identity.sessions import principal_of
from crm_app.tables.user import Team, User

ACTION_NAMES = {
    "create": "Create",
    "read": "See",
    "edit": "Edit",
    "delete": "Delete",
    "export": "Export",
    "mass_edit": "Edit many",
    "merge": "Merge",
    "import": "Import",
    "administer": "Administer",
}
REACH_NAMES: dict[Scope, str] = {"none": "No", "own": "Own", "team": "Team", "all": "All"}
EXPLAINED = ("deal", "company", "person", "user")
RECORD_ACTIONS = ("read", "edit", "delete", "export", "mass_edit", "merge")


@dataclass(frozen=True)
class RightCell:
    """One right: how far it reaches, in a word, and why."""

    action: str
    scope: str
    reach: str
    why: str


@dataclass(frozen=True)
class RightRow:
    """All rights on one object, in the order of ACTIONS; `short` names those that reach somewhere."""

    object: str
    label: str
    short: str = ""
    cells: list[RightCell] = field(default_factory=list)


@dataclass(frozen=True)
class UserPage:
    """The head of a user's page."""

    id: int
    name: str
    initials: str
    color: str
    email: str
    role: str
    team: str
    status: str
    own: bool


@dataclass(frozen=True)
class Verdict:
    """One decision about one record or one of its fields."""

    label: str
    allowed: bool
    why: str


@dataclass(frozen=True)
class RecordRights:
    """Everything that was decided about one record."""

    title: str
    owner: str
    verdicts: list[Verdict] = field(default_factory=list)
    fields: list[Verdict] = field(default_factory=list)


def may_see_rights(actor: Principal, user_id: int) -> bool:
    """One's own always; those of others by the rule of the field `rights`."""
    return actor.system or actor.id == user_id or decide(actor, "read", "user", user_id, "rights").allowed


def find_subject(session: Session, actor: Principal, user_id: int) -> User:
    """The user whose rights are asked for. Raises Forbidden, NotFound."""
    if not may_see_rights(actor, user_id):
        raise Forbidden(decide(actor, "read", "user", user_id, "rights").why)
    user = session.get(User, user_id)
    if user is None or user.deleted_at is not None:
        raise NotFound
    return user


def find_user_page(session: Session, actor: Principal, user_id: int) -> UserPage:
    """Who this is. Raises Forbidden, NotFound."""
    user = find_subject(session, actor, user_id)
    team = session.get(Team, user.team_id) if user.team_id else None
    shown = user.status if decide(actor, "read", "user", user_id, "status").allowed else ""
    name = team.name if team and team.deleted_at is None else ""
    role = ROLE_NAMES.get(user.role, user.role)
    return UserPage(
        user.id, user.name, initials_of(user.name), user.color, user.email, role, name, shown, user.id == actor.id
    )


def list_rights(session: Session, actor: Principal, user_id: int) -> list[RightRow]:
    """The whole matrix for one user. Raises Forbidden, NotFound."""
    subject = principal_of(session, find_subject(session, actor, user_id))
    cells: dict[str, list[RightCell]] = {obj: [] for obj in OBJECTS}
    for right in explain(subject):
        reach = "Yes" if right.action in ("create", "import") and right.scope != "none" else REACH_NAMES[right.scope]
        own_profile = (right.object, right.action, right.scope) == ("user", "edit", "none")
        cell = RightCell(ACTION_NAMES[right.action], right.scope, "Own" if own_profile else reach, right.why)
        cells[right.object].append(cell)
    return [RightRow(obj, OBJECT_NAMES[obj].capitalize(), _short(found), found) for obj, found in cells.items()]


def _short(cells: list[RightCell]) -> str:
    words = [c.action if c.reach == "Yes" else f"{c.action} {c.reach.lower()}" for c in cells if c.reach != "No"]
    return " · ".join(words) or "Nothing"


def explain_record(session: Session, actor: Principal, user_id: int, obj: str, record_id: int) -> RecordRights:
    """What this user may do with this record, and why; a record that the asker may not see is not found."""
    subject = principal_of(session, find_subject(session, actor, user_id))
    table, title, owner = _columns(obj)
    wanted = select(title, owner).where(table.c.id == record_id, table.c.deleted_at.is_(None))
    row = session.execute(wanted.where(visible(actor, obj, owner))).first()
    if row is None:
        raise NotFound
    name = session.execute(select(col(User.name)).where(col(User.id) == row[1])).scalar() if obj != "user" else ""
    verdicts = [_verdict(subject, action, obj, row[1], ACTION_NAMES[action]) for action in RECORD_ACTIONS]
    known = kind(obj).by_name
    fields = [
        _verdict(subject, action, obj, row[1], f"{ACTION_NAMES[action]}: {known[name].label}", name)
        for name in ruled_fields(obj)
        if name in known
        for action in ("read", "edit")
    ]
    return RecordRights(row[0], name or "", verdicts, fields)


def _verdict(who: Principal, action: str, obj: str, owner_id: int | None, label: str, field: str | None = None):
    decision = decide(who, action, obj, owner_id, field)
    return Verdict(label, decision.allowed, decision.why)


def _columns(obj: str) -> tuple[Any, Any, Any]:
    """Table, title and owner of an object that can be looked up; a user is owned by oneself."""
    if obj not in EXPLAINED:
        raise NotFound
    known = kind(obj)
    table = known.table.__table__  # pyright: ignore[reportAttributeAccessIssue]
    return table, table.c[known.title], table.c[known.owner] if known.owner else table.c.id
