"""One field of any record, as it was typed; parts and tags one at a time. Commands, they never commit."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Applied, Change, Children, apply, apply_many, kind
from crm_app.core.changes.kinds import Field, Row
from crm_app.core.changes.values import encode
from crm_app.core.changes.working import table_of
from crm_app.core.config import settings
from crm_app.core.errors import Invalid, NotFound
from crm_app.core.text import sort_key
from crm_app.records.listing.fields import ListField, fields_of
from crm_app.records.properties import typed as typed_as
from crm_app.records.reading import record_row
from crm_app.tables import Tag

tag = table_of(Tag)


def edit_field(
    session: Session, actor: Principal, name: str, id: int, field_name: str, raw: str, expected: int | None
) -> Applied:
    """A field from its text. Raises Invalid, Conflict, Forbidden or NotFound."""
    field = fields_of(session, actor, name).get(field_name)
    if field is None or not (field.editable or field.custom):
        raise Invalid({field_name: "This field cannot be edited here."})
    currency = str(record_row(session, actor, name, id).get("currency") or settings().currency)
    return apply(session, actor, Change(name, id, {field_name: typed(field, raw, currency, actor)}, expected=expected))


def typed(field: ListField, raw: str, currency: str, actor: Principal) -> Any:
    """The value that a text means for this field; a custom one is kept as JSON holds it. Raises Invalid."""
    if field.field is None:
        custom = Field(field.name, field.label, field.type)  # pyright: ignore[reportArgumentType]
        return encode(typed_as(custom, raw, currency, actor))
    text = raw.replace(",", "") if field.type in ("int", "float") else raw
    return typed_as(field.field, text, currency, actor)


def _present(
    session: Session, actor: Principal, name: str, id: int, part: str
) -> tuple[Children, list[dict[str, Any]]]:
    """The collection and its rows as they stand. Raises NotFound."""
    record_row(session, actor, name, id)
    children = kind(name).child_by_name.get(part)
    if children is None:
        raise NotFound
    table = table_of(children.table)
    query = select(table).where(table.c[children.parent] == id, *(table.c[k] == v for k, v in children.fixed.items()))
    rows = session.connection().execute(query.order_by(table.c.position, table.c.id)).mappings()
    names = ["id", "position", *(f.name for f in children.fields)]
    return children, [{n: row[n] for n in names} for row in rows]


def save_part(
    session: Session, actor: Principal, name: str, id: int, part: str, row_id: int, values: Mapping[str, str]
) -> Applied:
    """A new row (0), or other values for one; the first of a kind that has a primary one is it."""
    children, rows = _present(session, actor, name, id, part)
    unknown = set(values) - {f.name for f in children.fields}
    if unknown:
        raise Invalid({part: "This cannot be saved."})
    _check(children, values)
    if row_id:
        row = _row(rows, row_id)
        return apply(session, actor, Change(name, id, {f"{part}.{row_id}": row | dict(values)}))
    primary = {"is_primary": not rows} if _has_primary(children) else {}
    return apply(session, actor, Change(name, id, {part: [*rows, {**values, **primary}]}))


def _check(children: Children, values: Mapping[str, str]) -> None:
    value = values.get("value", "").strip()
    if children.name == "emails" and value and ("@" not in value[1:-1] or any(c.isspace() for c in value)):
        raise Invalid({children.name: "An e-mail address looks like name@example.org."})
    if not any(v.strip() for n, v in values.items() if n != "label"):
        raise Invalid({children.name: "Please write something, or remove this."})


def remove_part(session: Session, actor: Principal, name: str, id: int, part: str, row_id: int) -> Applied:
    """Take a row away; if it was the primary one, the next becomes it."""
    children, rows = _present(session, actor, name, id, part)
    gone = _row(rows, row_id)
    values: dict[str, Any] = {f"{part}.{row_id}": None}
    following = next((r for r in rows if r["id"] != row_id), None)
    if _has_primary(children) and gone["is_primary"] and following:
        values[f"{part}.{following['id']}"] = following | {"is_primary": True}
    return apply(session, actor, Change(name, id, values))


def make_primary(session: Session, actor: Principal, name: str, id: int, part: str, row_id: int) -> Applied:
    """This row is the primary one, no other is."""
    children, rows = _present(session, actor, name, id, part)
    if not _has_primary(children):
        raise Invalid({part: "There is no primary one here."})
    _row(rows, row_id)
    changed = {f"{part}.{r['id']}": r | {"is_primary": r["id"] == row_id} for r in rows}
    return apply(session, actor, Change(name, id, changed))


def _has_primary(children: Children) -> bool:
    return any(f.name == "is_primary" for f in children.fields)


def _row(rows: list[Row], row_id: int) -> Row:
    for row in rows:
        if row["id"] == row_id:
            return row
    raise NotFound("This was removed in the meantime.")


def add_tag(session: Session, actor: Principal, name: str, id: int, word: str) -> Applied:
    """Put the tag of that name on a record; it is made if there is none yet and the actor may."""
    word = " ".join(word.split())
    if not word:
        raise Invalid({"tags": "Please write a word."})
    query = select(tag.c.id).where(tag.c.sort_key == sort_key(word), tag.c.deleted_at.is_(None)).order_by(tag.c.id)
    found = session.connection().execute(query.limit(1)).scalar()
    if found is not None:
        return apply(session, actor, Change(name, id, {"tags+": [found]}))
    made = apply(session, actor, Change("tag", set={"name": word}, op="create"))
    return apply_many(session, actor, [Change(name, id, {"tags+": [made.id]})], batch_id=made.batch_id)[0]


def remove_tag(session: Session, actor: Principal, name: str, id: int, tag_id: int) -> Applied:
    """Take a tag off a record."""
    return apply(session, actor, Change(name, id, {"tags-": [tag_id]}))


def delete_record(session: Session, actor: Principal, name: str, id: int) -> Applied:
    """Delete; the answer names the batch to undo. Raises Refused with what stands in the way."""
    return apply_many(session, actor, [Change(name, id, op="delete")])[-1]
