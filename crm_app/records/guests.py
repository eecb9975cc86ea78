"""Who is asked to a meeting: colleagues and people, found by name, and read from what a form sends."""

import json
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.records.lookup import find_refs

MOST = 100
SHOWN = 4
KINDS = ("user", "person")


@dataclass(frozen=True, slots=True)
class Guest:
    """A colleague (`user`) or a person; `response` is what they said, `row` their place in what is saved."""

    kind: str
    id: int
    name: str
    note: str = ""
    response: str = "none"
    row: int = 0


@dataclass(frozen=True)
class Guests:
    """What a look-up found, with the question."""

    text: str = ""
    options: list[Guest] | None = None


def find_guests(session: Session, actor: Principal, text: str) -> Guests:
    """Colleagues and people whose name begins with or contains the text, as far as the actor may see them."""
    wanted = text.strip()
    found = [
        Guest(kind, int(option.id), option.name, option.note or ("Colleague" if kind == "user" else ""))
        for kind in KINDS
        for option in find_refs(session, actor, kind, wanted).options[:SHOWN]
    ]
    return Guests(text, found)


def read_guests(text: str) -> list[dict[str, Any]]:
    """Rows for the attendees of an activity, each once. Raises ValueError in plain words."""
    if not text.strip():
        return []
    try:
        given = json.loads(text)
        rows = {(str(g["kind"]), int(g["id"])): (str(g.get("response", "none")), int(g.get("row") or 0)) for g in given}
    except (ValueError, TypeError, KeyError, AttributeError):
        raise ValueError("Please choose who comes from the list.") from None
    if len(rows) > MOST or any(kind not in KINDS for kind, _ in rows):
        raise ValueError(f"At most {MOST} colleagues and people can be asked.")
    return [
        {f"{kind}_id": id, "response": response} | ({"id": row} if row else {})
        for (kind, id), (response, row) in rows.items()
    ]
