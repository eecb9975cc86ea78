"""What follows from one change before it is written: texts in the form in which they are kept, values, gates."""

from typing import Any

from crm_app.core.changes import ports
from crm_app.core.changes.change import Context
from crm_app.core.changes.children import patch_of
from crm_app.core.changes.kinds import Field, Kind, Row, gates_of, guards_of
from crm_app.core.errors import Invalid


def tidied(context: Context, field: Field, value: Any, before: Any) -> Any:
    """A new text as it is kept; what did not change, was kept before a merge or comes back, stays as it is.

    Raises ValueError.
    """
    if field.tidy is None or not value or value == before or context.source in ("undo", "merge"):
        return value
    return field.tidy(context, value)


def finish(context: Context, known: Kind, before: Row | None, after: Row, *, gated: bool) -> None:
    """Complete `after` and the patches of the context, compute formulas, ask the gates (an undo: the guards).

    Raises Invalid.
    """
    if known.complete and context.source != "undo":
        for name, value in known.complete(context, before, after).items():
            if name in context.given:
                continue
            if name in known.child_by_name:
                present = _present(context, known, after["id"], name)
                context.patches[name] = patch_of(known.child_by_name[name], "", value, present)
            else:
                after[name] = value
    ports.custom().compute(context, known, after)
    missing: dict[str, str] = {}
    for gate in gates_of(known) if gated else guards_of(known) if context.source == "undo" else ():
        missing = gate(context, before, after) | missing
    if missing:
        raise Invalid(missing)


def parts_after(context: Context, known: Kind, id: int, name: str) -> list[Row]:
    """The rows of a collection as they will be once the change in hand is made."""
    rows: dict[Any, Row] = dict(_present(context, known, id, name))
    for key, row in context.patches.get(name, {}).items():
        if row is None:
            rows.pop(key, None)
        else:
            rows[key] = rows.get(key, {}) | row
    return list(rows.values())


def _present(context: Context, known: Kind, id: int, name: str) -> dict[int, Row]:
    """As they stand so far; the records of one call are read together."""
    working = context.working
    loaded = working.get(known.name, id) if working else None
    if working is None or loaded is None:
        return {}  # a record that is being created
    if name not in loaded.children and loaded.stored is not None:
        ids = [i for (kind, i), found in working.records.items() if kind == known.name and found.stored is not None]
        working.load_children(known, known.child_by_name[name], ids)
    return loaded.children[name]
