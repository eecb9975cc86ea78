"""The catalogue entries of pipelines, stages and deals, and what follows when a deal enters a stage."""

from datetime import datetime, time

from crm_app.core import clock
from crm_app.core.changes import Context, Field, Kind
from crm_app.core.changes.kinds import Row
from crm_app.core.changes.step import is_gated
from crm_app.core.config import settings
from crm_app.core.money import is_currency
from crm_app.deals.gate import entry_gate, find_process
from crm_app.deals.gate.stages import COLORS, stage_gate
from crm_app.deals.parts import COMPETITORS, CONTACTS, LINES
from crm_app.records.kind import tags_of
from crm_app.records.vocabulary import tidy_word
from crm_app.tables import Deal, Pipeline, Stage

TYPES = ("new business", "renewal", "upsell", "cross-sell")
PERIODS = ("month", "quarter", "year")


def _real_currency(_context: Context, _before: Row | None, after: Row) -> dict[str, str]:
    """The sums of a pipeline are in a currency that exists, or in the organisation's."""
    code = after["currency"]
    return {"currency": f"{code!r} is not a currency, such as EUR."} if code and not is_currency(code) else {}


# Empty means: as the probability of the stage says (crm_app/forecast/rules).
FORECASTS = ("commit", "best_case", "pipeline", "omitted")
PIPELINE = Kind(
    "pipeline",
    "Pipeline",
    "Pipelines",
    Pipeline,
    (
        Field("name", "Name", required=True, max_length=80),
        Field("position", "Position", "int", minimum=0),
        Field("team_id", "Team", "ref", ref="team", on_delete="refuse"),
        Field("allow_skip", "Stages may be skipped", "bool"),
        Field("allow_back", "Deals may go back", "bool"),
        Field("currency", "Currency of its sums", max_length=3),
    ),
    owner=None,
    order="position",
    gate=_real_currency,
    gate_fields=frozenset({"currency"}),
)
STAGE = Kind(
    "stage",
    "Stage",
    "Stages",
    Stage,
    (
        Field("pipeline_id", "Pipeline", "ref", required=True, ref="pipeline", on_delete="cascade"),
        Field("name", "Name", required=True, max_length=80),
        Field("position", "Position", "int", minimum=0),
        Field("probability", "Probability", "int", minimum=0, maximum=100),
        Field("rot_days", "Days until a deal rots", "int", minimum=0, maximum=3650),
        Field("kind", "Kind", "choice", choices=("open", "won", "lost")),
        Field("color", "Colour", "choice", choices=COLORS),
        Field("required_fields", "Needed to enter", "json"),
        Field("exit_fields", "Needed to leave", "json"),
        Field("movers", "Who may move a deal here", "json"),
        Field("wip_limit", "Most deals at once", "int", minimum=0, maximum=100_000),
        Field("wip_refuses", "More are refused", "bool"),
    ),
    owner=None,
    order="position",
    gate=stage_gate,
)


def _complete(context: Context, before: Row | None, after: Row) -> Row:
    """A value that recurs is monthly unless told. Entering a stage notes since when, closes or reopens the deal, and
    puts it on top of the column; a close without a date is one of today, but in a history, which may not know."""
    recurs = after["recurring_minor"] is not None and after["recurring_period"] is None
    found: Row = {"recurring_period": PERIODS[0]} if recurs else {}
    if before is not None and before["stage_id"] == after["stage_id"]:
        return found
    stage = find_process(context, after["stage_id"])[1]
    since = _moment(context, after) if before is None else context.recorded_at
    found |= {"pipeline_id": stage.pipeline_id, "stage_since": since}
    if before is not None or after["rank"] == 0.0:
        found["rank"] = -_moment(context, after).timestamp()
    if stage.kind == "open":
        found |= {"closed_on": None, "lost_reason": "", "lost_to": ""} if before is not None else {}
    elif after["closed_on"] is None and is_gated(context.source, creating=before is None):
        found["closed_on"] = clock.today(settings().zone)
    return found


