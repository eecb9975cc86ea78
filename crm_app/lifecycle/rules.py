"""The states of a person, what each may ask, and which moves need a reason. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

# In order; a lead stands in one of three.
STATES = ("name", "suspect", "prospect", "qualified", "contact")
NAMES = {
    "name": "Name",
    "suspect": "Suspect",
    "prospect": "Prospect",
    "qualified": "Qualified lead",
    "contact": "Contact",
}
LEADS = frozenset({"suspect", "prospect", "qualified"})
# Conditions that are more than one field: how they read in an editor, what is missing, and where a form shows that.
JOINT: Mapping[str, tuple[str, str, str]] = {
    "channel": ("One reachable channel", "An e-mail address or a telephone number", "emails"),
    "company_or_private": ("A company, or private", "A company, or that this is a private person,", "company_id"),
    "deal_or_step": ("A deal, or a dated next step", "A deal or a dated next step", "next_step"),
    "consent": ("Consent for one channel", "Consent for one channel", "consent_email"),
}
# What the usual process asks; an organisation changes it.
USUAL: Mapping[str, tuple[str, ...]] = {
    "name": (),
    "suspect": (),
    "prospect": ("channel",),
    "qualified": ("channel", "owner_id", "company_or_private"),
    "contact": ("owner_id", "channel", "company_or_private", "deal_or_step"),
}


@dataclass(frozen=True)
class StateRules:
    """A state and its conditions; `movers` are roles, none of them means everybody who may edit the person."""

    id: int
    key: str
    name: str
    conditions: tuple[str, ...] = ()
    movers: frozenset[str] = frozenset()
    back_reason: bool = True
    version: int = 0


@dataclass(frozen=True)
class Facts:
    """What is known of a person when a gate asks: the row, the collections, and work that points to the person."""

    row: Mapping[str, Any]
    channels: int = 0
    consents: int = 0
    has_work: bool = False


Process = Mapping[str, StateRules]


def state_of(row: Mapping[str, Any]) -> str:
    """Where a person stands; a lead without a segment is a suspect."""
    if row["lifecycle"] != "lead":
        return str(row["lifecycle"])
    return row["segment"] or "suspect"


def values_of(state: str) -> dict[str, str | None]:
    """The fields of a person in that state. Raises KeyError for none."""
    if state not in STATES:
        raise KeyError(state)
    return {"lifecycle": "lead", "segment": state} if state in LEADS else {"lifecycle": state, "segment": None}


def is_back(old: str | None, new: str) -> bool:
    """Does the move lead back?"""
    return old is not None and STATES.index(new) < STATES.index(old)


def entered(old: str | None, new: str) -> tuple[str, ...]:
    """The states that a move enters, those that it jumps over included; going back enters one and asks nothing."""
    if is_back(old, new):
        return ()
    first = 0 if old is None else STATES.index(old) + 1
    return STATES[first : STATES.index(new) + 1]


def asked(process: Process, states: Iterable[str]) -> dict[str, str]:
    """Condition → the name of the last state that asks for it."""
    return {c: process[s].name for s in states if s in process for c in process[s].conditions}


def missing(conditions: Mapping[str, str], facts: Facts, labels: Mapping[str, str]) -> dict[str, str]:
    """What does not hold, by the field where a form shows it, with its reason."""
    found = {}
    for condition, state in conditions.items():
        if not holds(condition, facts):
            words = JOINT[condition][1] if condition in JOINT else labels.get(condition, condition)
            found[JOINT[condition][2] if condition in JOINT else condition] = f"{words} is needed for {state}."
    return found


def holds(condition: str, facts: Facts) -> bool:
    """Is this condition met?"""
    row = facts.row
    if condition == "channel":
        return facts.channels > 0
    if condition == "company_or_private":
        return row["company_id"] is not None or bool(row["private"])
    if condition == "deal_or_step":
        return facts.has_work
    if condition == "consent":
        return facts.consents > 0
    value = row.get(condition)
    return value is not None and value != [] and (not isinstance(value, str) or bool(value.strip()))


@dataclass(frozen=True)
class Step:
    """A state in the chain on a person's page."""

    id: int
    name: str
    kind: str = "open"
    mark: str = ""
    days: str = ""
    hint: str = ""


@dataclass(frozen=True)
class Chain:
    """The states in order, and the one in which the person stands."""

    steps: list[Step] = field(default_factory=list)
    state: str = ""


def chain_of(state: str, names: Mapping[str, str]) -> Chain:
    """The lifecycle as a chain; numbers stand for the states."""
    here = STATES.index(state)
    steps = []
    for n, key in enumerate(STATES):
        name = names.get(key, NAMES[key])
        mark = "on" if n == here else "done" if n < here else ""
        hint = f"{name}: this is where the person stands" if n == here else f"Move to {name}"
        steps.append(Step(n, name, "won" if key == "contact" else "open", mark, "", hint))
    return Chain(steps, state)
