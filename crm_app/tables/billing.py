"""Orders and invoices with frozen lines. Rates and shares are in thousandths of a percent, amounts in minor units."""

from datetime import date

from sqlmodel import BigInteger, Field, Index, text

from crm_app.core.schema import Child, Record, list_indexes, ref

_OPEN_ORDER = text("deleted_at IS NULL AND state <> 'cancelled'")


class Order(Record, table=True):
    """What a customer ordered by accepting a quote; its lines are those of the quote and never change."""

    __table_args__ = (
        *list_indexes("order"),
        Index("uq_order_number", "year", "serial", unique=True),
        Index("uq_order_quote", "quote_id", unique=True, sqlite_where=_OPEN_ORDER, postgresql_where=_OPEN_ORDER),
    )
    number: str = ""
    year: int = 0
    serial: int = 0
    state: str = "open"
    quote_id: int | None = ref("quote")
    deal_id: int | None = ref("deal")
    company_id: int | None = ref("company")
    person_id: int | None = ref("person")
    owner_id: int | None = ref("user")
    title: str = ""
    customer: str = ""
    address: str = ""
    ordered_on: date | None = None
    currency: str = "USD"
    price_mode: str = "exclusive"
    language: str = "en"
    terms: str = ""
    notes: str = ""
    subtotal_minor: int = Field(default=0, sa_type=BigInteger)
    discount_minor: int = Field(default=0, sa_type=BigInteger)
    shipping_minor: int = Field(default=0, sa_type=BigInteger)
    net_minor: int = Field(default=0, sa_type=BigInteger)
    tax_minor: int = Field(default=0, sa_type=BigInteger)
    total_minor: int = Field(default=0, sa_type=BigInteger)
    invoiced_minor: int = Field(default=0, sa_type=BigInteger)
    paid_minor: int = Field(default=0, sa_type=BigInteger)
    file_id: int | None = ref("file")


class OrderLine(Child, table=True):
    """A line as it was accepted. `amount_minor` is as printed; `net_minor` and `tax_minor` are after all discounts."""

    __tablename__ = "order_line"  # pyright: ignore[reportAssignmentType]
    order_id: int = ref("order", nullable=False)
    role: str = "line"
    section: str = ""
    product_id: int | None = ref("product")
    name: str = ""
    description: str = ""
    quantity_milli: int = Field(default=1000, sa_type=BigInteger)
    unit: str = ""
    unit_price_minor: int = Field(default=0, sa_type=BigInteger)
    discount: str = ""
    tax_milli: int = 0
    amount_minor: int = Field(default=0, sa_type=BigInteger)
    net_minor: int = Field(default=0, sa_type=BigInteger)
    tax_minor: int = Field(default=0, sa_type=BigInteger)


class OrderPart(Child, table=True):
    """An instalment of the payment schedule."""

    __tablename__ = "order_part"  # pyright: ignore[reportAssignmentType]
    order_id: int = ref("order", nullable=False)
    label: str = ""
    share_milli: int = 0
    due_days: int = 14


class Invoice(Record, table=True):
    """An invoice or a credit note; a draft has no number yet. `part_id` is the instalment that it asks for."""

    __table_args__ = (
        *list_indexes("invoice"),
        Index("uq_invoice_number", "series", "year", "serial", unique=True),
        Index("ix_invoice_due", "due_on", "open_minor"),
    )
    number: str = "Draft"
    series: str = "invoice"
    year: int | None = None
    serial: int | None = None
    purpose: str = "rest"
    state: str = "draft"
    order_id: int = ref("order", nullable=False)
    corrects_id: int | None = ref("invoice")
    part_id: int | None = Field(default=None, sa_type=BigInteger)
    deal_id: int | None = ref("deal")
    company_id: int | None = ref("company")
    person_id: int | None = ref("person")
    owner_id: int | None = ref("user")
    customer: str = ""
    address: str = ""
    currency: str = "USD"
    price_mode: str = "exclusive"
    language: str = "en"
    issued_on: date | None = None
    due_on: date | None = None
    due_days: int = 14
    terms: str = ""
    notes: str = ""
    net_minor: int = Field(default=0, sa_type=BigInteger)
    tax_minor: int = Field(default=0, sa_type=BigInteger)
    total_minor: int = Field(default=0, sa_type=BigInteger)
    credited_minor: int = Field(default=0, sa_type=BigInteger)
    paid_minor: int = Field(default=0, sa_type=BigInteger)
    open_minor: int = Field(default=0, sa_type=BigInteger)
    file_id: int | None = ref("file")


class InvoiceLine(Child, table=True):
    """A part of an ordered line, an amount ahead of it, or what is taken off for that; positive in a credit note."""

    __tablename__ = "invoice_line"  # pyright: ignore[reportAssignmentType]
    invoice_id: int = ref("invoice", nullable=False)
    line_id: int | None = Field(default=None, sa_type=BigInteger)
    role: str = "line"
    section: str = ""
    name: str = ""
    description: str = ""
    quantity_milli: int = Field(default=1000, sa_type=BigInteger)
    unit: str = ""
    unit_price_minor: int | None = Field(default=None, sa_type=BigInteger)
    discount: str = ""
    tax_milli: int = 0
    amount_minor: int = Field(default=0, sa_type=BigInteger)
    net_minor: int = Field(default=0, sa_type=BigInteger)
    tax_minor: int = Field(default=0, sa_type=BigInteger)


class Payment(Child, table=True):
    """Money that came in for an invoice, or went back (negative)."""

    invoice_id: int = ref("invoice", nullable=False)
    paid_on: date | None = None
    amount_minor: int = Field(default=0, sa_type=BigInteger)
    method: str = "bank transfer"
    reference: str = ""
