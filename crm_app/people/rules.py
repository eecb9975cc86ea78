"""Relations between people, how each reads from the other side; and which of several roles counts. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from crm_app.core.reader import month_year

# What the other person is to this one, as its page says it, and as the page of the other one says it.
WORDS = {
    "knows": "Knows each other",
    "manager": "Manager",
    "assistant": "Assistant",
    "colleague": "Colleague",
    "partner": "Partner",
    "referred by": "Referred this person",
}
REVERSE_WORDS = {
    "knows": "Knows each other",
    "manager": "Reports to this person",
    "assistant": "Assisted by this person",
    "colleague": "Colleague",
    "partner": "Partner",
    "referred by": "Was referred by this person",
}


def relation_words(type_: str, *, reverse: bool) -> str:
    """What the other person is to the one whose page it is; `reverse` if the other page owns the relation."""
    return (REVERSE_WORDS if reverse else WORDS).get(type_, type_.capitalize())


def primary_role(rows: Sequence[Mapping[str, Any]]) -> Any:
    """Of the current roles the one marked as primary, else the one that began last; None without a current one."""
    current = [row for row in rows if row["current"]]
    begun = {id(row): row["starts_on"] or date.min for row in current}
    return max(current, key=lambda row: (row["is_primary"], begun[id(row)]), default=None)


def span_words(starts: date | None, ends: date | None, *, current: bool) -> str:
    """`Mar 2019 – Jun 2022`, `since Mar 2019`, `until Jun 2022`, `now`."""
    first, last = (month_year(day) if day else "" for day in (starts, ends))
    if current and not last:
        return f"since {first}" if first else "now"
    if first and last:
        return f"{first} – {last}"
    return f"until {last}" if last else f"from {first}" if first else "before"


def segment_of(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> dict[str, Any]:
    """A new lead is a suspect until told; who is no lead any more has no segment, unless the same change names one."""
    moved = before is None or before["lifecycle"] != after["lifecycle"]
    if not moved:
        return {}
    if after["lifecycle"] == "lead":
        return {} if after["segment"] else {"segment": "suspect"}
    return {"segment": None} if before is not None and after["segment"] == before["segment"] else {}
