"""The backbone: every write to a record is a `Change`; from its log come history, undo, live boards and search."""

from crm_app.core.changes.apply import apply, apply_many
from crm_app.core.changes.change import Applied, Change, Context, Undone
from crm_app.core.changes.kinds import Children, Field, Kind, kind, kinds, register
from crm_app.core.changes.undo import undo

__all__ = [
    "Applied",
    "Change",
    "Children",
    "Context",
    "Field",
    "Kind",
    "Undone",
    "apply",
    "apply_many",
    "kind",
    "kinds",
    "register",
    "undo",
]
