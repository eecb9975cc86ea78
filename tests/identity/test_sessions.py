"""Sessions end by time, by revocation, with the user; what is stored of the cookie is its hash."""

from dataclasses import replace
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select
from sqlmodel import col

from crm_app.core import db
from crm_app.core.clock import now
from crm_app.core.config import settings
from crm_app.core.errors import Forbidden, Invalid, KithError, NotFound
from crm_app.identity import sessions, signin
from crm_app.identity.passwords import hash_password, password_problem, verify_password
from crm_app.identity.queries import find_viewer, list_sessions, list_teams, list_users
from crm_app.identity.service import (
    SaveTeam,
    SaveUser,
    accept_invitation,
    create_first_user,
    disable_user,
    first_user_link,
    invite_user,
    revoke_session,
    save_team,
    save_user,
    set_password,
    update_profile,
)
from crm_app.tables.access import UserSession
from crm_app.tables.user import User
from tests.support.builders import change, make, make_team, make_user

PASSWORD = "correct horse 1"


def principal(user_id: int):
    return db.read_sync(lambda s: sessions.principal_of(s, s.get_one(User, user_id)))


def open_session(user_id: int) -> tuple[str, str]:
    """The cookie and the public id."""
    token = db.write_sync(sessions.create_session, user_id, ip="10.0.0.9", user_agent="Firefox/1 Windows")
    public_id = db.read_sync(sessions.find_session, sessions.hash_token(token))
    assert public_id
    return token, public_id


def shift(public_id: str, **values) -> None:
    def go(session) -> None:
        row = session.scalars(select(UserSession).where(col(UserSession.public_id) == public_id)).one()
        for name, value in values.items():
            setattr(row, name, value)

    db.write_sync(go)


def is_live(public_id: str) -> bool:
    live = db.read_sync(sessions.find_live, public_id) is not None
    assert live == (public_id in db.read_sync(sessions.find_all_live, [public_id, "unknown"]))
    return live


def test_only_the_hash_is_stored(sqlite_database: str) -> None:
    token, public_id = open_session(make_user())
    row = db.read_sync(lambda s: s.scalars(select(UserSession)).one())
    assert len(token) == 43 and token not in repr(row.model_dump()) and public_id != token
    assert row.token_hash == sessions.hash_token(token)


def test_idle_and_absolute_expiry(database_url: str) -> None:
    _, public_id = open_session(make_user())
    assert is_live(public_id)
    idle = timedelta(minutes=settings().session_idle_minutes)
    shift(public_id, last_seen_at=now() - idle + timedelta(seconds=30))
    assert is_live(public_id)
    shift(public_id, last_seen_at=now() - idle - timedelta(seconds=1))
    assert not is_live(public_id)
    db.write_sync(sessions.touch, [public_id])
    assert is_live(public_id)
    shift(public_id, expires_at=now() - timedelta(seconds=1))
    assert not is_live(public_id)


def test_revoked_disabled_deleted(database_url: str) -> None:
    user = make_user()
    _, first = open_session(user)
    _, second = open_session(user)
    assert db.write_sync(sessions.revoke, first) and not db.write_sync(sessions.revoke, first)
    assert not is_live(first) and is_live(second)
    db.write_sync(disable_user, principal(make_user(role="administrator")), user)
    assert not is_live(second)


def test_who_acts_through_a_session_is_who_that_user_is_with_the_fields_that_are_closed(database_url: str) -> None:
    """By a socket one has the rights that one has anywhere else: those of custom fields too."""
    team = make_team()
    people = {role: make_user(role=role, team_id=team) for role in ("sales", "support", "administrator")}
    secret = make("custom_field", kind="deal", key="s", label="Secret", type="text", read_roles=["sales"])
    fixed = make("custom_field", kind="deal", key="f", label="Fixed", type="text", edit_roles=["support"])
    ids = {open_session(user)[1]: user for user in people.values()}
    lives = db.read_sync(sessions.find_all_live, ids)
    assert {p: replace(live.principal, session_id=None) for p, live in lives.items()} == {
        public_id: principal(user) for public_id, user in ids.items()
    }
    closed = {live.principal.role: (live.principal.unseen, live.principal.fixed) for live in lives.values()}
    hidden, kept = (frozenset({f"deal.custom.{id}"}) for id in (secret, fixed))
    assert closed["support"] == (hidden, hidden) and closed["sales"] == (frozenset(), kept)
    assert closed["administrator"] == (frozenset(), frozenset())


