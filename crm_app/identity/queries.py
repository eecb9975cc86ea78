"""What the screens of users, teams and the profile show; scoped by the actor."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlmodel import Session, col

from crm_app.core.actor import Principal
from crm_app.core.clock import now
from crm_app.core.errors import Forbidden, NotFound
from crm_app.core.text import fold
from crm_app.identity.devices import device_name, is_phone
from crm_app.identity.policy import decide, scope
from crm_app.identity.sessions import is_live, principal_of
from crm_app.tables.access import UserSession
from crm_app.tables.user import Team, User


@dataclass(frozen=True)
class Option:
    """One entry of a choice."""

    id: int
    name: str


@dataclass(frozen=True)
class UserRow:
    """A line of the list of users."""

    id: int
    name: str
    initials: str
    color: str
    email: str
    role: str
    team: str
    team_id: int | None
    status: str
    version: int
    opens: bool


@dataclass(frozen=True)
class TeamRow:
    """A line of the tree of teams; `members` counts those of the teams below it as well."""

    id: int
    name: str
    depth: int
    parent_id: int | None
    manager_id: int | None
    manager: str
    office: str
    members: int
    version: int


@dataclass(frozen=True)
class ProfileRow:
    """Oneself."""

    id: int
    name: str
    email: str
    role: str
    locale: str
    zone: str
    theme: str
    color: str
    version: int


@dataclass(frozen=True)
class SessionRow:
    """A browser in which one is signed in."""

    public_id: str
    device: str
    phone: bool
    ip: str
    seen: str
    current: bool


def initials_of(name: str) -> str:
    """First letters of the first and the last word."""
    words = [word for word in name.split() if word[:1].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


def list_users(session: Session, actor: Principal, text: str = "") -> list[UserRow]:
    """Living users by name; `text` is looked for in name, e-mail and team. Raises Forbidden."""
    if scope(actor, "read", "user") == "none":
        raise Forbidden(decide(actor, "read", "user").why)
    rows = session.execute(
        select(User, col(Team.name))
        .outerjoin(Team, (col(Team.id) == col(User.team_id)) & col(Team.deleted_at).is_(None))
        .where(col(User.deleted_at).is_(None))
        .order_by(func.lower(col(User.name)), col(User.id))
    ).all()
    see_status = decide(actor, "read", "user", field="status").allowed
    see_rights = decide(actor, "read", "user", field="rights").allowed
    wanted = fold(text).split()
    found = []
    for user, team in rows:
        if wanted and not all(word in fold(f"{user.name} {user.email} {team or ''}") for word in wanted):
            continue
        found.append(
            UserRow(
                user.id,
                user.name,
                initials_of(user.name),
                user.color,
                user.email,
                user.role,
                team or "",
                user.team_id,
                user.status if see_status else "",
                user.version,
                see_rights or user.id == actor.id,
            )
        )
    return found


def list_teams(session: Session, actor: Principal) -> list[TeamRow]:
    """All living teams in the order of the tree, each with its depth. Raises Forbidden."""
    if scope(actor, "read", "team") == "none":
        raise Forbidden(decide(actor, "read", "team").why)
    teams = session.scalars(
        select(Team).where(col(Team.deleted_at).is_(None)).order_by(func.lower(col(Team.name)), col(Team.id))
    ).all()
    members = select(col(User.team_id), func.count()).where(col(User.deleted_at).is_(None)).group_by(col(User.team_id))
    counts = {row[0]: row[1] for row in session.execute(members)}
    wanted = [team.manager_id for team in teams if team.manager_id]
    names = select(col(User.id), col(User.name)).where(col(User.id).in_(wanted))
    managers = {row[0]: row[1] for row in session.execute(names)}
    known = {team.id for team in teams}
    below: dict[int | None, list[Team]] = {}
    for team in teams:
        below.setdefault(team.parent_id if team.parent_id in known else None, []).append(team)
    everyone = _whole(counts, below)
    rows: list[TeamRow] = []
    stack = [(team, 0) for team in reversed(below.get(None, []))]
    while stack:
        team, depth = stack.pop()
        rows.append(
            TeamRow(
                team.id,
                team.name,
                depth,
                team.parent_id,
                team.manager_id,
                managers.get(team.manager_id or 0, ""),
                team.office,
                everyone[team.id],
                team.version,
            )
        )
        stack += [(child, depth + 1) for child in reversed(below.get(team.id, []))]
    return rows


def _whole(counts: dict[int | None, int], below: dict[int | None, list[Team]]) -> dict[int | None, int]:
    """How many belong to each team or to one below it."""
    order = list(below.get(None, []))
    for team in order:
        order += below.get(team.id, [])
    whole: dict[int | None, int] = {}
    for team in reversed(order):
        whole[team.id] = counts.get(team.id, 0) + sum(whole[child.id] for child in below.get(team.id, []))
    return whole


def find_viewer(session: Session, actor: Principal) -> ProfileRow:
    """The own profile. Raises NotFound."""
    user = session.get(User, actor.id) if actor.id is not None else None
    if user is None or user.deleted_at is not None:
        raise NotFound
    return ProfileRow(
        user.id, user.name, user.email, user.role, user.locale, user.zone, user.theme, user.color, user.version
    )


def list_sessions(session: Session, actor: Principal, user_id: int | None = None) -> list[SessionRow]:
    """The live sessions, the most recently used first: the own, or anybody's for an administrator. Raises Forbidden."""
    if user_id is not None and user_id != actor.id and not (right := decide(actor, "administer", "user")).allowed:
        raise Forbidden(right.why)
    rows = session.scalars(
        select(UserSession)
        .join(User, col(User.id) == col(UserSession.user_id))
        .where(col(UserSession.user_id) == (actor.id if user_id is None else user_id), is_live())
        .order_by(col(UserSession.last_seen_at).desc(), col(UserSession.id))
    ).all()
    rows = sorted(rows, key=lambda row: row.id != actor.session_id)
    return [
        SessionRow(
            row.public_id,
            device_name(row.user_agent),
            is_phone(row.user_agent),
            row.ip,
            _ago(row.last_seen_at, actor.zone),
            row.id == actor.session_id,
        )
        for row in rows
    ]


def _ago(at: datetime, zone: str) -> str:
    """A plain word for a moment in the past."""
    minutes = int((now() - at).total_seconds() // 60)
    if minutes < 2:
        return "now"
    if minutes < 60:
        return f"{minutes} minutes ago"
    if minutes < 24 * 60:
        return f"{minutes // 60} hours ago" if minutes >= 120 else "an hour ago"
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def has_active_user(session: Session) -> bool:
    """Can anybody sign in at all?"""
    found = select(col(User.id)).where(col(User.status) == "active", col(User.deleted_at).is_(None)).limit(1)
    return session.scalars(found).first() is not None


def principal_by_email(session: Session, email: str) -> Principal:
    """The actor that the user with this address is. Raises NotFound."""
    user = find_user_by_email(session, email)
    if user is None:
        raise NotFound(f"There is no user with the e-mail {email!r}.")
    return principal_of(session, user)


def find_user_by_email(session: Session, email: str) -> User | None:
    """The living user with this address."""
    if not email:
        return None
    wanted = select(User).where(col(User.email) == email.strip().lower(), col(User.deleted_at).is_(None))
    return session.scalars(wanted).first()
