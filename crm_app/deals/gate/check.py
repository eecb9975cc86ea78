"""The gate that every change of a deal passes, whichever way it comes: drag, menu, list, bulk, import, service."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlmodel import Session

from crm_app.core.changes import Context, kind
from crm_app.core.changes.custom import flat
from crm_app.core.changes.kinds import Row
from crm_app.core.changes.log import ChangeLog
from crm_app.core.changes.undo import undoes_own
from crm_app.core.changes.working import table_of
from crm_app.core.reader import numeral
from crm_app.deals.gate.process import NO_STAGE, find_process
from crm_app.deals.gate.rules import (
    Process,
    StageRules,
    emptied,
    forbidden,
    is_forward,
    may_move,
    missing_to_enter,
    missing_to_leave,
)
from crm_app.identity.policy import ROLE_NAMES, within_team
from crm_app.records.custom.definitions import definitions, definitions_in
from crm_app.records.custom.fields import Definition
from crm_app.tables import Deal, Stage

deal, stage, log = table_of(Deal), table_of(Stage), table_of(ChangeLog)
REMOVED = "This stage was removed meanwhile."


def entry_gate(context: Context, before: Row | None, after: Row) -> dict[str, str]:
    """What stands against this change, by field; a refusal of the move itself is under `stage_id`."""
    process, new = find_process(context, after["stage_id"])
    named = labels_in(context)
    if before is not None and before["stage_id"] == new.id:
        return emptied(known_only(new, named), named, flat(before), flat(after))
    old = find_process(context, before["stage_id"])[1] if before is not None else None
    refusal = (
        _out_of_sight(context, process)
        or _off_the_way(context, process, old, new, after["id"])
        or _not_by_them(context, new)
        or _gone_or_full(context, new)
    )
    if refusal:
        return {"stage_id": refusal}
    leaving = old is not None and is_forward(process, old, new)
    behind = missing_to_leave(known_only(old, named), named, flat(after)) if leaving and old else {}
    return behind | missing_to_enter(known_only(new, named), named, flat(after))


def undo_guard(context: Context, before: Row | None, after: Row) -> dict[str, str]:
    """An undo puts a deal where its actor may put it, or takes back their own move: what others decided stands."""
    actor = context.actor
    if before is None or before["stage_id"] == after["stage_id"] or actor.system or undoes_own(context):
        return {}
    process, new = find_process(context, after["stage_id"])
    refusal = _out_of_sight(context, process) or _not_by_them(context, new)
    return {"stage_id": refusal} if refusal else {}


def labels(session: Session) -> dict[str, str]:
    """What the fields of a deal are called, custom ones included."""
    return _named(definitions(session, "deal"))


def labels_in(context: Context) -> dict[str, str]:
    """The same, once a call of `apply_many`."""
    key = ("labels of deals",)
    if key not in context.cache:
        context.cache[key] = _named(definitions_in(context, "deal"))
    return context.cache[key]


def _named(custom: Mapping[int, Definition]) -> dict[str, str]:
    return {field.name: field.label for field in kind("deal").fields} | {d.name: d.label for d in custom.values()}


def known_only(stage: StageRules, named: Mapping[str, str]) -> StageRules:
    """A stage without the custom fields that were put away: nobody could fill them."""
    entry, exit_ = (tuple(n for n in names if n in named) for names in (stage.entry, stage.exit))
    return replace(stage, entry=entry, exit=exit_)


def _out_of_sight(context: Context, process: Process) -> str:
    """A pipeline of a team is not there for others."""
    return "" if within_team(context.actor, process.team_id) else NO_STAGE


def _off_the_way(context: Context, process: Process, old: StageRules | None, new: StageRules, deal_id: int) -> str:
    if old is None:
        return ""
    reopens = old.kind == "lost" and not process.allow_skip and new.kind != "lost"
    return forbidden(process, old, new, _reached(context, process, deal_id) if reopens else 0)


def _reached(context: Context, process: Process, deal_id: int) -> int:
    """Where a lost deal stood before it was lost, as the log has it; the first place if it does not say."""
    query = select(log.c.diff).where(log.c.kind == "deal", log.c.record_id == deal_id)
    for (diff,) in context.session.connection().execute(query.order_by(log.c.version.desc())):
        earlier = diff.get("stage_id", [None])[0]
        if earlier is not None:
            place = process.place(find_process(context, earlier)[1])
            if place is not None:
                return min(place, len(process.opens) - 1)
    return 0


def _not_by_them(context: Context, new: StageRules) -> str:
    actor = context.actor
    if actor.system or may_move(new, actor.role):
        return ""
    names = " and ".join(ROLE_NAMES.get(role, role).lower() for role in sorted(new.movers))
    return f"Only these roles may move a deal into {new.name}: {names}."


def _gone_or_full(context: Context, new: StageRules) -> str:
    """The stage stays while this transaction lasts; where it refuses, nobody else fills it meanwhile."""
    counts = bool(new.wip_limit and new.wip_refuses)
    key = ("standing in stage", new.id)
    if key not in context.cache:
        execute = context.session.connection().execute
        gone = execute(_gone(counts), {"stage": new.id}).scalar()
        there = select(func.count()).where(deal.c.stage_id == new.id, deal.c.deleted_at.is_(None))
        context.cache[key] = gone, execute(there).scalar_one() if counts else 0
    gone, standing = context.cache[key]
    if gone is not None:
        return REMOVED
    if counts and standing + _coming(context, new.id) >= new.wip_limit:
        return f"{new.name} is full: it holds at most {numeral(new.wip_limit)} deals."
    return ""


@cache
def _gone(counts: bool) -> Any:
    """When a stage was removed; it stays so, or is counted by nobody else, until the end of the transaction."""
    return select(stage.c.deleted_at).where(stage.c.id == bindparam("stage")).with_for_update(read=not counts)


@dataclass
class Coming:
    """What a call has changed so far: how many more deals stand in each stage; `seen` of what was done is counted."""

    seen: int = 0
    more: Counter[int] = field(default_factory=Counter)
    stages: dict[int, int | None] = field(default_factory=dict)  # where each deal that was touched stands


def _coming(context: Context, stage_id: int) -> int:
    """How many more deals stand in the stage by what this call has changed so far."""
    coming: Coming = context.cache.setdefault("coming into stages", Coming())
    done, coming.seen = context.applied[coming.seen :], len(context.applied)
    for id in {one.id for one in done if one.kind == "deal"}:
        found = context.working.get("deal", id) if context.working else None
        if found is None:
            continue
        before = coming.stages.get(id, _stands_in(found.stored))
        coming.stages[id] = after = _stands_in(found.row)
        for place, number in ((before, -1), (after, 1)):
            if place is not None:
                coming.more[place] += number
    return coming.more[stage_id]


def _stands_in(row: Row | None) -> int | None:
    return row["stage_id"] if row is not None and row["deleted_at"] is None else None
