"""One page of a list: three statements whatever its size (custom fields, count, rows), one more for groups."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, null, select, true
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Kind, kind
from crm_app.core.changes.working import table_of
from crm_app.core.columns import probed
from crm_app.core.errors import NotFound
from crm_app.identity.policy import decide, visible
from crm_app.records.listing.cells import Shown, cells_of, choice_label, shown_columns
from crm_app.records.listing.conditions import condition_of, text_condition, value_of
from crm_app.records.listing.fields import ListField, fields_of
from crm_app.records.listing.listing import Listing, default_listing
from crm_app.records.listing.order import Key, Order, group_parts, order_of, read_key, unfolded, write_key
from crm_app.records.listing.rows import GroupHead, ListColumn, ListPage, ListRow, Neighbours, Option
from crm_app.records.listing.rules import Condition, Group, conditions_in

PAGE_SIZE = 50
MOST_GROUPS = 200
Fields = dict[str, ListField]


def list_page(session: Session, actor: Principal, listing: Listing, after: str = "") -> ListPage:
    """The records behind the place `after` (empty: from the start). Raises Invalid for what cannot be asked."""
    known, fields = kind(listing.kind), fields_of(session, actor, listing.kind)
    where = wanted(known, fields, listing, actor)
    count = _count(session, known, where)
    shown = shown_columns(known, fields, listing.columns)
    open_ = and_(where, unfolded(known, fields[listing.group], listing.folds)) if listing.group else where
    found = rows_behind(session, known, fields, listing, open_, shown, after, PAGE_SIZE + 1, actor)
    rows = [list_row(known, shown, row, actor, listing) for row in found[:PAGE_SIZE]]
    groups = [] if not listing.group else _groups(session, known, fields, listing, where, actor)
    return ListPage([_column(s.field, known) for s in shown], rows, count, len(found) > PAGE_SIZE, groups)


def list_count(session: Session, actor: Principal, listing: Listing, action: str = "read") -> int:
    """How many records of this list the actor may see and do `action` on."""
    known, fields = kind(listing.kind), fields_of(session, actor, listing.kind)
    return _count(session, known, wanted(known, fields, listing, actor, action))


def wanted(
    known: Kind, fields: Fields, listing: Listing, actor: Principal, action: str = "read"
) -> ColumnElement[bool]:
    """The living records that the filter lets through and on which the actor may do `action` (and read)."""
    table = table_of(known.table)
    owner = table.c[known.owner] if known.owner else null()
    if known.owner and _of_named_records(fields, listing.filter):
        owner = probed(owner)
        asked = {c.field for c in conditions_in(listing.filter)} & fields.keys()
        fields = {**fields, **{name: replace(fields[name], aside=True) for name in asked}}
    parts = [table.c.deleted_at.is_(None), visible(actor, known.name, owner)]
    parts += [visible(actor, known.name, owner, action)] if action != "read" else []
    parts.append(condition_of(known, fields, listing.filter, actor))
    return and_(*parts, text_condition(known, listing.text) if listing.text else true())


def _of_named_records(fields: Fields, filter: Group) -> bool:
    """Does the filter name records that the list must belong to? Fewer belong to them than to an owner."""
    alone = filter.mode == "all" or len(filter.items) == 1
    named = (fields.get(i.field) for i in filter.items if isinstance(i, Condition) and i.op == "is")
    return alone and any(f and f.ref and f.children is None and kind(f.ref).owner for f in named)


def list_ids(
    session: Session, actor: Principal, listing: Listing, action: str = "read", limit: int | None = None
) -> list[int]:
    """The ids of all records of the list on which the actor may do `action`, in the order of the list."""
    known, fields = kind(listing.kind), fields_of(session, actor, listing.kind)
    order = order_of(known, fields, listing)
    query = _joined(select(table_of(known.table).c.id), known, order)
    query = query.where(wanted(known, fields, listing, actor, action)).order_by(*order.by()).limit(limit)
    return list(session.connection().execute(query).scalars())


def rows_by_id(
    session: Session, actor: Principal, kind_name: str, ids: Iterable[int], columns: tuple[str, ...]
) -> tuple[list[ListColumn], dict[int, ListRow]]:
    """The living records among `ids` that the actor may see, by id, with these columns."""
    return rows_in(session, actor, replace(default_listing(kind_name), columns=columns), ids)


def rows_in(
    session: Session, actor: Principal, listing: Listing, ids: Iterable[int]
) -> tuple[list[ListColumn], dict[int, ListRow]]:
    """The records among `ids` that stand in the list, by id, and its columns."""
    known, fields = kind(listing.kind), fields_of(session, actor, listing.kind)
    chosen = sorted(set(ids))
    where = and_(wanted(known, fields, listing, actor), table_of(known.table).c.id.in_(chosen))
    shown = shown_columns(known, fields, listing.columns)
    found = rows_behind(session, known, fields, listing, where, shown, "", len(chosen)) if chosen else []
    return [_column(s.field, known) for s in shown], {
        row["id"]: list_row(known, shown, row, actor, listing) for row in found
    }


def _count(session: Session, known: Kind, where: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(table_of(known.table)).where(where)
    return int(session.connection().execute(query).scalar_one())


def _joined(query: Any, known: Kind, order: Order, *, inner: bool = False) -> Any:
    """The query with what its order needs; `inner`: only records that have it."""
    query = query.select_from(table_of(known.table))
    for target, on in order.joins:
        query = query.join(target, on, isouter=not inner)
    return query


def rows_behind(
    session: Session,
    known: Kind,
    fields: Fields,
    listing: Listing,
    where: ColumnElement[bool],
    shown: list[Shown],
    after: str,
    limit: int,
    actor: Principal | None = None,
) -> list[Any]:
    """The next rows; by what is kept beside the records first those that have it, in the order of its index.

    With the `actor` these are filtered by what the order has joined; `where` is the filter for anybody.
    """
    order = order_of(known, fields, listing)
    key = read_key(order, after) if after else None
    if order.kept is None:
        return _rows(session, known, order, where, shown, key, limit)
    found: list[Any] = []
    if key is None or key[0] is not None:
        near = where if actor is None else wanted(known, order.at_hand(fields), listing, actor)
        found = _rows(session, known, order.of_kept(), near, shown, key, limit, inner=True)
        key = None
    if len(found) < limit:
        without = and_(where, order.parts[0].expression.is_(None))
        found += _rows(session, known, order, without, shown, key, limit - len(found))
    return found


def _rows(
    session: Session,
    known: Kind,
    order: Order,
    where: ColumnElement[bool],
    shown: list[Shown],
    key: Key | None,
    limit: int,
    *,
    inner: bool = False,
) -> list[Any]:
    """First their ids in order, then the columns of these few."""
    table = table_of(known.table)
    keys = [part.expression.label(f"k{n}") for n, part in enumerate(order.parts)]
    first = _joined(select(table.c.id.label("page_id"), *keys), known, order, inner=inner).where(where)
    if key is not None:
        first = first.where(order.beyond(key))
    page = first.order_by(*order.by()).limit(limit).subquery("page")
    again = Order(tuple(replace(p, expression=page.c[f"k{n}"]) for n, p in enumerate(order.parts)), ())
    owner = table.c[known.owner] if known.owner else literal(None)
    head = (table.c.id, table.c.version, table.c[known.title].label("title"), owner.label("owner"))
    query = select(*head, *page.c, *(c for s in shown for c in s.columns)).select_from(page)
    query = query.join(table, table.c.id == page.c.page_id)
    for one in shown:
        for target, on in one.joins:
            query = query.outerjoin(target, on)
    return list(session.connection().execute(query.order_by(*again.by())).mappings())


def list_row(known: Kind, shown: list[Shown], row: Any, actor: Principal, listing: Listing) -> ListRow:
    """A row as the browser gets it."""
    keys = [row[name] for name in sorted((n for n in row if n[0] == "k" and n[1:].isdigit()), key=lambda n: int(n[1:]))]
    editable = decide(actor, "edit", known.name, row["owner"], record_id=row["id"]).allowed
    return ListRow(
        id=row["id"],
        version=row["version"],
        title=row["title"] or "Untitled",
        href=f"{known.path}/{row['id']}" if known.path else "",
        editable=editable,
        cells=cells_of(shown, row, actor),
        key=write_key(keys),
        group=_group_of(known, keys, listing),
    )


def _group_of(known: Kind, keys: list[Any], listing: Listing) -> str:
    """The value of a row's group, as `GroupHead.value` has it."""
    if not listing.group:
        return ""
    value = keys[len(keys) - 3]  # what stands before the order within the group and the id
    return "" if value is None else str(value)


