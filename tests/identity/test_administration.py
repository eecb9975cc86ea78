"""Users and teams: who comes and goes, the last administrator, two who change the same at once."""

import threading
from collections.abc import Callable

import pytest

from crm_app.core import db
from crm_app.core.actor import Principal
from crm_app.core.changes import Change, apply
from crm_app.core.changes.undo import undo
from crm_app.core.errors import Conflict, Forbidden, Invalid, KithError, NotFound, Refused
from crm_app.identity import signin
from crm_app.identity.queries import list_sessions, list_users
from crm_app.identity.service import (
    SaveTeam,
    SaveUser,
    disable_user,
    enable_user,
    find_link,
    invite_user,
    save_team,
    save_user,
)
from crm_app.tables.user import Team, User
from tests.identity.test_sessions import PASSWORD, is_live, open_session, principal, with_password
from tests.support.builders import change, make_team, make_user, row


def boss() -> tuple[int, Principal]:
    found = make_user(role="administrator")
    return found, principal(found)


def test_disabled_and_enabled_again(database_url: str) -> None:
    """Sessions and links end; after enabling the password holds, the old sessions do not."""
    _, who = boss()
    user, email = with_password()
    _, public_id = open_session(user)
    link = db.write_sync(invite_user, who, user).partition("token=")[2]
    db.write_sync(disable_user, who, user)
    assert not is_live(public_id) and signin.sign_in(email, PASSWORD) is None
    assert db.write_sync(enable_user, who, user).diff["status"][1] == "active"
    assert not is_live(public_id) and signin.sign_in(email, PASSWORD)
    assert db.read_sync(find_link, link, "invite", "reset") is None
    with pytest.raises(KithError, match="not disabled"):
        db.write_sync(enable_user, who, user)


def test_enabled_without_a_password_waits_for_an_invitation(sqlite_database: str) -> None:
    _, who = boss()
    user = make_user(status="disabled")
    assert db.write_sync(enable_user, who, user).diff["status"][1] == "listed"
    with pytest.raises(Forbidden):
        db.write_sync(enable_user, principal(make_user()), user)
    with pytest.raises(NotFound):
        db.write_sync(enable_user, who, 10**9)


def test_the_last_administrator_stays(database_url: str) -> None:
    """Neither disabled nor demoted, deleted nor undone away; with a second one all of it goes."""
    first, who = boss()
    seller = make_user()
    promotion = change("user", seller, role="administrator")
    for fields in ({"status": "disabled"}, {"role": "sales"}):
        with pytest.raises(Invalid, match="last administrator"):
            db.write_sync(
                lambda s, f=fields: [
                    apply(s, who, Change("user", seller, {"role": "sales"})),
                    apply(s, who, Change("user", first, f)),
                ]
            )
    change("user", first, role="sales")
    with pytest.raises(Refused, match="last administrator"):
        db.write_sync(lambda s: apply(s, principal(seller), Change("user", seller, op="delete")))
    with pytest.raises(Refused, match="last administrator"):
        db.write_sync(lambda s: undo(s, principal(seller), promotion))
    assert row(User, seller)["role"] == "administrator" and row(User, seller)["deleted_at"] is None


def both(session, who, *wishes: Change) -> None:
    for wish in wishes:
        apply(session, who, wish)


def test_a_deleted_user_has_no_session(sqlite_database: str) -> None:
    _, who = boss()
    user, _ = with_password()
    _, public_id = open_session(user)
    done = db.write_sync(lambda s: apply(s, who, Change("user", user, op="delete")))
    assert not is_live(public_id)
    db.write_sync(lambda s: undo(s, who, done.batch_id))
    assert row(User, user)["deleted_at"] is None and not is_live(public_id)


def at_once(*commands: Callable[[], object]) -> list[str]:
    """Run together, as two browsers would; the names of what each raised, or "done"."""
    gate, ended = threading.Barrier(len(commands)), []

    def run(command: Callable[[], object]) -> None:
        gate.wait()
        try:
            command()
            ended.append("done")
        except Exception as error:
            ended.append(type(error).__name__)

    threads = [threading.Thread(target=run, args=(command,)) for command in commands]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(ended)


def test_two_administrators_who_demote_each_other_at_once(database_url: str) -> None:
    first, one = boss()
    second, two = boss()
    for _ in range(5):
        ended = at_once(
            lambda: db.write_sync(lambda s: apply(s, one, Change("user", second, {"role": "sales"}))),
            lambda: db.write_sync(lambda s: apply(s, two, Change("user", first, {"role": "sales"}))),
        )
        assert ended == ["Invalid", "done"]
        for user in (first, second):
            change("user", user, role="administrator")


