"""What states of the lifecycle ask of people, by field: for the data dictionary."""

from sqlmodel import Session

from crm_app.lifecycle.gate.process import read_process
from crm_app.lifecycle.rules import JOINT


def asked_by_states(session: Session) -> dict[str, list[str]]:
    """`person.owner_id` → `for Contact`; what only several fields together can meet is left out."""
    found: dict[str, list[str]] = {}
    for rules in read_process(session).values():
        for name in rules.conditions:
            if name not in JOINT:
                found.setdefault(f"person.{name}", []).append(f"for {rules.name}")
    return found