def _column(field: ListField, known: Kind) -> ListColumn:
    choices = [Option(c, choice_label(field, c)) for c in field.choices]
    return ListColumn(
        field.name, field.label, field.type, field.sortable, field.in_place, field.numeric, choices, field.ref
    )


def _groups(
    session: Session, known: Kind, fields: Fields, listing: Listing, where: ColumnElement[bool], actor: Principal
) -> list[GroupHead]:
    """The groups in the order of the list, each with the number of its records; the first 200."""
    field, joins = fields[listing.group], list[Any]()
    parts = group_parts(known, field, joins)
    order = Order(tuple(parts), tuple(joins))
    label: Any = joins[0][0].c[kind(field.ref).title] if field.ref else value_of(known, field)
    columns = [parts[-1].expression.label("value"), func.min(label).label("words"), func.count().label("n")]
    query = _joined(select(*columns), known, order).where(where)
    query = query.group_by(*(p.expression for p in parts)).order_by(*order.by()).limit(MOST_GROUPS)
    return [
        GroupHead("" if row.value is None else str(row.value), _group_words(field, row.words), row.n)
        for row in session.connection().execute(query)
    ]


def _group_words(field: ListField, value: Any) -> str:
    if value in (None, ""):
        return f"No {field.label.lower()}"
    if field.type == "bool":
        return "Yes" if value else "No"
    return choice_label(field, str(value)) if field.type == "choice" else str(value)


