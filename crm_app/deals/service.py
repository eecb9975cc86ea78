"""Commands of deals: create, move, edit. They never commit."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import func, select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Change, apply, kind
from crm_app.core.changes.working import table_of
from crm_app.core.clock import now
from crm_app.core.config import settings
from crm_app.core.errors import Invalid, NotFound
from crm_app.core.money import to_minor
from crm_app.deals.kind import DEAL
from crm_app.deals.queries.board import card_of
from crm_app.deals.queries.rows import Card
from crm_app.deals.rules import rank_between
from crm_app.tables import Deal

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
    )
)
deal = table_of(Deal)


class _Form(BaseModel):
    """What the dialog sends; anything else is refused."""

    model_config = ConfigDict(extra="forbid", str_max_length=1000)
    title: str = ""
    company_id: str = ""
    value: str = ""
    stage_id: str = ""
    owner_id: str = ""
    expected_close_on: str = ""


@dataclass(frozen=True)
class NewDeal:
    """A deal to be created; empty means not known."""

    title: str
    stage_id: int | None
    company_id: int | None = None
    value_minor: int | None = None
    owner_id: int | None = None
    expected_close_on: str | None = None

    @classmethod
    def parse(cls, values: Mapping[str, str]) -> "NewDeal":
        """From a form. Raises Invalid, all fields together."""
        try:
            form = _Form.model_validate(dict(values))
        except ValidationError as error:
            raise Invalid({str(e["loc"][-1]): "This cannot be saved." for e in error.errors()}) from None
        wrong: dict[str, str] = {}
        amount = _checked(wrong, "value_minor", form.value)
        if not form.title.strip():
            wrong["title"] = "Title is required."
        if not form.stage_id:
            wrong["stage_id"] = "Stage is required."
        if wrong:
            raise Invalid(wrong)
        return cls(
            form.title,
            _number(form.stage_id),
            _number(form.company_id),
            amount,
            _number(form.owner_id),
            form.expected_close_on or None,
        )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 17 else None


def _checked(wrong: dict[str, str], name: str, text: str) -> int | None:
    try:
        return amount_of(text)
    except Invalid as error:
        wrong[name] = error.message
        return None


def amount_of(text: str) -> int | None:
    """Minor units of what a person typed: `1,250.50`, `1 250`, `€ 900`. Raises Invalid."""
    plain = "".join(c for c in text.replace(",", "") if not c.isspace() and c not in "€$£¥'")
    return to_minor(plain, settings().currency) if plain else None


def create_deal(session: Session, actor: Principal, new: NewDeal) -> int:
    """The id of the new deal, on top of its column."""
    values: dict[str, Any] = {
        "title": new.title,
        "stage_id": new.stage_id,
        "company_id": new.company_id,
        "value_minor": new.value_minor,
        "owner_id": new.owner_id if new.owner_id is not None else actor.id,
        "expected_close_on": new.expected_close_on,
        "currency": settings().currency,
        "opened_on": now().date(),
    }
    return apply(session, actor, Change("deal", op="create", set=values)).id


def edit_deal(session: Session, actor: Principal, deal_id: int, field: str, raw: str, expected: int | None) -> int:
    """One property as it was typed; the version afterwards. Raises Invalid, Conflict, Forbidden or NotFound."""
    change = Change("deal", deal_id, {field: typed(field, raw)}, expected=expected)
    return apply(session, actor, change).version


def typed(field: str, raw: str) -> Any:
    """The value of a property from its text. Raises Invalid for a field that is not edited this way."""
    if field not in EDITABLE:
        raise Invalid({field: "This field cannot be edited here."})
    if DEAL.by_name[field].type == "money":
        try:
            return amount_of(raw)
        except Invalid as error:
            raise Invalid({field: error.message}) from None
    return raw.strip() or None


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
) -> Card:
    """Put a deal into a stage, between two neighbours if given, else on top; the card as it is then.

    Raises Invalid with the fields that the stage asks for and that `extra` lacks.
    """
    values: dict[str, Any] = {"stage_id": stage_id} | {name: typed(name, raw) for name, raw in (extra or {}).items()}
    if index is not None:
        values["rank"] = _rank(session, stage_id, before_id, after_id)
    apply(session, actor, Change(kind("deal").name, deal_id, values, expected=expected), source="board")
    card = card_of(session, actor, deal_id)
    if card is None:
        raise NotFound
    return card


def _rank(session: Session, stage_id: int, above_id: int | None, below_id: int | None) -> float:
    """The rank between the neighbours, as far as they still stand in that stage."""
    found = dict(
        session.connection()
        .execute(
            select(deal.c.id, deal.c.rank).where(
                deal.c.id.in_([above_id or 0, below_id or 0]), deal.c.stage_id == stage_id
            )
        )
        .all()
    )
    above, below = found.get(above_id or 0), found.get(below_id or 0)
    top = session.connection().execute(select(func.min(deal.c.rank)).where(deal.c.stage_id == stage_id)).scalar()
    first = -now().timestamp()
    return rank_between(above, below, min(first, (top if top is not None else 0.0) - 1.0))
