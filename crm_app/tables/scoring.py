"""Scores of leads: the rules, the bands, what was computed, and what was learned from won and lost."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlmodel import Field

from crm_app.core.clock import now
from crm_app.core.columns import ExactDecimal
from crm_app.core.schema import Operational, Record, json_field, moment, ref


class ScoringRule(Record, table=True):
    """Points for a condition on the person or the company (fit), or for each event of a type (engagement).

    Points of an event halve every `half_life` days (empty: they stay); `cap` bounds what all events of the rule give.
    """

    __tablename__ = "scoring_rule"  # pyright: ignore[reportAssignmentType]
    name: str
    about: str = "person"
    condition: dict[str, Any] = json_field()
    event: str = ""
    outcome: str = ""
    points: int = 0
    half_life: int | None = None
    cap: int | None = None
    active: bool = True


class ScoringPolicy(Record, table=True):
    """From how many points somebody is warm, and hot."""

    __tablename__ = "scoring_policy"  # pyright: ignore[reportAssignmentType]
    name: str = ""
    warm_from: int = 20
    hot_from: int = 50


class LeadScore(Operational, table=True):
    """What the rules gave a person on `day`; before `due_on` nothing of it changes by the passing of time."""

    __tablename__ = "lead_score"  # pyright: ignore[reportAssignmentType]
    person_id: int = ref("person", nullable=False, primary_key=True)
    fit: Decimal = Field(sa_type=ExactDecimal)
    engagement: Decimal = Field(sa_type=ExactDecimal)
    day: date
    due_on: date | None = Field(default=None, index=True)


class LearnedScore(Operational, table=True):
    """What was learned from won and lost deals, and how well it foretold those it had not seen; one row, id 1."""

    __tablename__ = "learned_score"  # pyright: ignore[reportAssignmentType]
    id: int = Field(primary_key=True)
    trained_at: datetime = moment(default_factory=now, nullable=False)
    model: dict[str, Any] = json_field()
