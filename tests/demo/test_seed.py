"""The demo: loaded once, with dates of today, and five people who can sign in."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func
from sqlalchemy.orm import aliased
from sqlmodel import Session, select

from crm_app.core import clock, db
from crm_app.core.changes.replay import differences
from crm_app.core.errors import Refused
from crm_app.demo import seed
from crm_app.demo.files import VISITORS
from crm_app.demo.logins import ACCOUNTS
from crm_app.demo.seed import seed_demo
from crm_app.identity.passwords import verify_password
from crm_app.tables import (
    Activity,
    Company,
    Credential,
    Deal,
    DuplicatePair,
    Person,
    PersonPhone,
    Quote,
    ScoringRule,
    Stage,
    Target,
    Territory,
    User,
    VocabularyTerm,
)
from tests.support.builders import make_user

pytestmark = pytest.mark.slow


def numbers(session: Session) -> dict[str, int]:
    """How many records of each kind there are."""
    return {
        t.__name__: session.exec(select(func.count()).select_from(t)).one()
        for t in (Deal, Company, Person, Activity, User, ScoringRule, Target, Territory, VocabularyTerm, Quote)
    }


def test_the_demo_is_loaded_once_and_kept_also_if_the_load_was_broken_off(
    sqlite_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as killed:
        killed.setattr(seed, "seed_quality", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            seed_demo()
    halfway = db.read_sync(numbers)
    first = seed_demo()
    before = db.read_sync(numbers)
    assert {**halfway, "Activity": 0} == {**before, "Activity": 0}
    assert (before["Deal"], before["Company"]) == (8800, 85)
    assert before["Person"] > 300 and before["Activity"] > 2000
    second = seed_demo()
    assert db.read_sync(numbers) == before
    assert [login.email for login in first] == [login.email for login in second] == [a.email for a in ACCOUNTS]
    assert len({login.password for login in (*first, *second)}) == 10
    db.read_sync(_only_the_new_passwords_work, first, second)
    db.read_sync(_it_looks_like_today, clock.today("UTC"))
    db.read_sync(_those_typed_again_are_met)
    assert db.read_sync(differences) == []


def _only_the_new_passwords_work(session: Session, first: list, second: list) -> None:
    for old, new in zip(first, second, strict=True):
        user = session.exec(select(User).where(User.email == new.email)).one()
        stored = session.exec(select(Credential.password_hash).where(Credential.user_id == user.id)).one()
        assert verify_password(stored, new.password) and not verify_password(stored, old.password)
        assert new.password not in stored


def _those_typed_again_are_met(session: Session) -> None:
    """Each visitor of the fair is in a pair with whom they are; few others look alike."""
    one, two = aliased(PersonPhone), aliased(PersonPhone)
    shared = select(one.person_id, two.person_id).where(one.value == two.value, one.person_id < two.person_id)  # pyright: ignore
    pairs = select(DuplicatePair.left_id, DuplicatePair.right_id).where(DuplicatePair.kind == "person")
    last = session.exec(select(Person.id).order_by(Person.id.desc()).limit(VISITORS)).all()  # pyright: ignore
    typed = {(known, again) for known, again in session.exec(shared) if again in last}
    met = set(session.exec(pairs.where(DuplicatePair.decision == "open")).all())
    assert len({again for _, again in typed}) == VISITORS and len(typed & met) >= VISITORS
    assert len(met) <= VISITORS + 3


def _it_looks_like_today(session: Session, today: date) -> None:
    assert session.exec(select(func.max(Deal.closed_on))).one() == today - timedelta(days=1)
    opened = session.exec(select(Deal, Stage).join(Stage, Stage.id == Deal.stage_id).where(Stage.kind == "open")).all()  # pyright: ignore
    assert len(opened) == 2089
    assert all(deal.is_estimate and deal.value_minor for deal, _ in opened)
    steps = [deal.next_step_at.date() for deal, _ in opened if deal.next_step_at]
    assert {"overdue", "today", "later"} == {
        "overdue" if day < today else "later" if day > today else "today" for day in steps
    }
    assert 300 < len(opened) - len(steps) < 1000
    assert (
        session.exec(select(Company).where(Company.revenue_minor == 110_004_000_000)).one().name == "Acme Corporation"
    )
    seller = session.exec(select(User).where(User.name == "Darcel Schlecht")).one()
    assert sum(deal.owner_id == seller.id for deal, _ in opened) == 194


def test_a_database_in_use_is_left_alone(sqlite_database: str) -> None:
    make_user(role="administrator")
    before = db.read_sync(numbers)
    with pytest.raises(Refused, match="in use"):
        seed_demo()
    assert db.read_sync(numbers) == before
