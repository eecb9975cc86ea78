"""The catalogue entries of territories, pools and availability."""

from crm_app.core.changes import Children, Context, Field, Kind, ports
from crm_app.core.changes.kinds import Row
from crm_app.tables import Availability, Pool, PoolMember, Territory, TerritoryAccount, TerritoryOwner
from crm_app.territories.rules.choosing import METHODS

COVERS = ("lead", "deal", "company")
NOT_YOURS = "You may say this only for yourself or your own team."
BACKWARDS = "The size must not end below where it begins."


def _lists_hold(_context: Context, _before: Row | None, after: Row) -> dict[str, str]:
    """Lists of words, and a size that does not end before it begins."""
    wrong = {
        name: "This must be a list of words."
        for name in ("countries", "postcodes", "industries")
        if not isinstance(after[name], list) or not all(isinstance(v, str) and len(v) <= 100 for v in after[name])
    }
    low, high = after["employees_from"], after["employees_to"]
    if low is not None and high is not None and high < low:
        wrong["employees_to"] = BACKWARDS
    return wrong


def _within_reach(context: Context, before: Row | None, after: Row) -> dict[str, str]:
    """Whose availability this is, must be within the actor's reach."""
    if before is not None and before["user_id"] == after["user_id"]:
        return {}
    return {} if ports.allowed(context.actor, "edit", "availability", after["user_id"]) else {"user_id": NOT_YOURS}


TERRITORY = Kind(
    "territory",
    "Territory",
    "Territories",
    Territory,
    (
        Field("name", "Name", required=True, max_length=80, searchable=True),
        Field("position", "Position", "int", minimum=0),
        Field("countries", "Countries", "json"),
        Field("postcodes", "Postcodes begin with", "json"),
        Field("industries", "Industries", "json"),
        Field("employees_from", "Employees from", "int", minimum=0),
        Field("employees_to", "Employees to", "int", minimum=0),
        Field("team_id", "Team", "ref", ref="team"),
        Field("method", "Shared out", "choice", choices=METHODS),
    ),
    children=(
        Children(
            "owners",
            "Owners",
            TerritoryOwner,
            "territory_id",
            (Field("user_id", "Owner", "ref", required=True, ref="user"),),
            key="user_id",
        ),
        Children(
            "accounts",
            "Named accounts",
            TerritoryAccount,
            "territory_id",
            (Field("company_id", "Company", "ref", required=True, ref="company", on_merge="move"),),
            key="company_id",
        ),
    ),
    owner=None,
    gate=_lists_hold,
    order="position",
)
POOL = Kind(
    "pool",
    "Pool",
    "Pools",
    Pool,
    (
        Field("name", "Name", required=True, max_length=80, searchable=True),
        Field("position", "Position", "int", minimum=0),
        Field("covers", "Shares out", "choice", choices=COVERS),
        Field("method", "Shared out", "choice", choices=(*METHODS, "territory")),
        Field("from_forms", "New ones from forms", "bool"),
        Field("from_imports", "New ones from imports", "bool"),
    ),
    children=(
        Children(
            "members",
            "Members",
            PoolMember,
            "pool_id",
            (Field("user_id", "Member", "ref", required=True, ref="user"),),
            key="user_id",
        ),
    ),
    owner=None,
    order="position",
)
AVAILABILITY = Kind(
    "availability",
    "Availability",
    "Availability",
    Availability,
    (
        Field("name", "Name", max_length=120, editable=False),
        Field("user_id", "Person", "ref", required=True, ref="user", on_delete="cascade"),
        Field("away", "Away", "bool"),
        Field("most_leads", "Most leads", "int", minimum=0, maximum=1_000_000),
        Field("most_deals", "Most open deals", "int", minimum=0, maximum=1_000_000),
    ),
    owner="user_id",
    gate=_within_reach,
    gate_fields=frozenset({"user_id"}),
)