def test_two_teams_put_below_each_other_at_once(database_url: str) -> None:
    one, two = make_team(), make_team()
    for _ in range(5):
        ended = at_once(lambda: change("team", one, parent_id=two), lambda: change("team", two, parent_id=one))
        assert ended == ["Invalid", "done"]
        for team in (one, two):
            change("team", team, parent_id=None)


def test_two_administrators_edit_the_same_user(sqlite_database: str) -> None:
    """From a stale tab: another field merges, the same field is a conflict and nothing is lost."""
    _, who = boss()
    user = make_user(name="Ann", email="ann@example.org")
    seen = row(User, user)["version"]
    db.write_sync(save_user, who, SaveUser("Ann", "ann@example.org", "manager", None, user, seen))
    with pytest.raises(Conflict):
        db.write_sync(save_user, who, SaveUser("Ann", "ann@example.org", "support", None, user, seen))
    db.write_sync(lambda s: apply(s, who, Change("user", user, {"name": "Anna"}, expected=seen)))
    found = row(User, user)
    assert (found["name"], found["role"]) == ("Anna", "manager")


def test_the_same_user_twice_is_refused_beside_the_field(database_url: str) -> None:
    """A second press of Save, and two at once: one user, and the second hears why."""
    _, who = boss()
    wish = SaveUser("Twin", "twin@example.org", "sales", None)
    db.write_sync(save_user, who, wish)
    with pytest.raises(Invalid) as refusal:
        db.write_sync(save_user, who, wish)
    assert set(refusal.value.fields) == {"email"}
    other = SaveUser("Pair", "pair@example.org", "sales", None)
    ended = at_once(*[lambda: db.write_sync(save_user, who, other)] * 2)
    assert ended in (["Invalid", "done"], ["Refused", "done"])
    assert [u.name for u in db.read_sync(list_users, who, "pair")] == ["Pair"]


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        (SaveUser("", "a@example.org", "sales", None), "name"),
        (SaveUser("A", "not an address", "sales", None), "email"),
        (SaveUser("A", "a@b@c", "sales", None), "email"),
        (SaveUser("A", "a@example.org", "sales", 10**9), "team_id"),
        (SaveUser("A" * 121, "a@example.org", "sales", None), "name"),
    ],
)
def test_what_does_not_hold_is_said_beside_the_field(sqlite_database: str, wish: SaveUser, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        db.write_sync(save_user, boss()[1], wish)
    assert set(refusal.value.fields) == {field}


@pytest.mark.parametrize(
    "values",
    [
        {"role": "owner"},
        {"role": "sales", "status": "active"},
        {"role": "sales", "version": "1"},
        {"role": "sales", "team_id": "1 OR 1=1"},
        {"role": "sales", "team_id": "-1"},
        {"role": "sales", "team_id": "١"},
        {"role": "sales", "external_id": "x"},
    ],
)
def test_a_form_takes_its_own_fields_only(values: dict[str, str]) -> None:
    """Mass assignment: status, version and the like cannot be slipped in."""
    with pytest.raises(Invalid):
        SaveUser.parse({"name": "A", "email": "a@example.org", **values}, None, None)
    with pytest.raises(Invalid):
        SaveTeam.parse({"name": "A", "parent_id": "", "manager_id": "", "office": "", "deleted_at": "x"}, None, None)


def test_a_team_its_manager_and_the_circle(database_url: str) -> None:
    _, who = boss()
    lead = make_user()
    top = db.write_sync(save_team, who, SaveTeam("Top", None, lead, "Oslo")).id
    low = db.write_sync(save_team, who, SaveTeam("Low", top, None, "")).id
    for wish, field in (
        (SaveTeam("Top", low, lead, "Oslo", top), "parent_id"),
        (SaveTeam("Low", low, None, "", low), "parent_id"),
    ):
        with pytest.raises(Invalid) as refusal:
            db.write_sync(save_team, who, wish)
        assert set(refusal.value.fields) == {field}
    assert row(Team, top)["manager_id"] == lead and row(Team, low)["parent_id"] == top


def test_sessions_of_others_are_for_administrators(sqlite_database: str) -> None:
    _, who = boss()
    user = make_user(role="manager")
    open_session(user)
    assert len(db.read_sync(list_sessions, who, user)) == 1 == len(db.read_sync(list_sessions, principal(user), user))
    with pytest.raises(Forbidden):
        db.read_sync(list_sessions, principal(user), make_user())
