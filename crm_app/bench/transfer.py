"""What a browser fetches for the first visit of each page, and when the first cards stand on the board."""

import re
import time
from typing import Any
from urllib.parse import urlsplit

from sqlmodel import Session

from crm_app import routes
from crm_app.bench.figures import judged, spread
from crm_app.bench.ground import Ground, ground, make
from crm_app.bench.site import COOKIE, Site, site
from crm_app.billing.service import draft_rest, order_from_quote
from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.identity.service import invite_user
from crm_app.quotes.service import accept, send_quote
from crm_app.ui import addresses

_HASHED = re.compile(r"/assets/.+-[\w-]{8}\.(js|css)$")
VISITS = 5


def _visit(browser: Any, running: Site, cookie: str, path: str) -> dict[str, Any]:
    """One visit with an empty cache: bytes on the wire, hosts, hashed files without a year of cache, seconds."""
    context = browser.new_context()
    if cookie:
        context.add_cookies(
            [{"name": COOKIE, "value": cookie, "url": running.url, "httpOnly": True, "sameSite": "Lax"}]
        )
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    total, hosts, uncached = [0.0], set[str](), set[str]()

    def answered(response: Any) -> None:
        parts = urlsplit(response.url)
        if parts.scheme in ("http", "https"):
            hosts.add(parts.netloc)
        if _HASHED.search(parts.path) and "max-age=31536000" not in response.headers.get("cache-control", ""):
            uncached.add(parts.path)

    wire.on("Network.loadingFinished", lambda e: total.__setitem__(0, total[0] + e["encodedDataLength"]))
    page.on("response", answered)
    began = time.perf_counter()
    page.goto(running.url + path)
    page.wait_for_selector("[data-card]" if path == addresses.BOARD else "main, [role=main], .page")
    seconds = time.perf_counter() - began
    page.wait_for_timeout(800)
    context.close()
    return {"kb": total[0] / 1000, "hosts": hosts, "uncached": uncached, "seconds": seconds}


def _paths(found: Ground, email: str) -> dict[str, str]:
    """The address of every page, with a record that is there."""
    from crm_app.pages import PAGES

    company = db.write_sync(make, "company", name="Analytical Engines")
    first = {
        "deals": found.deals[email][0],
        "users": found.sellers[email],
        "people": db.write_sync(make, "person", display_name="Ada Byron"),
        "companies": company,
        "price-books": db.write_sync(make, "price_book", name="Partners", currency="USD"),
        **db.write_sync(_documents, company, found.sellers[email]),
    }
    routes = ["/" + page.route.strip("/") for page in PAGES]
    return {r: f"/{r.split('/')[1]}/{first[r.split('/')[1]]}" if "[" in r else r for r in routes}


def _doors(session: Session) -> dict[str, str]:
    """The pages that are shown without a session; the first user has the form of an invitation."""
    invited = make(session, "user", name="Mia", email="mia@example.org", role="sales", status="listed", zone="UTC")
    link = urlsplit(invite_user(session, SYSTEM, invited))
    return {routes.SIGN_IN: routes.SIGN_IN, link.path: f"{link.path}?{link.query}", "a dead link": routes.INVITE}


def _documents(session: Session, company: int, owner: int) -> dict[str, int]:
    """A quote that was accepted, its order, and the draft of an invoice, by the commands that people use."""
    line = {"name": "Installation", "quantity_milli": 1_000, "unit_price_minor": 98_000}
    quote = make(session, "quote", title="Roll-out", company_id=company, owner_id=owner, lines=[line])
    send_quote(session, SYSTEM, quote)
    accept(session, quote, "Ada Byron")
    order = order_from_quote(session, SYSTEM, quote)
    return {"quotes": quote, "orders": order, "invoices": draft_rest(session, SYSTEM, order)}


def measure() -> dict[str, Any]:
    """Every page as a seller, and those before the sign-in as nobody, with an empty cache each time."""
    from playwright.sync_api import sync_playwright

    from crm_app.bench.chromium import executable

    with ground(1, 10_000, wide=True) as found, site(found) as running, sync_playwright() as playwright:
        email, _ = found.seller()
        browser = playwright.chromium.launch(executable_path=executable(), args=["--no-sandbox"])
        visits = {
            route: _visit(browser, running, found.cookie(email), path) for route, path in _paths(found, email).items()
        }
        doors = db.write_sync(_doors)
        visits |= {name: _visit(browser, running, "", path) for name, path in doors.items()}
        first = [_visit(browser, running, found.cookie(email), addresses.BOARD)["seconds"] for _ in range(VISITS)]
        browser.close()
    uncached = set().union(*(v["uncached"] for v in visits.values()))
    hosts = set().union(*(v["hosts"] for v in visits.values())) - {urlsplit(running.url).netloc}
    return {
        "pages": len(visits),
        "kb_by_page": {route: round(v["kb"], 1) for route, v in visits.items()},
        "largest_kb": judged(max(v["kb"] for v in visits.values()), most=500),
        "other_hosts": judged(len(hosts), most=0),
        "hashed_files_not_cached_for_a_year": judged(len(uncached), most=0),
        "first_cards": spread(first),
        "first_cards_s": judged(spread(first)["median_ms"] / 1000, most=1),
    }
