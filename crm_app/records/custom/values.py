"""Custom values kept again beside their records, one row each, so that lists ask and sort by an index.

They follow from `custom` in the same transaction: nothing is logged, and writing them anew gives the same.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import delete, insert, select
from sqlmodel import Session

from crm_app.core.changes import Applied, Context, kind
from crm_app.core.changes.custom import CUSTOM
from crm_app.core.changes.working import IN_LIMIT, table_of
from crm_app.core.text import fold
from crm_app.records.custom.fields import FIELDED
from crm_app.tables import CustomValue

LONGEST_KEPT = 400  # characters of a folded text; more would not fit into an entry of every index
STEP = 2_000
value = table_of(CustomValue)


def keep_values(context: Context, applied: list[Applied]) -> None:
    """Registered in `wire`: what changed is written anew, the last value of a record that was changed twice."""
    last: dict[int, dict[str, Any]] = {}
    for done in applied:
        if done.kind in FIELDED and (changed := _changed(done)):
            last.setdefault(done.id, {}).update(changed)
    made = {done.id for done in applied if done.op == "create"}
    gone: dict[str, list[int]] = {}
    for record_id, changed in last.items():
        for field_id in changed if record_id not in made else ():
            gone.setdefault(field_id, []).append(record_id)
    run = context.session.connection().execute
    for field_id, ids in gone.items():
        for start in range(0, len(ids), IN_LIMIT):
            there = value.c.record_id.in_(ids[start : start + IN_LIMIT])
            run(delete(value).where(value.c.field_id == int(field_id), there))
    if rows := [row for record_id, changed in last.items() for row in rows_of(record_id, changed)]:
        run(insert(value), rows)


def _changed(done: Applied) -> dict[str, Any]:
    """The custom values after a change, by field id; a new record says all of them together."""
    if done.op == "create":
        return done.diff[CUSTOM][1] if CUSTOM in done.diff else {}
    found: dict[str, Any] = {}
    for name, (_before, after) in done.diff.items():
        if name == CUSTOM:
            found |= after or {}
        elif name.startswith(f"{CUSTOM}."):
            found[name.partition(".")[2]] = after
    return found


def rows_of(record_id: int, custom: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of a record; several choices have one each, yes and no are 1 and 0.

    Of a text that is too long its beginning is kept, and how long it is.
    """
    found = []
    for id, held in custom.items():
        some = held if isinstance(held, list) else [] if held is None else [held]
        for place, one in enumerate(some):
            text = fold(one) if isinstance(one, str) else None
            number = float(one) if text is None else len(text) if len(text) > LONGEST_KEPT else None
            row = {"record_id": record_id, "field_id": int(id), "place": place, "number": number}
            found.append(row | {"text": text and text[:LONGEST_KEPT]})
    return found


def refill(session: Session, names: Iterable[str] = FIELDED) -> int:
    """All values of these kinds anew; how many there are."""
    run, count = session.connection().execute, 0
    for name in names:
        table, last = table_of(kind(name).table), 0
        while records := run(
            select(table.c.id, table.c.custom).where(table.c.id > last).order_by(table.c.id).limit(STEP)
        ).all():
            run(delete(value).where(value.c.record_id.in_([row.id for row in records][:STEP])))
            rows = [row for record in records for row in rows_of(record.id, record.custom or {})]
            if rows:
                run(insert(value), rows)
            count, last = count + len(rows), records[-1].id
    return count
