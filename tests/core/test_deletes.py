"""A record may go as soon as an earlier change of the same call points elsewhere; not if that change is left out."""

import pytest

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply_many
from crm_app.core.changes.replay import differences
from crm_app.core.errors import KithError, Refused
from crm_app.tables import Team, User
from tests.support.builders import make_team, make_user, row


def _lead() -> tuple[int, int]:
    user = make_user(name="Ada")
    return make_team(name="North", manager_id=user), user


def _undo(team_values: dict, team: int, user: int, told: list[str] | None = None) -> None:
    changes = [Change("team", team, team_values), Change("user", user, op="delete", undoes=1)]
    note = None if told is None else lambda change, error: told.append(f"{change.kind}: {error.message}")
    db.write_sync(apply_many, SYSTEM, changes, source="undo", on_refused=note)


def _left(team: int, user: int) -> tuple[str, int | None, bool]:
    found, who = row(Team, team), row(User, user)
    return found["name"], found["manager_id"], who["deleted_at"] is None


def test_who_is_let_go_before_may_go(database_url: str) -> None:
    team, user = _lead()
    _undo({"manager_id": None}, team, user)
    assert _left(team, user) == ("North", None, False) and db.read_sync(differences) == []


def test_who_is_still_pointed_to_stays(sqlite_database: str) -> None:
    team, user = _lead()
    with pytest.raises(Refused, match="used elsewhere"):
        _undo({"name": "South"}, team, user)
    _undo({"name": "South"}, team, user, told := [])
    assert told == ["user: This user is used elsewhere and cannot go."]
    assert _left(team, user) == ("South", user, True)


def test_a_change_that_a_delete_counts_on_is_not_left_out_alone(sqlite_database: str) -> None:
    team, user = _lead()
    with pytest.raises(KithError):
        _undo({"manager_id": None, "name": ""}, team, user, [])
    assert _left(team, user) == ("North", user, True)
