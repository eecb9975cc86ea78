"""The catalogue entries of settings of rules, reviews of rights, and checks on a schedule."""

from crm_app.core.changes import Context, Field, Kind
from crm_app.core.changes.kinds import Row
from crm_app.quality.rules.catalogue import KINDS, MOST_DAYS, MOST_WEIGHT
from crm_app.quality.rules.schedule import SCHEDULES
from crm_app.tables import QualityCheck, QualityRule, RightsReview

GOES_TO = ("owner", "manager", "person")
NOBODY = "Choose who gets the task."

QUALITY_RULE = Kind(
    "quality_rule",
    "Rule of quality",
    "Rules of quality",
    QualityRule,
    (
        Field("key", "Rule", required=True, max_length=80, editable=False),
        Field("name", "Name", max_length=200, editable=False),
        Field("weight", "Weight", "int", minimum=0, maximum=MOST_WEIGHT),
        Field("days", "Days", "int", minimum=0, maximum=MOST_DAYS),
        Field("active", "Holds", "bool"),
    ),
    owner=None,
)
RIGHTS_REVIEW = Kind(
    "rights_review",
    "Review of rights",
    "Reviews of rights",
    RightsReview,
    (
        Field("name", "Name", required=True, max_length=120, editable=False),
        Field("reviewer_id", "Reviewed by", "ref", ref="user", editable=False),
        Field("reviewed_at", "Reviewed", "datetime", editable=False),
        Field("note", "Note", max_length=500),
    ),
    owner=None,
)


def _gate(_context: Context, _before: Row | None, after: Row) -> dict[str, str]:
    """A task goes to somebody."""
    return {"person_id": NOBODY} if after["goes_to"] == "person" and after["person_id"] is None else {}


QUALITY_CHECK = Kind(
    "quality_check",
    "Check of quality",
    "Checks of quality",
    QualityCheck,
    (
        Field("name", "Name", required=True, max_length=120),
        Field("kind", "Records", "choice", required=True, choices=KINDS),
        Field("parameters", "List", "json"),
        Field("schedule", "Runs", "choice", required=True, choices=SCHEDULES),
        Field("goes_to", "Task goes to", "choice", required=True, choices=GOES_TO),
        Field("person_id", "Person", "ref", ref="user"),
        Field("active", "Runs by itself", "bool"),
    ),
    owner=None,
    gate=_gate,
    gate_fields=frozenset({"goes_to", "person_id"}),
)
