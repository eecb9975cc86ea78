"""What the address asks of a board: whose deals, which, in what order, in lanes or not."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import kind
from crm_app.core.changes.working import table_of
from crm_app.core.text import clip, fold, id_of, like
from crm_app.identity.policy import visible
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


def living(actor: Principal) -> ColumnElement[bool]:
    """The deals that the actor may see."""
    return and_(deal.c.deleted_at.is_(None), visible(actor, "deal", deal.c.owner_id))


def wanted(session: Session, actor: Principal, wish: Wish) -> ColumnElement[bool]:
    """Those of them that the filter lets through. Raises Invalid, in plain words, for a filter that cannot be read."""
    condition = living(actor)
    if wish.owner_id is not None:
        condition = and_(condition, deal.c.owner_id == wish.owner_id)
    if wish.text:
        pattern = like(fold(wish.text))
        named = select(company.c.id).where(company.c.sort_key.like(pattern, escape="\\"))
        condition = and_(condition, or_(deal.c.sort_key.like(pattern, escape="\\"), deal.c.company_id.in_(named)))
    if wish.filter:
        asked = parse_filter(wish.filter)
        condition = and_(condition, condition_of(kind("deal"), fields_of(session, actor, "deal"), asked, actor))
    return condition
