"""Proposals: texts with fields, attachments, and the document that comes of it."""

from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply
from crm_app.core.errors import Invalid, NotFound, Refused
from crm_app.paper import Document, Line, render
from crm_app.quotes.document import quote_document
from crm_app.quotes.queries.page import quote_page
from crm_app.quotes.queries.stored import quote_row
from crm_app.quotes.service import add_text, choose_file, edit_quote, edit_text, make_version, remove_text, texts
from crm_app.quotes.texts import FIELDS, merged, problem_of
from crm_app.records.files.service import attach_file
from crm_app.records.files.store import keep
from tests.quotes.support import line, make_quote, send, stored
from tests.support.builders import make, make_person, make_user


def document(quote_id: int) -> Document:
    return db.read_sync(lambda session: quote_document(session, quote_row(session, SYSTEM, quote_id)))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Dear {{person.name}}, {{ company.name }}", ""),
        ("{{company.iban}} {{__class__}}", "“company.iban”, “__class__”"),
        ("{{company.name", "a brace without its partner"),
        ("{{}}", "“”"),
    ],
)
def test_fields_are_a_closed_list(text: str, named: str) -> None:
    problem = problem_of(text)
    assert bool(problem) == bool(named) and named in problem


def test_a_field_is_put_in_and_nothing_in_it_is_read_again() -> None:
    assert merged("{{company.name}}: {{today}}", {"company.name": "{{owner.name}}", "owner.name": "x"}) == (
        "{{owner.name}}: "
    )
    assert merged(" ".join("{{" + f + "}}" for f in FIELDS), {f: f for f in FIELDS}) == " ".join(FIELDS)


