"""The kinds user and team."""

from zoneinfo import available_timezones

from sqlalchemy import select
from sqlmodel import col

from crm_app.core.changes.change import Context
from crm_app.core.changes.kinds import Field, Kind, Row
from crm_app.identity.matrix import ROLES
from crm_app.tables.user import Team, User

STATUSES = ("listed", "invited", "active", "disabled")
THEMES = ("system", "light", "dark")
LAST_ADMINISTRATOR = "This is the last administrator; make somebody else one first."
NO_CIRCLE = "A team cannot be below itself."


def _user_gate(context: Context, before: Row | None, after: Row) -> dict[str, str]:
    """A user who signs in has an e-mail address; the time zone exists; one administrator always stays."""
    missing = {}
    if before and _administers(before) and not _administers(after) and not _other_administrator(context, after["id"]):
        field = "status" if after.get("status") != "active" else "role"
        missing[field] = LAST_ADMINISTRATOR
    email = after.get("email") or ""
    if after.get("status") in ("invited", "active") and not email:
        missing["email"] = "Somebody who signs in needs an e-mail address."
    if email and (email.count("@") != 1 or email != email.strip() or any(c.isspace() for c in email)):
        missing["email"] = "This is not an e-mail address."
    if after.get("zone") not in available_timezones():
        missing["zone"] = "This is not a time zone such as Europe/Berlin."
    return missing


def _administers(row: Row) -> bool:
    return row.get("role") == "administrator" and row.get("status") == "active" and not row.get("deleted_at")


def _other_administrator(context: Context, user_id: int) -> bool:
    """All are locked in one order: of two administrators who demote each other at once, the second is refused."""
    active = select(col(User.id)).where(
        col(User.role) == "administrator", col(User.status) == "active", col(User.deleted_at).is_(None)
    )
    locked = context.session.scalars(active.order_by(col(User.id)).with_for_update())
    return any(found != user_id for found in locked.all())


def _user_complete(_context: Context, _before: Row | None, after: Row) -> Row:
    """E-mail addresses are compared in small letters."""
    email = (after.get("email") or "").strip().lower()
    return {} if email == after.get("email") else {"email": email}


def _team_gate(context: Context, _before: Row | None, after: Row) -> dict[str, str]:
    """The teams stay a tree, also when two people move them at once: all are locked in one order."""
    tree = select(col(Team.id), col(Team.parent_id)).where(col(Team.deleted_at).is_(None))
    parents = {row.id: row.parent_id for row in context.session.execute(tree.order_by(col(Team.id)).with_for_update())}
    seen, parent = {after.get("id")}, after.get("parent_id")
    while parent is not None:
        if parent in seen:
            return {"parent_id": NO_CIRCLE}
        seen.add(parent)
        parent = parents.get(parent)
    return {}


USER = Kind(
    name="user",
    label="User",
    plural="Users",
    table=User,
    owner=None,
    fields=(
        Field(
            "name",
            "Name",
            required=True,
            max_length=120,
            searchable=True,
            personal=True,
            synonyms=("sales_agent", "sales agent", "agent", "user", "full name", "employee"),
        ),
        Field(
            "email",
            "E-mail",
            unique=True,
            max_length=254,
            searchable=True,
            personal=True,
            synonyms=("e-mail", "mail", "email address"),
        ),
        Field("role", "Role", "choice", required=True, choices=ROLES),
        Field("team_id", "Team", "ref", ref="team", synonyms=("team", "manager")),
        Field("status", "Status", "choice", required=True, choices=STATUSES),
        Field("locale", "Formats", max_length=20),
        Field("zone", "Time zone", max_length=60, synonyms=("time zone", "timezone")),
        Field("theme", "Theme", "choice", choices=THEMES),
        Field("color", "Colour", max_length=20),
    ),
    gate=_user_gate,
    gate_fields=frozenset({"email", "status", "zone", "role"}),
    complete=_user_complete,
)
TEAM = Kind(
    name="team",
    label="Team",
    plural="Teams",
    table=Team,
    owner=None,
    fields=(
        Field("name", "Name", required=True, max_length=120, searchable=True, synonyms=("team", "manager")),
        Field("parent_id", "Part of", "ref", ref="team", on_delete="detach"),
        Field("manager_id", "Manager", "ref", ref="user", on_delete="detach"),
        Field("office", "Office", max_length=120, synonyms=("regional_office", "regional office", "office")),
    ),
    gate=_team_gate,
    gate_fields=frozenset({"parent_id"}),
)

KINDS = (TEAM, USER)