def test_a_client_token_belongs_to_one_session(database_url: str) -> None:
    _, mine = open_session(make_user())
    _, other = open_session(make_user())
    assert db.write_sync(sessions.bind, "token", mine) and db.write_sync(sessions.bind, "token", mine)
    assert not db.write_sync(sessions.bind, "token", other)
    assert db.read_sync(sessions.bound_to, "token") == mine
    assert not db.write_sync(sessions.bind, "next", "unknown")


def test_one_ends_only_the_own_sessions(sqlite_database: str) -> None:
    me, boss = make_user(), make_user(role="administrator")
    _, mine = open_session(me)
    _, theirs = open_session(boss)
    with pytest.raises(NotFound):
        db.write_sync(revoke_session, principal(me), theirs)
    db.write_sync(revoke_session, principal(boss), mine)
    assert not is_live(mine) and is_live(theirs)
    assert [r.device for r in db.read_sync(list_sessions, principal(boss))] == ["Firefox on Windows"]


def with_password(**values) -> tuple[int, str]:
    user = make_user(**values)
    db.write_sync(set_password, user, hash_password(PASSWORD))
    return user, db.read_sync(lambda s: s.get_one(User, user).email)


def test_who_may_not_sign_in(sqlite_database: str) -> None:
    for status in ("listed", "invited", "disabled"):
        _, email = with_password(status=status)
        assert signin.sign_in(email, PASSWORD) is None
    user = make_user(name="No Password")
    assert signin.sign_in(db.read_sync(lambda s: s.get_one(User, user).email), "") is None


def test_signing_in_again_ends_the_session_before(sqlite_database: str) -> None:
    _, email = with_password()
    first = signin.sign_in(email, PASSWORD)
    assert first and signin.sign_in(email, PASSWORD, replaces=first)
    assert db.read_sync(sessions.find_session, sessions.hash_token(first)) is None


def test_passwords() -> None:
    stored = hash_password(PASSWORD)
    assert stored.startswith("$argon2id$") and verify_password(stored, PASSWORD)
    assert not verify_password(stored, PASSWORD + "2") and not verify_password(None, PASSWORD)
    assert not verify_password("broken", PASSWORD)
    assert password_problem("short") and password_problem("1111111111111") and password_problem("x" * 300)
    assert password_problem("ann@example.org", "Ann@example.org") and password_problem(PASSWORD) is None


def test_passwords_are_hashed_as_strongly_as_owasp_asks(real_hasher: PasswordHasher) -> None:
    """At least 19 MiB and two passes of argon2id (OWASP Password Storage Cheat Sheet)."""
    assert real_hasher.memory_cost >= 19 * 1024 and real_hasher.time_cost >= 2
    assert real_hasher.hash(PASSWORD).startswith("$argon2id$")


