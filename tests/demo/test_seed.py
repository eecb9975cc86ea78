"""The demo: loaded once, with dates of today, and five people who can sign in."""

from datetime import date, timedelta

import pytest
from sqlalchemy import ColumnElement, exists, func
from sqlalchemy.orm import aliased
from sqlmodel import Session, select

from crm_app.core import clock, db
from crm_app.core.changes.replay import differences
from crm_app.core.changes.working import table_of
from crm_app.core.errors import Refused
from crm_app.demo import seed
from crm_app.demo.files import BEFORE_A_GATE, VISITORS
from crm_app.demo.logins import ACCOUNTS
from crm_app.demo.seed import seed_demo
from crm_app.identity.passwords import verify_password
from crm_app.tables import (
    Activity,
    Company,
    Credential,
    Deal,
    DealContact,
    DuplicatePair,
    Finding,
    LifecycleState,
    Person,
    PersonEmail,
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
        for t in (
            Deal,
            Company,
            Person,
            Activity,
            User,
            ScoringRule,
            Target,
            Territory,
            VocabularyTerm,
            Quote,
            LifecycleState,
        )
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
    db.read_sync(_people_stand_where_the_conditions_let_them)
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


def _people_stand_where_the_conditions_let_them(session: Session) -> None:
    """Whoever is a contact has all that is asked; a few leads lack what the next state asks for."""
    person, deal, activity = (table_of(m) for m in (Person, Deal, Activity))

    def count(state: str, *lacking: ColumnElement[bool]) -> int:
        stands = (person.c.lifecycle == state) if state == "contact" else (person.c.segment == state)
        leads = [] if state == "contact" else [person.c.lifecycle == "lead"]
        return session.scalar(select(func.count()).select_from(person).where(stands, *leads, *lacking)) or 0  # pyright: ignore

    reached = [exists().where(table_of(m).c.person_id == person.c.id) for m in (PersonEmail, PersonPhone)]
    planned = (activity.c.done_at.is_(None), activity.c.due_at.is_not(None))
    works = exists().where(deal.c.person_id == person.c.id)
    works |= exists().where(activity.c.person_id == person.c.id, *planned)
    works |= exists().where(table_of(DealContact).c.person_id == person.c.id)
    silent, alone = ~reached[0] & ~reached[1], person.c.owner_id.is_(None) & person.c.company_id.is_(None)
    either = person.c.owner_id.is_(None) | person.c.company_id.is_(None)
    assert count("contact") > 150 and count("contact", silent | either | ~works) == 0
    assert count("qualified") > 20 and count("qualified", silent | either) == count("prospect", silent) == 0
    assert count("suspect", silent) == count("prospect", alone) == BEFORE_A_GATE == count("qualified", ~works)
    assert session.exec(select(func.count()).select_from(Finding).where(Finding.kind == "person")).one() == 0


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
