"""The score of a person as lists show it, and the one that somebody set by hand."""

from datetime import date

from crm_app.core import clock
from crm_app.core.changes import Children, Context, Field
from crm_app.tables import PersonScoreOverride

BANDS = ("cold", "warm", "hot")
MOST = 100_000
SCORED = (
    Field("score", "Score", "decimal", editable=False),
    Field("band", "Band", "choice", choices=BANDS, editable=False, sorts_as="score"),
)
OVERRIDE = Children(
    "score_override",
    "Score set by hand",
    PersonScoreOverride,
    "person_id",
    (
        Field("value", "Score", "int", required=True, minimum=-MOST, maximum=MOST),
        Field("reason", "Reason", required=True, max_length=300, synonyms=("score set by hand because",)),
        Field("until_day", "Until", "date"),
        Field("set_on", "Set on", "date", editable=False),
        Field("user_id", "Set by", "ref", ref="user", editable=False),
    ),
    cap=1,
    on_merge="one",
    prefer=lambda row: (row["set_on"] or date.min, row["id"]),
)


def sign_overrides(context: Context) -> None:
    """Who sets a score by hand, and when, is not for them to say; a merge or an undo brings back what was said."""
    if context.source in ("undo", "merge"):
        return
    for row in context.patches.get(OVERRIDE.name, {}).values():
        if row is not None:
            row["user_id"], row["set_on"] = context.actor.id, clock.today(context.actor.zone)
