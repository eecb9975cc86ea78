"""The table of rights, and what is decided and selected with it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlmodel import col

from crm_app.core import db
from crm_app.core.actor import SYSTEM, Principal
from crm_app.identity import policy
from crm_app.identity.matrix import ACTIONS, MATRIX, OBJECTS, ROLES, SCOPES
from crm_app.identity.policy import decide, explain, may, parse_permission, scope, visible
from crm_app.identity.sessions import principal_of
from crm_app.tables.deal import Deal
from crm_app.tables.user import User
from tests.support.builders import make_deal, make_pipeline, make_team, make_user

ME, MATE, STRANGER = 1, 2, 3


def person(role: str) -> Principal:
    return Principal(id=ME, name="Me", role=role, team_id=9, member_ids=frozenset({ME, MATE}))


def test_the_table_is_complete() -> None:
    assert set(MATRIX) == set(ROLES)
    for role in ROLES:
        assert set(MATRIX[role]) == set(OBJECTS), role
        for row in MATRIX[role].values():
            assert set(row) == set(ACTIONS) and set(row.values()) <= set(SCOPES)


def test_who_can_edit_can_read_at_least_as_far() -> None:
    """No right to change what one cannot see."""
    for role in ROLES:
        for obj in OBJECTS:
            row = MATRIX[role][obj]
            for action in ("edit", "delete", "export", "mass_edit", "merge"):
                assert SCOPES.index(row[action]) <= SCOPES.index(row["read"]), (role, obj, action)


def test_only_the_administrator_administers() -> None:
    for role in ROLES:
        for obj in OBJECTS:
            assert (MATRIX[role][obj]["administer"] != "none") == (role == "administrator")


def test_read_only_changes_nothing_of_others() -> None:
    for obj in OBJECTS:
        for action in set(ACTIONS) - {"read"}:
            reach = MATRIX["read-only"][obj][action]
            assert reach == "none" or obj == "saved_view", (obj, action)


@pytest.mark.parametrize(
    ("role", "action", "owner", "allowed"),
    [
        ("sales", "read", ME, True),
        ("sales", "read", MATE, False),
        ("sales", "edit", None, False),
        ("manager", "edit", MATE, True),
        ("manager", "edit", STRANGER, False),
        ("manager", "export", STRANGER, False),
        ("marketing", "read", STRANGER, True),
        ("marketing", "edit", ME, False),
        ("administrator", "delete", STRANGER, True),
        ("read-only", "create", ME, False),
        ("nonsense", "read", ME, False),
    ],
)
def test_deals(role: str, action: str, owner: int | None, allowed: bool) -> None:
    decision = decide(person(role), action, "deal", owner)
    assert decision.allowed is allowed
    assert decision.why.endswith(".") and len(decision.why.split()) > 4


@pytest.mark.parametrize("field", ["role", "status", "team_id", "manager_id", "email"])
def test_nobody_promotes_oneself(field: str) -> None:
    for role in set(ROLES) - {"administrator"}:
        assert not decide(person(role), "edit", "user", ME, field), role
    assert decide(person("administrator"), "edit", "user", ME, field)


@pytest.mark.parametrize("field", ["name", "locale", "zone", "theme"])
def test_the_own_profile(field: str) -> None:
    for role in ROLES:
        assert decide(person(role), "edit", "user", ME, field), role
        assert decide(person(role), "edit", "user", field=field, record_id=ME), role
        assert bool(decide(person(role), "edit", "user", STRANGER, field)) is (role == "administrator")
    assert decide(person("sales"), "edit", "user", record_id=ME)
    assert not decide(person("sales"), "edit", "user", record_id=STRANGER)
    assert not decide(person("sales"), "edit", "user", ME, "custom")


def test_permissions_are_known() -> None:
    assert parse_permission("deal.mass_edit") == ("deal", "mass_edit")
    for wrong in ("deal", "deal.fly", "ship.read", "", "any.read", "deal.read.more"):
        with pytest.raises(ValueError, match="unknown permission"):
            parse_permission(wrong)
    assert may(person("read-only"), "any")
    assert not may(Principal(id=None, name="", role="administrator"), "any")


def test_the_system_may_everything() -> None:
    assert all(decide(SYSTEM, action, obj) for obj in OBJECTS for action in ACTIONS)


def test_explain_says_why_for_everything() -> None:
    rights = explain(person("sales"))
    assert [(r.object, r.action) for r in rights] == [(obj, action) for obj in OBJECTS for action in ACTIONS]
    assert next(r for r in rights if (r.object, r.action) == ("deal", "read")).why == (
        "The role Sales may see the deals that one owns."
    )
    assert all(r.why.endswith(".") and "Sales" in r.why for r in rights)


@given(
    role=st.sampled_from(ROLES),
    action=st.sampled_from(ACTIONS),
    obj=st.sampled_from(OBJECTS),
    owner=st.sampled_from([None, ME, MATE, STRANGER]),
)
def test_deciding_agrees_with_the_scope(role: str, action: str, obj: str, owner: int | None) -> None:
    """An independent reading of the table, but for the own profile."""
    who = person(role)
    reach = scope(who, action, obj)
    wanted = (
        {
            "none": False,
            "all": True,
            "own": owner == ME,
            "team": owner in (ME, MATE),
        }[reach]
        or (action == "create" and reach != "none")
        or (obj == "user" and action == "edit" and owner == ME)
    )
    assert decide(who, action, obj, owner).allowed is wanted


@pytest.mark.parametrize("listed", [10, 1000])
def test_the_condition_selects_what_decide_allows(
    database_url: str, monkeypatch: pytest.MonkeyPatch, listed: int
) -> None:
    """Row by row: `visible` in SQL and `decide` agree, for every role, with small and large teams."""
    monkeypatch.setattr(policy, "MOST_LISTED", listed)
    top = make_team(name="Top")
    below = make_team(name="Below", parent_id=top)
    other = make_team(name="Other")
    boss, mate, far = make_user(team_id=top), make_user(team_id=below), make_user(team_id=other)
    crowd = [make_user(team_id=below) for _ in range(12)]
    pipeline = make_pipeline()
    deals = {make_deal(pipeline, owner_id=owner): owner for owner in (boss, mate, far, crowd[-1])}
    for role in ROLES:
        for user_id in (boss, mate, far):
            who = db.read_sync(lambda s, u=user_id, r=role: _as(s, u, r))
            condition = visible(who, "deal", Deal.owner_id)
            seen = set(db.read_sync(lambda s, c=condition: s.scalars(select(col(Deal.id)).where(c)).all()))
            assert seen == {d for d, owner in deals.items() if decide(who, "read", "deal", owner)}, (role, user_id)


def _as(session, user_id: int, role: str) -> Principal:
    found = principal_of(session, session.get(User, user_id))
    return Principal(found.id, found.name, role, found.team_id, found.member_ids)
