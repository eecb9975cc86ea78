"""One server for all journeys, one browser, and a signed-in page for each role."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, expect, sync_playwright

from crm_app.bench.chromium import NAMES
from tests.browser.seed import PASSWORD
from tests.support import forks
from tests.support.server import ROOT, Server, running_server, server_environment

WAIT_MS = 15_000  # two suites share a small machine: what a person sees at once may take its turn there
expect.set_options(timeout=WAIT_MS)
SEEN = 4000  # characters of a part of a page

CHROMIUM = next((path for name in NAMES if (path := shutil.which(name))), None)  # elsewhere that of Playwright


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of them are journeys: they run in a process of their own, because the browser keeps an event loop going."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.server)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    """A journey that fails says what stood on its pages."""
    report = yield
    if report.when == "call" and report.failed and isinstance(item, pytest.Function):
        for name, page in item.funcargs.items():
            if isinstance(page, Page):
                report.sections.append((f"what {name} saw on {page.url}", _seen(page)))
    return report


def _seen(page: Page) -> str:
    """The messages, the dialogs and the top of the page, as a screen reader has them."""
    try:
        parts = [page.locator(".toasts").first, *page.get_by_role("dialog").all(), page.locator("main")]
        return "\n".join(part.aria_snapshot(timeout=1000)[:SEEN] for part in parts)
    except Error as gone:
        return f"not readable any more: {gone}"


@dataclass
class Site:
    """The running server of the journeys."""

    server: Server

    @property
    def url(self) -> str:
        return self.server.base_url

    def run(self, code: str) -> str:
        """Python in another process on the same database, as a command on the server's machine would."""
        return forks.python(code, self.server.env)


@contextmanager
def seeded(folder: Path, database_url: str | None = None) -> Iterator[Site]:
    """A server on a database with the people and deals of the journeys."""
    env = server_environment(folder, database_url, 0)
    subprocess.run([sys.executable, "-m", "tests.browser.seed"], cwd=ROOT, env=env, check=True)
    with running_server(folder, database_url) as server:
        yield Site(server)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with seeded(tmp_path_factory.mktemp("journeys")) as found:
        yield found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def sign_in(browser: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """Opens a browser of its own for a role; the test fails if the page reports an error."""
    problems: list[str] = []
    with ExitStack() as stack:

        def open_page(role: str, **options: Any) -> Page:
            context = browser.new_context(
                **{"viewport": {"width": 1440, "height": 900}, "color_scheme": "light"} | options
            )
            stack.callback(context.close)
            cookie = site.server.sign_in(f"{role}@example.org", PASSWORD)
            context.add_cookies(
                [{"name": "kith_session", "value": cookie, "url": site.url, "httpOnly": True, "sameSite": "Lax"}]
            )
            page = context.new_page()
            page.on("pageerror", lambda error: problems.append(str(error)))
            page.on("console", lambda m: problems.append(m.text) if "Content Security Policy" in m.text else None)
            return page

        yield open_page
    assert problems == []


@pytest.fixture
def admin(sign_in: Callable[..., Page]) -> Page:
    return sign_in("admin")


@pytest.fixture
def manager(sign_in: Callable[..., Page]) -> Page:
    return sign_in("manager")


@pytest.fixture
def seller(sign_in: Callable[..., Page]) -> Page:
    return sign_in("seller")


@pytest.fixture
def phone(sign_in: Callable[..., Page]) -> Page:
    return sign_in("admin", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
