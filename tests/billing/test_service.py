"""From the accepted quote to the money: orders, invoices, payments, credit notes, on both databases."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from crm_app import migrations
from crm_app.billing import service
from crm_app.billing.documents import invoice_document
from crm_app.billing.panels import invoices_of_company
from crm_app.billing.queries.pages import invoice_page, order_page
from crm_app.billing.queries.stored import invoice_lines, invoices_of, order_lines, order_parts, payments
from crm_app.billing.rules import OVERDUE, Part
from crm_app.core import db
from crm_app.core.actor import SYSTEM, Principal
from crm_app.core.changes import Change, apply, undo
from crm_app.core.changes.log import ChangeLog
from crm_app.core.changes.replay import differences
from crm_app.core.changes.working import table_of
from crm_app.core.errors import Forbidden, Invalid, KithError, NotFound, Refused
from crm_app.quotes.queries.stored import organisation_today
from crm_app.records.files.store import path_of
from crm_app.records.listing import default_listing, list_page
from crm_app.records.listing.rules import parse_filter
from crm_app.tables import File, Invoice, Order, Quote
from tests.billing.builders import accepted_quote, make_invoice, make_order, make_quote, sent_quote
from tests.support.builders import make_company, make_user, principal, row

TOTAL = 411_916  # by hand: 2,940.00 + 499.00 and 19 % (653.41), 25.00 and 7 % (1.75)


def do(command: Callable[..., Any], *args: Any, actor: Principal = SYSTEM, **more: Any) -> Any:
    return db.write_sync(command, actor, *args, **more)


def invoice(id: int) -> dict[str, Any]:
    return row(Invoice, id)


def test_an_accepted_quote_becomes_one_order(database_url: str) -> None:
    quote = accepted_quote(notes="By the end of May")
    order = do(service.order_from_quote, quote)
    assert do(service.order_from_quote, quote) == order
    there, source = row(Order, order), row(Quote, quote)
    assert there["total_minor"] == TOTAL == source["total_minor"]
    assert (there["customer"], there["notes"], there["state"]) == ("Cancity", "By the end of May", "open")
    assert there["number"] == f"ORD-{organisation_today().year}-0001"
    lines = db.read_sync(order_lines, order)
    assert [line["name"] for line in lines] == ["Installation", "Licence", "Handbook"]
    assert sum(line["net_minor"] + line["tax_minor"] for line in lines) == TOTAL
    assert path_of(row(File, there["file_id"])["sha256"]).read_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize("state", ["draft", "sent"])
def test_only_an_accepted_quote_is_ordered(database_url: str, state: str) -> None:
    quote = make_quote() if state == "draft" else sent_quote()[0]
    with pytest.raises(Refused, match="accepted"):
        do(service.order_from_quote, quote)


def test_a_deposit_the_rest_and_its_payment(database_url: str) -> None:
    order = make_order()
    deposit = do(service.draft_share, order, 30_000)
    assert invoice(deposit)["number"] == "Draft"
    assert invoice(deposit)["total_minor"] == 123_575  # 30 % of 4,119.16, half up
    number = do(service.issue_invoice, deposit)
    rest = make_invoice(order)
    assert invoice(rest)["total_minor"] == TOTAL - 123_575
    assert (number, invoice(rest)["number"]) == tuple(f"INV-{organisation_today().year}-000{n}" for n in (1, 2))
    assert row(Order, order)["state"] == "invoiced"
    with pytest.raises(Refused, match="Everything"):
        do(service.draft_rest, order)
    for one in (deposit, rest):
        do(service.record_payment, one, invoice(one)["open_minor"], organisation_today())
    assert row(Order, order) | {"state": "paid", "paid_minor": TOTAL} == row(Order, order)
    assert db.read_sync(differences) == [] and migrations.problems() == []


def test_a_schedule_is_invoiced_part_by_part(database_url: str) -> None:
    order = make_order()
    parts = [Part("On order", 30_000, 7), Part("On delivery", 40_000), Part("After the test", 30_000, 30)]
    with pytest.raises(Invalid, match="10 % are missing"):
        do(service.set_schedule, order, [*parts[:2], Part("Rest", 20_000)])
    do(service.set_schedule, order, parts)
    made = [do(service.draft_instalment, order) for _ in parts]
    for one in made:
        do(service.issue_invoice, one)
    assert [invoice(i)["total_minor"] for i in made] == [123_575, 164_766, 123_575]
    assert [(invoice(i)["due_on"] - organisation_today()).days for i in made] == [7, 14, 30]
    assert sum(invoice(i)["total_minor"] for i in made) == TOTAL
    assert [p["id"] for p in db.read_sync(order_parts, order)] == [invoice(i)["part_id"] for i in made]
    with pytest.raises(Refused, match="Every"):
        do(service.draft_instalment, order)
    with pytest.raises(Refused, match="invoiced already"):
        do(service.set_schedule, order, parts)


def test_quantities_are_invoiced_until_nothing_is_left(database_url: str) -> None:
    order = make_order()
    first, second, _ = [line["id"] for line in db.read_sync(order_lines, order)]
    part = do(service.draft_part, order, {first: 1_000, second: 4_000})
    assert invoice(part)["net_minor"] == 98_000 + 4 * 4_990
    with pytest.raises(Invalid) as refusal:
        do(service.draft_part, order, {first: 2_500, second: 6_000})
    assert refusal.value.fields == {str(first): "Only 2 left."}
    do(service.issue_invoice, part)
    rest = make_invoice(order)
    assert {line["name"]: line["quantity_milli"] for line in db.read_sync(invoice_lines, rest)} == {
        "Installation": 2_000,
        "Licence": 6_000,
        "Handbook": 1_000,
    }
    assert row(Order, order)["invoiced_minor"] == TOTAL


SEALED = [
    {"total_minor": 1},
    {"lines": []},
    {"customer": "Somebody"},
    {"number": "INV-1"},
    {"due_on": date(2030, 1, 1)},
]


@pytest.mark.parametrize("source", ["form", "import", "bulk", "history", "demo", "undo", "billing"])
def test_what_is_issued_stays_whichever_way_it_is_asked(database_url: str, source: str) -> None:
    order = make_order()
    issued = make_invoice(order)
    before = (invoice(issued), row(Order, order), db.read_sync(invoice_lines, issued))
    wishes = [Change("invoice", issued, wish) for wish in SEALED] + [Change("invoice", issued, op="delete")]
    wishes += [Change("order", order, wish) for wish in SEALED[:4]] + [Change("order", order, op="delete")]
    for wish in wishes:
        with pytest.raises(Refused, match=r"stays as it|used elsewhere"):
            db.write_sync(lambda s, wish=wish: apply(s, SYSTEM, wish, source=source))
    if source != "billing":
        paid = Change("invoice", issued, {"paid_minor": TOTAL, "open_minor": 0, "state": "paid"})
        with pytest.raises(Refused):
            db.write_sync(lambda s: apply(s, SYSTEM, paid, source=source))
        for kind in ("invoice", "order") if source != "undo" else ():  # an undo creates nothing
            with pytest.raises(Refused, match="made from"):
                new = Change(kind, set={"order_id": order} if kind == "invoice" else {}, op="create")
                db.write_sync(lambda s, new=new: apply(s, SYSTEM, new, source=source))
    assert (invoice(issued), row(Order, order), db.read_sync(invoice_lines, issued)) == before


def test_an_owner_still_changes_and_an_undo_leaves_documents_alone(database_url: str) -> None:
    order, user = make_order(), make_user()
    issued = make_invoice(order)
    change = Change("invoice", issued, {"owner_id": user})
    assert db.write_sync(lambda s: apply(s, SYSTEM, change)).diff
    log = table_of(ChangeLog)
    issuing = (log.c.kind == "invoice", log.c.record_id == issued, log.c.version == 2)
    with db.reading() as session:
        batch = session.connection().execute(select(log.c.batch_id).where(*issuing)).scalar_one()
    with pytest.raises(Refused, match="stays as it is"):
        db.write_sync(undo, SYSTEM, batch)
    assert invoice(issued)["state"] == "issued"


def test_a_draft_is_edited_and_deleted_but_its_lines_are_those_of_the_order(database_url: str) -> None:
    order = make_order()
    draft = do(service.draft_rest, order)
    later = organisation_today() + timedelta(days=40)
    db.write_sync(lambda s: apply(s, SYSTEM, Change("invoice", draft, {"due_on": later, "notes": "Thank you"})))
    with pytest.raises(Refused, match="lines of an invoice"):
        db.write_sync(lambda s: apply(s, SYSTEM, Change("invoice", draft, {"lines": []})))
    db.write_sync(lambda s: apply(s, SYSTEM, Change("invoice", draft, op="delete")))
    again = do(service.draft_rest, order)
    done = do(service.issue_invoice, again)
    assert done.endswith("-0001"), "a draft takes no number"
    db.write_sync(lambda s: apply(s, SYSTEM, Change("invoice", draft, op="restore")))
    with pytest.raises(Refused, match="taken"):
        do(service.issue_invoice, draft)


def test_issuing_twice_gives_one_number(database_url: str) -> None:
    draft = do(service.draft_rest, make_order())
    number = do(service.issue_invoice, draft)
    with pytest.raises(Refused, match=f"already, as {number}"):
        do(service.issue_invoice, draft)


def test_a_due_date_in_the_past_is_not_issued(database_url: str) -> None:
    draft = do(service.draft_rest, make_order())
    past = Change("invoice", draft, {"due_on": organisation_today() - timedelta(days=1)})
    db.write_sync(lambda s: apply(s, SYSTEM, past))
    with pytest.raises(Invalid, match="passed"):
        do(service.issue_invoice, draft)
    db.write_sync(lambda s: apply(s, SYSTEM, Change("invoice", draft, {"due_on": None})))
    assert do(service.issue_invoice, draft).endswith("-0001"), "the refused one left no gap"


def test_payments_come_in_parts_and_are_taken_back(database_url: str) -> None:
    issued, today = make_invoice(make_order()), organisation_today()
    do(service.record_payment, issued, 100_000, today, reference="Bank 17")
    assert (invoice(issued)["state"], invoice(issued)["open_minor"]) == ("partly paid", TOTAL - 100_000)
    with pytest.raises(Invalid) as refusal:
        do(service.record_payment, issued, TOTAL, today + timedelta(days=1))
    assert set(refusal.value.fields) == {"amount", "paid_on"}
    do(service.record_payment, issued, TOTAL - 100_000, today)
    assert invoice(issued)["state"] == "paid"
    first = db.read_sync(payments, issued)[0]
    removed = do(service.remove_payment, issued, first["id"]).batch_id
    assert (invoice(issued)["state"], invoice(issued)["open_minor"]) == ("partly paid", 100_000)
    with pytest.raises(NotFound):
        do(service.remove_payment, issued, first["id"])
    do(service.record_payment, issued, 1, today)
    with pytest.raises(Refused, match="more than is open"):
        do(service.put_back, removed)
    do(service.remove_payment, issued, db.read_sync(payments, issued)[-1]["id"])
    assert db.read_sync(service.removed_in, removed) == issued
    do(service.put_back, removed)
    assert (invoice(issued)["state"], invoice(issued)["open_minor"]) == ("paid", 0)
    assert [(p["amount_minor"], p["reference"], p["paid_on"]) for p in db.read_sync(payments, issued)] == [
        (TOTAL - 100_000, "", today),
        (100_000, "Bank 17", today),
    ]
    with pytest.raises(Refused, match="back already"):
        do(service.put_back, removed)


def test_a_second_click_records_no_second_payment(database_url: str) -> None:
    issued = make_invoice(make_order())
    seen = invoice(issued)["version"]
    do(service.record_payment, issued, 1_000, organisation_today(), expected=seen)
    with pytest.raises(Refused, match="just recorded"):
        do(service.record_payment, issued, 1_000, organisation_today(), expected=seen)
    assert invoice(issued)["paid_minor"] == 1_000


def test_cancelling_makes_a_credit_note_and_frees_the_order(database_url: str) -> None:
    order = make_order()
    issued = make_invoice(order)
    do(service.record_payment, issued, 5_000, organisation_today())
    note = do(service.cancel_invoice, issued, "Wrong address")
    assert (invoice(note)["series"], invoice(note)["corrects_id"]) == ("credit note", issued)
    assert invoice(note)["total_minor"] == TOTAL and invoice(note)["number"].startswith("CN-")
    assert (invoice(issued)["state"], invoice(issued)["open_minor"]) == ("cancelled", -5_000)
    assert row(Order, order)["invoiced_minor"] == 0
    with pytest.raises(Refused, match="already"):
        do(service.cancel_invoice, issued, "Again")
    do(service.record_payment, issued, -5_000, organisation_today())
    assert invoice(issued)["open_minor"] == 0 and invoice(issued)["state"] == "cancelled"
    assert invoice(make_invoice(order))["total_minor"] == TOTAL


def test_a_credit_lowers_what_is_open_and_never_more(database_url: str) -> None:
    order = make_order()
    issued = make_invoice(order)
    for reason, amount in (("", 100), ("Late", 0), ("Late", TOTAL + 1)):
        with pytest.raises(Invalid):
            do(service.credit_invoice, issued, amount, reason)
    do(service.credit_invoice, issued, 11_916, "Late by a week")
    assert (invoice(issued)["open_minor"], invoice(issued)["state"]) == (400_000, "partly paid")
    do(service.record_payment, issued, 400_000, organisation_today())
    assert invoice(issued)["state"] == "paid" and row(Order, order)["state"] == "paid"
    do(service.cancel_invoice, issued, "All of it")
    notes = [i for i in db.read_sync(invoices_of, order) if i["series"] == "credit note"]
    assert sum(note["total_minor"] for note in notes) == TOTAL
    for note in notes:
        for command, more in ((service.cancel_invoice, ("No",)), (service.record_payment, (1, organisation_today()))):
            with pytest.raises(Refused):
                do(command, note["id"], *more)


def test_a_deposit_that_was_taken_off_is_not_cancelled_first(database_url: str) -> None:
    order = make_order()
    deposit = do(service.draft_share, order, 30_000)
    do(service.issue_invoice, deposit)
    rest = make_invoice(order)
    with pytest.raises(Refused) as refusal:
        do(service.cancel_invoice, deposit, "No deposit")
    assert refusal.value.items == [invoice(rest)["number"]]
    do(service.cancel_invoice, rest, "Anew")
    do(service.cancel_invoice, deposit, "No deposit")
    assert row(Order, order)["invoiced_minor"] == 0


def test_an_order_is_cancelled_when_no_invoice_stands(database_url: str) -> None:
    order = make_order()
    issued = make_invoice(order)
    with pytest.raises(Refused) as refusal:
        do(service.cancel_order, order)
    assert refusal.value.items == [invoice(issued)["number"]]
    do(service.cancel_invoice, issued, "Given up")
    do(service.cancel_order, order)
    assert row(Order, order)["state"] == "cancelled"
    for command in (service.draft_rest, service.draft_instalment, service.cancel_order):
        with pytest.raises(Refused, match="cancelled"):
            do(command, order)
    quote = row(Order, order)["quote_id"]
    assert do(service.order_from_quote, quote) != order, "the quote can be ordered anew"


def test_nobody_touches_the_documents_of_others(database_url: str) -> None:
    owner, other = make_user(), make_user()
    order = make_order(owner)
    draft = do(service.draft_rest, order)
    stranger, reader = principal(other), principal(other, "read-only")
    for who, error in ((stranger, NotFound), (reader, Forbidden)):
        attempts: list[tuple[Callable[..., Any], tuple[Any, ...]]] = [
            (service.draft_share, (order, 10_000)),
            (service.set_schedule, (order, [Part("All", 100_000)])),
            (service.cancel_order, (order,)),
            (service.issue_invoice, (draft,)),
            (service.order_from_quote, (row(Order, order)["quote_id"],)),
        ]
        for command, args in attempts:
            with pytest.raises(KithError) as refusal:
                do(command, *args, actor=who)
            if command is service.set_schedule:
                assert isinstance(refusal.value, error)
    assert do(service.issue_invoice, draft, actor=principal(owner)).endswith("-0001")


def test_a_company_with_documents_is_not_deleted(database_url: str) -> None:
    company = make_company(name="Cancity")
    order = make_order(company_id=company)
    with pytest.raises(Refused) as refusal:
        db.write_sync(lambda s: apply(s, SYSTEM, Change("company", company, op="delete")))
    assert f"Order: {row(Order, order)['number']}" in refusal.value.items


def test_the_list_of_overdue_invoices_is_what_is_overdue(database_url: str) -> None:
    late, today = organisation_today() - timedelta(days=1), organisation_today()
    made = {name: make_invoice(make_order()) for name in ("late", "due today", "paid", "cancelled", "part")}
    do(service.record_payment, made["paid"], TOTAL, today)
    do(service.record_payment, made["part"], 1, today)
    do(service.cancel_invoice, made["cancelled"], "Wrong")
    draft = do(service.draft_rest, make_order())
    table = table_of(Invoice)
    with db.writing() as session:
        session.connection().execute(update(table).where(table.c.state != "draft").values(due_on=late))
        session.connection().execute(update(table).where(table.c.id == made["due today"]).values(due_on=today))
        session.connection().execute(update(table).where(table.c.id == draft).values(due_on=late))
    listing = replace(default_listing("invoice"), filter=parse_filter(OVERDUE))
    shown = {row.id for row in db.read_sync(list_page, SYSTEM, listing).rows}
    assert shown == {made["late"], made["part"]}
    pages = {id: db.read_sync(invoice_page, SYSTEM, id).state for id in [*made.values(), draft]}
    assert {id for id, state in pages.items() if state == "Overdue"} == shown


def test_the_pages_say_what_can_be_done(database_url: str) -> None:
    owner, reader = make_user(), make_user()
    order = make_order(owner)
    seller, other = principal(owner), principal(reader, "read-only")
    do(service.set_schedule, order, [Part("Now", 40_000), Part("Later", 60_000)])
    page = db.read_sync(order_page, seller, order)
    assert (page.has_next, page.next_label, page.may_cancel) == (True, "Invoice “Now”", True)
    assert [part.amount for part in page.parts] == ["$1,647.66", "$2,471.50"]
    assert [line.left for line in page.lines] == ["3 left", "10 left", "1 left"]
    issued = do(service.draft_instalment, order)
    sums = [("Invoiced", "$0.00"), ("Paid", "$0.00"), ("In drafts", "$1,647.66"), ("Left to invoice", "$2,471.50")]
    assert [(s.label, s.amount) for s in db.read_sync(order_page, seller, order).money] == sums
    do(service.issue_invoice, issued)
    page = db.read_sync(order_page, seller, order)
    assert (page.next_label, page.may_schedule, page.may_cancel) == ("Invoice “Later”", False, False)
    assert (page.left, page.invoices[0].state) == ("$2,471.50", "Issued")
    shown = db.read_sync(invoice_page, seller, issued)
    assert (shown.may_pay, shown.may_credit, shown.may_refund, shown.raw["open"]) == (True, True, False, "1647.66")
    assert shown.paper and [s.amount for s in shown.sums][-1] == "$1,647.66"
    seen = db.read_sync(order_page, other, order), db.read_sync(invoice_page, other, issued)
    assert not (seen[0].may_invoice or seen[0].may_cancel or seen[1].may_pay or seen[1].may_credit)
    with pytest.raises(NotFound):
        db.read_sync(order_page, principal(make_user()), order)


def test_the_paper_of_an_invoice_says_what_the_rows_say(database_url: str) -> None:
    order = make_order(discount_milli=5_000, shipping_minor=9_900, shipping_tax_milli=19_000)
    issued = make_invoice(order)
    paper = db.read_sync(lambda s: invoice_document(s, invoice(issued), invoice_lines(s, issued)))
    totals = {total.kind: total.amount for total in paper.totals}
    assert totals["subtotal"] + totals["discount"] + totals["shipping"] == totals["net"]
    assert totals["net"] + totals["tax"] == totals["total"] == invoice(issued)["total_minor"]
    assert sum(tax.net for tax in paper.taxes) == totals["net"] and sum(t.tax for t in paper.taxes) == totals["tax"]
    assert [f.kind for f in paper.facts] == ["number", "date", "due", "order"]
    note = do(service.cancel_invoice, issued, "Wrong address")
    credit = db.read_sync(lambda s: invoice_document(s, invoice(note), invoice_lines(s, note)))
    assert credit.kind == "credit_note" and {f.kind: f.value for f in credit.facts}["invoice"] == paper.number


def test_a_company_shows_what_it_owes(database_url: str) -> None:
    company = make_company(name="Cancity")
    assert db.read_sync(invoices_of_company, SYSTEM, company) is None
    paid, owed = (make_invoice(make_order(company_id=company)) for _ in range(2))
    do(service.record_payment, paid, TOTAL, organisation_today())
    do(service.draft_rest, make_order(company_id=company))
    panel = db.read_sync(invoices_of_company, SYSTEM, company)
    assert panel is not None and panel.note == "$4,119.16 · open"
    assert [row.id for row in panel.rows] == [owed, paid]
    assert db.read_sync(invoices_of_company, principal(make_user()), company) is None
