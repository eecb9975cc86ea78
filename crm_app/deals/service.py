"""Commands of deals: create, move, edit, delete. They never commit."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlmodel import Session, col

from crm_app.core.actor import Principal
from crm_app.core.changes import Applied, Change, apply
from crm_app.core.changes.working import table_of
from crm_app.core.config import settings
from crm_app.core.errors import Invalid, NotFound, Refused
from crm_app.core.reader import numeral
from crm_app.deals.gate.stages import conditions
from crm_app.deals.kind import DEAL
from crm_app.deals.order import rank_for
from crm_app.deals.queries.cards import card_of
from crm_app.deals.queries.page import currency_of_deal, owner_of
from crm_app.deals.queries.rows import Card
from crm_app.deals.queries.wish import Wish
from crm_app.identity.policy import decide, within_team
from crm_app.records.custom.definitions import definitions
from crm_app.records.custom.facts import fields_with_custom
from crm_app.records.properties import typed_any
from crm_app.tables import Deal, Pipeline, Stage, User

stage, pipeline = table_of(Stage), table_of(Pipeline)

DEAL_GONE = "Somebody deleted this deal meanwhile, or you may not see it any more."
STAGE_GONE = "This stage was removed meanwhile. The deal stays where it is."
OUT_OF_SIGHT = "You would not see this deal any more; give it away on its own page."
EDITABLE = frozenset(
    (
        "title",
        "company_id",
        "person_id",
        "value_minor",
        "owner_id",
        "opened_on",
        "expected_close_on",
        "closed_on",
        "is_estimate",
        "lost_reason",
        "type",
        "earlier_deal_id",
        "recurring_minor",
        "recurring_period",
        "term_months",
        "lost_to",
    )
)


def edit_deal(session: Session, actor: Principal, deal_id: int, field: str, raw: str, expected: int | None) -> Applied:
    """One property as it was typed. Raises Invalid, Conflict, Forbidden or NotFound."""
    custom = {d.name for d in definitions(session, "deal").values()} if field.startswith("custom.") else set[str]()
    values = _typed(session, actor, deal_id, {field: raw}, EDITABLE | custom)
    return apply(session, actor, Change("deal", deal_id, values, expected=expected))


def _typed(
    session: Session, actor: Principal, deal_id: int, texts: Mapping[str, str], allowed: Set[str] = EDITABLE
) -> dict[str, Any]:
    """Properties from their texts. Raises Invalid for a field that is not edited this way."""
    if foreign := set(texts) - allowed:
        raise Invalid(dict.fromkeys(foreign, "This field cannot be edited here."))
    fields = fields_with_custom(DEAL, definitions(session, "deal").values())
    money = any(fields[name].type == "money" for name in texts)
    currency = currency_of_deal(session, actor, deal_id) if money else settings().currency
    return {name: typed_any(fields[name], raw, currency, actor) for name, raw in texts.items()}


@dataclass(frozen=True)
class Moved:
    """The card as it is after a move, the name of its stage, what the move was, and a warning if there is one.

    `owner` is the name of who has the deal now if that changed.
    """

    card: Card
    stage: str
    applied: Applied
    warning: str = ""
    owner: str = ""

    @property
    def told(self) -> str:
        """What a message says of it; empty where nothing but the order changed."""
        diff = self.applied.diff
        went = [f"moved to {self.stage}"] if "stage_id" in diff else []
        went += [f"given to {self.owner}" if self.owner else "left without an owner"] if "owner_id" in diff else []
        return f"{self.card.title} {' and '.join(went)}. {self.warning}".strip() if went else ""


def move_deal(
    session: Session,
    actor: Principal,
    deal_id: int,
    stage_id: int,
    index: int | None = None,
    before_id: int | None = None,
    after_id: int | None = None,
    expected: int | None = None,
    extra: Mapping[str, str] | None = None,
    wish: Wish | None = None,
    new_owner_id: int | None = None,
) -> Moved:
    """Put a deal into a stage, between two neighbours if given, else on top; the card is as the wished board shows it.

    With a new owner (0: nobody) it is given away in the same save.

    Raises Invalid with the fields that the gate asks for and that `extra` lacks, or with its refusal under `stage_id`;
    NotFound or Refused where the deal or the stage is gone, or would be out of the actor's sight.
    """
    owner_id, found = _at_hand(session, actor, deal_id, stage_id)
    filled = {name: text for name, text in (extra or {}).items() if text.strip()}
    values: dict[str, Any] = {"stage_id": stage_id}
    if new_owner_id is not None:
        values["owner_id"] = new_owner_id or None
    if filled:
        values |= _typed(session, actor, deal_id, filled, {f.name for f in conditions(session)})
    if index is not None and decide(actor, "edit", "deal", owner_id).allowed:
        values["rank"] = rank_for(session, stage_id, deal_id, before_id, after_id)
    applied = apply(session, actor, Change("deal", deal_id, values, expected=expected), source="board")
    card = card_of(session, actor, deal_id, wish)
    if card is None:
        raise NotFound(DEAL_GONE) if new_owner_id is None else Refused(OUT_OF_SIGHT)
    warning = _too_many(session, found) if "stage_id" in applied.diff else ""
    return Moved(card, found.name, applied, warning, _name_of(session, new_owner_id))


def _at_hand(session: Session, actor: Principal, deal_id: int, stage_id: int) -> tuple[int | None, Any]:
    """Whose the deal is, and the stage that it is to enter."""
    try:
        owner_id = owner_of(session, actor, deal_id)
    except NotFound:
        raise NotFound(DEAL_GONE) from None
    found = session.connection().execute(_stage(), {"stage": stage_id}).first()
    if found is None or not within_team(actor, found.team_id):
        raise Refused(STAGE_GONE)
    return owner_id, found


@cache
def _stage() -> Any:
    """A living stage, with whose pipeline it is."""
    ways = (stage.c.id, stage.c.name, stage.c.wip_limit, stage.c.wip_refuses, pipeline.c.team_id)
    query = select(*ways).join(pipeline, pipeline.c.id == stage.c.pipeline_id)
    return query.where(stage.c.id == bindparam("stage"), stage.c.deleted_at.is_(None))


def _name_of(session: Session, user_id: int | None) -> str:
    owner = session.get(User, user_id) if user_id else None
    return owner.name if owner else ""


def _too_many(session: Session, stage: Any) -> str:
    """A stage that does not refuse more than its limit says so."""
    if not stage.wip_limit or stage.wip_refuses:
        return ""
    there = select(func.count()).where(col(Deal.stage_id) == stage.id, col(Deal.deleted_at).is_(None))
    count = session.connection().execute(there).scalar_one()
    return (
        f"{stage.name} holds {numeral(count)} deals; {numeral(stage.wip_limit)} are planned."
        if count > stage.wip_limit
        else ""
    )
