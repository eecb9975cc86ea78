"""What the customer sees of a quote: formatted, and nothing that is not for the customer."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import SYSTEM
from crm_app.core.changes.working import table_of
from crm_app.core.config import settings
from crm_app.core.errors import KithError, NotFound
from crm_app.core.money import format_exact
from crm_app.core.numbers import milli_text
from crm_app.core.reader import long_day, long_day_and_time
from crm_app.organisation.queries import find_organisation
from crm_app.quotes.document import quote_document, quote_paper
from crm_app.quotes.queries.stored import line_of, line_rows, quote_row, terms_of
from crm_app.quotes.rules import OPEN, totals_of
from crm_app.quotes.service import find_by_token
from crm_app.records.files.store import path_of
from crm_app.records.vocabulary import terms_in
from crm_app.tables import File, User

users, files = table_of(User), table_of(File)
GONE = (
    "This link is not valid any more: the quote has expired or was withdrawn, or the address is not complete. "
    "Please ask the person who sent it to you for a new one."
)


@dataclass(frozen=True)
class OfferLine:
    """A line as it is read; `chosen` for an option, `section` where a new one begins."""

    id: int
    name: str
    description: str
    figures: str
    amount: str
    section: str = ""
    optional: bool = False
    chosen: bool = False


@dataclass(frozen=True)
class OfferSum:
    """A row under the lines."""

    label: str
    amount: str
    strong: bool = False


@dataclass(frozen=True)
class Offer:
    """A quote as its customer may see it. `answer` says what became of it, `state` is open, accepted or declined.

    `reasons` are those that are offered to whoever declines.
    """

    id: int
    number: str
    title: str
    customer: str
    seller: str
    contact: str
    state: str
    answer: str
    valid_until: str
    lines: tuple[OfferLine, ...]
    sums: tuple[OfferSum, ...]
    total: str
    ticked: frozenset[int]
    texts: tuple[tuple[str, str], ...]
    reasons: tuple[str, ...] = ()

    @property
    def has_options(self) -> bool:
        return any(line.optional for line in self.lines)


def by_link(session: Session, token: str) -> int:
    """The quote behind a link. Raises NotFound, the same for an unknown, a revoked and an expired one."""
    try:
        return find_by_token(session, token)
    except KithError:
        raise NotFound(GONE) from None


def find_offer(session: Session, token: str, ticked: Iterable[int] | None = None) -> Offer:
    """With these options chosen, or those that are. Raises NotFound."""
    row = quote_row(session, SYSTEM, by_link(session, token))
    rows = line_rows(session, row["id"])
    if ticked is not None and row["state"] in OPEN:
        wanted = frozenset(ticked)
        rows = [r | {"ticked": r["id"] in wanted} if r["optional"] else r for r in rows]
    totals = totals_of([line_of(r) for r in rows], terms_of(row))
    amounts = [_money(amount, row) for amount in totals.lines]
    return Offer(
        id=row["id"],
        number=row["number"],
        title=row["title"] or row["number"],
        customer=row["customer"],
        seller=seller_name(session),
        contact=_contact(session, row["owner_id"]),
        state=row["state"] if row["state"] in ("accepted", "declined") else "open",
        answer=_answer(row),
        valid_until=_day(row["valid_until"]),
        lines=tuple(_lines(rows, amounts, row)),
        sums=tuple(_sums(row, totals)),
        total=_money(totals.total_minor, row),
        ticked=frozenset(r["id"] for r in rows if r["optional"] and r["ticked"]),
        texts=tuple(_texts(session, row)),
        reasons=terms_in(session, "decline"),
    )


def _lines(rows: list[dict[str, Any]], amounts: list[str], row: dict[str, Any]) -> Iterable[OfferLine]:
    section = ""
    for line, amount in zip(rows, amounts, strict=True):
        new, section = (line["section"] if line["section"] != section else ""), line["section"]
        yield OfferLine(
            line["id"],
            line["name"],
            line["description"],
            _figures(line, row),
            amount,
            new,
            line["optional"],
            line["ticked"],
        )


def _figures(line: dict[str, Any], row: dict[str, Any]) -> str:
    """`3 day × €980.00, less 10 %`."""
    quantity = " ".join(filter(None, (_plain(line["quantity_milli"]), line["unit"])))
    text = f"{quantity} × {_money(line['unit_price_minor'], row)}"
    if line["discount_milli"]:
        text += f", less {_plain(line['discount_milli'])} %"
    elif line["discount_minor"]:
        text += f", less {_money(line['discount_minor'], row)}"
    return text


def _sums(row: dict[str, Any], totals: Any) -> Iterable[OfferSum]:
    if totals.discount_minor or totals.shipping_minor:
        yield OfferSum("Subtotal", _money(totals.subtotal_minor, row))
    if totals.discount_minor:
        yield OfferSum("Discount", "−" + _money(totals.discount_minor, row))
    if totals.shipping_minor:
        yield OfferSum("Shipping", _money(totals.shipping_minor, row))
    inside = row["price_mode"] == "inclusive"
    if not inside:
        yield OfferSum("Net", _money(totals.net_minor, row))
        for tax in totals.taxes:
            yield OfferSum(f"Tax {_plain(tax.rate_milli)} %", _money(tax.tax_minor, row))
    yield OfferSum("Total", _money(totals.total_minor, row), strong=True)
    if inside:
        for tax in totals.taxes:
            yield OfferSum(f"of which tax {_plain(tax.rate_milli)} %", _money(tax.tax_minor, row))


def _texts(session: Session, row: dict[str, Any]) -> Iterable[tuple[str, str]]:
    """What the paper says besides the lines, with its headings."""
    paper = quote_document(session, row)
    found = [("", paper.letter), *((c.title, c.text) for c in paper.chapters)]
    found += [("Terms", paper.terms), ("Notes", paper.notes)]
    return [(title, text) for title, text in found if title or text]


def _answer(row: dict[str, Any]) -> str:
    if row["state"] == "accepted":
        return f"Accepted by {row['accepted_by']} on {_moment(row['accepted_at'])}."
    return f"Declined on {_moment(row['declined_at'])}." if row["state"] == "declined" else ""


def _moment(at: Any) -> str:
    local = at.astimezone(ZoneInfo(settings().zone))
    return long_day_and_time(local)


def _day(day: Any) -> str:
    return long_day(day) if day else ""


def _plain(milli: int) -> str:
    return milli_text(milli, settings().locale)


def _money(minor: int, row: dict[str, Any]) -> str:
    """With its cents, as on paper."""
    return format_exact(minor, row["currency"], settings().locale)


def _contact(session: Session, owner_id: int | None) -> str:
    return session.connection().execute(select(users.c.name).where(users.c.id == owner_id)).scalar() or ""


def seller_name(session: Session) -> str:
    """Who offers."""
    return find_organisation(session, SYSTEM).name


def paper_of(session: Session, token: str) -> tuple[str, bytes]:
    """The number and the PDF: the frozen one of an accepted quote. Raises NotFound."""
    row = quote_row(session, SYSTEM, by_link(session, token))
    if row["accepted_file_id"] is not None:
        digest = (
            session.connection().execute(select(files.c.sha256).where(files.c.id == row["accepted_file_id"])).scalar()
        )
        if digest and path_of(digest).is_file():
            return row["number"], path_of(digest).read_bytes()
    return row["number"], quote_paper(session, row["id"]).content
