"""Commands on people that are more than one field. They never commit."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Applied, Change, apply
from crm_app.core.changes.kinds import Row
from crm_app.core.changes.working import table_of
from crm_app.core.errors import Invalid
from crm_app.people.following import FIELDS
from crm_app.records.reading import record_row
from crm_app.tables import PersonRole

role = table_of(PersonRole)
NO_COMPANY = "Choose a company from the list."
ORDER = "Until is before from."


def save_role(session: Session, actor: Principal, person_id: int, values: Mapping[str, str]) -> Applied:
    """A further role; a primary one takes that from the others. Raises Invalid, Forbidden, NotFound."""
    unknown = set(values) - set(FIELDS)
    if unknown or not values.get("company_id", "").strip():
        raise Invalid({"roles": "This cannot be saved." if unknown else NO_COMPANY})
    starts, ends = values.get("starts_on", ""), values.get("ends_on", "")
    if starts and ends and ends < starts:
        raise Invalid({"roles": ORDER})
    record_row(session, actor, "person", person_id)
    rows = _rows(session, person_id)
    new: Row = {name: values.get(name, "").strip() for name in ("company_id", "title", "starts_on", "ends_on")}
    new["current"] = "current" in values and not ends
    new["is_primary"] = new["current"] and ("is_primary" in values or not any(row["current"] for row in rows))
    kept = [{**row, "is_primary": row["is_primary"] and not new["is_primary"]} for row in rows]
    return apply(session, actor, Change("person", person_id, {"roles": [*kept, new]}))


def _rows(session: Session, person_id: int) -> list[Row]:
    names = (role.c.id, *(role.c[name] for name in FIELDS))
    query = select(*names).where(role.c.person_id == person_id).order_by(role.c.position, role.c.id)
    return [dict(row) for row in session.connection().execute(query).mappings()]
