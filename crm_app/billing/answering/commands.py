"""What a customer does by the link. The system writes; the link is checked in the same transaction."""

from collections.abc import Iterable
from io import BytesIO

from sqlmodel import Session

from crm_app.billing.answering.offer import by_link
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply
from crm_app.core.clock import now
from crm_app.core.errors import Invalid
from crm_app.core.reader import numeral
from crm_app.quotes.document import quote_paper
from crm_app.quotes.gate import SOURCE
from crm_app.quotes.queries.stored import quote_row
from crm_app.quotes.service import accept, decline, mark_viewed
from crm_app.quotes.service.writing import tell
from crm_app.records.files.service import attach_file
from crm_app.records.files.store import keep

MOST_QUESTION = 2_000


def see_by_link(session: Session, token: str) -> bool:
    """The customer has opened it; was it the first time? Raises NotFound."""
    return mark_viewed(session, by_link(session, token))


def accept_by_link(session: Session, token: str, name: str, ticked: Iterable[int], address: str) -> int:
    """Accepted by that name, with these options; its document is frozen. Raises NotFound, Invalid or Refused."""
    quote_id = by_link(session, token)
    accept(session, quote_id, name, ticked, address)
    number = quote_row(session, SYSTEM, quote_id)["number"]
    stored = keep(BytesIO(quote_paper(session, quote_id).content))
    filed = attach_file(session, SYSTEM, "quote", quote_id, f"{number} accepted.pdf", stored)
    frozen = Change("quote", quote_id, {"accepted_file_id": filed.id})
    apply(session, SYSTEM, frozen, source=SOURCE)
    return quote_id


def decline_by_link(session: Session, token: str, reason: str) -> None:
    """Declined, with a reason if one is given. Raises NotFound or Refused."""
    decline(session, by_link(session, token), reason)


def ask_by_link(session: Session, token: str, name: str, text: str) -> None:
    """A question becomes a note on the deal or the company, and the seller hears of it. Raises NotFound or Invalid."""
    row = quote_row(session, SYSTEM, by_link(session, token))
    name, text = " ".join(name.split()), text.strip()
    wrong = {} if name else {"who": "Please type your name."}
    if not text:
        wrong["question"] = "Please write your question."
    elif len(text) > MOST_QUESTION:
        wrong["question"] = f"Please keep it to {numeral(MOST_QUESTION)} characters."
    if len(name) > 120:
        wrong["who"] = "This name is too long."
    if wrong:
        raise Invalid(wrong)
    values = {
        "type": "note",
        "subject": f"Question on {row['number']} from {name}",
        "body": text,
        "owner_id": row["owner_id"],
        "done_at": now(),
        "deal_id": row["deal_id"],
        "company_id": row["company_id"],
        "person_id": row["person_id"],
    }
    done = apply(session, SYSTEM, Change("activity", set=values, op="create"), source=SOURCE)
    tell(session, "asked", row["id"], done.batch_id, who=name, question=text)
