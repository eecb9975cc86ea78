"""Consent, one collection for each channel: a state, the day since when, and where that is known from."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from crm_app.core import clock
from crm_app.core.changes import Children, Context, Field
from crm_app.tables import PersonConsent

STATES = ("given", "refused", "withdrawn")
CHANNELS = {"email": "e-mail", "phone": "phone", "post": "post", "message": "message"}


def _binding(row: Mapping[Any, Any]) -> tuple[date, bool]:
    """Of two answers the later one holds; where a day is not known, a no holds."""
    refused = row["state"] != "given"
    return row["on_day"] or (date.max if refused else date.min), refused


def _of(channel: str, words: str) -> Children:
    """One channel; `cap` 1, for there is one answer at a time, and the log has those before."""
    said = (
        f"{words} consent",
        f"consent {words}",
        f"consent to {words}",
        *((channel + " consent",) * (channel != words)),
    )
    return Children(
        f"consent_{channel}",
        f"Consent: {words}",
        PersonConsent,
        "person_id",
        (
            Field("state", "State", "choice", required=True, choices=STATES, synonyms=said),
            Field("on_day", "Since", "date"),
            Field("source", "Source", max_length=200),
        ),
        fixed={"channel": channel},
        cap=1,
        on_merge="one",
        prefer=_binding,
    )


CONSENTS = tuple(_of(channel, words) for channel, words in CHANNELS.items())


def date_consents(context: Context) -> None:
    """A consent that is written down without a day is of today; what a file brings keeps what the file says."""
    if context.source in ("import", "history", "merge"):
        return
    for children in CONSENTS:
        for row in context.patches.get(children.name, {}).values():
            if row is not None and row.get("on_day") is None:
                row["on_day"] = clock.today(context.actor.zone)
