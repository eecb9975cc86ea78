"""People who came past the gate of the lifecycle, and what they lack where they stand."""

from sqlalchemy import delete

from crm_app.core.changes import Applied, Context
from crm_app.core.changes.step import is_gated
from crm_app.core.changes.working import IN_LIMIT, table_of
from crm_app.lifecycle.gate.check import known_only, labels, labels_in
from crm_app.lifecycle.gate.facts import facts_of
from crm_app.lifecycle.gate.process import find_process, read_process
from crm_app.lifecycle.rules import JOINT, asked, missing, state_of
from crm_app.records.findings import FOR_ITSELF, note
from crm_app.tables import Finding

finding = table_of(Finding)
WORK = JOINT["deal_or_step"][2]


def note_findings(context: Context, applied: list[Applied]) -> None:
    """Registered in `wire`: what the gate would have asked is noted, and forgotten once it is filled."""
    if any(done.kind == "lifecycle_state" for done in applied):
        _forget(context)
    people = {d.id: d for d in applied if d.kind == "person"}
    worked = _worked(applied)
    process = find_process(context) if people or worked else {}
    if process and people:
        past = {id for id, d in people.items() if not is_gated(context.source, creating=d.op == "create")}
        defines = any(done.kind == "custom_field" for done in applied)
        named = labels(context.session) if defines else labels_in(context)
        note(context, "person", people, past, lambda id: _lacking(context, id, named))
    if process:
        _found_work(context, worked)


def _lacking(context: Context, person_id: int, named: dict[str, str]) -> dict[str, str]:
    """What a person lacks as they are now; nothing of somebody who is gone."""
    loaded = context.working.get("person", person_id) if context.working else None
    if loaded is None or loaded.row["deleted_at"] is not None:
        return {}
    conditions = known_only(asked(find_process(context), (state_of(loaded.row),)), named)
    if not conditions:
        return {}
    return missing(conditions, facts_of(context, loaded.row, works="deal_or_step" in conditions), named)


def _worked(applied: list[Applied]) -> list[int]:
    """Who got a deal or a next step."""
    return sorted(
        {
            int(change[1])
            for d in applied
            if d.kind in ("deal", "activity") and (change := d.diff.get("person_id")) and change[1] is not None
        }
    )


def _found_work(context: Context, ids: list[int]) -> None:
    """That is no longer missing."""
    for start in range(0, len(ids), IN_LIMIT):
        part = ids[start : start + IN_LIMIT]
        here = (finding.c.kind == "person", finding.c.field == WORK, finding.c.record_id.in_(part))
        context.session.connection().execute(delete(finding).where(*here))


def _forget(context: Context) -> None:
    """The process asks for less: what no state asks for is no finding."""
    asks = {c for rules in read_process(context.session).values() for c in rules.conditions}
    fields = sorted(JOINT[c][2] if c in JOINT else c for c in asks)
    context.session.connection().execute(
        delete(finding).where(
            finding.c.kind == "person", finding.c.field.not_in(fields), finding.c.field.not_like(f"%{FOR_ITSELF}")
        )
    )
