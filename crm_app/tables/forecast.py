"""What was aimed at, and what was expected at the start of each day."""

from datetime import date, datetime

from sqlmodel import BigInteger, Field, Index

from crm_app.core.clock import now
from crm_app.core.schema import LIVING, Fact, Operational, Record, id_field, moment, ref


class Target(Record, table=True):
    """What a person or a team is to win in a month, quarter or year; a team's belongs to its manager."""

    __table_args__ = (
        Index("uq_target_user", "user_id", "period", "starts_on", unique=True, **LIVING),
        Index("uq_target_team", "team_id", "period", "starts_on", unique=True, **LIVING),
    )
    name: str
    user_id: int | None = ref("user")
    team_id: int | None = ref("team")
    owner_id: int | None = ref("user")
    period: str = "month"
    starts_on: date
    amount_minor: int = Field(default=0, sa_type=BigInteger)
    currency: str = "USD"


class ForecastSnapshot(Fact, table=True):
    """Deals of an owner, category, month and currency as they stood at the start of a day; no month: no close date."""

    __tablename__ = "forecast_snapshot"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (Index("ix_forecast_snapshot_day", "taken_on", "owner_id"),)
    id: int = id_field()
    taken_on: date
    owner_id: int | None = ref("user")
    team_id: int | None = ref("team")
    category: str
    month: date | None = None
    currency: str
    deals: int = 0
    sum_minor: int = Field(default=0, sa_type=BigInteger)


class ForecastNight(Operational, table=True):
    """The days whose snapshot is there, so that none is taken twice."""

    __tablename__ = "forecast_night"  # pyright: ignore[reportAssignmentType]
    taken_on: date = Field(primary_key=True)
    taken_at: datetime = moment(default_factory=now, nullable=False)
