"""The states with their conditions, read once in a call of `apply_many`; empty while nobody has set them up."""

from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.changes import Context
from crm_app.core.changes.working import table_of
from crm_app.lifecycle.rules import Process, StateRules
from crm_app.tables import LifecycleState

state = table_of(LifecycleState)
# asked in every command, so it is put together once
_LIVING = select(state).where(state.c.deleted_at.is_(None)).order_by(state.c.position, state.c.id)


def find_process(context: Context) -> Process:
    """As the database has it when the call begins."""
    key = ("lifecycle",)
    if key not in context.cache:
        context.cache[key] = read_process(context.session)
    return context.cache[key]


def read_process(session: Session) -> dict[str, StateRules]:
    """The living states by key."""
    return {row.key: _rules(row) for row in session.connection().execute(_LIVING)}


def _rules(row: Any) -> StateRules:
    asked, movers = tuple(row.conditions), frozenset(row.movers)
    return StateRules(row.id, row.key, row.name, asked, movers, row.back_reason, row.version)
