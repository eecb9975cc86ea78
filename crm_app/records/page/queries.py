"""The page of one record: its properties by the catalogue, its parts and its tags, as the actor may see them."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import literal, select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Children, Field, Kind, kind
from crm_app.core.changes.working import table_of
from crm_app.core.errors import NotFound
from crm_app.core.reader import full_day
from crm_app.core.text import initials, tel
from crm_app.identity.policy import decide
from crm_app.records import phones
from crm_app.records.assignees import assignable
from crm_app.records.custom.showing import custom_names, empty_words
from crm_app.records.help import help_in, helps_of
from crm_app.records.listing.cells import Cell, cells_of, choice_label, group_label, shown_columns
from crm_app.records.listing.fields import ListField, fields_of
from crm_app.records.listing.rows import Option
from crm_app.records.page.rows import PartField, PartRow, Parts, Property, RecordPage, TagRow
from crm_app.records.reading import may_see, record_row
from crm_app.tables import RecordTag, Tag

YES_NO = [Option("true", "Yes"), Option("false", "No")]
# Said elsewhere on the page, or beside another field.
ELSEWHERE = frozenset({"display_name", "name", "currency", "created_at"})
BADGES = ("lifecycle", "segment", "band", "kind")
TINTS = 8
LINKS: dict[str, Callable[[str], str]] = {
    "emails": lambda v: "mailto:" + v.replace(" ", ""),
    "phones": tel,
    "profiles": lambda v: v if v.startswith(("https://", "http://")) else "",
}
LABELS = {"emails": ["work", "private", "other"], "phones": ["work", "mobile", "private", "other"]}
ONE = {"emails": "e-mail", "phones": "phone", "addresses": "address", "profiles": "profile"}
tag, record_tag = table_of(Tag), table_of(RecordTag)


def record_page(session: Session, actor: Principal, name: str, id: int) -> RecordPage:
    """Raises NotFound for a record that does not exist or that the actor may not see."""
    known = kind(name)
    fields = {n: f for n, f in fields_of(session, actor, name).items() if f.children is None}
    row, cells = _read(session, actor, known, fields, id)
    owner = row["owner"]
    properties = _properties(session, actor, known, fields, cells, owner, id)
    title = row["title"] or "Untitled"
    may_edit = decide(actor, "edit", name, owner, record_id=id).allowed
    return RecordPage(
        kind=name,
        id=id,
        version=row["version"],
        title=title,
        subtitle=_subtitle(cells),
        initials=initials(title),
        tint=id % TINTS,
        badges=[p for p in properties if p.field in BADGES and p.value],
        properties=[p for p in properties if p.field not in ELSEWHERE],
        parts=[_parts(session, actor, c, id, may_edit) for c in known.children if _is_contact(c)],
        tags=_tags(session, name, id),
        may_edit=may_edit,
        may_delete=decide(actor, "delete", name, owner, record_id=id).allowed,
        may_merge=known.mergeable and decide(actor, "merge", name, owner, record_id=id).allowed,
    )


def _read(
    session: Session, actor: Principal, known: Kind, fields: dict[str, ListField], id: int
) -> tuple[Any, dict[str, Cell]]:
    table = table_of(known.table)
    shown = shown_columns(known, fields, tuple(fields))
    owner = table.c[known.owner] if known.owner else literal(None)
    head = (table.c.version, table.c[known.title].label("title"), owner.label("owner"))
    query = select(*head, *(c for s in shown for c in s.columns)).select_from(table)
    for one in shown:
        for target, on in one.joins:
            query = query.outerjoin(target, on)
    query = query.where(table.c.id == id, table.c.deleted_at.is_(None), may_see(actor, known))
    row = session.connection().execute(query).mappings().first()
    if row is None:
        raise NotFound
    cells = {one.field.name: cell for one, cell in zip(shown, cells_of(shown, row, actor), strict=True)}
    return row, cells


def _subtitle(cells: Mapping[str, Cell]) -> str:
    """`Head of IT, Cancity` for a person, `Retail, France` for a company."""
    for first, second in (("title", "company_id"), ("industry", "country")):
        if first in cells and second in cells:
            return ", ".join(cell.text for cell in (cells[first], cells[second]) if cell.text)
    return ""


def _properties(
    session: Session,
    actor: Principal,
    known: Kind,
    fields: Mapping[str, ListField],
    cells: Mapping[str, Cell],
    owner: int | None,
    id: int,
) -> list[Property]:
    found, helps = [], helps_of(session, known.name)
    row = record_row(session, actor, known.name, id)
    hidden = fields.keys() - custom_names(session, actor, known.name, row)
    for name, field in fields.items():
        if field.custom and name in hidden:
            continue
        cell = cells[name]
        ruled = name if field.custom else name.partition(".")[0]
        allowed = field.editable and decide(actor, "edit", known.name, owner, ruled).allowed
        raw = "" if field.type == "datetime" and not cell.raw else cell.raw
        found.append(
            Property(
                field=name,
                label=field.label,
                value=cell.text,
                raw=raw,
                type="user" if field.ref == "user" else field.type,
                editable=allowed and (field.type != "ref" or field.ref != "pipeline"),
                choices=_choices(session, actor, known, field, cell) if allowed else [],
                href=cell.href,
                ref=field.ref,
                initials=cell.initials,
                color=cell.color,
                tone=cell.tone,
                help=help_in(helps, known.name, name, field.type),
                vocabulary=field.field.vocabulary if field.field else "",
                remark=empty_words(field.definition, known, row, session) if not cell.text else "",
            )
        )
    return found


def _choices(session: Session, actor: Principal, known: Kind, field: ListField, cell: Cell) -> list[Option]:
    if field.type == "bool":
        return YES_NO
    if field.ref == "user":
        owners = assignable(session, actor, known.name)
        missing = cell.raw and cell.raw not in {o.id for o in owners}
        return [Option(cell.raw, cell.text), *owners] if missing else owners
    return [Option(c, choice_label(field, c)) for c in field.choices]


def _is_contact(children: Children) -> bool:
    """E-mails, phones and addresses; tags and relations have places of their own."""
    return not children.key and all(not f.ref for f in children.fields)


def _parts(session: Session, actor: Principal, children: Children, id: int, may_edit: bool) -> Parts:
    part = table_of(children.table)
    has_primary = "is_primary" in part.c
    order = [part.c.is_primary.desc()] if has_primary else []
    here = (part.c[children.parent] == id, *(part.c[k] == v for k, v in children.fixed.items()))
    query = select(part).where(*here).order_by(*order, part.c.position, part.c.id)
    names = [f.name for f in children.fields if f.name != "is_primary"]
    rows = [_part(children, names, row) for row in session.connection().execute(query).mappings()]
    fields = [_part_field(children, f) for f in children.fields if f.name != "is_primary"]
    one = ONE.get(children.name, "answer" if children.cap == 1 else children.label.lower())
    room = len(rows) < children.cap
    return Parts(children.name, children.label, one, fields, rows, has_primary, may_edit, room)


def _part_field(children: Children, field: Field) -> PartField:
    choices = list(field.choices)
    if field.name == "label":
        choices = LABELS.get(children.name, ["home", "office", "other"])
    usual = {"emails": "email"}.get(children.name, "text") if field.name == "value" else "text"
    type_ = "date" if field.type == "date" else "tel" if field.holds == "phone" else usual
    return PartField(field.name, field.label, choices, type_, field.vocabulary)


def _part(children: Children, names: list[str], row: Mapping[Any, Any]) -> PartRow:
    values = {n: str(row[n] or "") for n in names}
    said = [_part_words(children.by_name[n], row[n]) for n in names if n != "label" and values[n]]
    link = LINKS.get(children.name)
    href = link(values["value"]) if link and values.get("value") else ""
    strange = any(f.holds == "phone" and not phones.is_read(values[f.name]) for f in children.fields)
    primary, warning = bool(row.get("is_primary")), phones.UNREAD if strange else ""
    return PartRow(row["id"], ", ".join(said), values.get("label", ""), href, primary, values, warning)


def _part_words(field: Field, value: Any) -> str:
    if field.holds == "phone":
        return phones.shown(value)
    if isinstance(value, date):
        return full_day(value)
    return group_label(value) if field.type == "choice" else str(value)


def _tags(session: Session, name: str, id: int) -> list[TagRow]:
    query = (
        select(tag.c.id, tag.c.name, tag.c.color)
        .join(record_tag, record_tag.c.tag_id == tag.c.id)
        .where(record_tag.c.kind == name, record_tag.c.record_id == id, tag.c.deleted_at.is_(None))
        .order_by(tag.c.sort_key)
    )
    return [TagRow(r.id, r.name, r.color) for r in session.connection().execute(query)]
