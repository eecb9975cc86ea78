"""What happened to one quote each: a step a `yield`, made with the command that a person would have used."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from crm_app.billing.answering import accept_by_link
from crm_app.billing.queries.stored import invoice_row
from crm_app.billing.service import draft_rest, draft_share, edit_draft, issue_invoice, order_from_quote, record_payment
from crm_app.core.actor import SYSTEM
from crm_app.core.config import settings
from crm_app.core.numbers import amount_text
from crm_app.identity.sessions import principal_of
from crm_app.quotes.queries.stored import line_rows, organisation_today, quote_row
from crm_app.quotes.service import (
    add_line,
    ask_approval,
    decline,
    edit_line,
    edit_quote,
    expire_quotes,
    make_from_deal,
    mark_viewed,
    send_quote,
)
from crm_app.tables import User

Story = Iterator[int]  # between its steps it says how many days before today the next one happens


@dataclass(frozen=True)
class Facts:
    """The deal that a quote is for."""

    id: int
    owner_id: int
    person: str
    closed_on: date | None
    seller: str
    value_minor: int | None


def accepted(session: Session, facts: Facts, today: date, ending: Callable[[Session, int, int], Story]) -> Story:
    assert facts.closed_on is not None
    won = (today - facts.closed_on).days
    yield won + 12
    quote_id = make_from_deal(session, SYSTEM, facts.id).id
    _price(session, quote_id, facts.value_minor or 0)
    yield won + 11
    token = send_quote(session, SYSTEM, quote_id).token
    yield won + 8
    mark_viewed(session, quote_id)
    yield won
    accept_by_link(session, token, facts.person, (), "")
    order_id = order_from_quote(session, SYSTEM, quote_id)
    yield from ending(session, order_id, won)


def paid(session: Session, order_id: int, won: int) -> Story:
    yield won - 1
    invoice_id = draft_rest(session, SYSTEM, order_id)
    issue_invoice(session, SYSTEM, invoice_id)
    yield won - 11
    _pay(session, invoice_id, 100)


def overdue(session: Session, order_id: int, won: int) -> Story:
    yield won - 1
    issue_invoice(session, SYSTEM, draft_rest(session, SYSTEM, order_id))


def in_parts(session: Session, order_id: int, won: int) -> Story:
    """A deposit that was paid; of the rest, a part."""
    yield won - 1
    deposit = draft_share(session, SYSTEM, order_id, 30_000)
    issue_invoice(session, SYSTEM, deposit)
    yield won - 8
    _pay(session, deposit, 100)
    yield won - 15
    rest = draft_rest(session, SYSTEM, order_id)
    edit_draft(session, SYSTEM, rest, {"due_days": "30"})
    issue_invoice(session, SYSTEM, rest)
    yield won - 25
    _pay(session, rest, 40)


def just_issued(session: Session, order_id: int, won: int) -> Story:
    yield won - 2
    invoice_id = draft_rest(session, SYSTEM, order_id)
    edit_draft(session, SYSTEM, invoice_id, {"due_days": "30"})
    issue_invoice(session, SYSTEM, invoice_id)


def not_issued(session: Session, order_id: int, won: int) -> Story:
    yield won - 1
    draft_rest(session, SYSTEM, order_id)


def _pay(session: Session, invoice_id: int, percent: int) -> None:
    row = invoice_row(session, SYSTEM, invoice_id)
    amount = row["total_minor"] * percent // 100
    record_payment(session, SYSTEM, invoice_id, amount, organisation_today(), reference=row["number"])


def draft(session: Session, facts: Facts) -> Story:
    yield 1
    quote_id = make_from_deal(session, SYSTEM, facts.id).id
    _option(session, quote_id)


def waiting(session: Session, facts: Facts) -> Story:
    yield 3
    quote_id = make_from_deal(session, SYSTEM, facts.id).id
    edit_quote(session, SYSTEM, quote_id, "discount", "20 %", quote_row(session, SYSTEM, quote_id)["version"])
    yield 2
    asking = principal_of(session, session.get_one(User, facts.owner_id))
    ask_approval(session, asking, quote_id, "They compare us with a cheaper offer and decide this week.")


def sent(session: Session, facts: Facts, ago: int = 6, *, option: bool = False) -> Generator[int, None, int]:
    yield ago
    quote_id = make_from_deal(session, SYSTEM, facts.id).id
    if option:
        _option(session, quote_id)
    yield ago - 1
    send_quote(session, SYSTEM, quote_id)
    return quote_id


def sent_with_option(session: Session, facts: Facts) -> Story:
    return sent(session, facts, 4, option=True)


def viewed(session: Session, facts: Facts) -> Story:
    quote_id = yield from sent(session, facts, 9)
    yield 5
    mark_viewed(session, quote_id)


def declined(session: Session, facts: Facts) -> Story:
    quote_id = yield from sent(session, facts, 24)
    yield 20
    mark_viewed(session, quote_id)
    yield 17
    decline(session, quote_id, "The budget for this year is spent. Please ask again in spring.")


def expired(session: Session, facts: Facts) -> Story:
    """Valid for thirty days, as every quote of the house."""
    yield from sent(session, facts, 45)
    yield 14
    expire_quotes(session)


def _price(session: Session, quote_id: int, minor: int) -> None:
    """The price that was agreed for the only line."""
    line = line_rows(session, quote_id)[0]
    _write_line(session, quote_id, line["id"], "unit_price", amount_text(minor, settings().currency))


def _option(session: Session, quote_id: int) -> None:
    """A day of training, if they want one."""
    add_line(session, SYSTEM, quote_id)
    line_id = line_rows(session, quote_id)[-1]["id"]
    for name, typed in (("name", "Training on site, one day"), ("unit_price", "900"), ("optional", "true")):
        _write_line(session, quote_id, line_id, name, typed)


def _write_line(session: Session, quote_id: int, line_id: int, name: str, typed: str) -> None:
    edit_line(session, SYSTEM, quote_id, line_id, name, typed, quote_row(session, SYSTEM, quote_id)["version"])
