"""The life of a quote: which state may follow which, and why an answer comes too late."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from crm_app.core.reader import long_day

STATES = ("draft", "sent", "viewed", "accepted", "declined", "expired")
OPEN = frozenset({"sent", "viewed"})
FOLLOWS: Mapping[str, frozenset[str]] = {
    "draft": frozenset({"sent"}),
    "sent": frozenset({"viewed", "accepted", "declined", "expired"}),
    "viewed": frozenset({"accepted", "declined", "expired"}),
    "accepted": frozenset(),
    "declined": frozenset(),
    "expired": frozenset(),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What an answer depends on. `on` is the day of the answer that stands, in words; `valid_until` is included."""

    state: str
    valid_until: date | None = None
    replaced_by: str = ""
    accepted_by: str = ""
    on: str = ""


def may_follow(before: str, after: str) -> bool:
    """Is this step in the table?"""
    return after in FOLLOWS.get(before, frozenset())


def is_editable(state: str) -> bool:
    """Only a draft is; of anything else a new version is made."""
    return state == "draft"


def is_over(valid_until: date | None, today: date) -> bool:
    """Has the last day passed?"""
    return valid_until is not None and valid_until < today


def why_not_answered(quote: Standing, today: date) -> str:
    """Why it can be neither accepted nor declined; empty if it can."""
    when = f" on {quote.on}" if quote.on else ""
    if quote.state == "accepted":
        return f"This quote was already accepted by {quote.accepted_by or 'somebody'}{when}."
    if quote.replaced_by:
        return "There is a newer version of this quote. Please ask for its link."
    if quote.state == "declined":
        return f"This quote was declined{when}."
    if quote.state == "draft":
        return "This quote has not been sent yet."
    if quote.state == "expired" or is_over(quote.valid_until, today):
        until = f" It was valid until {long_day(quote.valid_until)}." if quote.valid_until else ""
        return f"This quote has expired.{until} Please ask for a new one."
    return ""


def why_not_replaced(quote: Standing) -> str:
    """Why no new version can be made of it; empty if it can."""
    if quote.state == "draft":
        return "This quote is a draft: change it as it is."
    if quote.state == "accepted":
        return "This quote was accepted. Clone it to offer something else."
    if quote.replaced_by:
        return f"There is a newer version already: {quote.replaced_by}."
    return ""
