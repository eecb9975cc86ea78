"""The papers of the demo: their dates agree, no deal moves, and all of them go without a trace in the real numbers."""

from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import Session

from crm_app.billing.service import issue_invoice
from crm_app.core import db
from crm_app.core.actor import SYSTEM, Principal
from crm_app.core.changes import Change, apply
from crm_app.core.changes.replay import differences
from crm_app.core.changes.working import table_of
from crm_app.core.clock import now, today
from crm_app.core.errors import Refused
from crm_app.core.pretence import DEMO, pretended, pretending
from crm_app.demo.logins import ACCOUNTS
from crm_app.demo.marks import mark_seeded
from crm_app.demo.papers import SELLER, seed_papers
from crm_app.demo.removal import remove_demo, start_removal
from crm_app.records.bulk import list_refusals, run_bulk, start_undo
from crm_app.records.bulk.running import carry_on
from crm_app.records.editing import delete_record
from crm_app.tables import Deal, File, Invoice, Order, Payment, PriceBook, PriceEntry, Quote
from tests.demo.test_removal import living, of_demo, rows
from tests.support.builders import STAGES, make, make_user, principal

WON_DAYS_AGO = (50, 44, 30, 10, 4)
SEED = 7


@pytest.fixture
def demo(database_url: str) -> dict[str, int]:
    """Five deals that were won, eight that are open, and whoever is named in a paper."""
    day = today("UTC")
    team = of_demo("team", name="Demo team")
    seller = of_demo("user", name=SELLER, role="sales", status="listed", email="s@kith.example", team_id=team)
    other = of_demo("user", name="Other", role="sales", status="listed", email="o@kith.example", team_id=team)
    pipeline = of_demo("pipeline", name="Demo pipeline")
    stages = {
        name: of_demo("stage", pipeline_id=pipeline, name=name, kind=kind, probability=chance, position=n)
        for n, (name, kind, chance) in enumerate(STAGES)
    }
    product = of_demo("product", name="Pump", list_price_minor=200_000)
    company = of_demo("company", name="Acme", kind="customer")
    person = of_demo("person", last_name="Lind", display_name="Ada Lind", company_id=company)
    base = {"pipeline_id": pipeline, "company_id": company, "person_id": person, "opened_on": day - timedelta(days=90)}
    for n, ago in enumerate(WON_DAYS_AGO):
        closed = {"stage_id": stages["Won"], "closed_on": day - timedelta(days=ago), "value_minor": 190_000 + n}
        _deal(base | closed | {"owner_id": seller}, f"W{n}", product)
    for n in range(8):
        _deal(base | {"stage_id": stages["Engaging"], "owner_id": (seller, other)[n % 2]}, f"O{n}", product)
    return {"company": company, "product": product, "seller": seller}


def _deal(values: dict[str, Any], name: str, product: int) -> None:
    line = {"product_id": product, "quantity": 1}
    of_demo("deal", title=f"Deal {name}", external_id=name, **{"value_minor": 200_000} | values, lines=[line])


def _seed(day: date | None = None) -> int:
    return seed_papers(Random(SEED), day or today("UTC"))


def _all(model: Any, *wanted: Any) -> list[Any]:
    table = table_of(model)
    return db.read_sync(lambda s: list(s.connection().execute(select(table).where(*wanted).order_by(table.c.id))))


def _deals(session: Session) -> list[Any]:
    return list(session.connection().execute(select(table_of(Deal)).order_by(table_of(Deal).c.id)))


def test_every_state_is_there_and_no_deal_has_moved(demo: dict[str, int]) -> None:
    before = db.read_sync(_deals)
    assert _seed() == 13
    assert db.read_sync(_deals) == before
    quotes = _all(Quote)
    states = sorted((q.state, q.approval) for q in quotes)
    assert states == [
        *[("accepted", "")] * 5,
        ("declined", ""),
        ("draft", ""),
        ("draft", ""),
        ("draft", "asked"),
        ("expired", ""),
        ("sent", ""),
        ("sent", ""),
        ("viewed", ""),
    ]
    assert sorted(o.state for o in _all(Order)) == ["invoiced"] * 3 + ["open", "paid"]
    assert sorted(i.state for i in _all(Invoice)) == ["draft", "issued", "issued", "paid", "paid", "partly paid"]
    late = [i for i in _all(Invoice) if i.state == "issued" and i.due_on < today("UTC")]
    assert len(late) == 1 and late[0].open_minor == late[0].total_minor > 0
    assert len(_all(PriceBook)) == 1 and len(_all(PriceEntry)) == 3
    assert db.read_sync(differences) == []
    assert _seed() == 0 and len(_all(Quote)) == 13


