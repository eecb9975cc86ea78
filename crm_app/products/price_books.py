"""A price book: its page, and the commands that write it. Commands never commit."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Applied, Change, apply
from crm_app.core.changes.merge import changed_since
from crm_app.core.changes.working import table_of
from crm_app.core.errors import Invalid, NotFound, Refused
from crm_app.core.money import format_exact
from crm_app.core.numbers import amount_text, milli_text, money_of, thousandths
from crm_app.identity.policy import decide, may
from crm_app.products.kind import PRICE_BOOK
from crm_app.records.properties import Property, properties, typed
from crm_app.tables import PriceBook, PriceEntry, Product

book, entry, product = (table_of(m) for m in (PriceBook, PriceEntry, Product))
HEAD = ("name", "currency", "segment", "active")


@dataclass(frozen=True)
class EntryRow:
    """What a product costs from a quantity on, and what is earned; `first` where a product begins."""

    id: int
    product_id: int
    product: str
    first: bool
    from_quantity: Property
    price: Property
    margin: str
    tone: str


@dataclass(frozen=True)
class BookPage:
    """Everything that the page of a price book shows."""

    id: int
    version: int
    title: str
    head: list[Property]
    prices: list[EntryRow]
    editable: bool


def book_page(session: Session, actor: Principal, book_id: int) -> BookPage:
    """Raises NotFound for a book that does not exist or that the actor may not see."""
    row = _book(session, actor, book_id)
    editable = decide(actor, "edit", "price_book").allowed
    sees_cost = decide(actor, "read", "product", None, "cost_minor").allowed
    names = (entry.c.id, entry.c.product_id, entry.c.from_milli, entry.c.unit_price_minor)
    query = (
        select(*names, product.c.name, product.c.cost_minor, product.c.currency)
        .select_from(entry.join(product, product.c.id == entry.c.product_id))
        .where(entry.c.price_book_id == book_id)
        .order_by(product.c.sort_key, product.c.id, entry.c.from_milli, entry.c.id)
    )
    rows, before = [], None
    for found in session.connection().execute(query):
        cost = found.cost_minor if sees_cost and found.currency == row["currency"] else None
        rows.append(_entry(found, row["currency"], actor, cost, found.product_id != before, editable))
        before = found.product_id
    head = properties(session, actor, "price_book", row, HEAD, {})
    return BookPage(book_id, row["version"], row["name"], head, rows, editable)


def _entry(found: Any, currency: str, actor: Principal, cost: int | None, first: bool, editable: bool) -> EntryRow:
    raw, start = amount_text(found.unit_price_minor, currency, actor.locale), milli_text(found.from_milli, actor.locale)
    price = found.unit_price_minor
    shown = format_exact(price, currency, actor.locale)
    margin, tone = "", ""
    if cost is not None and price:
        share = (price - cost) * 1000 // price
        margin, tone = f"{milli_text(share * 100, actor.locale)} %", "r" if share < 0 else ""
    return EntryRow(
        found.id,
        found.product_id,
        found.name,
        first,
        Property(f"entries.{found.id}.from", "From quantity", start, start, "float", editable),
        Property(f"entries.{found.id}.price", "Unit price", shown, raw, "money", editable),
        margin,
        tone,
    )


def add_price(session: Session, actor: Principal, book_id: int, product_id: int) -> Applied:
    """A first price, or a further tier, at what the product costs by the list if that is in the book's currency."""
    row = _book(session, actor, book_id, lock=True)
    found = session.connection().execute(select(product).where(product.c.id == product_id)).first()
    if found is None or found.deleted_at is not None:
        raise NotFound("This product was deleted.")
    rows = [r for r in _entries(session, book_id) if r["product_id"] == product_id]
    start = max((r["from_milli"] for r in rows), default=-1000) + 1000
    usual = found.list_price_minor if found.currency == row["currency"] else None
    price = rows[-1]["unit_price_minor"] if rows else usual or 0
    new = {"product_id": product_id, "from_milli": start, "unit_price_minor": price}
    return _apply(session, actor, book_id, {"entries": [*_entries(session, book_id), new]})


def edit_book(session: Session, actor: Principal, book_id: int, name: str, raw: str, expected: int) -> Applied:
    """A field of the book, or `entries.7.price`. Raises Invalid, Conflict, or Refused if somebody was faster."""
    row = _book(session, actor, book_id, lock=True)
    part, _, rest = name.partition(".")
    if part != "entries":
        if name not in HEAD:
            raise Invalid({name: "This field cannot be edited here."})
        value = typed(PRICE_BOOK.by_name[name], raw, row["currency"], actor)
        return apply(session, actor, Change("price_book", book_id, {name: value}, expected=expected))
    first, _, field = rest.partition(".")
    before = next((r for r in _entries(session, book_id) if str(r["id"]) == first), None)
    if before is None:
        raise NotFound("This price was removed.")
    values = _typed_price(row["currency"], field, raw, actor.locale)
    seen = changed_since(session, "price_book", book_id, expected).get(f"entries.{first}")
    if seen is not None and any(seen.get(n) != before[n] for n in values):
        raise Refused("Somebody changed this while you were writing. Please look again.")
    _no_twin(session, book_id, before | values)
    after = {n: v for n, v in (before | values).items() if n != "id"}
    return _apply(session, actor, book_id, {f"entries.{first}": after})


def _typed_price(currency: str, field: str, raw: str, locale: str) -> dict[str, int]:
    try:
        if field == "from":
            value, label = {"from_milli": thousandths(raw, "The quantity", locale)}, "The quantity"
        elif field == "price":
            value, label = {"unit_price_minor": money_of(raw, currency, "The price", locale)}, "The price"
        else:
            raise Invalid({field: "This field cannot be edited here."})
    except ValueError as error:
        raise Invalid({field: str(error)}) from None
    if min(value.values()) < 0:
        raise Invalid({field: f"{label} must not be negative."})
    return value


def _no_twin(session: Session, book_id: int, row: dict[str, Any]) -> None:
    for other in _entries(session, book_id):
        same = all(other[n] == row[n] for n in ("product_id", "from_milli"))
        if same and other["id"] != row["id"]:
            raise Invalid({"from": "There is a price from this quantity already."})


def remove_price(session: Session, actor: Principal, book_id: int, entry_id: int) -> Applied:
    """Raises NotFound for a price of another book."""
    _book(session, actor, book_id, lock=True)
    if entry_id not in {r["id"] for r in _entries(session, book_id)}:
        raise NotFound("This price was removed.")
    return _apply(session, actor, book_id, {f"entries.{entry_id}": None})


def _book(session: Session, actor: Principal, book_id: int, *, lock: bool = False) -> dict[str, Any]:
    query = select(book).where(book.c.id == book_id, book.c.deleted_at.is_(None))
    query = query.with_for_update() if lock else query
    row = session.connection().execute(query).mappings().first() if may(actor, "price_book.read") else None
    if row is None:
        raise NotFound("This price book does not exist or was deleted.")
    return dict(row)


def _entries(session: Session, book_id: int) -> list[dict[str, Any]]:
    query = select(entry).where(entry.c.price_book_id == book_id).order_by(entry.c.position, entry.c.id)
    names = ("id", "product_id", "from_milli", "unit_price_minor", "position")
    return [{n: r[n] for n in names} for r in session.connection().execute(query).mappings()]


def _apply(session: Session, actor: Principal, book_id: int, values: dict[str, Any]) -> Applied:
    return apply(session, actor, Change("price_book", book_id, values))
