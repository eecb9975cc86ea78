"""Five people of the demo company who can sign in, with new random passwords at every start."""

import secrets
from dataclasses import dataclass

from sqlmodel import Session, col, select

from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply
from crm_app.demo.marks import DEMO
from crm_app.identity.passwords import hash_password
from crm_app.identity.queries import find_user_by_email
from crm_app.identity.service import create_user, set_password
from crm_app.tables import Team, User

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another


@dataclass(frozen=True)
class DemoLogin:
    """What is printed: nowhere else does the password stand in plain text."""

    role: str
    name: str
    email: str
    password: str


@dataclass(frozen=True)
class Account:
    """A demo account; some of them are in the imported files already."""

    title: str
    name: str
    email: str
    role: str
    team: str = ""


# The seller has the most open deals of all; the manager leads his team.
ACCOUNTS = (
    Account("administrator", "Robin Vale", "admin@kith.example", "administrator"),
    Account("manager", "Melvin Marxen", "melvin.marxen@kith.example", "manager"),
    Account("seller", "Darcel Schlecht", "darcel.schlecht@kith.example", "sales"),
    Account("marketer", "Imani Cole", "imani.cole@kith.example", "marketing", "Marketing"),
    Account("agent", "Theo Lindqvist", "theo.lindqvist@kith.example", "support", "Support"),
)


def new_password() -> str:
    """Sixty bits and more, easy to type."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))


def open_accounts(session: Session) -> None:
    """Make the accounts, or let those who are listed sign in."""
    for account in reversed(ACCOUNTS):
        if find_user_by_email(session, account.email) is not None:
            continue
        listed = session.exec(
            select(User).where(User.name == account.name, col(User.deleted_at).is_(None), User.status == "listed")
        ).first()
        values = {"email": account.email, "status": "active"}
        if listed is not None:
            apply(session, SYSTEM, Change("user", listed.id, values), source=DEMO)
            continue
        team = _team(session, account.team) if account.team else None
        create_user(session, SYSTEM, name=account.name, role=account.role, team_id=team, source=DEMO, **values)


def _team(session: Session, name: str) -> int:
    found = session.exec(select(Team).where(Team.name == name, col(Team.deleted_at).is_(None))).first()
    if found is not None:
        return found.id
    return apply(session, SYSTEM, Change("team", None, {"name": name}, "create"), source=DEMO).id


def fresh_passwords(session: Session) -> list[DemoLogin]:
    """A new password for each account that still is active; the others are left alone."""
    logins = []
    for account in ACCOUNTS:
        user = find_user_by_email(session, account.email)
        if user is None or user.status != "active":
            continue
        password = new_password()
        set_password(session, user.id, hash_password(password))
        logins.append(DemoLogin(account.title, user.name, account.email, password))
    return logins
