"""What must hold for any sequence of changes, on both databases."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply, apply_many, undo
from crm_app.core.changes.replay import differences
from crm_app.core.errors import Conflict, KithError
from crm_app.migrations import problems
from crm_app.tables import Company
from tests.core.strategies import EDIT, FIELDS, OPERATION, living, on_database
from tests.support.builders import make, make_company, row


class Play:
    """Carries out random operations on companies of its own, one batch each."""

    def __init__(self) -> None:
        self.tags = [make("tag", name=f"tag {n}") for n in range(3)]
        self.ids: list[int] = []
        self.dead: list[int] = []

    def _change(self, name: str, value: Any, pick: int) -> Change | None:
        alive = [i for i in self.ids if i not in self.dead]
        if name == "create" or not self.ids:
            return Change("company", set={"name": "Acme"} | (value if isinstance(value, dict) else {}), op="create")
        if name == "restore":
            return Change("company", self.dead[pick % len(self.dead)], op="restore") if self.dead else None
        if not alive:
            return None
        target = alive[pick % len(alive)]
        match name:
            case "update":
                return Change("company", target, value)
            case "addresses":
                return Change("company", target, {"addresses": value})
            case "tag" | "untag":
                return Change("company", target, {f"tags{'+' if name == 'tag' else '-'}": [self.tags[value]]})
        return Change("company", target, op="delete")

    def __call__(self, session: Session, name: str, value: Any, pick: int) -> int | None:
        """The batch, or None when there was nothing to do."""
        change = self._change(name, value, pick)
        if change is None:
            return None
        done = apply(session, SYSTEM, change)
        if done.op == "create":
            self.ids.append(done.id)
        elif done.op == "delete":
            self.dead.append(done.id)
        elif done.op == "restore":
            self.dead.remove(done.id)
        return done.batch_id


OPERATIONS = st.lists(st.tuples(OPERATION, st.integers(0, 9)), min_size=1, max_size=10)


@on_database
@given(operations=OPERATIONS)
def test_newest_first_undo_is_the_identity(database_url: str, operations: list[Any]) -> None:
    play, history = Play(), []
    for (name, value), pick in operations:
        before = db.read_sync(living, set(play.ids))
        batch = db.write_sync(play, name, value, pick)
        if batch is not None:
            history.append((batch, before))
    for batch, before in reversed(history):
        done = db.write_sync(undo, SYSTEM, batch)
        assert done.kept == []
        assert db.read_sync(living, set(play.ids)) == before


@on_database
@given(edits=st.lists(EDIT, min_size=1, max_size=8), which=st.integers(0, 7))
def test_undo_restores_only_what_is_still_its_own(database_url: str, edits: list[dict[str, Any]], which: int) -> None:
    company = make_company(industry="a", country="b", phone="c", kind="other")
    truth = {name: row(Company, company)[name] for name in FIELDS}
    made: list[tuple[int, dict[str, tuple[Any, Any]]]] = []
    for edit in edits:
        batch = db.write_sync(lambda s, e=edit: apply(s, SYSTEM, Change("company", company, e)).batch_id)
        made.append((batch, {n: (truth[n], v) for n, v in edit.items() if truth[n] != v}))
        truth |= edit
    batch, differs = made[which % len(made)]
    done = db.write_sync(undo, SYSTEM, batch)
    own = {name for name, (_old, new) in differs.items() if truth[name] == new}
    truth |= {name: differs[name][0] for name in own}
    assert {name: row(Company, company)[name] for name in FIELDS} == truth
    assert done.restored == len(own) and len(done.kept) == len(differs) - len(own)


@on_database
@given(mine=EDIT, theirs=EDIT)
def test_two_editors_never_lose_an_update(database_url: str, mine: dict[str, Any], theirs: dict[str, Any]) -> None:
    company = make_company(kind="other")
    seen = row(Company, company)
    db.write_sync(lambda s: apply(s, SYSTEM, Change("company", company, theirs, expected=seen["version"])))
    collide = {n for n in mine.keys() & theirs.keys() if theirs[n] != seen[n] and mine[n] != theirs[n]}
    wish = Change("company", company, mine, expected=seen["version"])
    if collide:
        with pytest.raises(Conflict) as refused:
            db.write_sync(apply, SYSTEM, wish)
        assert {c.field for c in refused.value.conflicts} == collide
        for found in refused.value.conflicts:
            assert (found.yours, found.theirs, found.original) == (
                mine[found.field],
                theirs[found.field],
                seen[found.field],
            )
        expected = theirs
    else:
        db.write_sync(apply, SYSTEM, wish)
        expected = theirs | mine
    after = row(Company, company)
    assert {n: after[n] for n in FIELDS} == {n: seen[n] for n in FIELDS} | expected


@on_database
@given(operations=OPERATIONS, undone=st.lists(st.integers(0, 9), max_size=3))
def test_replaying_the_log_gives_the_tables(database_url: str, operations: list[Any], undone: list[int]) -> None:
    play = Play()
    batches = [b for (name, value), pick in operations if (b := db.write_sync(play, name, value, pick)) is not None]
    for pick in undone:
        try:
            db.write_sync(undo, SYSTEM, batches[pick % len(batches)])
        except KithError:
            continue  # a refusal changes nothing; that is what is compared below
    assert db.read_sync(differences) == []
    assert problems() == []


@pytest.mark.parametrize("name", ["nonsense", "", "change_log", "user_session", "Company"])
def test_an_unknown_kind_is_refused(database_url: str, name: str) -> None:
    with pytest.raises(KithError):
        db.write_sync(
            apply_many,
            SYSTEM,
            [Change("company", set={"name": "x"}, op="create"), Change(name, set={"name": "x"}, op="create")],
        )
    assert db.read_sync(lambda s: s.get(Company, 1)) is None
    assert db.read_sync(differences) == []
