"""What the address asks of a board: whose deals, which, in what order, in lanes or not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache, wraps
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, or_, select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import kind
from crm_app.core.changes.working import table_of
from crm_app.core.text import clip, fold, id_of, like
from crm_app.identity.policy import Sight, sight, viewer, visible_to
from crm_app.records.listing import fields_of
from crm_app.records.listing.conditions import condition_of
from crm_app.records.listing.rules import parse_filter
from crm_app.tables import Company, Deal

SORTS = {"next": "Next step", "hand": "By hand", "value": "Value", "close": "Expected close", "age": "Age"}
LANES = {"": "No lanes", "owner": "Owner", "team": "Team"}
MOST_FILTER = 4000
deal, company = table_of(Deal), table_of(Company)


@dataclass(frozen=True)
class Wish:
    """A board as it is asked for; `filter` is that of a list, as JSON."""

    pipeline_id: int | None = None
    owner_id: int | None = None
    text: str = ""
    filter: str = ""
    sort: str = "next"
    lanes: str = ""

    @property
    def is_filtered(self) -> bool:
        """Are deals left out?"""
        return bool(self.owner_id or self.text or self.filter)


def read_wish(parameters: Mapping[str, str]) -> Wish:
    """Of an address such as ?pipeline=1&owner=7&q=pro&sort=value; what cannot be read counts as absent."""

    def number(name: str) -> int | None:
        return id_of(parameters.get(name, ""))

    sort, lanes = parameters.get("sort", ""), parameters.get("lanes", "")
    return Wish(
        number("pipeline"),
        number("owner"),
        clip(parameters.get("q", "").strip()),
        parameters.get("f", "")[:MOST_FILTER],
        sort if sort in SORTS else "next",
        lanes if lanes in LANES else "",
    )


@dataclass(frozen=True, eq=False)
class Pick:
    """Which deals: a condition, and the values of its parameters.

    `kept`: it is one of few, the same for many readers, so that statements with it are worth keeping.
    """

    condition: ColumnElement[bool]
    values: Mapping[str, Any]
    kept: bool = False

    def narrowed(self, more: ColumnElement[bool]) -> "Pick":
        """Those of them for which this holds too."""
        return Pick(and_(self.condition, more), self.values)


def kept(build: Callable[..., Any]) -> Callable[..., Any]:
    """A statement over a pick, of its condition and of what else tells such statements apart: for a condition that is
    kept, SQLAlchemy puts it together once for all readers.
    """
    known = lru_cache(maxsize=256)(build)

    @wraps(build)
    def statement(pick: Pick, *apart: Any) -> Any:
        return (known if pick.kept else build)(pick.condition, *apart)

    return statement


def living(actor: Principal) -> Pick:
    """The deals that the actor may see."""
    return Pick(_living(sight(actor, "deal"), False), viewer(actor), True)


@cache
def _living(seen: Sight, of_owner: bool) -> ColumnElement[bool]:
    owned = [deal.c.owner_id == bindparam("wished_owner")] if of_owner else []
    return and_(deal.c.deleted_at.is_(None), visible_to(seen, deal.c.owner_id), *owned)


def wanted(session: Session, actor: Principal, wish: Wish) -> Pick:
    """Those of them that the filter lets through. Raises Invalid, in plain words, for a filter that cannot be read."""
    pick = living(actor)
    if wish.owner_id is not None:
        values = {**pick.values, "wished_owner": wish.owner_id}
        pick = Pick(_living(sight(actor, "deal"), True), values, True)
    if wish.text:
        pattern = like(fold(wish.text))
        named = select(company.c.id).where(company.c.sort_key.like(pattern, escape="\\"))
        pick = pick.narrowed(or_(deal.c.sort_key.like(pattern, escape="\\"), deal.c.company_id.in_(named)))
    if wish.filter:
        asked = parse_filter(wish.filter)
        pick = pick.narrowed(condition_of(kind("deal"), fields_of(session, actor, "deal"), asked, actor))
    return pick
