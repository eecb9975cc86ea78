"""Many deals of a board at once: the cards that were selected, and all deals of whole stages, in one run."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes.working import table_of
from crm_app.core.config import settings
from crm_app.core.errors import Invalid, Refused
from crm_app.core.text import id_of
from crm_app.deals.kind import DEAL
from crm_app.deals.queries.wish import Wish, wanted
from crm_app.records.bulk import start_bulk
from crm_app.records.editing import NOT_HERE
from crm_app.records.properties import typed
from crm_app.tables import Deal

MOVED = frozenset({"stage_id", "lost_reason"})
deal = table_of(Deal)


def start_on_board(
    session: Session,
    actor: Principal,
    wish: Wish,
    action: str,
    values: Mapping[str, str],
    ids: Sequence[int],
    stages: Sequence[int],
) -> int:
    """The run that does `action` (move, edit, tag, untag, delete) to these deals and to all that the board shows
    in these stages. Raises Invalid, Forbidden or Refused.
    """
    chosen = list(ids)
    if stages:
        pick = wanted(session, actor, wish)
        there = select(deal.c.id).where(pick.condition, deal.c.stage_id.in_(list(stages))).order_by(deal.c.id)
        chosen += session.connection().execute(there, pick.values).scalars()
    if action == "delete":
        return start_bulk(session, actor, "deal", chosen, op="delete")
    return start_bulk(session, actor, "deal", chosen, _values(actor, action, values))


def _values(actor: Principal, action: str, values: Mapping[str, str]) -> dict[str, Any]:
    if action in ("tag", "untag"):
        given = values.get("tags", "").split(",")
        tags = [id for t in given if (id := id_of(t)) is not None]
        return {"tags+" if action == "tag" else "tags-": tags} if tags else {}
    allowed = MOVED if action == "move" else {"owner_id"} if action == "edit" else set()
    if not values or not set(values) <= allowed:
        raise Invalid(dict.fromkeys(values, NOT_HERE)) if values else Refused("Nothing is to be changed.")
    return {name: typed(DEAL.by_name[name], text, settings().currency, actor) for name, text in values.items()}
