"""The quality of one record, computed from it as it stands: its score and what to fix first."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes.custom import CUSTOM
from crm_app.quality.facts import active_rules, facts_of, given_now, told_to
from crm_app.quality.queries.page import tone_of
from crm_app.quality.rows import Gap, RecordQuality
from crm_app.quality.rules.catalogue import COVERED, KINDS
from crm_app.quality.rules.expressions import holds
from crm_app.quality.rules.scores import gaps_of, score, whole_weight
from crm_app.records.reading import record_row


def record_quality(session: Session, actor: Principal, kind_name: str, id: int) -> RecordQuality:
    """For a reader who may see the record. Raises NotFound; a score of -1 for what is not looked at."""
    if kind_name not in KINDS:
        return RecordQuality()
    record_row(session, actor, kind_name, id)
    facts, given = facts_of(session, kind_name, id), given_now(session)
    if facts is None or not holds(COVERED[kind_name], facts, given):
        return RecordQuality()
    rules = told_to(actor, active_rules(session, kind_name))
    gaps = gaps_of(rules, facts, given)
    worth = score(sum(rule.weight for rule in gaps), whole_weight(rules))
    shown = [Gap(rule.key, rule.name, _place(rule.fix, facts.row), rule.weight) for rule in gaps]
    return RecordQuality(worth, tone_of(worth), shown)


def _place(fix: tuple[str, ...], row: Mapping[Any, Any]) -> str:
    """Where it is mended on the page: the first field that is empty, else the first; of parts their collection."""
    names = [name if name.startswith(f"{CUSTOM}.") else name.partition(".")[0] for name in fix]
    names = [name for name in names if name != "last_touch_at"]
    return next((name for name in names if row.get(name, "") in (None, "")), next(iter(names), ""))
