"""Small words for the journeys."""

from playwright.sync_api import FloatRect, Locator, Page, expect


def open_board(page: Page, site) -> None:
    """Open the board and wait for its cards."""
    page.goto(site.url + "/deals")
    page.wait_for_selector("[data-card]")


def go(page: Page, place: str) -> None:
    """To another page as a link leads there, without a reload."""
    page.evaluate("to => { history.pushState({}, '', to); dispatchEvent(new PopStateEvent('popstate')); }", place)


def resting_place(part: Locator) -> FloatRect:
    """Where it stands once two looks find it in one place: rows get their height within some frames."""
    before: FloatRect | None = None
    while True:
        found = part.bounding_box()
        if found is not None and found == before:
            return found
        before = found
        part.page.wait_for_timeout(200)


def first_card(page: Page, column: str) -> int:
    """The id of the first card of a column."""
    found = page.locator(f"section[aria-label='{column}'] [data-card]").first.get_attribute("data-card")
    return int(found or 0)


def card(page: Page, deal_id: int, column: str = "") -> Locator:
    """The card of a deal, in that column if named."""
    inside = f"section[aria-label='{column}'] " if column else ""
    return page.locator(f"{inside}[data-card='{deal_id}']")


def column_of(page: Page, deal_id: int) -> str:
    """The name of the column that shows the deal."""
    return page.locator(f"section:has([data-card='{deal_id}'])").get_attribute("aria-label") or ""


def drag(page: Page, deal_id: int, column: str) -> None:
    """Drag a card with the mouse to the top of a column."""
    drag_to(page, deal_id, page.locator(f"section[aria-label='{column}'] .cards"))


def drag_to(page: Page, deal_id: int, cards: Locator) -> None:
    """Drag a card with the mouse to the top of these."""
    source, target = card(page, deal_id).bounding_box(), cards.bounding_box()
    assert source is not None and target is not None
    page.mouse.move(source["x"] + 60, source["y"] + 40)
    page.mouse.down()
    page.mouse.move(source["x"] + 75, source["y"] + 50, steps=4)
    page.mouse.move(target["x"] + 80, target["y"] + 60, steps=15)
    page.wait_for_timeout(150)
    page.mouse.up()


def expect_versions(dialog: Locator, yours: str, theirs: str, before: str) -> None:
    """The dialog of two people at one field shows each version under its name."""
    for name, text in (("Yours", yours), ("Theirs, saved", theirs), ("Before", before)):
        place = dialog.locator(".versions > div").filter(has=dialog.page.get_by_text(name, exact=True))
        expect(place).to_have_text(f"{name}{text}")
