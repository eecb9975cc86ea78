"""Takes the pictures of docs/guide from the demo company: `make pictures`. Looking at them is left to people."""

import json
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import CHROMIUM
from tests.support.server import ROOT, Server, running_server

FOLDER = ROOT / "docs" / "guide"
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
LOGIN = re.compile(r"^ +(\w+) +(\S+@\S+) +(\S+)$", re.M)


@dataclass(frozen=True)
class Picture:
    """What is shown, to whom, and what is done first."""

    name: str
    role: str
    path: str
    ready: str
    act: Callable[[Page], object] | None = None
    phone: bool = False
    dark: bool = False


def _open_first(page: Page) -> None:
    _open(page, ".ev")


def _open(page: Page, ready: str) -> None:
    page.locator(".lrow .open").first.click()
    page.wait_for_selector(ready)


def _find(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.locator(".palette input").fill("acme")
    page.wait_for_selector(".palette [role=option]:has-text('Acme')")


def _filter(page: Page) -> None:
    page.get_by_role("button", name="Filter").click()
    page.locator("[role=dialog] select").first.select_option(label="Lifecycle")


def _type_again(page: Page) -> None:
    page.keyboard.press("n")
    page.get_by_label("First name").fill("Beatriz")
    page.get_by_label("Last name").fill("Farouk")
    page.get_by_label("E-mail", exact=True).fill("beatriz.farouk@yearin.example")
    page.wait_for_selector(".alikerow")


def _change_rule(page: Page) -> None:
    rule = page.locator(".scoring li").first
    rule.get_by_role("button", name="Actions").click()
    page.get_by_role("menuitem", name="Edit").click()
    form = page.get_by_role("region", name="What is being changed")
    form.get_by_label("Points").fill("40")
    form.get_by_role("button", name="See what it does").click()
    form.get_by_role("status").wait_for()
    form.evaluate("form => form.scrollIntoView()")


def _new_field(page: Page) -> None:
    page.get_by_role("button", name="New field").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).fill("Works council")
    dialog.get_by_label("Type").select_option(label="Choice")
    dialog.get_by_label("New options").fill("Yes\nNo\nElection this year = election")
    dialog.get_by_label("What it means").fill("Who must be asked before a contract is signed.")


CONTACTS = "/people?f=" + quote(json.dumps({"f": "lifecycle", "op": "is", "v": "contact"}))
PICTURES = (
    Picture("home", "seller", "/", "main h2, main h3"),
    Picture("board", "manager", "/deals", "[data-card]"),
    Picture("board-phone", "seller", "/deals", "[data-card]", phone=True, dark=True),
    Picture("people", "manager", "/people", ".lrow .open"),
    Picture("people-phone", "manager", "/people", ".lrow .open", phone=True),
    Picture("filter", "manager", "/people", ".lrow .open", _filter),
    Picture("duplicates", "manager", "/people", ".lrow .open", _type_again),
    Picture("company", "manager", "/companies", ".lrow .open", _open_first),
    Picture("person", "manager", CONTACTS,
            ".lrow .open", _open_first, dark=True),
    Picture("calendar", "seller", "/calendar?view=week", ".fc-event"),
    Picture("day", "seller", "/day", "[data-activity]", lambda page: page.keyboard.press("j")),
    Picture("palette", "manager", "/deals", "[data-card]", _find),
    Picture("import", "manager", "/import", "main h1, main h2"),
    Picture("quote", "seller", "/quotes?sort=-number", ".lrow .open", lambda page: _open(page, ".qline")),
    Picture("invoice", "manager", "/invoices", ".lrow .open", lambda page: _open(page, "main h2, main table")),
    Picture("forecast", "manager", "/forecast", "[data-tile]"),
    Picture("report", "manager", "/reports", ".report .bars"),
    Picture("pipelines", "administrator", "/pipelines", ".stagelist li"),
    Picture("terms", "administrator", "/terms", ".flow", dark=True),
    Picture("scoring", "administrator", "/scoring", ".scoring li", _change_rule),
    Picture("quality", "manager", "/quality", ".tbl tbody tr, .box table tbody tr"),
    Picture("custom-field", "administrator", "/fields?kind=company", "main h1, main h2", _new_field),
    Picture("dictionary", "administrator", "/dictionary?kind=person", ".dictname"),
    Picture("rights", "administrator", "/users", ".tbl tbody tr", lambda page: page.locator("tbody a").nth(3).click()),
)  # fmt: skip


def take(browser: Browser, server: Server, cookie: str, picture: Picture) -> None:
    """One picture, in a browser of its own."""
    look = PHONE if picture.phone else DESKTOP
    context = browser.new_context(
        **look, color_scheme="dark" if picture.dark else "light", reduced_motion="reduce", locale="en-GB"
    )
    context.add_cookies([{"name": "kith_session", "value": cookie, "url": server.base_url}])
    page = context.new_page()
    page.goto(server.base_url + picture.path)
    page.wait_for_selector(picture.ready)
    if picture.act is not None:
        picture.act(page)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1500)
    page.screenshot(path=FOLDER / f"{picture.name}.png")
    context.close()


def main() -> None:
    """All of them; the demo is made anew in a temporary folder."""
    with (
        tempfile.TemporaryDirectory(prefix="kith-pictures-") as folder,
        running_server(Path(folder), command=("demo",)) as server,
        sync_playwright() as playwright,
    ):
        logins = {role: (email, password) for role, email, password in LOGIN.findall(server.output())}
        cookies = {role: server.sign_in(*login) for role, login in logins.items()}
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for picture in PICTURES:
            take(browser, server, cookies[picture.role], picture)
            print(picture.name, flush=True)
        browser.close()


if __name__ == "__main__":
    main()