def test_links_work_once(database_url: str) -> None:
    link = db.write_sync(first_user_link)
    newer = db.write_sync(first_user_link)
    assert link and newer
    old, token = (text.partition("token=")[2] for text in (link, newer))
    with pytest.raises(NotFound):
        db.write_sync(create_first_user, old, "Ann", "ann@example.org", hash_password(PASSWORD))
    ann = db.write_sync(create_first_user, token, "Ann", "Ann@Example.org", hash_password(PASSWORD))
    assert db.write_sync(first_user_link) is None
    with pytest.raises(NotFound):
        db.write_sync(create_first_user, token, "Bob", "bob@example.org", hash_password(PASSWORD))
    boss = principal(ann)
    assert boss.role == "administrator"
    bob = db.write_sync(save_user, boss, SaveUser("Bob", "bob@example.org", "sales", None)).id
    invitation = db.write_sync(invite_user, boss, bob).partition("token=")[2]
    assert db.write_sync(accept_invitation, invitation, hash_password(PASSWORD)) == bob
    with pytest.raises(NotFound):
        db.write_sync(accept_invitation, invitation, hash_password(PASSWORD))
    assert signin.sign_in("bob@example.org", PASSWORD)


def test_users_are_administered_by_administrators(sqlite_database: str) -> None:
    boss_id, seller_id = make_user(role="administrator"), make_user()
    boss, seller = principal(boss_id), principal(seller_id)
    for command in (
        lambda s: save_user(s, seller, SaveUser("X", "x@example.org", "administrator", None)),
        lambda s: save_user(s, seller, SaveUser("Me", "me@example.org", "administrator", None, seller_id)),
        lambda s: save_team(s, seller, SaveTeam("X", None, None, "")),
        lambda s: disable_user(s, seller, boss_id),
        lambda s: invite_user(s, seller, boss_id),
    ):
        with pytest.raises(Forbidden):
            db.write_sync(command)
    with pytest.raises(KithError):
        db.write_sync(disable_user, boss, boss_id)
    with pytest.raises(Invalid):
        change("user", boss_id, role="sales")


def test_the_profile(sqlite_database: str) -> None:
    me = principal(make_user())
    db.write_sync(update_profile, me, {"theme": "dark", "name": "Neu", "zone": "Europe/Berlin"})
    row = db.read_sync(find_viewer, me)
    assert (row.theme, row.name, row.zone) == ("dark", "Neu", "Europe/Berlin")
    for wrong in ({"role": "administrator"}, {"email": "x@example.org"}, {"zone": "Mars/Base"}, {"theme": "pink"}):
        with pytest.raises(Invalid):
            db.write_sync(update_profile, me, wrong)


def test_teams_stay_a_tree(database_url: str) -> None:
    top = make_team(name="Top", office="Berlin")
    below = make_team(name="Below", parent_id=top)
    leaf = make_team(name="Leaf", parent_id=below)
    with pytest.raises(Invalid):
        change("team", top, parent_id=leaf)
    boss = make_user(team_id=top, name="Boss", role="administrator")
    seller = make_user(team_id=leaf, name="Seller")
    assert principal(boss).member_ids == {boss, seller} and principal(seller).member_ids == {seller}
    rows = db.read_sync(list_teams, principal(boss))
    assert [(r.name, r.depth, r.members) for r in rows] == [("Top", 0, 2), ("Below", 1, 1), ("Leaf", 2, 1)]
    assert [u.name for u in db.read_sync(list_users, principal(boss), "leaf sell")] == ["Seller"]


def test_tidying_keeps_what_lives(database_url: str) -> None:
    """Bindings go a day after their session ended, sessions after three months; nothing that lives."""
    made = {name: open_session(make_user())[1] for name in ("live", "fresh", "ended", "old")}
    for name, public_id in made.items():
        db.write_sync(sessions.bind, f"token-{name}", public_id)
    shift(made["fresh"], revoked_at=now() - timedelta(hours=2))
    shift(made["ended"], revoked_at=now() - timedelta(days=2))
    shift(made["old"], expires_at=now() - timedelta(days=91))
    db.write_sync(sessions.tidy)
    bound = {name for name in made if db.read_sync(sessions.bound_to, f"token-{name}")}
    assert bound == {"live", "fresh"}
    left = db.read_sync(lambda s: set(s.scalars(select(col(UserSession.public_id))).all()))
    assert left == {made["live"], made["fresh"], made["ended"]}
