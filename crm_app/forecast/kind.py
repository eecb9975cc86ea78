"""The catalogue entry of targets, and whose they are."""

from sqlalchemy import select

from crm_app.core.changes import Context, Field, Kind, ports
from crm_app.core.changes.kinds import Row
from crm_app.core.changes.working import table_of
from crm_app.forecast.rules.periods import LENGTHS, is_start, period_of
from crm_app.tables import Target, Team

ONE_OF_TWO = "A target is for a person or for a team."
NOT_YOURS = "You may set targets only for your own team."
STARTS = "A {} begins on the first day of one."
team = table_of(Team)


def _gate(context: Context, before: Row | None, after: Row) -> dict[str, str]:
    """For one person or one team, from the first day of its period, and only for whom the actor may set targets."""
    if (after["user_id"] is None) == (after["team_id"] is None):
        return {"user_id": ONE_OF_TWO}
    if not is_start(after["period"], after["starts_on"]):
        return {"starts_on": STARTS.format(after["period"])}
    owner = owner_of(context, after)
    if before is not None and owner == before["owner_id"]:
        return {}  # decided already, as for any record
    allowed = ports.allowed(context.actor, "edit", "target", owner)
    return {} if allowed else {"user_id" if after["user_id"] is not None else "team_id": NOT_YOURS}


def owner_of(context: Context, after: Row) -> int | None:
    """The person, or whoever leads the team now."""
    if after["user_id"] is not None:
        return after["user_id"]
    key = ("team manager", after["team_id"])
    if key not in context.cache:
        query = select(team.c.manager_id).where(team.c.id == after["team_id"])
        context.cache[key] = context.session.connection().execute(query).scalar()
    return context.cache[key]


def _complete(context: Context, _before: Row | None, after: Row) -> Row:
    """Its name is that of the period; it belongs to the person or the team's manager."""
    return {"name": period_of(after["period"], after["starts_on"]).name, "owner_id": owner_of(context, after)}


TARGET = Kind(
    "target",
    "Target",
    "Targets",
    Target,
    (
        Field("name", "Name", max_length=40, editable=False),
        Field("user_id", "Person", "ref", ref="user", on_delete="cascade"),
        Field("team_id", "Team", "ref", ref="team", on_delete="cascade"),
        Field("owner_id", "Belongs to", "ref", ref="user", editable=False),
        Field("period", "Period", "choice", choices=tuple(LENGTHS)),
        Field("starts_on", "Begins", "date", required=True),
        Field("amount_minor", "Target", "money", minimum=0),
        Field("currency", "Currency", max_length=3),
    ),
    gate=_gate,
    gate_fields=frozenset({"user_id", "team_id", "period", "starts_on"}),
    complete=_complete,
    sort="-starts_on",
)
