"""What holds for a stage itself: its conditions name fields and roles that exist, and its deals keep their meaning."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from crm_app.core.changes import Context, Field, kind
from crm_app.core.changes.kinds import Row
from crm_app.core.changes.working import table_of
from crm_app.core.reader import numeral
from crm_app.identity.policy import ROLES
from crm_app.records.custom.definitions import definitions
from crm_app.tables import Deal

COLORS = ("grey", "blue", "teal", "green", "amber", "red", "violet")
NOT_ASKED = frozenset({"title", "stage_id", "pipeline_id", "currency"})
deal = table_of(Deal)


def conditions(session: Session) -> list[Field]:
    """The fields of a deal, custom ones too, that a stage can ask for; those that are never empty need no asking."""
    fields = [*kind("deal").fields, *(d.field for d in definitions(session, "deal").values())]
    return [
        f
        for f in fields
        if f.editable and not f.required and f.type not in ("json", "bool") and f.name not in NOT_ASKED
    ]


def stage_gate(context: Context, before: Row | None, after: Row) -> dict[str, str]:
    """A stage stays in its pipeline, keeps its kind while deals stand in it, and asks for what there is."""
    wrong = {
        name: f"There is no such field to ask for: {', '.join(unknown)}."
        for name in ("required_fields", "exit_fields")
        if (unknown := _unknown(after[name], (f.name for f in conditions(context.session))))
    }
    if unknown := _unknown(after["movers"], ROLES):
        wrong["movers"] = f"There is no such role: {', '.join(unknown)}."
    if before is not None and before["pipeline_id"] != after["pipeline_id"]:
        wrong["pipeline_id"] = "A stage stays in its pipeline."
    if before is not None and before["kind"] != after["kind"] and (count := _standing(context, after["id"])):
        wrong["kind"] = (
            f"{numeral(count)} {'deal stands' if count == 1 else 'deals stand'} in this stage. Move them first."
        )
    return wrong


def _unknown(given: Any, known: Iterable[str]) -> list[str]:
    if not isinstance(given, list):
        return [str(given)]
    there = set(known)
    return [str(name) for name in given if name not in there]


def _standing(context: Context, stage_id: int) -> int:
    query = select(func.count()).where(deal.c.stage_id == stage_id, deal.c.deleted_at.is_(None))
    return context.session.connection().execute(query).scalar_one()
