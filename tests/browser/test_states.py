"""Every page in an empty company, while it waits, and when what it shows cannot be read; and to whom it is not open."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site
from tests.browser.seed import PASSWORD
from tests.browser.support import go
from tests.support import forks
from tests.support.hiding import hidden
from tests.support.places import ROUTES, address
from tests.support.server import running_server, server_environment

pytestmark = pytest.mark.pages

USERS = """
from crm_app.core import db
from crm_app.identity.passwords import hash_password
from crm_app.identity.service import activate_user
from crm_app.migrations import migrate
from crm_app.wire import wire
wire()
migrate(backup=False)
secret = hash_password({!r})
for role in ("administrator", "support"):
    db.write_sync(activate_user, role + "@example.org", secret, name=role.title() + " Person", role=role)
"""
# What each page says in a company that has users and nothing else, and the first thing that it offers there.
EMPTY = {
    "/": "You own no open deals.",
    "/inbox": "Nothing here yet",
    "/people": "No people yet",
    "/companies": "No companies yet",
    "/duplicates": "No duplicates here",
    "/deals": "No pipeline yet",
    "/deals/list": "No deals yet",
    "/deals/[deal_id]": "This deal is not here",
    "/forecast": "Nothing to forecast yet",
    "/forecast/targets": "Press an amount to change it",
    "/activities": "No activities yet",
    "/calendar": "Colleagues",
    "/day": "Nothing is due this week",
    "/products": "No products yet",
    "/price-books": "No price books yet",
    "/price-books/[price_book_id]": "This price book is not here",
    "/quotes": "No quotes yet",
    "/quotes/rules": "They hold for quotes made from now on",
    "/quotes/texts": "No texts yet",
    "/quotes/[quote_id]": "This quote is not here",
    "/reports": "Nothing in this report",
    "/settings": "Who may sign in",
    "/users": "2 people",
    "/users/[user_id]": "Not shown",
    "/teams": "No teams yet",
    "/organisation": "What stands on your quotes",
    "/territories": "No territories yet",
    "/pools": "No pools yet",
    "/terms": "No terms yet",
    "/scoring": "No rules yet",
    "/fields": "No fields of your own yet",
    "/dictionary": "Every field: what it means",
    "/vocabularies": "Nothing in this list yet",
    "/lifecycle": "Nothing is asked yet",
    "/pipelines": "No pipelines yet",
    "/profile": "How Kith shows itself to you",
    "/rates": "No rates yet",
    "/import": "Drop a CSV file here",
    "/404": "There is no such page",
    "/merge": "Nothing to merge was chosen",
    "/unmerge": "No merge was chosen",
    "/orders": "No orders yet",
    "/orders/[order_id]": "This order is not here",
    "/invoices": "No invoices yet",
    "/invoices/[invoice_id]": "This invoice is not here",
    "/quality": "Nothing to look at yet",
    "/quality/rules": "No checks yet",
    "/people/[person_id]": "This person is not here",
    "/companies/[company_id]": "This company is not here",
}
DRAWN_AT_ONCE = ("/calendar", "/settings", "/import", "/404")  # there is nothing to wait for
CLAIMS = re.compile("No |Nothing |You own no |This .* is not here")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A company of two users, and nothing else."""
    folder = tmp_path_factory.mktemp("empty")
    forks.python(USERS.format(PASSWORD), server_environment(folder, None, 0))
    with running_server(folder) as server:
        yield Site(server)


def begin(page: Page, site: Site) -> None:
    """A first page, drawn and alive."""
    page.goto(site.url + "/profile")
    page.wait_for_function("() => Object.keys(document.querySelector('#content')).some(k => k.startsWith('__react'))")


def test_every_page_has_words_for_an_empty_company(sign_in: Callable[..., Page], site: Site) -> None:
    assert set(ROUTES) == set(EMPTY)
    page = sign_in("administrator")
    begin(page, site)
    for route in ROUTES:
        go(page, address(route))
        expect(page.locator("main"), route).to_contain_text(EMPTY[route])
        expect(page.locator("main .sk"), route).to_have_count(0)


def test_a_page_that_waits_shows_blocks_and_claims_nothing(browser: Browser, site: Site) -> None:
    """The server says nothing at all: no page tells of an empty company before it knows."""
    context = browser.new_context()
    cookie = site.server.sign_in("administrator@example.org", PASSWORD)
    context.add_cookies([{"name": "kith_session", "value": cookie, "url": site.url}])
    page = context.new_page()
    page.route_web_socket(re.compile("/_event"), lambda _socket: None)
    begin(page, site)
    without, early = [], []
    for route in ROUTES:
        go(page, address(route))
        expect(page.locator("h1")).to_have_count(1)
        page.wait_for_timeout(150)
        if route not in DRAWN_AT_ONCE and not page.locator("main .sk").count():
            without.append(route)
        if CLAIMS.match(EMPTY[route]) and EMPTY[route] in page.locator("main").inner_text():
            early.append(route)
    context.close()
    assert (without, early) == ([], [])


def test_what_could_not_be_read_is_read_again(sign_in: Callable[..., Page], site: Site) -> None:
    """Also when nothing at all can be read: one message each time, no storm of them."""
    page = sign_in("administrator")
    page.goto(site.url + "/people")
    expect(page.get_by_role("heading", name="No people yet")).to_be_visible()
    failures = site.server.output().count("an event handler failed")
    with hidden(site.server):
        go(page, "/companies")
        told = page.get_by_role("alert").filter(has_text="This page could not be read")
        expect(told).to_be_visible()
        expect(page.locator("main .sk:visible")).to_have_count(0)
        page.wait_for_timeout(500)
        assert site.server.output().count("an event handler failed") - failures < 20
    told.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", name="No companies yet")).to_be_visible()
    expect(told).to_have_count(0)


def test_a_page_that_a_role_may_not_open_says_so(sign_in: Callable[..., Page], site: Site) -> None:
    page = sign_in("support")
    begin(page, site)
    for route in ("/forecast", "/territories", "/import", "/fields", "/people"):
        go(page, address(route))
        told = page.get_by_role("heading", name="This page is not for your role")
        expect(told).to_have_count(1 if route in ("/forecast", "/import", "/fields") else 0)
        expect(page.locator("main .sk:visible")).to_have_count(0)
