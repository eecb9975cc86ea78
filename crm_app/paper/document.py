"""What a document says, before it is paper: everything is decided and computed already, nothing is looked up here.

Money is whole minor units of `Document.currency`. Text may be anything that a person typed.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

Kind = Literal["quote", "proposal", "order", "invoice", "deposit_invoice", "credit_note"]
# What a total is; its words come in the language of the document (`words.py`).
TotalKind = Literal["net", "subtotal", "discount", "shipping", "tax", "rounding", "total", "deposit", "paid", "due", ""]
FactKind = Literal[
    "number", "version", "date", "valid_until", "due", "delivery", "customer", "reference", "order", "quote", "invoice",
    "contact", "",
]  # fmt: skip
PageFormat = Literal["A4", "Letter"]


@dataclass(frozen=True)
class Party:
    """A name with its address, as on an envelope, and its tax ids."""

    name: str
    lines: tuple[str, ...] = ()
    tax_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Letterhead:
    """Who writes: the head and the foot of every page.

    `logo` is what `prepare_logo` gave. `colour` is `#rrggbb`. `contact` are lines such as e-mail, telephone, web site.
    `bank` are lines such as IBAN and BIC; they stand with the payment terms and in the foot.
    """

    seller: Party
    contact: tuple[str, ...] = ()
    bank: tuple[str, ...] = ()
    footer: str = ""
    colour: str = "#2f5bd7"
    logo: bytes = b""
    page: PageFormat = "A4"


@dataclass(frozen=True)
class Line:
    """A line of the table. What is None or empty leaves its place empty; an optional line is in no sum."""

    text: str
    amount: int | None = None
    quantity: Decimal | None = None
    unit: str = ""
    unit_price: int | None = None
    discount: str = ""  # as it is read: "10 %" or an amount
    tax: str = ""  # as it is read: "19 %"
    detail: str = ""
    optional: bool = False
    position: str = ""


@dataclass(frozen=True)
class Section:
    """Lines under a title (or none), with what they come to if that is to be said."""

    lines: tuple[Line, ...]
    title: str = ""
    subtotal: int | None = None


@dataclass(frozen=True)
class Tax:
    """A row of the tax table: a rate, what it is charged on and what it comes to."""

    label: str
    net: int
    tax: int


@dataclass(frozen=True)
class Total:
    """A row under the lines. `note` follows the words of the kind, or stands alone if there is none."""

    kind: TotalKind
    amount: int
    note: str = ""


@dataclass(frozen=True)
class Fact:
    """A line beside the recipient, such as the date. `label` replaces the words of the kind."""

    kind: FactKind
    value: date | str
    label: str = ""


@dataclass(frozen=True)
class Chapter:
    """A section of text in a proposal: blank lines part paragraphs, a line that starts with "- " is a bullet."""

    title: str
    text: str


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a document: where its bytes lie, and what they are (a media type)."""

    name: str
    path: str
    media_type: str


@dataclass(frozen=True)
class Document:
    """A quote, proposal, order, invoice or credit note. `issued_on` is its date, and that of the file's metadata."""

    kind: Kind
    number: str
    issued_on: date
    currency: str
    letterhead: Letterhead
    recipient: Party
    sections: tuple[Section, ...] = ()
    totals: tuple[Total, ...] = ()
    taxes: tuple[Tax, ...] = ()
    facts: tuple[Fact, ...] = ()
    language: str = "en"
    title: str = ""  # instead of the words of the kind
    subject: str = ""
    intro: str = ""
    terms: str = ""  # how and when to pay
    notes: str = ""
    letter: str = ""  # a proposal's cover letter
    chapters: tuple[Chapter, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    prices_include_tax: bool = False
    stamp: str = ""  # "Draft", "Cancelled": beside the title


@dataclass(frozen=True)
class Paper:
    """A PDF, how many pages it has, and the characters that its font lacks (shown as ▯, and said in the document)."""

    content: bytes
    pages: int
    missing_glyphs: tuple[str, ...] = ()
