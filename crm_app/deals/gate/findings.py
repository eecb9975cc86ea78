"""What came past the gate: an import of the history, an undo or a merge of stages may leave a deal without a field."""

from sqlalchemy import delete, select
from sqlmodel import Session

from crm_app.core.changes import Applied, Context
from crm_app.core.changes.custom import flat
from crm_app.core.changes.step import is_gated
from crm_app.core.changes.working import table_of
from crm_app.deals.gate.check import known_only, labels, labels_in
from crm_app.deals.gate.process import find_process, read_process
from crm_app.deals.gate.rules import missing_to_enter
from crm_app.records.findings import FOR_ITSELF, note, reasons_of
from crm_app.tables import Deal, Finding

finding, deal = table_of(Finding), table_of(Deal)


def note_findings(context: Context, applied: list[Applied]) -> None:
    """Registered in `wire`: what a gate would have asked is noted, and forgotten once it is filled."""
    deals = [done for done in applied if done.kind == "deal"]
    if deals:
        past = {d.id for d in deals if not is_gated(context.source, creating=d.op == "create")}
        defines = any(done.kind == "custom_field" for done in applied)
        named = labels(context.session) if defines else labels_in(context)
        note(context, "deal", (d.id for d in deals), past, lambda id: _lacking(context, id, named))
    for done in applied:
        if done.kind == "stage" and done.op == "update" and {"required_fields", "kind"} & done.diff.keys():
            _forget(context.session, done.id)


def findings_of(session: Session, deal_id: int) -> list[str]:
    """The fields that this deal lacks where it stands, by label."""
    named = labels(session)
    lacking = dict.fromkeys(n.removesuffix(FOR_ITSELF) for n in reasons_of(session, "deal", deal_id))
    return [named.get(name, name) for name in lacking]


def _lacking(context: Context, deal_id: int, named: dict[str, str]) -> dict[str, str]:
    """What a deal lacks as it is now."""
    loaded = context.working.get("deal", deal_id) if context.working else None
    if loaded is None or loaded.row["deleted_at"] is not None:
        return {}
    stage = known_only(find_process(context, loaded.row["stage_id"])[1], named)
    return missing_to_enter(stage, named, flat(loaded.row))


def _forget(session: Session, stage_id: int) -> None:
    """The stage asks for less: what it asks for no more is no finding."""
    needed = next((s.needed for _, s in read_process(session, stage_id) if s.id == stage_id), ())
    there = select(deal.c.id).where(deal.c.stage_id == stage_id)
    session.connection().execute(
        delete(finding).where(
            finding.c.kind == "deal",
            finding.c.record_id.in_(there),
            finding.c.field.not_in(list(needed)),
            finding.c.field.not_like(f"%{FOR_ITSELF}"),
        )
    )
