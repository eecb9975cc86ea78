"""What a check asks: its list, how many records of whom stand in it, and who is told of them."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from crm_app.core.actor import SYSTEM
from crm_app.core.changes import kind
from crm_app.core.changes.working import table_of
from crm_app.core.errors import Invalid
from crm_app.quality.queries.whose import Whose, is_one
from crm_app.records.listing import Listing, fields_of, read_listing
from crm_app.records.listing.conditions import is_relative
from crm_app.records.listing.page import wanted
from crm_app.records.listing.rules import MOST_VALUES, conditions_in, plain
from crm_app.tables import Team, User

user, team = table_of(User), table_of(Team)
ME = "A check asks for everybody: please leave out “me” and “my team”."
MOST_ABOVE = 50


@dataclass
class Share:
    """What one person is told: how many records, and of which owners (None: those that nobody owns)."""

    count: int = 0
    owners: list[int | None] = field(default_factory=list)


def listing_of_check(session: Session, kind_name: str, parameters: Any) -> Listing:
    """The list that it looks at. Raises Invalid for one that cannot be read, or that means the reader."""
    fields = fields_of(session, SYSTEM, kind_name)
    listing = read_listing(kind_name, {k: str(v) for k, v in parameters.items()}, fields)
    for condition in conditions_in(listing.filter):
        values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
        if any(str(value) in ("me", "team") and is_relative(str(value)) for value in values):
            raise Invalid({"filter": ME})
    return listing


def counts_by_owner(session: Session, listing: Listing) -> dict[int | None, int]:
    """How many records of the list everybody owns."""
    known = kind(listing.kind)
    table = table_of(known.table)
    owner = table.c[known.owner or "owner_id"]
    where = wanted(known, fields_of(session, SYSTEM, listing.kind), listing, SYSTEM)
    rows = session.connection().execute(select(owner, func.count()).where(where).group_by(owner))
    return {row[0]: row[1] for row in rows}


def shares(session: Session, goes_to: str, person_id: int | None, counts: dict[int | None, int]) -> dict[int, Share]:
    """By the one who is told. What leads to nobody goes to the person of the check; without one nobody is told."""
    here = _living(session)
    found: dict[int, Share] = defaultdict(Share)
    for owner_id, count in counts.items():
        reader = person_id
        if goes_to == "owner" and owner_id in here:
            reader = owner_id
        elif goes_to == "manager" and owner_id is not None:
            reader = _manager(session, owner_id, here) or person_id
        if reader in here and reader is not None:
            found[reader].count += count
            found[reader].owners.append(owner_id)
    return dict(found)


def _living(session: Session) -> dict[int, int | None]:
    """Those who can be told, with their teams."""
    query = select(user.c.id, user.c.team_id).where(user.c.deleted_at.is_(None), user.c.status != "disabled")
    return {row.id: row.team_id for row in session.connection().execute(query)}


def _manager(session: Session, owner_id: int, here: dict[int, int | None]) -> int | None:
    """Who leads the owner's team, or the next one above that somebody else leads."""
    above = session.info.setdefault("quality_teams", {})
    if not above:
        rows = session.connection().execute(select(team.c.id, team.c.parent_id, team.c.manager_id))
        above.update({row.id: (row.parent_id, row.manager_id) for row in rows})
    at = here.get(owner_id)
    for _ in range(MOST_ABOVE):
        if at is None or at not in above:
            return None
        at, manager = above[at]
        if manager is not None and manager != owner_id and manager in here:
            return manager
    return None


def href_of(listing: Listing, goes_to: str, share: Share | None) -> str:
    """The list as its reader opens it; without a share all of it."""
    who = Whose(SYSTEM)
    conditions: list[dict[str, Any]] = [plain(listing.filter)] if listing.filter.items else []
    if share is not None and goes_to == "owner" and len(share.owners) == 1 and share.owners[0] is not None:
        conditions.append(is_one("owner_id", share.owners[0]))
    elif share is not None and goes_to != "person":
        owned = [str(owner) for owner in share.owners if owner is not None]
        parts = [owned[start : start + MOST_VALUES] for start in range(0, len(owned), MOST_VALUES)]
        some = [{"f": "owner_id", "op": "is", "v": part} for part in parts]
        some += [{"f": "owner_id", "op": "empty"}] if None in share.owners else []
        conditions.append({"any": some})
    return who.href(listing.kind, conditions, listing.columns)