def _moment(context: Context, after: Row) -> datetime:
    """When the deal came to where it is: the day of an imported history, otherwise now."""
    day = after["closed_on"] or after["opened_on"]
    if context.source in ("history", "import", "demo") and day:
        return datetime.combine(day, time(12), context.recorded_at.tzinfo)
    return context.recorded_at


DEAL = Kind(
    "deal",
    "Deal",
    "Deals",
    Deal,
    (
        Field(
            "title",
            "Title",
            required=True,
            max_length=200,
            searchable=True,
            synonyms=("deal", "deal name", "opportunity", "opportunity name", "name"),
        ),
        Field("pipeline_id", "Pipeline", "ref", ref="pipeline", on_delete="refuse", editable=False),
        Field(
            "stage_id",
            "Stage",
            "ref",
            required=True,
            ref="stage",
            on_delete="refuse",
            synonyms=("deal stage", "stage", "status"),
        ),
        Field(
            "company_id",
            "Company",
            "ref",
            ref="company",
            on_merge="move",
            synonyms=("account", "company", "customer", "account name"),
        ),
        Field(
            "person_id", "Person", "ref", ref="person", on_merge="move", synonyms=("contact", "person", "contact name")
        ),
        Field("value_minor", "Value", "money", minimum=0, synonyms=("close value", "value", "amount", "deal value")),
        Field("currency", "Currency", max_length=3, synonyms=("currency code",)),
        Field("is_estimate", "Estimate", "bool"),
        Field("owner_id", "Owner", "ref", ref="user", synonyms=("sales agent", "owner", "sales rep", "deal owner")),
        Field("forecast", "Forecast", "choice", choices=FORECASTS, synonyms=("forecast category",)),
        Field("opened_on", "Opened", "date", synonyms=("engage date", "opened", "open date", "created date")),
        Field("expected_close_on", "Expected close", "date", synonyms=("expected close date", "expected close")),
        Field("closed_on", "Closed", "date", synonyms=("close date", "closed", "closed date")),
        Field(
            "lost_reason",
            "Reason for the loss",
            max_length=300,
            synonyms=("loss reason", "lost reason"),
            vocabulary="reason",
            tidy=tidy_word("reason"),
        ),
        Field("type", "Type", "choice", required=True, choices=TYPES, synonyms=("deal type", "opportunity type")),
        Field("earlier_deal_id", "Earlier deal", "ref", ref="deal", synonyms=("earlier deal", "renewal of")),
        Field("split_from_id", "Split from", "ref", ref="deal", editable=False),
        Field("recurring_minor", "Recurring value", "money", minimum=0, synonyms=("recurring", "recurring revenue")),
        Field("recurring_period", "Recurs every", "choice", choices=PERIODS, synonyms=("billing period",)),
        Field("term_months", "Term in months", "int", minimum=1, maximum=600, synonyms=("term", "contract term")),
        Field("lost_to", "Lost to", max_length=120, synonyms=("lost to competitor", "won by")),
        Field("rank", "Rank", "float", editable=False, filterable=False, later_wins=True),
        Field("stage_since", "In this stage since", "datetime", editable=False),
        Field("next_step_at", "Next step at", "datetime", editable=False),
        Field("next_step", "Next step", editable=False),
        Field("last_touch_at", "Last touch", "datetime", editable=False),
    ),
    children=(
        LINES,
        CONTACTS,
        COMPETITORS,
        tags_of("deal"),
    ),
    title="title",
    path="/deals",
    columns=(
        "title",
        "stage_id",
        "company_id",
        "person_id",
        "value_minor",
        "expected_close_on",
        "next_step_at",
        "owner_id",
    ),
    summary=("stage_id", "company_id", "value_minor"),
    form=("title", "company_id", "person_id", "value_minor", "stage_id", "owner_id", "expected_close_on"),
    sort="-stage_since",
    derived=frozenset({"next_step_at", "next_step", "last_touch_at"}),
    gate=entry_gate,
    gate_fields=frozenset({"stage_id"}),
    complete=_complete,
)
