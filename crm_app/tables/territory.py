"""Who is responsible where, and who gets what arrives."""

from typing import Any

from sqlmodel import BigInteger, Field, Index

from crm_app.core.schema import LIVING, Child, Operational, Record, json_field, ref


class Territory(Record, table=True):
    """Companies that belong together by rules; of several that match, the first in order has them."""

    name: str
    position: int = 0
    countries: list[Any] = json_field(list)
    postcodes: list[Any] = json_field(list)
    industries: list[Any] = json_field(list)
    employees_from: int | None = None
    employees_to: int | None = None
    team_id: int | None = ref("team")
    method: str = "round_robin"


class TerritoryOwner(Child, table=True):
    """Somebody who looks after a territory."""

    __tablename__ = "territory_owner"  # pyright: ignore[reportAssignmentType]
    territory_id: int = ref("territory", nullable=False)
    user_id: int = ref("user", nullable=False)


class TerritoryAccount(Child, table=True):
    """A company that belongs to a territory by name, whatever its rules say."""

    __tablename__ = "territory_account"  # pyright: ignore[reportAssignmentType]
    territory_id: int = ref("territory", nullable=False)
    company_id: int = ref("company", nullable=False)


class Pool(Record, table=True):
    """People among whom new records of a kind are shared out, and when that happens by itself."""

    name: str
    position: int = 0
    covers: str = "lead"
    method: str = "round_robin"
    from_forms: bool = False
    from_imports: bool = False


class PoolMember(Child, table=True):
    """Somebody in a pool."""

    __tablename__ = "pool_member"  # pyright: ignore[reportAssignmentType]
    pool_id: int = ref("pool", nullable=False)
    user_id: int = ref("user", nullable=False)


class Availability(Record, table=True):
    """Whether somebody takes new work, and how much at most; empty means without limit."""

    __table_args__ = (Index("uq_availability_user", "user_id", unique=True, **LIVING),)
    name: str = ""
    user_id: int = ref("user", nullable=False)
    away: bool = False
    most_leads: int | None = None
    most_deals: int | None = None


class Turn(Operational, table=True):
    """Who had the last turn in a pool or a territory."""

    kind: str = Field(primary_key=True)
    record_id: int = Field(primary_key=True, sa_type=BigInteger)
    user_id: int = Field(sa_type=BigInteger)
