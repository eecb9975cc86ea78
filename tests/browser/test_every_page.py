"""Every page, in both sizes and both themes: nothing serious for axe, no sideways scroll, a title, nothing refused."""

import json
import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from crm_app.pages import PAGES

CALM = {"reduced_motion": "reduce"}  # or colours are looked at in the middle of an animation
VIEWS = {
    "desktop": {"viewport": {"width": 1440, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
}
THEMES = ("light", "dark")
BAD = ("serious", "critical")


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


def violations(page: Page, axe: Axe) -> list[str]:
    """What axe finds serious, in the light and in the dark."""
    found = []
    for theme in THEMES:
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        expect(page.locator("html")).to_have_class(re.compile(theme))
        for violation in axe.run(page).response["violations"]:
            if violation["impact"] in BAD:
                found += [f"{theme}: {violation['id']}: {node['html'][:200]}" for node in violation["nodes"][:4]]
    return found


@pytest.mark.parametrize("view", VIEWS)
def test_no_page_keeps_anybody_out(sign_in: Callable[..., Page], site, places: list[str], view: str) -> None:
    page = sign_in("admin", **VIEWS[view], **CALM)
    axe, problems = Axe(), []
    for place in places:
        page.goto(site.url + place)
        wait_until_settled(page)
        assert page.title().endswith("Kith") and page.locator("h1").count() >= 1, place
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{place} scrolls sideways by {wide} px"
        problems += [f"{place}: {problem}" for problem in violations(page, axe)]
    assert problems == []


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