def neighbours(session: Session, actor: Principal, listing: Listing, record_id: int) -> Neighbours:
    """The records before and after this one in the list. Raises NotFound if there is no such one to see."""
    known, fields = kind(listing.kind), fields_of(session, actor, listing.kind)
    table, where, order = table_of(known.table), wanted(known, fields, listing, actor), order_of(known, fields, listing)
    run = session.connection().execute
    count = _count(session, known, where)
    keys = _joined(select(*(p.expression.label(f"k{n}") for n, p in enumerate(order.parts))), known, order)
    owner = table.c[known.owner] if known.owner else null()
    shown = (table.c.deleted_at.is_(None), visible(actor, known.name, owner))
    here = run(keys.where(table.c.id == record_id, *shown)).first()
    if here is None:
        raise NotFound
    key = list(here)
    ids = _joined(select(table.c.id), known, order).where(where)
    inside = run(ids.where(table.c.id == record_id)).first() is not None
    back = Order(tuple(replace(p, descending=not p.descending) for p in order.parts), order.joins)
    before = order.beyond(key, backwards=True)
    earlier = run(_joined(select(func.count()), known, order).where(where, before)).scalar_one()
    previous = run(ids.where(before).order_by(*_nulls_first(back)).limit(1)).scalar()
    following = run(ids.where(order.beyond(key)).order_by(*order.by()).limit(1)).scalar()
    return Neighbours(previous, following, earlier + 1 if inside else 0, count)


def _nulls_first(order: Order) -> list[Any]:
    found: list[Any] = []
    for part in order.parts:
        if part.nullable:
            found.append(part.expression.is_not(None))
        found.append(part.expression.desc() if part.descending else part.expression.asc())
    return found
