"""Every page, in both sizes and both themes: nothing serious for axe, no sideways scroll, a title, nothing refused."""

import json
import re
from collections.abc import Callable
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from crm_app.http.signin import _first_user_page
from crm_app.pages import PAGES
from tests.browser.support import go

pytestmark = pytest.mark.pages

CALM = {"reduced_motion": "reduce"}  # or colours are looked at in the middle of an animation
VIEWS = {
    "desktop": {"viewport": {"width": 1440, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
}
ALL = {"resultTypes": ["violations"]}
COLOURS = ALL | {"runOnly": ["color-contrast"]}  # nothing else of a page is another one in the dark
THEMES: tuple[tuple[Literal["light", "dark"], dict[str, Any]], ...] = (("light", ALL), ("dark", COLOURS))
BAD = ("serious", "critical")
TOUCH = 44  # px, the least height of what a finger hits


@pytest.fixture(scope="module")
def places(site) -> list[str]:
    """The address of every page, with the first record where it asks for one."""
    found = json.loads(
        site.run(
            "import json\n"
            "from crm_app.core import db\n"
            "from sqlalchemy import text\n"
            "names = {'people': 'person', 'companies': 'company', 'deals': 'deal', 'users': '\"user\"'}\n"
            "names |= {'quotes': 'quote', 'price-books': 'price_book', 'orders': '\"order\"', 'invoices': 'invoice'}\n"
            "first = lambda s, t: s.execute(text(f'SELECT min(id) FROM {t} WHERE deleted_at IS NULL')).scalar()\n"
            "print(json.dumps(db.read_sync(lambda s: {k: first(s, t) for k, t in names.items()})))"
        )
    )
    routes = [page.route if page.route.startswith("/") else "/" + page.route for page in PAGES]
    return [f"/{r.split('/')[1]}/{found[r.split('/')[1]]}" if "[" in r else r for r in routes]


def wait_until_settled(page: Page) -> None:
    """Until the page shows its content instead of skeletons."""
    page.wait_for_selector("main h1, main h2, main [role=grid], main [data-card], header h1")
    expect(page.locator(".sk:not(.lmore .sk)")).to_have_count(0)


def leave_for(page: Page, place: str) -> None:
    """To another page as a link leads there; done when nothing of the page before is left."""
    page.evaluate("document.querySelectorAll('main > *').forEach(part => part.setAttribute('data-left', ''))")
    go(page, place)
    expect(page.locator("[data-left]")).to_have_count(0)


def violations(page: Page, axe: Axe) -> list[str]:
    """What axe finds serious, in the light and in the dark."""
    found = []
    for theme, rules in THEMES:
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        expect(page.locator("html")).to_have_class(re.compile(theme))
        for violation in axe.run(page, options=rules).response["violations"]:
            if violation["impact"] in BAD:
                found += [f"{theme}: {violation['id']}: {node['html'][:200]}" for node in violation["nodes"][:4]]
    return found


@pytest.mark.parametrize("view", VIEWS)
def test_no_page_keeps_anybody_out(sign_in: Callable[..., Page], site, places: list[str], view: str) -> None:
    page = sign_in("admin", **VIEWS[view], **CALM)
    axe, problems = Axe(), []
    for place in places:
        if view == "desktop" or place == places[0]:
            page.goto(site.url + place)
        else:
            leave_for(page, place)
        wait_until_settled(page)
        assert page.title().endswith("Kith") and page.locator("h1").count() >= 1, place
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{place} scrolls sideways by {wide} px"
        problems += [f"{place}: {problem}" for problem in violations(page, axe)]
    assert problems == []


INVITED = """
from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.identity.service import invite_user
from tests.support.builders import make_user
print(db.write_sync(invite_user, SYSTEM, make_user(name="Mia Invited", status="listed")))
"""


@pytest.fixture(scope="module")
def invitation(site) -> str:
    """The link by which somebody chooses a password."""
    return site.run(INVITED).strip().replace("http://localhost:8000", site.url)


def first_user(route: Route) -> None:
    """The page of the first user with its errors; where somebody can sign in already, the server has none."""
    errors = {"name": "Please give your name.", "password": "This password is among those that are tried first."}
    found = _first_user_page("token", {"email": "ada@example.org"}, errors)
    route.fulfill(status=200, content_type="text/html", body=bytes(found.body))


def refused_sign_in(page: Page) -> None:
    page.fill("[name=email]", "nobody@example.org")
    page.fill("[name=password]", "not the password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert").filter(has_text=re.compile("."))).to_have_count(1)


@pytest.mark.parametrize("view", VIEWS)
def test_no_door_keeps_anybody_out(browser: Browser, site, invitation: str, view: str) -> None:
    """Pages drawn by the server: before the sign-in, for customers, and what says that there is nothing."""
    options: dict[str, Any] = VIEWS[view] | CALM
    context = browser.new_context(**options)
    page, axe, problems = context.new_page(), Axe(), []
    page.on("console", lambda m: problems.append(m.text) if "Content Security Policy" in m.text else None)
    page.route("**/first-user", first_user)
    no_offer = f"/q/{'x' * 43}"
    for place in ("/sign-in", invitation.removeprefix(site.url), "/invite?token=spent", "/first-user", no_offer):
        page.goto(site.url + place)
        if place == "/sign-in":
            refused_sign_in(page)
        problems += [f"{place}: {problem}" for problem in jars(page, axe, view)]
    context.close()
    assert problems == []


@pytest.mark.parametrize("view", VIEWS)
def test_what_there_is_not_is_said_on_a_page(sign_in: Callable[..., Page], site, view: str) -> None:
    page, axe, problems = sign_in("seller", **VIEWS[view], **CALM), Axe(), []
    for place, status in (("/files/999999", 404), ("/paper/quotes/999999", 404), ("/export/product.csv", 403)):
        answer = page.goto(site.url + place)
        assert answer is not None and answer.status == status, place
        problems += [f"{place}: {problem}" for problem in jars(page, axe, view)]
        expect(page.get_by_role("link", name="To the start")).to_be_visible()
    assert problems == []


def jars(page: Page, axe: Axe, view: str) -> list[str]:
    """What is wrong with a page that the server drew."""
    expect(page.locator("main h1")).to_have_count(1)
    found = [] if page.title() else ["no title"]
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    found += [f"scrolls sideways by {wide} px"] if wide > 0 else []
    if view == "phone":
        small = "e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect().height]"
        for control in page.locator("input:visible, button:visible, .btn:visible").all():
            text, height = control.evaluate(small)
            found += [f"only {height} px high: {text}"] if height < TOUCH else []
    return found + violations(page, axe)


@pytest.mark.parametrize("view", VIEWS)
def test_dialogs_and_the_palette_keep_nobody_out(sign_in: Callable[..., Page], site, view: str) -> None:
    page = sign_in("admin", **VIEWS[view], **CALM)
    page.goto(site.url + "/people")
    wait_until_settled(page)
    page.locator(".pal-field").click()
    page.wait_for_selector(".palette [role=option]")
    problems = violations(page, Axe())
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.wait_for_selector("[role=dialog]")
    assert problems + violations(page, Axe()) == []
