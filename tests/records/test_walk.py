"""From a record along the list it was opened from, for every kind with pages of its own, on both databases."""

import json
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from sqlmodel import Session

from crm_app.billing.views import invoice_screen, order_screen
from crm_app.core import db
from crm_app.core.actor import SYSTEM, Principal
from crm_app.core.changes import Change, apply
from crm_app.deals.views import record_screen as deal_screen
from crm_app.quotes.views import quote_screen
from crm_app.records.page.views import record_screen
from crm_app.records.page.walk import Walk, walk_of
from tests.billing.builders import make_invoice, make_order
from tests.support.builders import change, make, make_deal, make_person, make_pipeline, make_user, principal

rx = pytest.importorskip("reflex")
ABOVE = {"person": "/people", "deal": "/deals", "quote": "/quotes"}
LIST = {"person": "/people", "deal": "/deals/list", "quote": "/quotes"}
NAME = {"person": "last_name", "deal": "title", "quote": "title"}
ORDER = {"person": "display_name", "deal": "title", "quote": "title"}


@dataclass
class World:
    """Five records in the order of their names; the odd ones are called Odd."""

    kind: str
    ids: list[int]
    me: Principal

    def query(self, **more: str) -> str:
        return urlencode({"sort": ORDER[self.kind], **more})

    def odd(self) -> str:
        return self.query(f=json.dumps({"f": ORDER[self.kind], "op": "contains", "v": "odd"}))

    def walk(self, n: int, query: str, actor: Principal | None = None) -> Walk:
        return db.read_sync(walk_of, actor or self.me, self.kind, self.ids[n], query)

    def address(self, n: int | None, query: str) -> str:
        return "" if n is None else f"{ABOVE[self.kind]}/{self.ids[n]}?{urlencode({'list': query})}"


@pytest.fixture(params=["person", "deal", "quote"])
def world(request: pytest.FixtureRequest, database_url: str) -> World:
    owner = make_user()
    names = [f"{n} {'Odd' if n % 2 else 'Even'}" for n in range(5)]
    if request.param == "person":
        ids = [make_person(first_name="", last_name=n, display_name=n, owner_id=owner) for n in names]
    elif request.param == "quote":
        ids = [make("quote", title=n, customer="Cancity", owner_id=owner) for n in names]
    else:
        pipeline = make_pipeline()
        ids = [make_deal(pipeline, title=n, owner_id=owner) for n in names]
    return World(request.param, ids, principal(owner))


def same(found: str, expected: str) -> bool:
    """Addresses compared by what they mean, not by how a space is written."""
    one, other = urlsplit(found), urlsplit(expected)
    return (one.path, parse_qs(one.query)) == (other.path, parse_qs(other.query))


@pytest.mark.parametrize(("n", "previous", "following"), [(0, None, 1), (2, 1, 3), (4, 3, None)])
def test_the_first_one_in_the_middle_and_the_last(
    world: World, n: int, previous: int | None, following: int | None
) -> None:
    query = world.query()
    found = world.walk(n, query)
    assert same(found.previous, world.address(previous, query)) and same(found.next, world.address(following, query))
    assert (found.words, found.back) == (f"{n + 1} of 5", f"{LIST[world.kind]}?{query}")


def test_a_filtered_list_is_walked_as_filtered(world: World) -> None:
    query = world.odd()
    first, last = world.walk(1, query), world.walk(3, query)
    assert (first.words, first.previous, last.words, last.next) == ("1 of 2", "", "2 of 2", "")
    assert same(first.next, world.address(3, query)) and same(last.previous, world.address(1, query))


def test_a_record_that_left_the_list_still_leads_to_those_around_its_place(world: World) -> None:
    query = world.odd()
    change(world.kind, world.ids[1], SYSTEM, None, **{NAME[world.kind]: "2 Even too"})
    found = world.walk(1, query)
    assert (found.words, found.previous) == ("1", "") and same(found.next, world.address(3, query))


def test_a_deleted_record_is_counted_no_more_and_its_neighbours_close_the_gap(world: World) -> None:
    def delete(session: Session) -> None:
        apply(session, SYSTEM, Change(world.kind, world.ids[2], op="delete"))

    db.write_sync(delete)
    query = world.query()
    found = world.walk(1, query)
    assert world.walk(2, query) == Walk()
    assert found.words == "2 of 4" and same(found.next, world.address(3, query))


@pytest.mark.parametrize("world", ["deal"], indirect=True)  # a person is open to every role
def test_the_walk_passes_by_what_the_viewer_may_not_see(world: World) -> None:
    other = principal(make_user())
    query = world.query()
    for n in (1, 4):
        change("deal", world.ids[n], SYSTEM, None, owner_id=other.id)
    assert world.walk(2, query, other) == Walk()
    found = world.walk(1, query, other)
    assert (found.words, found.previous) == ("1 of 2", "") and same(found.next, world.address(4, query))
    mine = world.walk(2, query)
    assert mine.words == "2 of 3" and same(mine.previous, world.address(0, query))


def test_a_record_that_never_was_has_no_list(world: World) -> None:
    assert db.read_sync(walk_of, world.me, world.kind, 999_999, world.query()) == Walk()


@pytest.mark.parametrize("query", ["", "x" * 8001, "f=%7Bnonsense", "view=999999", "view=٣", "sort=nonsense"])
def test_an_address_without_a_readable_list_shows_no_bar_or_the_plain_list(world: World, query: str) -> None:
    found = world.walk(2, query)
    assert found == Walk() or found.back.startswith(LIST[world.kind] + "?")


def test_orders_and_invoices_are_walked_too(database_url: str) -> None:
    me = principal(make_user(), role="administrator")
    orders = [make_order(me.id) for _ in range(2)]
    invoices = [make_invoice(order) for order in orders]
    for name, ids in (("order", orders), ("invoice", invoices)):
        found = db.read_sync(walk_of, me, name, ids[0], "sort=total_minor")
        assert (found.words, found.previous, found.back) == ("1 of 2", "", f"/{name}s?sort=total_minor")
        assert found.next == f"/{name}s/{ids[1]}?list=sort%3Dtotal_minor"


def test_every_screen_of_a_record_carries_the_bar() -> None:
    nothing = rx.fragment()
    person = record_screen(nothing, aside=nothing, starts={"deal": lambda _panel: []}, missing="", back=("", "/people"))
    billed = (quote_screen(nothing, nothing), order_screen(), invoice_screen())
    for screen in (person, deal_screen(nothing, nothing), *billed):
        drawn = str(screen)
        assert all(words in drawn for words in ("Back to the list", '"Previous"', '"Next"'))
