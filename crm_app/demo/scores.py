"""The rules of scoring of the demo company, and the scores of its people by them."""

from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply_many
from crm_app.core.changes.working import table_of
from crm_app.demo.marks import DEMO, once
from crm_app.scoring.history import keep_learning
from crm_app.scoring.service import parts_of, rescore
from crm_app.tables import Person

person = table_of(Person)


def _fit(name: str, points: int, field: str, op: str, value: Any = None, about: str = "person") -> dict[str, Any]:
    condition = {"all": [{"f": field, "op": op} | ({} if value is None else {"v": value})]}
    return {"name": name, "points": points, "about": about, "condition": condition}


def _event(name: str, points: int, event: str, half_life: int, cap: int, outcome: str = "") -> dict[str, Any]:
    return {"name": name, "points": points, "event": event, "outcome": outcome, "half_life": half_life, "cap": cap}


RULES = (
    _fit("Decides: title contains Head", 15, "title", "contains", "Head"),
    _fit("Decides: title contains Director", 15, "title", "contains", "Director"),
    _fit("Large company", 10, "employees", "ge", 1000, "company"),
    _fit("Technology", 5, "industry", "is", "technology", "company"),
    _fit("No company known", -10, "company_id", "empty"),
    _event("Meetings", 10, "meeting", 30, 40),
    _event("Calls that reached them", 5, "call", 14, 25, "reached"),
    _event("E-mails", 3, "email", 14, 15),
)


def seed_scores() -> int:
    """Rules, bands and everybody's score; answers with how many people have one."""
    db.write_sync(once, "scoring", _rules)
    ids = db.read_sync(lambda session: list(session.connection().execute(select(person.c.id)).scalars()))
    for part in parts_of(ids):
        db.write_sync(rescore, part)
    keep_learning()
    return len(ids)


def _rules(session: Session) -> None:
    changes = [Change("scoring_rule", op="create", set=one) for one in RULES]
    changes.append(Change("scoring_policy", op="create", set={"name": "Bands", "warm_from": 20, "hot_from": 35}))
    apply_many(session, SYSTEM, changes, source=DEMO, note="Rules of scoring of the demo")
