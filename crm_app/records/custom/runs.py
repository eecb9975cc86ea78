"""Runs over the records of a kind: formulas anew, options moved, values of another type. Operations of bulk."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from crm_app.core.actor import SYSTEM, Principal
from crm_app.core.changes import Applied, Change, Context, kind
from crm_app.core.changes.working import table_of
from crm_app.records.bulk import Portion, open_run
from crm_app.records.custom.converting import converted
from crm_app.records.custom.definitions import by_ids, definition_of, definitions
from crm_app.records.custom.facts import depending_on
from crm_app.records.custom.fields import Definition, keys_of
from crm_app.records.findings import FOR_ITSELF
from crm_app.tables import BulkRun, CustomField, Finding

COMPUTE, CARRY = "compute", "custom_field"
# A change of these changes what a formula gives.
MATTERS = frozenset({"formula", "result", "type", "deleted_at", "options"})
field, finding = table_of(CustomField), table_of(Finding)


def follow_definitions(context: Context, applied: list[Applied]) -> None:
    """Registered in `wire`: what a formula gives now is computed by a run, what is asked no more is no finding."""
    changed = {d.id: d for d in applied if d.kind == "custom_field"}
    if not changed:
        return
    _forget(context, changed)
    touched: dict[str, set[int]] = {}
    for id, found in by_ids(context.session, changed).items():
        done = changed[id]
        if (done.op == "create" and found.is_computed) or (done.op != "create" and MATTERS & done.diff.keys()):
            touched.setdefault(found.kind, set()).add(id)
    for name, ids in touched.items():
        known = definitions(context.session, name)
        again = [d for id, d in known.items() if id in ids and d.is_computed] + depending_on(ids, known)
        if again:
            _start(context.session, name, ", ".join(d.label for d in again))


def _forget(context: Context, changed: Mapping[int, Applied]) -> None:
    run = context.session.connection().execute
    for id, found in by_ids(context.session, changed).items():
        row = context.working.get("custom_field", id) if context.working else None
        gone = row is not None and row.row["deleted_at"] is not None
        if changed[id].op != "create" and (gone or not (found.required or found.required_when)):
            run(finding.delete().where(finding.c.kind == found.kind, finding.c.field == found.name + FOR_ITSELF))


def _start(session: Session, name: str, labels: str) -> None:
    table = table_of(kind(name).table)
    total = session.connection().execute(select(func.count()).where(table.c.deleted_at.is_(None))).scalar_one()
    if total:
        open_run(session, SYSTEM, COMPUTE, name, total=total, note=f"Computed anew: {labels}"[:200])


def computing(session: Session, _actor: Principal, run: BulkRun, limit: int) -> Portion:
    """The next living records, each looked at again; `cursor` is the last id."""
    table = table_of(kind(run.kind).table)
    query = select(table.c.id).where(table.c.id > run.cursor, table.c.deleted_at.is_(None))
    ids = list(session.connection().execute(query.order_by(table.c.id).limit(limit)).scalars())
    changes = [Change(run.kind, id, {}) for id in ids]
    cursor = ids[-1] if ids else run.cursor
    return Portion(changes, len(ids), cursor, is_last=len(ids) < limit, trusted=True)


def start_carrying(
    session: Session, actor: Principal, old: Definition, values: Mapping[str, Any], moves: Mapping[str, str | None]
) -> int:
    """A run that changes the definition first and then every value: options that go by `moves`, or of another type."""
    table = table_of(kind(old.kind).table)
    held = table.c.custom[str(old.id)].as_string()
    total = session.connection().execute(select(func.count()).where(held.is_not(None))).scalar_one()
    before = session.connection().execute(select(field).where(field.c.id == old.id)).mappings().one()
    kept = {n: before[n] for n in before if n not in ("created_at", "updated_at", "deleted_at")}
    given = {"field": old.id, "values": dict(values), "moves": dict(moves), "old": kept}
    return open_run(session, actor, CARRY, old.kind, total=total + 1, set_values=given, note=f"{old.label} changed")


def carrying(session: Session, _actor: Principal, run: BulkRun, limit: int) -> Portion:
    """First the definition, alone; then the next records that hold a value, deleted ones left as they are."""
    wish = run.set_values
    if run.cursor == 0:
        change = Change("custom_field", wish["field"], wish["values"])
        return Portion([change], 1, 1, trusted=True, whole=True)
    old, new = definition_of(wish["old"]), by_ids(session, [wish["field"]])[wish["field"]]
    table = table_of(kind(run.kind).table)
    held = table.c.custom[str(old.id)]
    query = select(table.c.id, table.c.custom).where(table.c.id > run.cursor - 1, table.c.deleted_at.is_(None))
    query = query.where(held.as_string().is_not(None)).order_by(table.c.id).limit(limit)
    rows = session.connection().execute(query).all()
    portion = Portion(rows=len(rows), cursor=(rows[-1].id if rows else 0) + 1, is_last=len(rows) < limit, trusted=True)
    for row in rows:
        value = row.custom.get(str(old.id))
        try:
            carried = _carried(old, new, value, wish["moves"])
        except ValueError as error:  # written since the run was checked
            portion.left.append((run.kind, row.id, str(error)))
            continue
        if carried != value:
            portion.changes.append(Change(run.kind, row.id, {f"custom.{old.id}": carried}))
    return portion


def _carried(old: Definition, new: Definition, value: Any, moves: Mapping[str, str | None]) -> Any:
    if old.type != new.type:
        return converted(old, new, value)
    if old.type == "choices":
        there = [moves.get(key, key) for key in keys_of(value)]
        return list(dict.fromkeys(key for key in there if key)) or None
    return moves.get(str(value), value)
