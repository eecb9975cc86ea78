"""A quote or a proposal as paper: everything that stands on it, from what is stored."""

from decimal import Decimal
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import SYSTEM
from crm_app.core.changes.working import table_of
from crm_app.core.config import settings
from crm_app.core.money import format_exact
from crm_app.core.numbers import amount_text, formats_of, milli_text
from crm_app.organisation.queries import letterhead
from crm_app.paper import Attachment, Chapter, Document, Fact, Line, Paper, Party, Section, Tax, Total, render
from crm_app.quotes.queries.stored import house_of, line_rows, organisation_today, quote_row, totals_in
from crm_app.quotes.rules import Totals
from crm_app.quotes.texts import merged
from crm_app.records.files.store import path_of
from crm_app.tables import File, Person, QuoteAttachment, QuoteText, User

person, user, text, attachment, file = (table_of(m) for m in (Person, User, QuoteText, QuoteAttachment, File))
Row = dict[str, Any]


def quote_paper(session: Session, quote_id: int) -> Paper:
    """The PDF of a quote; whoever calls this has checked that the reader may see it. Raises NotFound."""
    return render(quote_document(session, quote_row(session, SYSTEM, quote_id)))


def quote_document(session: Session, row: Row) -> Document:
    """With a letter or texts it is a proposal. A draft says so beside the title."""
    rows = line_rows(session, row["id"])
    totals = totals_in(row, rows)[0]
    house = house_of(session)
    values = _fields(session, row, totals, house.name)
    chapters = _chapters(session, row["id"], values)
    letter = merged(row["letter"], values)
    contact, language = values["person.name"], row["language"] or house.language
    return Document(
        kind="proposal" if letter or chapters else "quote",
        number=row["number"],
        issued_on=_issued(row),
        currency=row["currency"],
        letterhead=letterhead(house),
        recipient=Party(row["customer"], tuple(line for line in row["address"].splitlines() if line.strip())),
        sections=tuple(_sections(row, rows, totals, language)),
        totals=tuple(_totals(row, totals, language)),
        taxes=tuple(Tax(_rate(t.rate_milli, language), t.net_minor, t.tax_minor) for t in totals.taxes),
        facts=tuple(_facts(row, contact)),
        language=language,
        subject=row["title"],
        terms=row["terms"],
        notes=row["notes"],
        letter=letter,
        chapters=chapters,
        attachments=_attached(session, row["id"]),
        prices_include_tax=row["price_mode"] == "inclusive",
        stamp="Draft" if row["state"] == "draft" else "",
    )


def _rate(milli: int, language: str) -> str:
    return f"{milli_text(milli, language)} %"


def _issued(row: Row) -> Any:
    sent = row["sent_at"]
    return sent.astimezone(ZoneInfo(settings().zone)).date() if sent else organisation_today()


def _facts(row: Row, contact: str) -> list[Fact]:
    found = [Fact("number", row["base_number"])]
    if row["revision"] > 1:
        found.append(Fact("version", str(row["revision"])))
    found.append(Fact("date", _issued(row)))
    if row["valid_until"]:
        found.append(Fact("valid_until", row["valid_until"]))
    return [*found, Fact("contact", contact)] if contact else found


def _sections(row: Row, rows: list[Row], totals: Totals, language: str) -> list[Section]:
    """Lines that follow each other under one heading; with more than one heading each says what it comes to."""
    places = dict(zip((r["id"] for r in rows), enumerate(totals.lines, 1), strict=True))
    groups = [(name, list(found)) for name, found in groupby(rows, key=lambda r: r["section"])]
    sections = []
    for name, found in groups:
        lines = tuple(_line(row["currency"], language, r, *places[r["id"]]) for r in found)
        counted = sum(places[r["id"]][1] for r in found if r["ticked"] or not r["optional"])
        sections.append(Section(lines, name, counted or None if len(groups) > 1 and name else None))
    return sections


def _line(currency: str, language: str, row: Row, place: int, amount: int) -> Line:
    discount = _rate(row["discount_milli"], language) if row["discount_milli"] else ""
    if row["discount_minor"]:
        discount = amount_text(row["discount_minor"], currency, language)
    return Line(
        row["name"],
        amount,
        Decimal(row["quantity_milli"]).scaleb(-3).normalize(),
        row["unit"],
        row["unit_price_minor"],
        discount,
        _rate(row["tax_milli"], language),
        row["description"],
        row["optional"] and not row["ticked"],
        str(place),
    )


def _totals(row: Row, totals: Totals, language: str) -> list[Total]:
    rows = []
    if totals.discount_minor or totals.shipping_minor:
        rows.append(Total("subtotal", totals.subtotal_minor))
    if totals.discount_minor:
        note = _rate(row["discount_milli"], language) if row["discount_milli"] else ""
        rows.append(Total("discount", -totals.discount_minor, note))
    if totals.shipping_minor:
        rows.append(Total("shipping", totals.shipping_minor))
    if totals.tax_minor:
        rows.append(Total("net", totals.net_minor))
    rows += [Total("tax", t.tax_minor, _rate(t.rate_milli, language)) for t in totals.taxes if t.tax_minor]
    return [*rows, Total("total", totals.total_minor)]


def _chapters(session: Session, quote_id: int, values: dict[str, str]) -> tuple[Chapter, ...]:
    query = select(text.c.heading, text.c.body).where(text.c.quote_id == quote_id)
    found = session.connection().execute(query.order_by(text.c.position, text.c.id))
    return tuple(Chapter(merged(r.heading, values), merged(r.body, values)) for r in found if r.heading or r.body)


def _attached(session: Session, quote_id: int) -> tuple[Attachment, ...]:
    joined = attachment.join(file, file.c.id == attachment.c.file_id)
    query = select(file.c.name, file.c.sha256, file.c.media_type).select_from(joined)
    found = query.where(attachment.c.quote_id == quote_id).order_by(attachment.c.position, attachment.c.id)
    rows = session.connection().execute(found)
    return tuple(Attachment(r.name, str(path_of(r.sha256)), r.media_type) for r in rows)


def _fields(session: Session, row: Row, totals: Totals, house: str) -> dict[str, str]:
    """What the fields of a text stand for, in the language of the quote."""
    run, language = session.connection().execute, row["language"] or "en"
    names = run(select(person.c.display_name, person.c.first_name).where(person.c.id == row["person_id"])).first()
    owner = run(select(user.c.name).where(user.c.id == row["owner_id"])).scalar() or ""
    until = row["valid_until"]
    return {
        "company.name": row["customer"],
        "person.name": names.display_name if names else "",
        "person.first_name": names.first_name if names else "",
        "quote.number": row["number"],
        "quote.title": row["title"],
        "quote.total": format_exact(totals.total_minor, row["currency"], language),
        "quote.valid_until": format_date(until, "long", locale=formats_of(language)) if until else "",
        "owner.name": owner,
        "organisation.name": house or settings().base_url,
        "today": format_date(_issued(row), "long", locale=formats_of(language)),
    }
