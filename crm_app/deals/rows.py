"""One row of a part of a deal, such as a product or a person: read, changed, removed under the rights on the deal."""

from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Applied, Change, apply
from crm_app.core.changes.merge import changed_since
from crm_app.core.changes.values import encode
from crm_app.core.changes.working import table_of
from crm_app.core.errors import Invalid, NotFound, Refused
from crm_app.deals.kind import DEAL
from crm_app.deals.queries.page import currency_of_deal
from crm_app.records.properties import typed

Row = dict[str, Any]
GONE = {"lines": "This line was removed.", "contacts": "This person was removed."}
STALE = "Somebody changed this while you were writing. Please look again."


def rows_of(session: Session, deal_id: int, part: str) -> list[Row]:
    """The rows as a change takes them, in order."""
    children = DEAL.child_by_name[part]
    table = table_of(children.table)
    query = select(table).where(table.c.deal_id == deal_id).order_by(table.c.position, table.c.id)
    names = ("id", "position", *children.by_name)
    return [{n: row[n] for n in names} for row in session.connection().execute(query).mappings()]


def row_of(session: Session, deal_id: int, part: str, row_id: int) -> Row:
    """Raises NotFound for a row of another deal."""
    found = next((row for row in rows_of(session, deal_id, part) if row["id"] == row_id), None)
    if found is None:
        raise NotFound(GONE.get(part, "This was removed."))
    return found


def edit_row(
    session: Session, actor: Principal, deal_id: int, part: str, row_id: int, field: str, raw: str, expected: int
) -> Applied:
    """One field of a row as it was typed. Raises Refused if somebody changed it since that version of the deal."""
    fields = DEAL.child_by_name[part].by_name
    if field not in fields:
        raise Invalid({field: "This field cannot be edited here."})
    currency = currency_of_deal(session, actor, deal_id)
    before = row_of(session, deal_id, part, row_id)
    seen = changed_since(session, "deal", deal_id, expected).get(f"{part}.{row_id}")
    if seen is not None and seen.get(field) != encode(before[field]):
        raise Refused(STALE)
    return change_row(session, actor, deal_id, part, before | {field: typed(fields[field], raw, currency, actor)})


def change_row(session: Session, actor: Principal, deal_id: int, part: str, row: Row) -> Applied:
    """This row shall be so."""
    values = {name: value for name, value in row.items() if name != "id"}
    return apply(session, actor, Change("deal", deal_id, {f"{part}.{row['id']}": values}))


def add_row(session: Session, actor: Principal, deal_id: int, part: str, row: Row) -> Applied:
    """One more, behind the others."""
    return apply(session, actor, Change("deal", deal_id, {part: [*rows_of(session, deal_id, part), row]}))


def remove_row(session: Session, actor: Principal, deal_id: int, part: str, row_id: int) -> Applied:
    """Raises NotFound for a row of another deal."""
    currency_of_deal(session, actor, deal_id)
    row_of(session, deal_id, part, row_id)
    return apply(session, actor, Change("deal", deal_id, {f"{part}.{row_id}": None}))
