"""What would become of the chosen groups, before anything does."""

from collections.abc import Sequence

from crm_app.core.actor import Principal
from crm_app.core.errors import Refused
from crm_app.core.reader import numeral
from crm_app.duplicates.merge.clusters import Cluster, Planned, merge_clusters
from crm_app.duplicates.worklist.rows import Plan, PlannedRow


def plan_of(actor: Principal, name: str, clusters: Sequence[Cluster]) -> Plan:
    """Into which record each group would go, how much moves, and what is refused and why."""
    if not clusters:
        return Plan()
    try:
        report = merge_clusters(actor, name, clusters, dry_run=True)
    except Refused as refusal:
        return Plan(len(clusters), len(clusters), 0, [PlannedRow("all", "", "", refusal.message)])
    rows = [_row(plan) for plan in (*report.merged, *report.refused)]
    return Plan(len(clusters), len(report.refused), sum(p.moves for p in report.merged), rows)


def _row(plan: Planned) -> PlannedRow:
    key = "-".join(str(i) for i in plan.ids)
    if plan.refused:
        return PlannedRow(key, f"{len(plan.ids)} records", "", plan.refused)
    many = f"{numeral(plan.moves)} related records move"
    moves = {0: "Nothing else moves", 1: "1 related record moves"}.get(plan.moves, many)
    return PlannedRow(key, f"{plan.others} into {plan.title}", moves)
