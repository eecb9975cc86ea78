"""Rights: one matrix of roles × objects × actions, one function that decides, one condition for SELECTs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import BigInteger, ColumnElement, bindparam, false, or_, select, true
from sqlmodel import col

from crm_app.core.actor import Decision, Principal
from crm_app.identity.matrix import ACTIONS, MATRIX, OBJECT_NAMES, OBJECTS, ROLE_NAMES, ROLES, SCOPES
from crm_app.tables.user import User

Scope = Literal["none", "own", "team", "all"]
Sight = Literal["none", "own", "listed", "below", "all"]  # `below`: a team too large to be named one by one
FieldRule = Literal["administrator", "self"]

__all__ = [
    "ACTIONS",
    "MATRIX",
    "OBJECTS",
    "OBJECT_NAMES",
    "ROLES",
    "ROLE_NAMES",
    "SCOPES",
    "Decision",
    "Right",
    "decide",
    "explain",
    "may",
    "may_any",
    "of_team",
    "parse_permission",
    "ruled_fields",
    "scope",
    "sight",
    "viewer",
    "visible",
    "visible_to",
    "within_team",
]

# Fields with a rule of their own. "administrator": only that role. "self": also the user whose record it is.
FIELD_EDIT: Mapping[tuple[str, str], FieldRule] = {
    ("user", "role"): "administrator",
    ("user", "status"): "administrator",
    ("user", "team_id"): "administrator",
    ("user", "manager_id"): "administrator",
    ("user", "email"): "administrator",
    ("user", "name"): "self",
    ("user", "locale"): "self",
    ("user", "zone"): "self",
    ("user", "theme"): "self",
    ("user", "color"): "self",
}
_SELLERS = frozenset({"administrator", "manager", "sales"})
FIELD_READ: Mapping[tuple[str, str], frozenset[str]] = {
    ("user", "status"): frozenset({"administrator", "manager"}),
    ("user", "external_id"): frozenset({"administrator"}),
    ("user", "rights"): frozenset({"administrator", "manager"}),
    ("product", "cost_minor"): _SELLERS,
    ("quote", "lines.unit_cost_minor"): _SELLERS,  # and what tells it to whoever knows the price
    ("quote", "margin_milli"): _SELLERS,
    ("quote", "approved_margin_milli"): _SELLERS,
}
MOST_LISTED = 1000  # members of a team named one by one in SQL, which both databases take from an index
ACTION_WORDS = {
    "create": "create",
    "read": "see",
    "edit": "edit",
    "delete": "delete",
    "export": "export",
    "mass_edit": "bulk-edit",
    "merge": "merge",
    "import": "import",
    "administer": "administer",
}


@dataclass(frozen=True)
class Right:
    """One line of "what may this person do, and why"."""

    object: str
    action: str
    scope: Scope
    why: str


def scope(principal: Principal, action: str, obj: str) -> Scope:
    """How far the right reaches: none, own, team or all. Raises KeyError for an unknown object or action."""
    if obj not in OBJECTS or action not in ACTIONS:
        raise KeyError(f"{obj}.{action}")
    if principal.system:
        return "all"
    return MATRIX.get(principal.role, {}).get(obj, {}).get(action, "none")


def decide(
    principal: Principal,
    action: str,
    obj: str,
    owner_id: int | None = None,
    field: str | None = None,
    record_id: int | None = None,
) -> Decision:
    """May `principal` do `action` on a record of `obj` owned by `owner_id`? A user is owned by oneself.

    `refer` (to point to a record from another one) asks for the right to read. Raises KeyError for an unknown object.
    """
    if principal.system:
        return Decision(True, "The system may do everything.")
    action = "read" if action == "refer" else action
    if obj == "user" and owner_id is None:
        owner_id = record_id
    if field is None and obj == "user" and action == "edit" and principal.id is not None and owner_id == principal.id:
        return Decision(True, "This is your own profile; some fields are changed by an administrator only.")
    if field is not None:
        ruled = _field_decision(principal, action, obj, owner_id, field)
        if ruled is not None:
            return ruled
    reach = scope(principal, action, obj)
    role, verb, noun = ROLE_NAMES.get(principal.role, principal.role), ACTION_WORDS[action], OBJECT_NAMES[obj]
    if reach == "none":
        return Decision(False, f"The role {role} may not {verb} {noun}.")
    if action in ("create", "import"):
        return Decision(True, f"The role {role} may {verb} {noun}.")
    if reach == "all":
        return Decision(True, f"The role {role} may {verb} all {noun}.")
    if principal.id is not None and owner_id == principal.id:
        return Decision(True, f"The role {role} may {verb} own {noun}, and this is one.")
    if reach == "team" and owner_id in principal.member_ids:
        return Decision(True, f"The role {role} may {verb} {noun} of the own team, and the owner is in it.")
    whose = f"own {noun}" if reach == "own" else f"{noun} of the own team"
    return Decision(False, f"The role {role} may {verb} only {whose}, and this is not one.")


def _field_decision(principal: Principal, action: str, obj: str, owner_id: int | None, field: str) -> Decision | None:
    """The rule of one field, or None where the rights on the record decide."""
    role = ROLE_NAMES.get(principal.role, principal.role)
    readers = FIELD_READ.get((obj, field))
    if readers is not None and principal.role not in readers:
        return Decision(False, f"The role {role} may not see the field {field}.")
    named = f"{obj}.{field}"
    if named in principal.unseen:
        return Decision(False, f"The role {role} may not see this field.")
    if action not in ("edit", "mass_edit"):
        return None
    if named in principal.fixed:
        return Decision(False, f"The role {role} may not change this field.")
    rule = FIELD_EDIT.get((obj, field))
    if rule is None or principal.role == "administrator":
        return None
    if rule == "self" and action == "edit" and principal.id is not None and owner_id == principal.id:
        return Decision(True, "This is your own profile.")
    if rule == "administrator":
        return Decision(False, f"Only an administrator may change the field {field}.")
    return Decision(False, f"The field {field} is changed by the person or an administrator.")


def may(principal: Principal, permission: str) -> bool:
    """Does the role hold `object.action` at all? `any` is held by everybody who is signed in."""
    if permission == "any":
        return principal.id is not None or principal.system
    obj, action = parse_permission(permission)
    return scope(principal, action, obj) != "none"


def may_any(principal: Principal, *permissions: str) -> bool:
    """Does the role hold one of these?"""
    return any(may(principal, permission) for permission in permissions)


def parse_permission(permission: str) -> tuple[str, str]:
    """`deal.read` as ("deal", "read"). Raises ValueError for what the matrix does not know."""
    obj, dot, action = permission.partition(".")
    if not dot or obj not in OBJECTS or action not in ACTIONS:
        raise ValueError(f"unknown permission {permission!r}")
    return obj, action


def visible(principal: Principal, obj: str, owner_column: Any, action: str = "read") -> ColumnElement[bool]:
    """The SQL condition for rows of `obj` on which `principal` may do `action`."""
    members, team = sorted(principal.member_ids), principal.team_id
    return _seen(sight(principal, obj, action), owner_column, principal.id, members, team)


def sight(principal: Principal, obj: str, action: str = "read") -> Sight:
    """How `visible` must be asked for this one: the same for many, so that statements can be kept (`visible_to`)."""
    reach = scope(principal, action, obj)
    if reach == "all":
        return "all"
    if reach == "none" or principal.id is None:
        return "none"
    if reach == "own" or not principal.member_ids:
        return "own"
    return "listed" if len(principal.member_ids) <= MOST_LISTED else "below"


def visible_to(seen: Sight, owner_column: Any) -> ColumnElement[bool]:
    """`visible` for everybody of that sight; whose it is, `viewer` says when the statement is executed."""
    members = bindparam("viewer_members", expanding=True)
    return _seen(seen, owner_column, bindparam("viewer"), members, bindparam("viewer_team", type_=BigInteger))


def viewer(principal: Principal) -> dict[str, Any]:
    """The parameters of `visible_to`."""
    return {
        "viewer": principal.id,
        "viewer_members": sorted(principal.member_ids),
        "viewer_team": principal.team_id,
    }


def _seen(seen: Sight, owner_column: Any, me: Any, members: Any, team: Any) -> ColumnElement[bool]:
    if seen == "all":
        return true()
    if seen == "none":
        return false()
    if seen == "own":
        return owner_column == me
    return owner_column.in_(members if seen == "listed" else _members(me, team))


def within_team(principal: Principal, team_id: int | None) -> bool:
    """May this principal see what belongs to a team alone? Whoever is in it or below it, and administrators."""
    return team_id is None or principal.system or principal.role == "administrator" or team_id in principal.line_ids


def of_team(principal: Principal, team_column: Any) -> ColumnElement[bool]:
    """`within_team` as the SQL condition."""
    if principal.system or principal.role == "administrator":
        return true()
    return or_(team_column.is_(None), team_column.in_(sorted(principal.line_ids)))


def _members(me: Any, team: Any):
    """A subselect of oneself and the users of the own team and below, for teams too large for a list of ids."""
    from crm_app.identity.teams import team_subtree

    below = col(User.team_id).in_(select(team_subtree(team).c.id))
    return select(col(User.id)).where(below | (col(User.id) == me))


def explain(principal: Principal) -> list[Right]:
    """What this person may do and why, for every object and action."""
    rights = []
    for obj in OBJECTS:
        for action in ACTIONS:
            reach = scope(principal, action, obj)
            rights.append(Right(obj, action, reach, _reach_words(principal, action, obj, reach)))
    return rights


def ruled_fields(obj: str) -> list[str]:
    """The fields of an object that have a rule of their own."""
    return sorted({field for ruled in (FIELD_READ, FIELD_EDIT) for known, field in ruled if known == obj})


def _reach_words(principal: Principal, action: str, obj: str, reach: Scope) -> str:
    role, verb, noun = ROLE_NAMES.get(principal.role, principal.role), ACTION_WORDS[action], OBJECT_NAMES[obj]
    if (obj, action) == ("user", "edit") and reach == "none":
        return f"The role {role} may edit no user but the own profile."
    if action in ("create", "import") and reach != "none":
        return f"The role {role} may {verb} {noun}."
    return {
        "none": f"The role {role} may not {verb} {noun}.",
        "own": f"The role {role} may {verb} the {noun} that one owns.",
        "team": f"The role {role} may {verb} the {noun} of the own team and the teams below.",
        "all": f"The role {role} may {verb} all {noun}.",
    }[reach]
