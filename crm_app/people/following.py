"""Roles over time: company and title of a person are those of the primary current role, and a move leaves a trace."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from crm_app.core import clock
from crm_app.core.changes import Context, Kind
from crm_app.core.changes.finishing import parts_after
from crm_app.core.changes.kinds import Row
from crm_app.people.rules import primary_role

FIELDS = ("company_id", "title", "starts_on", "ends_on", "current", "is_primary")


def follow_roles(context: Context, known: Kind, before: Row | None, after: Row) -> Row:
    """What follows from a change of roles for the person, or from a change of the person for the roles."""
    if context.source in ("undo", "merge"):
        return {}
    if "roles" in context.patches:
        return _from_roles(parts_after(context, known, after["id"], "roles"), after)
    if before is None or {"company_id", "title"}.isdisjoint(context.given):
        return {}
    moved, renamed = (after[name] != before[name] for name in ("company_id", "title"))
    if not moved and not renamed:
        return {}
    rows = [_plain(row) for row in parts_after(context, known, after["id"], "roles")]
    if not rows and before["company_id"] is None:
        return {}  # the first company leaves nothing behind
    today = clock.today(context.actor.zone)
    made = with_move(rows, before, after, today) if moved else _with_title(rows, after)
    return {"roles": made} if made != rows else {}


def settle_roles(person: Mapping[Any, Any], rows: list[Row]) -> list[Row]:
    """After a merge the roles of both agree with what was chosen: one primary role, at the person's company."""
    if not rows or person["company_id"] is None:
        return rows
    here = [row for row in rows if row["company_id"] == person["company_id"] and row["current"]]
    best = next((row for row in here if row["title"] == person["title"]), here[0] if here else None)
    made = [row | {"is_primary": row is best} | ({"title": person["title"]} if row is best else {}) for row in rows]
    return made if best else [*made, _role(person["company_id"], person["title"], None, None, current=True)]


def _from_roles(rows: Sequence[Row], after: Row) -> Row:
    found = primary_role(rows)
    if found is not None:
        return {"company_id": found["company_id"], "title": found["title"]}
    ended = any(row["company_id"] == after["company_id"] for row in rows)
    return {"company_id": None, "title": ""} if ended else {}


def with_move(rows: list[Row], before: Row, after: Row, today: date) -> list[Row]:
    """The roles of somebody who went to another company: the old one ends today, the new one begins."""
    left = primary_role(rows)
    made = [
        {**row, "current": False, "is_primary": False, "ends_on": row["ends_on"] or today} if row is left else row
        for row in rows
    ]
    if left is None and before["company_id"] is not None:
        made.append(_role(before["company_id"], before["title"], None, today, current=False))
    if after["company_id"] is not None:
        made.append(_role(after["company_id"], after["title"], today, None, current=True))
    return made


def _with_title(rows: list[Row], after: Row) -> list[Row]:
    mine = primary_role(rows)
    return [{**row, "title": after["title"]} if row is mine else row for row in rows]


def _role(company_id: int, title: str, starts: date | None, ends: date | None, *, current: bool) -> dict[str, Any]:
    return dict(zip(FIELDS, (company_id, title, starts, ends, current, current), strict=True))


def _plain(row: Row) -> Row:
    return {"id": row["id"]} | {name: row[name] for name in FIELDS}
