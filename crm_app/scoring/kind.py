"""The catalogue entries of scoring rules and of the bands."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Context, Field, Kind, kind
from crm_app.core.changes.kinds import Row
from crm_app.core.changes.working import table_of
from crm_app.core.errors import Invalid
from crm_app.records.listing.conditions import condition_of, is_relative
from crm_app.records.listing.fields import fields_of
from crm_app.records.listing.rules import Condition, Group, conditions_in, group_of
from crm_app.scoring.events import EVENTS
from crm_app.scoring.rules import MOST_DAYS, MOST_POINTS
from crm_app.tables import ScoringPolicy, ScoringRule

ABOUT = ("person", "company")
OWN = frozenset({"score", "band"})
MOVING = frozenset({"today", "yesterday", "tomorrow", "last_days", "next_days", "older_days", "later_days"})
CIRCLE = "A score cannot depend on itself."
MOVES = "A rule cannot follow the calendar. Take a rule for an event: its points fade by themselves."
WHOSE = "“Me” and “my team” mean another for every reader. Choose people or a team."
ASKS = "Say what must hold, or choose an event."
BACKWARDS = "Hot must begin above warm."
NO_SUCH = "There is no such event."


def why_not(group: Group) -> str:
    """What speaks against these conditions in a rule, in plain words; empty for nothing."""
    for one in conditions_in(group):
        if one.field.partition(".")[0] in OWN | {"score_override"}:
            return CIRCLE
        if one.op in MOVING or one.op.startswith(("this_", "last_", "next_")):
            return MOVES
        values = one.value if isinstance(one.value, tuple) else (one.value,)
        if any(v in ("me", "team") and is_relative(v) for v in values):
            return WHOSE
    return ""


def condition_in(session: Session, about: str, given: Any) -> str:
    """What is wrong with a condition as it is stored; empty for nothing."""
    try:
        group = group_of(given)
        fields = fields_of(session, SYSTEM, about)
        condition_of(kind(about), fields, group, SYSTEM)
    except Invalid as refusal:
        return " ".join(refusal.fields.values())
    return why_not(group) if any(isinstance(i, Condition) for i in conditions_in(group)) else ASKS


def check_rule(session: Session, after: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with a rule, by field, in plain words."""
    wrong: dict[str, str] = {}
    if after["points"] == 0:
        wrong["points"] = "A rule gives or takes at least one point."
    if after["event"]:
        known = EVENTS.get(after["event"])
        if known is None:
            wrong["event"] = NO_SUCH
        elif after["outcome"] and after["outcome"] not in known.outcomes:
            wrong["outcome"] = "This event has no such outcome."
    elif found := condition_in(session, after["about"], after["condition"]):
        wrong["condition"] = found
    return wrong


def _gate(context: Context, _before: Row | None, after: Row) -> dict[str, str]:
    return check_rule(context.session, after)


def _check_bands(context: Context, before: Row | None, after: Row) -> dict[str, str]:
    if after["hot_from"] <= after["warm_from"]:
        return {"hot_from": BACKWARDS}
    policy = table_of(ScoringPolicy)
    if (
        before is None
        and context.session.connection().execute(select(policy.c.id).where(policy.c.deleted_at.is_(None))).first()
    ):
        return {"warm_from": "Somebody else has set the bands meanwhile. Please open the page again."}
    return {}


SCORING_RULE = Kind(
    "scoring_rule",
    "Rule of scoring",
    "Rules of scoring",
    ScoringRule,
    (
        Field("name", "Name", required=True, max_length=200, searchable=True),
        Field("about", "About", "choice", choices=ABOUT, required=True),
        Field("condition", "Condition", "json"),
        Field("event", "Event", max_length=60),
        Field("outcome", "Outcome", max_length=60),
        Field("points", "Points", "int", required=True, minimum=-MOST_POINTS, maximum=MOST_POINTS),
        Field("half_life", "Half-life in days", "int", minimum=1, maximum=MOST_DAYS),
        Field("cap", "At most together", "int", minimum=1, maximum=100_000),
        Field("active", "In use", "bool"),
    ),
    owner=None,
    gate=_gate,
)
SCORING_POLICY = Kind(
    "scoring_policy",
    "Bands of scores",
    "Bands of scores",
    ScoringPolicy,
    (
        Field("name", "Name", max_length=60),
        Field("warm_from", "Warm from", "int", required=True, minimum=-100_000, maximum=100_000),
        Field("hot_from", "Hot from", "int", required=True, minimum=-100_000, maximum=100_000),
    ),
    owner=None,
    gate=_check_bands,
)
