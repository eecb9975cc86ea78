"""Numbers run 1..n without a gap or a double: writers side by side, roll-backs, and a kill in the middle."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, text

from crm_app import migrations
from crm_app.billing import service
from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes.working import table_of
from crm_app.core.errors import Refused
from crm_app.quotes.queries.stored import organisation_today
from crm_app.records.numbering import next_number
from crm_app.tables import Invoice
from tests.billing.builders import accepted_quote, make_order
from tests.support.writer import Writer, numbers

WRITERS = 8
invoice = table_of(Invoice)


@pytest.mark.slow
def test_eight_writers_and_two_kills_leave_no_gap_and_no_double(database_url: str) -> None:
    """Six go to the end on connections of their own, two processes are killed; every third number is taken back."""
    db.dispose()
    victims = [Writer("numbers", 100_000) for _ in range(2)]
    with ThreadPoolExecutor(WRITERS - 2) as pool:
        done = [pool.submit(numbers, 30, 0) for _ in range(WRITERS - 2)]
        for victim, after in zip(victims, (0.1, 0.25), strict=True):
            time.sleep(after)  # how far it comes is what the kill leaves to chance
            victim.kill()
        for one in done:
            one.result()
    with db.engine().connect() as connection:
        found = list(connection.execute(text("SELECT name FROM company ORDER BY name")).scalars())
    assert found == [f"No {n:06d}" for n in range(1, len(found) + 1)]
    assert len(found) >= (WRITERS - 2) * 20
    assert migrations.problems() == []
    assert db.write_sync(next_number, "INV-2026") == len(found) + 1


def test_invoices_issued_at_once_are_numbered_in_a_row(database_url: str) -> None:
    """Eight at once, each on a connection of its own; half of them are pressed twice."""
    drafts = [db.write_sync(service.draft_rest, SYSTEM, make_order()) for _ in range(WRITERS)]

    def issue(id: int) -> str:
        try:
            return db.write_sync(service.issue_invoice, SYSTEM, id)
        except Refused:
            return ""

    with ThreadPoolExecutor(WRITERS) as pool:
        given = list(pool.map(issue, [*drafts, *drafts[::2]]))
    year = organisation_today().year
    assert sorted(filter(None, given)) == [f"INV-{year}-{n:04d}" for n in range(1, WRITERS + 1)]
    with db.reading() as session:
        serials = session.connection().execute(select(invoice.c.serial).order_by(invoice.c.serial)).scalars().all()
    assert serials == list(range(1, WRITERS + 1))


def test_one_quote_ordered_by_two_at_once_is_one_order(database_url: str) -> None:
    quote = accepted_quote()
    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(lambda _: db.write_sync(service.order_from_quote, SYSTEM, quote), range(2)))
    assert made[0] == made[1]


def test_two_who_invoice_the_rest_at_once_do_not_invoice_it_twice(database_url: str) -> None:
    order = make_order()

    def draft(_: int) -> int:
        try:
            return db.write_sync(service.draft_rest, SYSTEM, order)
        except Refused:
            return 0

    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(draft, range(2)))
    assert sorted(made)[0] == 0 and sorted(made)[1] > 0


def test_a_number_that_was_rolled_back_is_given_again(database_url: str) -> None:
    assert db.write_sync(next_number, "CN-2026") == 1
    with pytest.raises(InterruptedError), db.writing() as session:
        assert next_number(session, "CN-2026") == 2
        raise InterruptedError
    assert db.write_sync(next_number, "CN-2026") == 2
