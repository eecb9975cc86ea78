"""The rows that the pages of orders and invoices send to the browser; everything is formatted for the reader."""

import dataclasses
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DocLink:
    """A record that the document belongs to."""

    label: str
    name: str
    href: str


@dataclass(frozen=True, slots=True)
class DocLine:
    """A line as on paper; `left` is what can still be invoiced of an ordered line, `section` where a new one begins."""

    id: int
    name: str
    description: str
    quantity: str
    price: str
    discount: str
    tax: str
    amount: str
    section: str = ""
    left: str = ""
    left_raw: str = ""


@dataclass(frozen=True, slots=True)
class DocSum:
    """A row under the lines."""

    label: str
    amount: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class DocRow:
    """An invoice of an order, or a credit note of an invoice, in a line."""

    id: int
    title: str
    href: str
    note: str
    amount: str
    state: str
    tone: str


@dataclass(frozen=True, slots=True)
class PartRow:
    """An instalment with what became of it; `share` and `days` also as they are typed."""

    id: int
    label: str
    share: str
    days: str
    amount: str
    state: str
    tone: str
    href: str


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """Money that came or went."""

    id: int
    day: str
    amount: str
    note: str


@dataclass(frozen=True, slots=True)
class OrderPage:
    """Everything that the page of an order shows."""

    id: int
    version: int
    number: str
    title: str
    state: str
    tone: str
    customer: str
    address: list[str]
    facts: list[DocSum]
    links: list[DocLink]
    lines: list[DocLine]
    sums: list[DocSum]
    money: list[DocSum]
    parts: list[PartRow]
    invoices: list[DocRow]
    terms: str
    notes: str
    paper: str
    may_invoice: bool
    may_schedule: bool
    may_cancel: bool
    has_next: bool
    next_label: str
    left: str


@dataclass(frozen=True, slots=True)
class InvoicePage:
    """Everything that the page of an invoice or a credit note shows."""

    id: int
    version: int
    number: str
    what: str
    state: str
    tone: str
    warning: str
    customer: str
    address: list[str]
    facts: list[DocSum]
    links: list[DocLink]
    lines: list[DocLine]
    sums: list[DocSum]
    money: list[DocSum]
    payments: list[PaymentRow]
    credits: list[DocRow]
    terms: str
    notes: str
    paper: str
    raw: dict[str, str] = dataclasses.field(default_factory=dict)
    is_draft: bool = False
    may_edit: bool = False
    may_pay: bool = False
    may_refund: bool = False
    may_credit: bool = False
    may_delete: bool = False
    order: str = ""