def test_dates_agree_and_lie_before_today(demo: dict[str, int]) -> None:
    _seed()
    day = today("UTC")
    closed = {d.id: d.closed_on for d in db.read_sync(_deals)}
    quotes, invoices = {q.id: q for q in _all(Quote)}, {i.id: i for i in _all(Invoice)}
    for q in quotes.values():
        steps = [q.created_at, q.sent_at, q.viewed_at, q.accepted_at or q.declined_at]
        there = [at for at in steps if at]
        assert there == sorted(there) and there[-1].date() < day, q.number
        assert q.state not in ("sent", "viewed") or q.valid_until > day
        assert q.state != "expired" or q.valid_until < day
        assert q.state != "accepted" or (q.accepted_at.date() == closed[q.deal_id] and q.accepted_file_id)
    for o in _all(Order):
        assert o.ordered_on == closed[o.deal_id] and o.total_minor == quotes[o.quote_id].accepted_total_minor
        issued = [i for i in invoices.values() if i.order_id == o.id and i.issued_on]
        assert all(o.ordered_on < i.issued_on < day and i.issued_on < i.due_on for i in issued)
        assert o.invoiced_minor == sum(i.total_minor for i in issued)
    paid = dict.fromkeys(invoices, 0)
    for p in _all(Payment):
        paid[p.invoice_id] += p.amount_minor
        assert invoices[p.invoice_id].issued_on <= p.paid_on < day
    assert paid == {i.id: i.paid_minor for i in invoices.values()}
    for found, key in ((quotes.values(), "created_at"), (_all(Order), "ordered_on"), (_issued(), "issued_on")):
        in_order = sorted(found, key=lambda row: row.number)
        assert [getattr(row, key) for row in in_order] == sorted(getattr(row, key) for row in in_order)
    assert pretended() is None and abs((now() - _all(PriceBook)[0].created_at).total_seconds()) < 60


def _issued() -> list[Any]:
    return _all(Invoice, table_of(Invoice).c.issued_on.is_not(None))


def test_all_of_them_go_in_small_portions_and_real_numbers_begin_at_one(demo: dict[str, int]) -> None:
    _seed()
    db.write_sync(mark_seeded)
    run_id = db.write_sync(start_removal, SYSTEM)
    while not db.write_sync(carry_on, run_id, 1).is_over:
        pass
    assert db.read_sync(list_refusals, SYSTEM, run_id) == []
    assert not any(db.read_sync(living).values())
    assert db.read_sync(differences) == []
    made = make("quote", title="A real one")
    year = today("UTC").year
    assert [q.number for q in _all(Quote, table_of(Quote).c.id == made)] == [f"Q-{year}-0001"]


def test_what_went_comes_back_as_it_was(demo: dict[str, int]) -> None:
    _seed()
    db.write_sync(mark_seeded)
    before, there = db.read_sync(rows), db.read_sync(living)
    done = remove_demo()
    assert not any(db.read_sync(living).values())
    undone = run_bulk(db.write_sync(start_undo, SYSTEM, done.batch_id))
    assert db.read_sync(list_refusals, SYSTEM, undone.id) == []
    assert db.read_sync(living) == there
    moved = {"version", "updated_at"}
    after = db.read_sync(rows)
    for key, row in before.items():
        assert {n: v for n, v in after[key].items() if n not in moved} == {
            n: v for n, v in row.items() if n not in moved
        }, key


def test_a_draft_that_somebody_issued_stays_with_all_that_it_needs(demo: dict[str, int]) -> None:
    _seed()
    db.write_sync(mark_seeded)
    draft = next(i for i in _all(Invoice) if i.state == "draft")
    number = db.write_sync(issue_invoice, SYSTEM, draft.id)
    assert number == f"INV-{today('UTC').year}-0001"
    run_id = db.write_sync(start_removal, SYSTEM)
    run_bulk(run_id)
    there = db.read_sync(living)
    order = _all(Order, table_of(Order).c.id == draft.order_id)[0]
    files = {f.id for f in _all(File) if (f.kind, f.record_id) in (("order", order.id), ("quote", order.quote_id))}
    files |= {i.file_id for i in _all(Invoice, table_of(Invoice).c.id == draft.id)}
    assert (there["invoice"], there["order"], there["quote"]) == ({draft.id}, {order.id}, {order.quote_id})
    assert there["deal"] == {order.deal_id} and there["file"] == files and len(files) == 3
    reasons = {(r.kind, r.id): r.reason for r in db.read_sync(list_refusals, SYSTEM, run_id)}
    assert "number is one of yours" in reasons["invoice", draft.id]


def test_nobody_else_takes_an_issued_paper_away(demo: dict[str, int]) -> None:
    _seed()
    admin = principal(make_user(role="administrator"), "administrator")
    sealed = [("invoice", _issued()[-1].id), ("order", _all(Order)[-1].id)]
    sealed.append(("quote", next(q.id for q in _all(Quote) if q.state == "declined")))
    for kind, id in sealed:
        for who, source in ((admin, "form"), (admin, "bulk"), (admin, DEMO), (SYSTEM, "bulk"), (SYSTEM, "billing")):
            with pytest.raises(Refused):
                db.write_sync(_delete, who, kind, id, source)
    with pytest.raises(Refused):
        db.write_sync(delete_record, admin, "invoice", sealed[0][1])


def test_a_real_paper_is_sealed_against_the_removal_too(demo: dict[str, int]) -> None:
    _seed()
    draft = next(i for i in _all(Invoice) if i.state == "draft")
    db.write_sync(issue_invoice, SYSTEM, draft.id)
    with pytest.raises(Refused, match="was issued"):
        db.write_sync(_delete, SYSTEM, "invoice", draft.id, DEMO)


def _delete(session: Session, who: Principal, kind: str, id: int, source: str) -> None:
    apply(session, who, Change(kind, id, op="delete"), source=source)


def test_time_is_real_again_after_an_error() -> None:
    moment = now() - timedelta(days=30)
    with pytest.raises(ZeroDivisionError), pretending(moment):
        assert now() == moment
        _ = 1 // 0
    assert pretended() is None


def test_the_seller_of_the_papers_can_sign_in() -> None:
    assert SELLER in {a.name for a in ACCOUNTS if a.role == "sales"}
