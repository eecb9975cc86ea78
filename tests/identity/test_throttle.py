"""Wrong passwords make one wait, each place for itself; a stranger cannot lock the owner out for ever."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from crm_app.core import db
from crm_app.core.clock import now
from crm_app.core.errors import Invalid
from crm_app.identity import sessions, signin, throttle
from crm_app.identity.passwords import hash_password
from crm_app.identity.service import invite_user, set_password
from crm_app.tables.access import LoginEvent, SignInThrottle
from tests.identity.test_sessions import PASSWORD, is_live, open_session, principal, with_password

HOME, AWAY = "203.0.113.7", "198.51.100.9"


def later() -> None:
    """Every wait is over."""

    def go(session) -> None:
        for row in session.scalars(select(SignInThrottle)):
            row.locked_until = now() - timedelta(seconds=1) if row.locked_until else None

    db.write_sync(go)


def fail(email: str, times: int, ip: str = AWAY, device: str = "") -> None:
    for _ in range(times):
        assert signin.sign_in(email, "wrong", ip=ip, device=device) is None


def test_sign_in_counts_and_locks(database_url: str) -> None:
    _, email = with_password()
    assert signin.sign_in(email.upper() + " ", PASSWORD)
    fail(email, throttle.FREE_ATTEMPTS)
    assert signin.sign_in(email, PASSWORD, ip=AWAY) is None
    later()
    assert signin.sign_in(email, PASSWORD, ip=AWAY)
    fail(email, throttle.FREE_ATTEMPTS - 1)
    assert signin.sign_in(email, PASSWORD, ip=AWAY), "a success began the count anew"
    assert signin.sign_in("nobody@example.org", PASSWORD) is None
    outcomes = db.read_sync(lambda s: s.scalars(select(col(LoginEvent.outcome)).order_by(col(LoginEvent.id))).all())
    n = throttle.FREE_ATTEMPTS
    wanted = ["signed in", *["refused"] * n, "locked", "signed in", *["refused"] * (n - 1), "signed in", "refused"]
    assert list(outcomes) == wanted


def test_the_wait_doubles_up_to_a_quarter_of_an_hour() -> None:
    seconds = [w.total_seconds() if (w := throttle.wait_after(n)) else 0 for n in range(1, 13)]
    assert seconds == [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900]


def test_a_stranger_locks_the_own_place_only(sqlite_database: str) -> None:
    _, email = with_password()
    fail(email, throttle.FREE_ATTEMPTS)
    assert signin.sign_in(email, PASSWORD, ip=AWAY) is None
    assert signin.sign_in(email, PASSWORD, ip=HOME)


def test_a_known_browser_gets_in_while_the_account_is_under_attack(sqlite_database: str) -> None:
    """Many places lock the account for browsers it does not know, never for one that signed in before."""
    _, email = with_password()
    assert signin.sign_in(email, PASSWORD, ip=HOME, device="laptop")
    for n in range(throttle.FREE_FOR_ALL_PLACES):
        fail(email, 1, ip=f"198.51.100.{n}")
    assert signin.sign_in(email, PASSWORD, ip="192.0.2.1", device="unknown") is None
    assert signin.sign_in(email, PASSWORD, ip="192.0.2.1", device="laptop")
    _, other = with_password()
    fail(other, throttle.FREE_ATTEMPTS, ip="192.0.2.1", device="laptop")
    assert signin.sign_in(other, PASSWORD, ip="192.0.2.1", device="laptop") is None, "known to one user only"


def test_a_known_browser_may_not_guess_without_end(sqlite_database: str) -> None:
    _, email = with_password()
    assert signin.sign_in(email, PASSWORD, ip=HOME, device="laptop")
    fail(email, throttle.FREE_ATTEMPTS, ip=HOME, device="laptop")
    assert signin.sign_in(email, PASSWORD, ip=HOME, device="laptop") is None


def test_a_new_password_by_link_ends_the_lock(sqlite_database: str) -> None:
    user, email = with_password()
    fail(email, throttle.FREE_ATTEMPTS)
    db.write_sync(set_password, user, hash_password(PASSWORD))
    assert signin.sign_in(email, PASSWORD, ip=AWAY)


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ("10.0.0.1", "10.0.0.2", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:10.0.0.1", "10.0.0.1", True),
        ("", "nonsense", True),
    ],
)
def test_places(one: str, two: str, same: bool) -> None:
    assert (throttle.network_of(one) == throttle.network_of(two)) is same


def test_old_counts_go(database_url: str) -> None:
    _, email = with_password()
    fail(email, 1)
    db.write_sync(sessions.tidy)
    assert len(db.read_sync(lambda s: s.scalars(select(SignInThrottle)).all())) == 2

    def age(session) -> None:
        for row in session.scalars(select(SignInThrottle)):
            row.at = now() - timedelta(days=181)

    db.write_sync(age)
    db.write_sync(sessions.tidy)
    assert db.read_sync(lambda s: s.scalars(select(SignInThrottle)).all()) == []


def test_changing_the_password_ends_the_other_sessions_and_links(database_url: str) -> None:
    user, email = with_password(role="administrator")
    _, mine = open_session(user)
    _, other = open_session(user)
    link = db.write_sync(invite_user, principal(user), user).partition("token=")[2]
    me = db.read_sync(sessions.find_live, mine)
    assert me
    signin.change_password(me.principal, PASSWORD, "another horse 2", "another horse 2")
    assert is_live(mine) and not is_live(other)
    assert signin.sign_in(email, PASSWORD) is None and signin.sign_in(email, "another horse 2")
    from crm_app.identity.service import find_link

    assert db.read_sync(find_link, link, "reset") is None


@pytest.mark.parametrize(
    ("current", "fresh", "repeated", "field"),
    [
        ("wrong", "another horse 2", "another horse 2", "current"),
        (PASSWORD, "short", "short", "password"),
        (PASSWORD, "another horse 2", "another horse 3", "repeated"),
        ("", "", "", "current"),
    ],
)
def test_a_password_that_does_not_hold_is_refused_beside_its_field(
    sqlite_database: str, current: str, fresh: str, repeated: str, field: str
) -> None:
    user, email = with_password()
    _, other = open_session(user)
    with pytest.raises(Invalid) as refusal:
        signin.change_password(principal(user), current, fresh, repeated)
    assert set(refusal.value.fields) == {field}
    assert is_live(other) and signin.sign_in(email, PASSWORD)


def test_the_present_password_cannot_be_guessed(sqlite_database: str) -> None:
    user, _ = with_password()
    for _ in range(throttle.FREE_ATTEMPTS):
        with pytest.raises(Invalid, match="not your present"):
            signin.change_password(principal(user), "wrong", "another horse 2", "another horse 2")
    with pytest.raises(Invalid, match="wait"):
        signin.change_password(principal(user), PASSWORD, "another horse 2", "another horse 2")
