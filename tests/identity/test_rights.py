"""The page of rights: who sees whose, and that it says what the policy decides."""

import pytest

from crm_app.core import db
from crm_app.core.errors import Forbidden, NotFound
from crm_app.identity.matrix import ACTIONS, MATRIX, OBJECTS, ROLES
from crm_app.identity.policy import decide
from crm_app.identity.rights import explain_record, find_user_page, list_rights
from tests.identity.test_sessions import principal
from tests.support.builders import make_company, make_deal, make_person, make_pipeline, make_team, make_user

WORDS = {"all": "All", "team": "Team", "own": "Own", "none": "No"}


def test_one_sees_the_own_rights_administrators_and_managers_those_of_others(sqlite_database: str) -> None:
    people = {role: make_user(role=role) for role in ROLES}
    for role, user in people.items():
        who = principal(user)
        assert db.read_sync(find_user_page, who, user).own
        for other in set(people.values()) - {user}:
            if role in ("administrator", "manager"):
                assert not db.read_sync(find_user_page, who, other).own
                assert len(db.read_sync(list_rights, who, other)) == len(OBJECTS)
                continue
            for query in (find_user_page, list_rights):
                with pytest.raises(Forbidden):
                    db.read_sync(query, who, other)
            with pytest.raises(Forbidden):
                db.read_sync(explain_record, who, other, "user", user)
    with pytest.raises(NotFound):
        db.read_sync(find_user_page, principal(people["administrator"]), 10**9)


@pytest.mark.parametrize("role", ROLES)
def test_the_matrix_is_that_of_the_role(sqlite_database: str, role: str) -> None:
    who = principal(make_user(role=role))
    for row in db.read_sync(list_rights, who, who.id or 0):
        for action, cell in zip(ACTIONS, row.cells, strict=True):
            reach = MATRIX[role][row.object][action]
            wanted = "Yes" if action in ("create", "import") and reach != "none" else WORDS[reach]
            if (row.object, action, reach) == ("user", "edit", "none"):
                wanted = "Own"
            assert (cell.reach, cell.why[-1]) == (wanted, "."), (row.object, action)


def test_one_record_with_its_reasons(database_url: str) -> None:
    """What is shown for a deal, a company, a person is what the policy answers, for owner, team and stranger."""
    team = make_team()
    lead, member, far = make_user(role="manager", team_id=team), make_user(team_id=team), make_user()
    asker = principal(make_user(role="administrator"))
    pipeline = make_pipeline()
    records = {
        "deal": make_deal(pipeline, owner_id=member, title="Big one"),
        "company": make_company(owner_id=member),
        "person": make_person(owner_id=member),
    }
    for user in (lead, member, far):
        for obj, record in records.items():
            shown = db.read_sync(explain_record, asker, user, obj, record)
            for action, verdict in zip(
                ("read", "edit", "delete", "export", "mass_edit", "merge"), shown.verdicts, strict=True
            ):
                decision = decide(principal(user), action, obj, member)
                assert (verdict.allowed, verdict.why) == (decision.allowed, decision.why), (obj, action)
    can = {
        user: db.read_sync(explain_record, asker, user, "deal", records["deal"]).verdicts[1].allowed
        for user in (lead, member, far)
    }
    assert can == {lead: True, member: True, far: False}


def test_the_rules_of_fields_are_shown(sqlite_database: str) -> None:
    """A seller changes the own name, not the own role."""
    asker, seller = principal(make_user(role="administrator")), make_user()
    shown = {v.label: v for v in db.read_sync(explain_record, asker, seller, "user", seller).fields}
    assert shown["Edit: Name"].allowed and not shown["Edit: Role"].allowed and not shown["See: Status"].allowed
    assert shown["Edit: Role"].why == "Only an administrator may change the field role."


def test_what_the_asker_may_not_see_is_not_found(sqlite_database: str) -> None:
    """A seller explains the own deals only."""
    me, other = make_user(), make_user()
    pipeline = make_pipeline()
    mine = make_deal(pipeline, owner_id=me, title="Alpha 100%")
    theirs = make_deal(pipeline, owner_id=other, title="Alpha 1000")
    who = principal(me)
    for obj, record in (("deal", theirs), ("deal", 10**9), ("user_session", 1), ("credential", me)):
        with pytest.raises(NotFound):
            db.read_sync(explain_record, who, me, obj, record)
    assert db.read_sync(explain_record, who, me, "deal", mine).title == "Alpha 100%"
