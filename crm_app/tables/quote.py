"""Quotes, their lines, texts and attachments, the links by which they are answered, and the rules for all of them."""

from datetime import date, datetime

from sqlmodel import BigInteger, Field, Index

from crm_app.core.clock import now
from crm_app.core.schema import LIVING, Child, Operational, Record, list_indexes, moment, ref


class Quote(Record, table=True):
    """One version of an offer. Rates and shares are in thousandths of a percent, amounts in minor units.

    The totals, the share of discounts and the margin are derived from the lines.
    """

    __table_args__ = (
        *list_indexes("quote"),
        Index("uq_quote_number", "number", unique=True, **LIVING),
        Index("ix_quote_state_valid", "state", "valid_until", **LIVING),
    )
    number: str = ""
    base_number: str = Field(default="", index=True)
    revision: int = 1
    replaced_by_id: int | None = ref("quote")
    title: str = ""
    deal_id: int | None = ref("deal")
    company_id: int | None = ref("company")
    person_id: int | None = ref("person")
    owner_id: int | None = ref("user")
    customer: str = ""
    address: str = ""
    currency: str = "USD"
    price_mode: str = "exclusive"
    rounding: str = "document"
    rounding_mode: str = "half_up"
    valid_until: date | None = None
    terms: str = ""
    notes: str = ""
    letter: str = ""
    language: str = "en"
    discount_milli: int = 0
    discount_minor: int = Field(default=0, sa_type=BigInteger)
    shipping_minor: int = Field(default=0, sa_type=BigInteger)
    shipping_tax_milli: int = 0
    state: str = "draft"
    approval: str = ""
    approval_note: str = ""
    approver_id: int | None = ref("user")
    approved_discount_milli: int | None = None
    approved_margin_milli: int | None = None
    sent_at: datetime | None = moment()
    viewed_at: datetime | None = moment()
    accepted_at: datetime | None = moment()
    accepted_by: str = ""
    accepted_from: str = ""
    accepted_total_minor: int | None = Field(default=None, sa_type=BigInteger)
    accepted_file_id: int | None = ref("file")
    declined_at: datetime | None = moment()
    decline_reason: str = ""
    net_minor: int = Field(default=0, sa_type=BigInteger)
    tax_minor: int = Field(default=0, sa_type=BigInteger)
    total_minor: int = Field(default=0, sa_type=BigInteger)
    discount_share_milli: int = 0
    margin_milli: int | None = None


class QuoteLine(Child, table=True):
    """A product or a free text at a price; lines that follow each other under one `section` stand together.

    `list_price_minor` is what the price rule gave, `unit_cost_minor` what one costs; both in the quote's currency.
    """

    __tablename__ = "quote_line"  # pyright: ignore[reportAssignmentType]
    quote_id: int = ref("quote", nullable=False)
    section: str = ""
    product_id: int | None = ref("product")
    name: str = ""
    description: str = ""
    quantity_milli: int = Field(default=1000, sa_type=BigInteger)
    unit: str = ""
    unit_price_minor: int = Field(default=0, sa_type=BigInteger)
    list_price_minor: int | None = Field(default=None, sa_type=BigInteger)
    unit_cost_minor: int | None = Field(default=None, sa_type=BigInteger)
    discount_milli: int = 0
    discount_minor: int = Field(default=0, sa_type=BigInteger)
    tax_milli: int = 0
    optional: bool = False
    ticked: bool = False


class QuoteText(Child, table=True):
    """A section of text of a proposal, as it was written or taken from the library."""

    __tablename__ = "quote_text"  # pyright: ignore[reportAssignmentType]
    quote_id: int = ref("quote", nullable=False)
    heading: str = ""
    body: str = ""


class QuoteAttachment(Child, table=True):
    """A file that goes with the quote and is named on it."""

    __tablename__ = "quote_attachment"  # pyright: ignore[reportAssignmentType]
    quote_id: int = ref("quote", nullable=False)
    file_id: int = ref("file", nullable=False)


class QuoteLink(Operational, table=True):
    """A link by which a customer sees and answers a quote; only the SHA-256 of its token is kept."""

    __tablename__ = "quote_link"  # pyright: ignore[reportAssignmentType]
    token_hash: str = Field(primary_key=True)
    quote_id: int = ref("quote", nullable=False)
    created_by_id: int | None = ref("user")
    created_at: datetime = moment(default_factory=now, nullable=False)
    revoked_at: datetime | None = moment()


class QuotePolicy(Record, table=True):
    """What holds for every new quote, and from when a quote needs an approval; there is one."""

    __tablename__ = "quote_policy"  # pyright: ignore[reportAssignmentType]
    name: str = ""
    price_mode: str = "exclusive"
    rounding: str = "document"
    rounding_mode: str = "half_up"
    valid_days: int = 30
    tax_milli: int = 0
    terms: str = ""
    most_discount_milli: int | None = None
    least_margin_milli: int | None = None


class TextBlock(Record, table=True):
    """A text of the library, with fields such as `{{company.name}}`."""

    __table_args__ = list_indexes("text_block", owner=False)
    __tablename__ = "text_block"  # pyright: ignore[reportAssignmentType]
    name: str
    language: str = "en"
    body: str = ""
