"""Who may set which target, what a grid shows, and copying a period; on both databases."""

from datetime import date

import pytest

from crm_app.core import db
from crm_app.core.actor import SYSTEM, Principal
from crm_app.core.changes import Change, apply, undo
from crm_app.core.errors import Conflict, Forbidden, Invalid, KithError, Refused
from crm_app.forecast.queries import Grid, target_grid
from crm_app.forecast.service import Aim, copy_targets, set_target
from tests.support.builders import change, make, make_team, make_user, principal

pytestmark = pytest.mark.usefixtures("database_url")


class People:
    """A manager with one seller in a team, and a seller of another team."""

    def __init__(self) -> None:
        self.team, self.other_team = make_team(name="North"), make_team(name="South")
        self.boss = make_user(name="Boss", role="manager", team_id=self.team)
        self.mine = make_user(name="Mine", team_id=self.team)
        self.other = make_user(name="Other", team_id=self.other_team)
        change("team", self.team, manager_id=self.boss)

    @property
    def manager(self) -> Principal:
        return principal(self.boss, "manager", team_id=self.team, member_ids=frozenset({self.boss, self.mine}))


@pytest.fixture
def people(database_url: str) -> People:
    return People()


def put(actor: Principal, cell: str, raw: str, seen: int = 0, kind: str = "month"):
    return db.write_sync(set_target, actor, Aim.parse(kind, cell), raw, seen)


def grid(actor: Principal, kind: str = "month") -> Grid:
    return db.read_sync(target_grid, actor, kind, 2026)


def shown(found: Grid) -> dict[str, list[str]]:
    return {r.key: [c.property.value for c in r.cells] for r in found.rows}


def test_a_manager_sets_targets_of_the_team_and_a_seller_none(people: People) -> None:
    put(people.manager, f"u{people.mine}:2026-11-01", "12,500.50")
    put(people.manager, f"t{people.team}:2026-11-01", "40000")
    for actor, cell in [
        (people.manager, f"u{people.other}:2026-11-01"),
        (people.manager, f"t{people.other_team}:2026-11-01"),
        (principal(people.mine), f"u{people.mine}:2026-12-01"),
        (principal(people.mine, "read-only"), f"u{people.mine}:2026-12-01"),
    ]:
        with pytest.raises((Forbidden, Invalid)):
            put(actor, cell, "1")
    assert shown(grid(people.manager)) == {
        f"t{people.team}": [""] * 10 + ["$40,000", ""],
        f"u{people.boss}": [""] * 12,
        f"u{people.mine}": [""] * 10 + ["$12,500.50", ""],
    }
    assert shown(grid(principal(people.mine))) == {f"u{people.mine}": [""] * 10 + ["$12,500.50", ""]}
    assert not grid(principal(people.mine)).editable and grid(people.manager).editable
    assert set(shown(grid(SYSTEM))) > {f"u{people.other}", f"t{people.other_team}"}
    with pytest.raises(Forbidden):
        grid(principal(people.mine, "support"))


def test_a_target_is_changed_and_taken_away_on_the_version_that_was_seen(people: People) -> None:
    cell = f"u{people.mine}:2026-11-01"
    assert put(SYSTEM, cell, "") is None
    first = put(SYSTEM, cell, "100")
    assert first is not None
    with pytest.raises(Conflict):
        put(people.manager, cell, "200")  # a second user, whose grid still shows it empty
    second = put(people.manager, cell, "200", first.version)
    with pytest.raises(Conflict):
        put(SYSTEM, cell, "300", first.version)
    assert second is not None
    put(SYSTEM, cell, "", second.version)
    assert shown(grid(SYSTEM))[f"u{people.mine}"][10] == ""
    with pytest.raises(Refused):
        put(SYSTEM, cell, "300", second.version)
    again = put(SYSTEM, cell, "400")
    assert again is not None
    db.write_sync(undo, SYSTEM, again.batch_id)
    assert shown(grid(SYSTEM))[f"u{people.mine}"][10] == ""


@pytest.mark.parametrize(
    ("kind", "cell", "raw"),
    [
        ("month", "u{}:2026-11-02", "1"),
        ("quarter", "u{}:2026-11-01", "1"),
        ("year", "u{}:2026-04-01", "1"),
        ("week", "u{}:2026-11-01", "1"),
        ("month", "u{}:yesterday", "1"),
        ("month", "x{}:2026-11-01", "1"),
        ("month", ":2026-11-01", "1"),
        ("month", "u{}:2026-11-01", "-5"),
        ("month", "u{}:2026-11-01", "a lot"),
        ("month", "u999999:2026-11-01", "1"),
    ],
)
def test_bad_input_is_refused_in_plain_words(people: People, kind: str, cell: str, raw: str) -> None:
    with pytest.raises(KithError) as refusal:
        put(SYSTEM, cell.format(people.mine), raw, 0, kind)
    assert refusal.value.message.endswith(".")


def test_a_target_is_for_one_and_only_once(people: People) -> None:
    both = {"user_id": people.mine, "team_id": people.team, "starts_on": date(2026, 1, 1), "amount_minor": 1}
    for values in (both, {"starts_on": date(2026, 1, 1)}):
        with pytest.raises(Invalid):
            db.write_sync(lambda s, v=values: apply(s, SYSTEM, Change("target", op="create", set=v)))
    make("target", user_id=people.mine, starts_on=date(2026, 1, 1))
    with pytest.raises(KithError):
        make("target", user_id=people.mine, starts_on=date(2026, 1, 1))


def test_the_last_period_is_copied_where_nothing_stands(people: People) -> None:
    put(SYSTEM, f"u{people.boss}:2026-10-01", "10")
    put(SYSTEM, f"u{people.mine}:2026-10-01", "20")
    put(SYSTEM, f"u{people.other}:2026-10-01", "30")
    put(SYSTEM, f"u{people.mine}:2026-11-01", "99")
    found = grid(people.manager)
    assert [c.copies for c in found.columns] == [False] * 10 + [True, True]
    done = db.write_sync(copy_targets, people.manager, "month", date(2026, 11, 1))
    values = shown(grid(SYSTEM))
    assert [values[f"u{u}"][10] for u in (people.boss, people.mine, people.other)] == ["$10", "$99", ""]
    with pytest.raises(Refused):
        db.write_sync(copy_targets, people.manager, "month", date(2026, 11, 1))
    with pytest.raises(Invalid):
        db.write_sync(copy_targets, people.manager, "month", date(2026, 11, 5))
    db.write_sync(undo, people.manager, done[0].batch_id)
    assert shown(grid(SYSTEM))[f"u{people.boss}"][10] == ""


def test_a_team_target_follows_the_team_and_goes_with_it(people: People) -> None:
    put(SYSTEM, f"t{people.other_team}:2026-01-01", "500", kind="year")
    assert shown(grid(SYSTEM, "year"))[f"t{people.other_team}"] == ["$500"]
    change("user", people.other, team_id=None)
    db.write_sync(lambda s: apply(s, SYSTEM, Change("team", people.other_team, op="delete")))
    assert f"t{people.other_team}" not in shown(grid(SYSTEM, "year"))