@pytest.mark.usefixtures("database_url")
class TestStored:
    """On real databases."""

    def test_a_text_of_the_library_with_an_unknown_field_is_refused_at_save(self) -> None:
        with pytest.raises(Invalid) as refused:
            make("text_block", name="About", body="{{company.iban}}")
        assert "company.iban" in refused.value.fields["body"]

    def test_texts_are_copied_written_and_removed(self) -> None:
        block = make("text_block", name="About us", body="For {{company.name}}")
        quote = make_quote()
        db.write_sync(add_text, SYSTEM, quote, block)
        db.write_sync(add_text, SYSTEM, quote)
        first, second = db.read_sync(quote_page, SYSTEM, quote).texts
        assert (first.heading.raw, first.body.raw) == ("About us", "For {{company.name}}")
        for field, raw in (("body", "{{nobody}}"), ("heading", "x" * 121), ("quote_id", "1")):
            with pytest.raises(Invalid):
                db.write_sync(edit_text, SYSTEM, quote, second.id, field, raw, 1)
        with pytest.raises(Invalid):
            db.write_sync(edit_quote, SYSTEM, quote, "letter", "Dear {{nobody}}", stored(quote)["version"])
        version = stored(quote)["version"]
        db.write_sync(edit_text, SYSTEM, quote, second.id, "body", "Hers", version)
        with pytest.raises(Refused):
            db.write_sync(edit_text, SYSTEM, quote, second.id, "body", "His", version)
        db.write_sync(remove_text, SYSTEM, quote, second.id)
        assert len(db.read_sync(quote_page, SYSTEM, quote).texts) == 1
        with pytest.raises(NotFound):
            db.write_sync(remove_text, SYSTEM, make_quote(), first.id)
        db.write_sync(lambda s: apply(s, SYSTEM, Change("text_block", block, op="delete")))
        with pytest.raises(NotFound):
            db.write_sync(add_text, SYSTEM, quote, block)

    def test_the_document_says_what_is_stored(self) -> None:
        seller = make_user(name="Noor Khalil")
        person = make_person(first_name="Ada", display_name="Ada Lovelace")
        quote = make_quote(
            owner_id=seller,
            person_id=person,
            customer="Acme",
            address="Main 1\n123 Town",
            currency="EUR",
            language="de",
            title="Roof",
            valid_until=date(2099, 5, 31),
            letter="Dear {{person.first_name}}, {{quote.total}} until {{quote.valid_until}}. {{owner.name}}",
            discount_milli=10_000,
            shipping_minor=500,
            lines=[
                line(100_00, section="Roof", quantity_milli=2500, unit="h", tax_milli=19_000, discount_milli=5_000),
                line(30_00, section="Wall", tax_milli=8_875, optional=True),
                line(20_00, section="Wall", tax_milli=7_000, name="Paint", description="White"),
            ],
        )
        found = document(quote)
        assert (found.kind, found.stamp, found.number) == ("proposal", "Draft", stored(quote)["number"])
        # 237.50 + 20.00 = 257.50, less 25.75: 213.75 at 19 % and 18.00 at 7 %, 5.00 of shipping at 0 %
        assert [(t.kind, t.amount) for t in found.totals] == [
            ("subtotal", 257_50),
            ("discount", -25_75),
            ("shipping", 5_00),
            ("net", 236_75),
            ("tax", 1_26),
            ("tax", 40_61),
            ("total", 278_62),
        ]
        assert [(t.label, t.net, t.tax) for t in found.taxes] == [
            ("0 %", 500, 0),
            ("7 %", 1800, 126),
            ("19 %", 21375, 4061),
        ]
        assert [(s.title, s.subtotal) for s in found.sections] == [("Roof", 237_50), ("Wall", 20_00)]
        assert found.sections[0].lines == (
            Line("Work", 237_50, Decimal("2.5"), "h", 100_00, "5 %", "19 %", position="1"),
        )
        assert [(row.optional, row.detail, row.tax) for row in found.sections[1].lines] == [
            (True, "", "8,875 %"),
            (False, "White", "7 %"),
        ]
        assert found.letter == "Dear Ada, 278,62\u00a0€ until 31. Mai 2099. Noor Khalil"
        assert (found.recipient.name, found.recipient.lines) == ("Acme", ("Main 1", "123 Town"))
        assert render(found).content == render(document(quote)).content

    def test_a_new_version_is_numbered_on_paper_and_a_plain_quote_is_no_proposal(self) -> None:
        quote = make_quote()
        send(quote)
        assert (document(quote).kind, document(quote).stamp) == ("quote", "")
        new = document(db.write_sync(make_version, SYSTEM, quote).id)
        assert [f.value for f in new.facts if f.kind in ("number", "version")] == [stored(quote)["number"], "2"]

    def test_files_of_the_quote_go_with_it_and_no_others(self) -> None:
        quote, other = make_quote(), make_quote()
        kept = keep(BytesIO(b"plan"))
        file, strange = (
            db.write_sync(attach_file, SYSTEM, "quote", owner, f"{owner}.txt", kept).id for owner in (quote, other)
        )
        db.write_sync(choose_file, SYSTEM, quote, file, True)
        assert [(one.name, Path(one.path).read_bytes()) for one in document(quote).attachments] == [
            (f"{quote}.txt", b"plan")
        ]
        with pytest.raises(NotFound):
            db.write_sync(choose_file, SYSTEM, quote, strange, True)
        db.write_sync(choose_file, SYSTEM, quote, file, False)
        assert document(quote).attachments == ()
        send(quote)
        with pytest.raises(Refused):
            db.write_sync(choose_file, SYSTEM, quote, file, True)

    def test_no_more_goes_with_it_than_mail_takes(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(texts, "MOST_BYTES", 1_000_000)
        quote = make_quote()
        files = [
            db.write_sync(attach_file, SYSTEM, "quote", quote, name, keep(BytesIO(name.encode() * 90_000))).id
            for name in ("plan", "terms")
        ]
        db.write_sync(choose_file, SYSTEM, quote, files[0], True)
        db.write_sync(choose_file, SYSTEM, quote, files[0], True)
        assert len(document(quote).attachments) == 1
        db.write_sync(choose_file, SYSTEM, quote, files[1], True)
        large = keep(BytesIO(b"x" * 300_000))
        more = db.write_sync(attach_file, SYSTEM, "quote", quote, "more", large).id
        with pytest.raises(Refused, match="at most 1 MB in all"):
            db.write_sync(choose_file, SYSTEM, quote, more, True)
        assert [one.name for one in document(quote).attachments] == ["plan", "terms"]
