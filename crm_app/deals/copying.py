"""Commands that make one deal of another: a clone, or a part that is split off."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core import clock
from crm_app.core.actor import Principal
from crm_app.core.changes import Applied, Change, apply, apply_many
from crm_app.core.changes.working import table_of
from crm_app.core.errors import Invalid, Refused
from crm_app.deals.kind import TYPES
from crm_app.deals.rows import Row, rows_of
from crm_app.deals.shares import Item, divide
from crm_app.records.custom.copying import copied
from crm_app.records.properties import amount_of
from crm_app.records.reading import record_row, titles
from crm_app.tables import Person, RecordTag, Stage

KEPT = ("company_id", "person_id", "currency")
VALUE = ("value_minor", "is_estimate")
RECURRING = ("recurring_minor", "recurring_period", "term_months")
STALE = "Somebody changed this deal meanwhile. Please close this and look at it again."
stage, person, tagged = table_of(Stage), table_of(Person), table_of(RecordTag)


@dataclass(frozen=True)
class Clone:
    """What is taken over into the clone: `parts` of value, recurring, lines, contacts, competitors and tags."""

    title: str
    type: str = "new business"
    parts: frozenset[str] = field(default_factory=frozenset)
    own: bool = True
    expected_close_on: str | None = None


def clone_deal(session: Session, actor: Principal, deal_id: int, wish: Clone) -> Applied:
    """A new deal in the first open stage, opened today, without a history; a renewal or extension names this one.

    Raises NotFound for a deal that the actor may not see, Invalid for what the new one lacks.
    """
    source = record_row(session, actor, "deal", deal_id)
    if wish.type not in TYPES:
        raise Invalid({"type": "There is no such type."})
    values: dict[str, Any] = {name: source[name] for name in KEPT} | {
        "custom": copied(session, actor, "deal", source["custom"]),
        "title": wish.title,
        "type": wish.type,
        "stage_id": _first_open(session, source["pipeline_id"]),
        "owner_id": actor.id if wish.own and actor.id is not None else source["owner_id"],
        "opened_on": clock.today(actor.zone),
        "expected_close_on": wish.expected_close_on,
    }
    if wish.type != "new business":
        values["earlier_deal_id"] = deal_id
    for name in (*VALUE, *RECURRING):
        if ("value" if name in VALUE else "recurring") in wish.parts:
            values[name] = source[name]
    parts = _parts(session, deal_id)
    for row in parts["competitors"]:
        row["status"] = "open"
    values |= {key: rows for key, rows in parts.items() if key.rstrip("+") in wish.parts}
    return apply(session, actor, Change("deal", op="create", set=values))


@dataclass(frozen=True)
class Split:
    """What goes to the new deal: these products, and this amount as it was typed (empty: what they come to)."""

    title: str
    line_ids: frozenset[int]
    amount: str
    version: int


def split_deal(session: Session, actor: Principal, deal_id: int, wish: Split) -> Applied:
    """The new deal; both values together are what the one was, and one undo makes them one again.

    Raises Refused for a deal that is closed or that was changed since `version`, Invalid under `amount`.
    """
    source = record_row(session, actor, "deal", deal_id)
    if source["version"] != wish.version:
        raise Refused(STALE)
    if session.connection().execute(select(stage.c.kind).where(stage.c.id == source["stage_id"])).scalar() != "open":
        raise Refused("Only an open deal can be split.")
    lines = rows_of(session, deal_id, "lines")
    if not wish.line_ids <= {row["id"] for row in lines}:
        raise Refused(STALE)
    items = [Item(row["id"], total_of(row), row["id"] in wish.line_ids) for row in lines]
    shares = divide(source["value_minor"], items, _amount(wish.amount, source["currency"], actor.locale))
    stays: dict[str, Any] = {f"lines.{item.id}": None for item in items if item.goes}
    stays["value_minor"] = shares.stays
    going = [_fresh(row) for row in lines if row["id"] in wish.line_ids]
    changes = [
        Change("deal", deal_id, stays, expected=wish.version),
        Change(
            "deal", op="create", set=_part_of(session, actor, source, wish.title, going) | {"value_minor": shares.goes}
        ),
    ]
    return apply_many(session, actor, changes)[-1]


def total_of(row: Mapping[str, Any]) -> int | None:
    """What a product comes to; None without a price."""
    return None if row["unit_price_minor"] is None else row["unit_price_minor"] * row["quantity"]


def _part_of(
    session: Session, actor: Principal, source: Mapping[Any, Any], title: str, lines: list[Row]
) -> dict[str, Any]:
    """The deal that is split off: where the other one stands, with the same people, dates and tags."""
    names = ("stage_id", "owner_id", "opened_on", "expected_close_on", "type", "is_estimate")
    earlier = source["earlier_deal_id"]
    if ("deal", earlier) not in titles(session, actor, [("deal", earlier)] if earlier else []):
        earlier = None  # nobody points to what they may not see
    taken = {name: source[name] for name in (*KEPT, *names)} | _parts(session, source["id"])
    taken["custom"] = copied(session, actor, "deal", source["custom"])
    return taken | {"title": title, "split_from_id": source["id"], "earlier_deal_id": earlier, "lines": lines}


def _parts(session: Session, deal_id: int) -> dict[str, list[Any]]:
    """The parts of a deal as those of a new one; without people who were deleted meanwhile."""
    found: dict[str, list[Any]] = {
        part: [_fresh(row) for row in rows_of(session, deal_id, part)] for part in ("lines", "contacts", "competitors")
    }
    query = select(person.c.id).where(person.c.deleted_at.is_(None))
    living = query.where(person.c.id.in_([row["person_id"] for row in found["contacts"]]))
    there = set(session.connection().execute(living).scalars())
    found["contacts"] = [row for row in found["contacts"] if row["person_id"] in there]
    query = select(tagged.c.tag_id).where(tagged.c.kind == "deal", tagged.c.record_id == deal_id)
    return found | {"tags+": list(session.connection().execute(query.order_by(tagged.c.id)).scalars())}


def _fresh(row: Row) -> Row:
    return {name: value for name, value in row.items() if name not in ("id", "position")}


def _first_open(session: Session, pipeline_id: int) -> int:
    query = (
        select(stage.c.id)
        .where(stage.c.pipeline_id == pipeline_id, stage.c.kind == "open", stage.c.deleted_at.is_(None))
        .order_by(stage.c.position, stage.c.id)
        .limit(1)
    )
    found = session.connection().execute(query).scalar()
    if found is None:
        raise Refused("This pipeline has no open stage for a new deal.")
    return found


def _amount(text: str, currency: str, locale: str) -> int | None:
    try:
        return amount_of(text, currency, locale)
    except Invalid as error:
        raise Invalid({"amount": error.message}) from None
