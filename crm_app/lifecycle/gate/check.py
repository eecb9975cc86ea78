"""The gate that every change of a person passes, whichever way it comes: page, list, bulk, import, service."""

from collections.abc import Mapping

from sqlmodel import Session

from crm_app.core.changes import Context, kind
from crm_app.core.changes.kinds import Row
from crm_app.core.changes.undo import undoes_own
from crm_app.identity.policy import ROLE_NAMES
from crm_app.lifecycle.gate.facts import facts_before, facts_of
from crm_app.lifecycle.gate.process import find_process
from crm_app.lifecycle.rules import Process, asked, entered, is_back, missing, state_of
from crm_app.records.custom.definitions import definitions, definitions_in
from crm_app.records.custom.fields import Definition

WATCHED = frozenset({"emails", "phones", "consent_email", "consent_phone", "consent_post", "consent_message"})
REASON = "setback_reason"


def lifecycle_gate(context: Context, before: Row | None, after: Row) -> dict[str, str]:
    """What stands against this change, by field; a refusal of the move itself is under `lifecycle`."""
    process = find_process(context)
    if not process:
        return {}
    old, new = state_of(before) if before is not None else None, state_of(after)
    if before is not None and old == new:
        return _emptied(context, process, before, after, new)
    if refusal := _not_by_them(context, process, old, new):
        return {"lifecycle": refusal}
    if is_back(old, new):
        return _without_reason(context, process, after, new)
    conditions = known_only(asked(process, entered(old, new)), labels_in(context))
    facts = facts_of(context, after, works="deal_or_step" in conditions)
    return missing(conditions, facts, labels_in(context))


def undo_guard(context: Context, before: Row | None, after: Row) -> dict[str, str]:
    """An undo puts somebody where its actor may put them, or takes back their own move: what others decided stands."""
    old, new = state_of(before) if before is not None else None, state_of(after)
    if old is None or old == new or context.actor.system or undoes_own(context):
        return {}
    refusal = _not_by_them(context, find_process(context), old, new)
    return {"lifecycle": refusal} if refusal else {}


def labels(session: Session) -> dict[str, str]:
    """What the fields of a person are called, custom ones included."""
    return _named(definitions(session, "person"))


def labels_in(context: Context) -> dict[str, str]:
    """The same, once a call of `apply_many`."""
    key = ("labels of people",)
    if key not in context.cache:
        context.cache[key] = _named(definitions_in(context, "person"))
    return context.cache[key]


def _named(custom: Mapping[int, Definition]) -> dict[str, str]:
    return {field.name: field.label for field in kind("person").fields} | {d.name: d.label for d in custom.values()}


def known_only(conditions: Mapping[str, str], named: Mapping[str, str]) -> dict[str, str]:
    """Without the custom fields that were put away: nobody could fill them."""
    return {c: state for c, state in conditions.items() if c in named or not c.startswith("custom.")}


def _emptied(context: Context, process: Process, before: Row, after: Row, state: str) -> dict[str, str]:
    """What the state asks for and what was there until now; what was missing anyway may stay so."""
    conditions = {c: f"{name}, where this person stands" for c, name in asked(process, (state,)).items()}
    conditions = known_only(conditions, labels_in(context))
    conditions.pop("deal_or_step", None)
    changed = {name for name in after if after[name] != before.get(name)} | (context.patches.keys() & WATCHED)
    if not conditions or not changed:
        return {}
    lacking = missing(conditions, facts_of(context, after, works=False), labels_in(context))
    if not lacking:
        return {}
    lacked = missing(conditions, facts_before(context, before), labels_in(context))
    return {name: reason for name, reason in lacking.items() if name not in lacked}


def _without_reason(context: Context, process: Process, after: Row, new: str) -> dict[str, str]:
    wanted = process[new].back_reason if new in process else False
    if not wanted or (REASON in context.given and str(after[REASON]).strip()):
        return {}
    return {REASON: f"Going back to {process[new].name} needs a reason."}


def _not_by_them(context: Context, process: Process, old: str | None, new: str) -> str:
    rules, actor = process.get(new), context.actor
    if rules is None or not rules.movers or actor.system or actor.role in {"administrator", *rules.movers}:
        return ""
    if old is None and new == "name":
        return ""
    names = " and ".join(ROLE_NAMES.get(role, role).lower() for role in sorted(rules.movers))
    return f"Only these roles may move somebody to {rules.name}: {names}."
