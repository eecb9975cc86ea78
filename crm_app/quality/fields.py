"""What quality adds to every list of a kind that has rules: what to fix, the score, how and by whom it was entered."""

from collections.abc import Iterable, Mapping

from sqlmodel import Session

from crm_app.core.changes import Children, Field
from crm_app.quality.custom import custom_rules
from crm_app.quality.rules.catalogue import KINDS, rules_with
from crm_app.records.custom.fields import Definition
from crm_app.records.listing.fields import Beside, ListField
from crm_app.tables import QualityGap, QualityMark

GAP, SCORE, BATCH = "quality.rule", "quality.score", "quality.batch_id"
WAY, ENTERED_BY, ENTERED_AT = "quality.way", "quality.entered_by_id", "quality.entered_at"
MARKS = (
    Field("score", "Quality", "int", editable=False),
    Field("way", "Entered through", editable=False),
    Field("batch_id", "Import (number)", "int", editable=False),
    Field("entered_by_id", "Entered by", "ref", ref="user", editable=False),
    Field("entered_at", "Entered", "datetime", editable=False),
)
_PARTS = {name: Children("quality", "Quality", QualityMark, "record_id", MARKS, fixed={"kind": name}) for name in KINDS}


def quality_fields(session: Session, kind_name: str, custom: Mapping[int, Definition]) -> Iterable[ListField]:
    """Registered in `wire`: they live in operational tables, so they are asked for and shown, never edited."""
    if kind_name not in KINDS:
        return []
    rules = rules_with(custom_rules(session, kind_name, custom), {})
    names = {rule.key: rule.name for rule in rules if rule.kind == kind_name}
    rule = Field("rule", "To fix", "choice", choices=tuple(names), editable=False)
    gaps = Children("quality", "Quality", QualityGap, "record_id", (rule,), fixed={"kind": kind_name})
    marks = _PARTS[kind_name]
    return [
        ListField(GAP, rule.label, rule.type, rule, gaps, words=names),
        *(ListField(f"quality.{f.name}", f.label, f.type, f, marks, beside=_beside(kind_name, f)) for f in MARKS),
    ]


def _beside(kind_name: str, field: Field) -> Beside | None:
    """The score is held by an index, so that lists begin with what is to be fixed first."""
    return Beside(QualityMark, field.name, {"kind": kind_name}) if f"quality.{field.name}" == SCORE else None
