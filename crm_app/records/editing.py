"""One field of any record, as it was typed; parts and tags one at a time. Commands, they never commit."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Applied, Change, Children, apply, apply_many, kind
from crm_app.core.changes.apply import open_batch
from crm_app.core.changes.kinds import Row
from crm_app.core.changes.working import table_of
from crm_app.core.config import settings
from crm_app.core.errors import Invalid, NotFound
from crm_app.core.text import sort_key
from crm_app.records.listing.fields import ListField, fields_of
from crm_app.records.properties import typed as typed_as
from crm_app.records.properties import typed_any
from crm_app.records.reading import record_row
from crm_app.tables import Tag

tag = table_of(Tag)


NOT_HERE = "This field cannot be edited here."
STALE = "Somebody changed this record meanwhile. Press Esc and look at it again."


def edit_field(
    session: Session,
    actor: Principal,
    name: str,
    id: int,
    field_name: str,
    raw: str,
    expected: int | None,
    *,
    source: str = "form",
) -> Applied:
    """A field from its text, on the version that was seen. Raises Invalid, Conflict, Forbidden or NotFound."""
    field = fields_of(session, actor, name).get(field_name)
    if field is None or not field.editable:
        raise Invalid({field_name: NOT_HERE})
    currency = str(record_row(session, actor, name, id).get("currency") or settings().currency)
    change = Change(name, id, {field_name: typed(field, raw, currency, actor)}, expected=expected)
    return apply(session, actor, change, source=source)


def edit_cell(
    session: Session, actor: Principal, name: str, id: int, field_name: str, raw: str, expected: int
) -> Applied:
    """What stands in a cell of a list: a field, all tags with commas between them, or a text of the first part.

    Raises Invalid, Conflict, Forbidden or NotFound.
    """
    field = fields_of(session, actor, name).get(field_name)
    if field is None or not field.in_place:
        raise Invalid({field_name: NOT_HERE})
    if not field.editable and record_row(session, actor, name, id)["version"] != expected:
        raise Invalid({field_name: STALE})  # the text stands for the whole: what a colleague added must not go
    try:
        if field.type == "tags":
            return set_tags(session, actor, name, id, raw.split(","))
        if field.children is not None:
            return _edit_first(session, actor, name, id, field.children.name, field_name.partition(".")[2], raw)
    except Invalid as refusal:
        raise Invalid({field_name: refusal.message}) from None
    return edit_field(session, actor, name, id, field_name, raw, expected, source="list")


def _edit_first(session: Session, actor: Principal, name: str, id: int, part: str, column: str, raw: str) -> Applied:
    """The first row of a collection, the primary one where there is such a thing; an empty text takes it away."""
    _, rows = _present(session, actor, name, id, part)
    first = min(rows, key=lambda r: (not r.get("is_primary"), r["position"], r["id"]), default=None)
    if first is None:
        return save_part(session, actor, name, id, part, 0, {column: raw})
    if not raw.strip() and not any(v for n, v in first.items() if isinstance(v, str) and n not in (column, "label")):
        return remove_part(session, actor, name, id, part, first["id"])
    return save_part(session, actor, name, id, part, first["id"], {column: raw})


def typed(field: ListField, raw: str, currency: str, actor: Principal) -> Any:
    """The value that a text means for this field; a custom one is kept as JSON holds it. Raises Invalid."""
    if field.field is None:
        raise Invalid({field.name: NOT_HERE})
    if field.custom:
        return typed_any(field.field, raw, currency, actor)
    text = raw.replace(",", "") if field.type in ("int", "float", "decimal") else raw
    return typed_as(field.field, text, currency, actor)


def _present(
    session: Session, actor: Principal, name: str, id: int, part: str
) -> tuple[Children, list[dict[str, Any]]]:
    """The collection and its rows as they stand. Raises NotFound, also for one that its own commands alone change."""
    record_row(session, actor, name, id)
    children = kind(name).child_by_name.get(part)
    if children is None or children.by_command:
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


def set_tags(session: Session, actor: Principal, name: str, id: int, words: Iterable[str]) -> Applied:
    """Exactly the tags of these names; new ones are made if the actor may."""
    wanted = {sort_key(word): " ".join(word.split()) for word in words if word.strip()}
    children, rows = _present(session, actor, name, id, "tags")
    there = {row[children.key] for row in rows}
    query = select(tag.c.sort_key, tag.c.id).where(tag.c.sort_key.in_(list(wanted)), tag.c.deleted_at.is_(None))
    found = {row.sort_key: row.id for row in session.connection().execute(query.order_by(tag.c.id.desc()))}
    fresh = [Change("tag", set={"name": word}, op="create") for key, word in wanted.items() if key not in found]
    batch = open_batch(session, actor, "list")
    made = apply_many(session, actor, fresh, source="list", batch_id=batch)
    ids = {*found.values(), *(one.id for one in made)}
    change = Change(name, id, {"tags+": sorted(ids - there), "tags-": sorted(there - ids)})
    return apply_many(session, actor, [change], source="list", batch_id=batch)[0]


def remove_tag(session: Session, actor: Principal, name: str, id: int, tag_id: int) -> Applied:
    """Take a tag off a record."""
    return apply(session, actor, Change(name, id, {"tags-": [tag_id]}))


def delete_record(session: Session, actor: Principal, name: str, id: int, expected: int | None = None) -> Applied:
    """Delete what was seen; the answer names the batch to undo.

    Raises Conflict where it changed since, Refused with what stands in the way, Forbidden or NotFound.
    """
    return apply_many(session, actor, [Change(name, id, op="delete", expected=expected)])[-1]
