"""The editor of the lifecycle: what an administrator asks of people in each state. Commands never commit."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Applied, Change, apply, apply_many
from crm_app.core.changes.working import table_of
from crm_app.core.errors import Invalid, Refused
from crm_app.core.reader import numeral
from crm_app.identity.policy import ROLE_NAMES, ROLES, may, scope, visible
from crm_app.lifecycle.gate.process import read_process
from crm_app.lifecycle.kind import conditions
from crm_app.lifecycle.rules import NAMES, STATES, USUAL, StateRules
from crm_app.tables import Person

person = table_of(Person)


@dataclass(frozen=True)
class Choice:
    """Something that can be ticked."""

    name: str
    label: str
    on: bool


@dataclass(frozen=True)
class StateRow:
    """A state of the editor; `remark` says in words what it asks."""

    id: int = 0
    version: int = 0
    key: str = ""
    name: str = ""
    remark: str = ""
    people: str = ""
    back_reason: bool = True
    conditions: list[Choice] = field(default_factory=list)
    movers: list[Choice] = field(default_factory=list)


def list_states(session: Session, actor: Principal) -> list[StateRow]:
    """The states in order; empty while nobody has set them up, or for those who may not know."""
    if not may(actor, "pipeline.read"):
        return []
    process, counts, words = read_process(session), people_by_state(session, actor), conditions(session)
    return [_row(process[key], counts.get(key, 0), words) for key in STATES if key in process]


def people_by_state(session: Session, actor: Principal) -> dict[str, int]:
    """How many of the people whom the actor may see stand in each state."""
    lead = func.coalesce(person.c.segment, "suspect")
    query = select(person.c.lifecycle, lead, func.count()).where(person.c.deleted_at.is_(None))
    query = query.where(visible(actor, "person", person.c.owner_id)).group_by(person.c.lifecycle, lead)
    found: dict[str, int] = {}
    for lifecycle, segment, count in session.connection().execute(query):
        key = str(segment if lifecycle == "lead" else lifecycle)
        found[key] = found.get(key, 0) + count
    return found


def remark_of(rules: StateRules, words: Mapping[str, str]) -> str:
    """`Needs owner; one reachable channel · Only manager`."""
    parts = []
    if rules.conditions:
        parts.append("Needs " + "; ".join(words.get(c, c)[:1].lower() + words.get(c, c)[1:] for c in rules.conditions))
    if rules.movers:
        parts.append("Only " + ", ".join(ROLE_NAMES.get(role, role).lower() for role in sorted(rules.movers)))
    return " · ".join(parts) or "Asks for nothing"


def _row(rules: StateRules, count: int, words: Mapping[str, str]) -> StateRow:
    working = [r for r in ROLES if r != "administrator" and scope(Principal(0, "", r), "edit", "person") != "none"]
    return StateRow(
        rules.id,
        rules.version,
        rules.key,
        rules.name,
        remark_of(rules, words),
        "1 person" if count == 1 else f"{numeral(count)} people",
        rules.back_reason,
        [Choice(name, label, name in rules.conditions) for name, label in words.items()],
        [Choice(role, ROLE_NAMES[role], role in rules.movers) for role in working],
    )


def set_up(session: Session, actor: Principal, *, source: str = "form") -> Applied:
    """The usual states and conditions, to begin with. Raises Refused where there are some."""
    if read_process(session):
        raise Refused("The lifecycle is set up already.")
    changes = [
        Change(
            "lifecycle_state",
            op="create",
            set={
                "key": key,
                "name": NAMES[key],
                "position": n,
                "conditions": list(USUAL[key]),
                "movers": [],
                "back_reason": True,
            },
        )
        for n, key in enumerate(STATES)
    ]
    return apply_many(session, actor, changes, source=source)[0]


def is_usual(session: Session) -> bool:
    """Are the states as `set_up` makes them, all that are there?"""
    usual = {key: (NAMES[key], USUAL[key], frozenset[str](), True) for key in STATES}
    process = read_process(session)
    return all(usual[key] == (s.name, s.conditions, s.movers, s.back_reason) for key, s in process.items())


def save_state(session: Session, actor: Principal, id: int, values: Mapping[str, str], expected: int | None) -> Applied:
    """Another name or other conditions. Raises Invalid, Forbidden, Conflict."""
    known = conditions(session)
    fields = {"name", "back_reason", *(f"condition.{c}" for c in known), *(f"mover.{r}" for r in ROLES)}
    if foreign := set(values) - fields:
        raise Invalid(dict.fromkeys(foreign, "This cannot be saved."))
    wish = {
        "name": values.get("name", ""),
        "back_reason": "back_reason" in values,
        "conditions": [c for c in known if f"condition.{c}" in values],
        "movers": [r for r in ROLES if f"mover.{r}" in values],
    }
    return apply(session, actor, Change("lifecycle_state", id, wish, expected=expected))


def clear(session: Session, actor: Principal) -> Applied:
    """No conditions any more: every move is free."""
    changes = [Change("lifecycle_state", rules.id, op="delete") for rules in read_process(session).values()]
    if not changes:
        raise Refused("There are no conditions.")
    return apply_many(session, actor, changes)[0]
