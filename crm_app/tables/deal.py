"""Pipelines, their stages, deals and their lines."""

from datetime import date, datetime
from typing import Any

from sqlmodel import BigInteger, Field, Index, false, true

from crm_app.core.clock import now
from crm_app.core.schema import LIVING, Child, Record, json_field, list_indexes, moment, ref

# All that a forecast reads of its deals; with `deleted_at`, without which SQLite reads every row beside the index.
FORECAST = ("stage_id", "owner_id", "forecast", "currency", "company_id", "value_minor", "id", "deleted_at")
# All that stands above the columns of a board, in the order in which it is added up.
TOTALS = ("stage_id", "opened_on", "currency", "closed_on", "value_minor", "created_at", "deleted_at")


class Pipeline(Record, table=True):
    """A way in which deals are won; its stages are in order. With a team, only that team and those below see it.

    Its sums are in `currency`, or in the organisation's.
    """

    name: str
    position: int = 0
    team_id: int | None = ref("team")
    allow_skip: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
    allow_back: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
    currency: str = Field(default="", sa_column_kwargs={"server_default": ""})


class Stage(Record, table=True):
    """A step of a pipeline: open, won or lost.

    `required_fields` must be filled to enter it, `exit_fields` to leave it forwards; `movers` are the roles that may
    move a deal into it (none: everybody who may edit the deal); `wip_limit` is how many deals it holds well (0: any).
    """

    pipeline_id: int = ref("pipeline", nullable=False)
    name: str
    position: int = 0
    probability: int = 0
    rot_days: int = 0
    kind: str = "open"
    color: str = Field(default="grey", sa_column_kwargs={"server_default": "grey"})
    required_fields: list[Any] = json_field(list)
    exit_fields: list[Any] = json_field(list, server_default="[]")
    movers: list[Any] = json_field(list, server_default="[]")
    wip_limit: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    wip_refuses: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class Deal(Record, table=True):
    """An opportunity. `next_step…` and `last_touch_at` are derived from its activities.

    `earlier_deal_id` is the deal that is renewed or extended, `split_from_id` the one that this was a part of.
    """

    __table_args__ = (
        Index(
            "ix_deal_board",
            "stage_id",
            "rank",
            "id",
            **LIVING,
        ),
        *list_indexes("deal", "stage_since"),
        Index("ix_deal_owner_board", "owner_id", "stage_id", "rank", "id", **LIVING),
        Index("ix_deal_next", "stage_id", "next_step_at", "id", **LIVING),
        Index("ix_deal_owner_next", "owner_id", "stage_id", "next_step_at", "id", **LIVING),
        Index("ix_deal_owner_totals", "owner_id", *TOTALS, **LIVING),
        Index("ix_deal_closed_on", "closed_on"),
        Index("ix_deal_expected", "expected_close_on", *FORECAST, **LIVING),
        Index("ix_deal_closed", "closed_on", *FORECAST, **LIVING),
        Index("ix_deal_owner_expected", "owner_id", "expected_close_on", **LIVING),
    )
    title: str
    pipeline_id: int = ref("pipeline", nullable=False)
    stage_id: int = ref("stage", nullable=False)
    company_id: int | None = ref("company")
    person_id: int | None = ref("person")
    value_minor: int | None = Field(default=None, sa_type=BigInteger)
    currency: str = "USD"
    is_estimate: bool = False
    owner_id: int | None = ref("user")
    forecast: str | None = None
    opened_on: date | None = None
    expected_close_on: date | None = None
    closed_on: date | None = None
    lost_reason: str = ""
    type: str = Field(default="new business", sa_column_kwargs={"server_default": "new business"})
    earlier_deal_id: int | None = ref("deal")
    split_from_id: int | None = ref("deal")
    recurring_minor: int | None = Field(default=None, sa_type=BigInteger)
    recurring_period: str | None = None
    term_months: int | None = None
    lost_to: str = Field(default="", sa_column_kwargs={"server_default": ""})
    rank: float = 0.0
    stage_since: datetime = moment(default_factory=now, nullable=False)
    next_step_at: datetime | None = moment()
    next_step: str = ""
    last_touch_at: datetime | None = moment()


class DealLine(Child, table=True):
    """A product in a deal."""

    __tablename__ = "deal_line"  # pyright: ignore[reportAssignmentType]
    deal_id: int = ref("deal", nullable=False)
    product_id: int = ref("product", nullable=False)
    quantity: int = 1
    unit_price_minor: int | None = Field(default=None, sa_type=BigInteger)


class DealContact(Child, table=True):
    """A person who has a part in a deal, besides its main contact."""

    __tablename__ = "deal_contact"  # pyright: ignore[reportAssignmentType]
    deal_id: int = ref("deal", nullable=False)
    person_id: int = ref("person", nullable=False)
    role: str = "other"


class DealCompetitor(Child, table=True):
    """Who else bids for a deal, and how that ended."""

    __tablename__ = "deal_competitor"  # pyright: ignore[reportAssignmentType]
    deal_id: int = ref("deal", nullable=False)
    name: str = Field(index=True)
    status: str = "open"
    note: str = ""
