"""The pages of people and companies: writing, editing, files, two people at one record, mentions, the phone."""

import re
import time
from collections.abc import Callable

from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.support import expect_versions

FIND = """
from crm_app.core import db
from sqlalchemy import text
print(db.read_sync(lambda session: session.execute(text({0!r})).scalar()))
"""
WAIT_SECONDS = 3
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


def open_person(page: Page, site) -> str:
    """Open Lena Arndt and give the address."""
    id = site.run(FIND.format("SELECT id FROM person WHERE display_name = 'Lena Arndt'")).strip()
    page.goto(f"{site.url}/people/{id}")
    page.wait_for_selector(".timeline .ev")
    return page.url


def reload_late(page: Page) -> None:
    """The page again, its own script after what the server says, if that can be had, as on a slow line."""
    held: list[Route] = []
    script = re.compile(r"/assets/_people_.*person_id.*\.js")
    page.route(script, lambda route: held.append(route))
    said: list[str] = []
    page.once("websocket", lambda socket: socket.on("framereceived", lambda text: said.append(str(text))))
    page.reload(wait_until="commit")
    until = time.monotonic() + WAIT_SECONDS
    while not (held and any("activity_card" in text for text in said)) and time.monotonic() < until:
        page.wait_for_timeout(50)
    for route in held:
        route.continue_()
    page.unroute(script)


def test_a_person_is_edited_and_written_about(admin: Page, site) -> None:
    open_person(admin, site)
    admin.locator("[data-field=title] button.val").click()
    admin.locator("[data-field=title] input").fill("Head of buying")
    admin.keyboard.press("Enter")
    expect(admin.locator(".id")).to_contain_text("Head of buying, Cancity")
    properties = admin.get_by_role("region", name="Properties")
    properties.get_by_role("button", name="Add an e-mail").click()
    admin.get_by_label("E-mail", exact=True).fill("lena@example.org")
    admin.keyboard.press("Enter")
    expect(properties.get_by_role("link", name="lena@example.org")).to_have_attribute("href", "mailto:lena@example.org")
    admin.get_by_label("Note", exact=True).fill("Met at the <b>fair</b>")
    admin.reload()  # the draft outlives a reload
    expect(admin.get_by_label("Note", exact=True)).to_have_value("Met at the <b>fair</b>")
    admin.get_by_label("Note", exact=True).press("Control+Enter")
    first = admin.locator(".ev[data-kind=note]").first
    expect(first).to_contain_text("Met at the <b>fair</b>")
    expect(admin.get_by_label("Note", exact=True)).to_have_value("")
    admin.get_by_label("Note", exact=True).fill("And now for something else")
    admin.get_by_role("button", name="New", exact=True).click()
    admin.get_by_role("menuitem", name="Activity").click()
    card = admin.get_by_role("dialog")
    card.get_by_role("button", name="Meeting").click()
    card.get_by_label("Subject").fill("Half a plan")
    card.get_by_role("combobox", name="Company").fill("isd")
    admin.get_by_role("option", name="Isdom").click()
    reload_late(admin)
    for again in (False, True):  # the page opens it again; left without a touch, it is there the next time, too
        if again:
            admin.get_by_role("button", name="New", exact=True).click()
            admin.get_by_role("menuitem", name="Activity").click()
        expect(card).to_contain_text("What you had typed is still here.")
        expect(card.get_by_label("Subject")).to_have_value("Half a plan")
        expect(card.get_by_role("combobox", name="Company")).to_have_value("Isdom")
        expect(card.get_by_role("button", name="Meeting")).to_have_attribute("aria-pressed", "true")
        card.get_by_role("button", name="Close").click()
        expect(card).to_have_count(0)
    expect(admin.get_by_label("Note", exact=True)).to_have_value("And now for something else")
    admin.get_by_label("Note", exact=True).fill("")
    first.hover()
    first.get_by_role("button", name=re.compile("Delete")).click()
    admin.locator(".toast .act").last.click()
    expect(admin.locator(".ev[data-kind=note]").first).to_contain_text("Met at the")


def test_a_task_is_planned_and_done_and_found(admin: Page, site) -> None:
    open_person(admin, site)
    admin.get_by_role("button", name="Task", exact=True).click()
    admin.get_by_label("What is to be done").fill("Send the catalogue")
    admin.keyboard.press("Control+Enter")
    planned = admin.get_by_role("region", name="Planned")
    expect(planned).to_contain_text("Send the catalogue")
    tick = planned.get_by_role("button", name="Mark as done: Send the catalogue")
    expect(tick).to_have_css("opacity", "1")
    tick.click()
    expect(admin.locator(".ev[data-kind=task]").filter(has_text="finished")).to_contain_text("Send the catalogue")
    admin.get_by_label("Search this timeline").fill("catalogue")
    expect(admin.locator(".ev")).to_have_count(1)
    admin.get_by_role("button", name="Calls", exact=True).click()
    expect(admin.get_by_role("heading", name="Nothing like that here")).to_be_visible()


def test_a_note_of_three_megabytes_is_refused_beside_it_and_not_lost(admin: Page, site) -> None:
    open_person(admin, site)
    note = admin.get_by_label("Note", exact=True)
    note.click()
    note.evaluate(
        """box => {
            const set = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set;
            set.call(box, "All of the minutes. ".repeat(150000));
            box.dispatchEvent(new Event("input", { bubbles: true }));
        }"""
    )
    expect(admin.get_by_role("alert")).to_contain_text("3,000,000 characters, and may have at most 100,000")
    notes = admin.locator(".ev[data-kind=note]").count()
    note.press("Control+Enter")
    assert note.evaluate("box => box.value.length") == 3_000_000
    assert admin.locator(".ev[data-kind=note]").count() == notes
    note.fill("The minutes lie in a file.")
    note.press("Control+Enter")
    expect(admin.locator(".ev[data-kind=note]").first).to_contain_text("The minutes lie in a file.")


READ_ALL = """
from crm_app.attention.queries import mark_read
from crm_app.core import db
from crm_app.identity.queries import principal_by_email
db.write_sync(lambda s: mark_read(s, principal_by_email(s, "manager@example.org")))
"""


def test_two_people_see_each_other_and_what_they_write(admin: Page, manager: Page, site) -> None:
    address = open_person(admin, site)
    site.run(READ_ALL)
    manager.goto(address)
    manager.wait_for_selector(".timeline .ev")
    expect(admin.locator(".onlookers .av")).to_have_attribute("title", "Ravi Shah")
    expect(manager.locator(".onlookers .av")).to_have_attribute("title", "Inès Moreau")
    area = admin.get_by_label("Note", exact=True)
    area.click()
    admin.keyboard.type("Please call back, @rav")
    admin.get_by_role("option", name="Ravi Shah").click()
    expect(area).to_have_value("Please call back, @Ravi Shah ")
    area.press("Control+Enter")
    expect(manager.locator(".ev[data-kind=note]").first).to_contain_text("@Ravi Shah")
    expect(manager.locator(".bell .count")).to_have_text("1")
    manager.locator(".bell").click()
    note = manager.locator(".notes li").first
    expect(note).to_contain_text("Inès Moreau mentioned you at Lena Arndt: Please call back, @Ravi Shah")
    expect(admin.locator(".onlookers .av")).to_have_count(0, timeout=2500)
    note.locator(".notetext").click()
    manager.wait_for_url(address)
    expect(manager.locator(".bell .count")).to_have_count(0)


def test_two_people_at_one_field_see_yours_theirs_and_before(sign_in: Callable[..., Page], site) -> None:
    admin, other = sign_in("admin"), sign_in("admin")
    address = open_person(admin, site)
    admin.locator("[data-field=source] button.val").click()
    admin.locator("[data-field=source] input").fill("Newsletter")
    admin.keyboard.press("Enter")
    expect(admin.locator("[data-field=source] .val")).to_have_text("Newsletter")
    other.goto(address)
    other.locator("[data-field=source] button.val").click()
    admin.locator("[data-field=source] button.val").click()
    admin.locator("[data-field=source] input").fill("Trade fair")
    admin.keyboard.press("Enter")
    expect(admin.locator("[data-field=source] .val")).to_have_text("Trade fair")
    other.locator("[data-field=source] input").fill("A friend")
    other.keyboard.press("Enter")
    dialog = other.get_by_role("dialog")
    expect_versions(dialog, "A friend", "Trade fair", "Newsletter")
    expect(dialog).to_contain_text("was changed by yourself in another window")
    other.keyboard.press("Escape")  # theirs stays; who sees it is at the field again
    expect(other.locator("[data-field=source] button.val")).to_be_focused()
    expect(other.locator("[data-field=source] .val")).to_have_text("Trade fair")


def drop(zone: Locator, name: str, content: bytes, media_type: str) -> None:
    """Let go of a file over this place, as the browser does after a drag from the desk."""
    carried = zone.page.evaluate_handle(
        """([name, bytes, type]) => {
            const carried = new DataTransfer();
            carried.items.add(new File([new Uint8Array(bytes)], name, { type }));
            return carried;
        }""",
        [name, list(content), media_type],
    )
    for event in ("dragenter", "dragover", "drop"):
        zone.dispatch_event(event, {"dataTransfer": carried})


def test_a_file_is_dropped_shown_and_taken_away(admin: Page, site) -> None:
    open_person(admin, site)
    drop(admin.get_by_text("Drop files here, or choose some"), "../pixel.png", PNG, "text/html")
    row = admin.locator(".ev[data-kind=file]").first
    expect(row).to_contain_text("pixel.png")
    id = row.get_attribute("data-event")
    got = admin.request.get(f"{site.url}/files/{id}")
    assert got.body() == PNG and got.headers["content-disposition"].startswith("attachment")
    assert got.headers["content-type"] == "application/octet-stream"
    shown = admin.request.get(f"{site.url}/files/{id}/preview")
    assert shown.headers["content-type"] == "image/png" and "sandbox" in shown.headers["content-security-policy"]
    row.get_by_role("button", name="Preview pixel.png").first.click()
    expect(admin.get_by_role("dialog").locator("img")).to_be_visible()
    admin.keyboard.press("Escape")
    row.hover()
    row.get_by_role("button", name=re.compile("Delete")).click()
    expect(admin.locator(f".ev[data-event='{id}']")).to_have_count(0)
    assert admin.request.get(f"{site.url}/files/{id}").status == 404


def test_a_file_of_a_deal_of_somebody_else_is_refused_by_its_address(admin: Page, seller: Page, site) -> None:
    """A seller sees own deals only: neither the file nor its preview is given to who merely knows the address."""
    owned = 'SELECT min(deal.id) FROM deal JOIN "user" u ON u.id = owner_id WHERE u.name = {!r} AND {}'
    deal = site.run(FIND.format(owned.format("Ravi Shah", "deal.deleted_at IS NULL"))).strip()
    admin.goto(f"{site.url}/deals/{deal}")
    admin.locator("input[type=file]").set_input_files(
        [{"name": "offer.png", "mimeType": "image/png", "buffer": PNG}],
    )
    row = admin.locator(".ev[data-kind=file]").first
    expect(row).to_contain_text("offer.png")
    address = f"{site.url}/files/{row.get_attribute('data-event')}"
    for asked in (address, f"{address}/preview"):
        assert admin.request.get(asked).body() == PNG
        refused = seller.request.get(asked)
        assert refused.status == 404 and PNG not in refused.body() and "offer.png" not in refused.text()
    assert seller.request.get(f"{site.url}/", max_redirects=0).status == 200  # signed in all the same


def test_related_records_are_added_beside_the_page(admin: Page, site) -> None:
    id = site.run(FIND.format("SELECT id FROM company WHERE name = 'Cancity'")).strip()
    admin.goto(f"{site.url}/companies/{id}")
    admin.get_by_role("button", name="New subsidiary").click()
    dialog = admin.get_by_role("dialog")
    expect(dialog.locator("[name=parent_id_text]")).to_have_value("Cancity")
    dialog.locator("[name=name]").fill("Cancity North")
    admin.keyboard.press("Control+Enter")
    group = admin.get_by_role("region", name="Group")
    expect(group.get_by_role("link", name="Cancity North")).to_be_visible()


MENTIONED = """
from crm_app.core import db
from crm_app.core.changes import Change, apply
from crm_app.identity.queries import principal_by_email
def write(session):
    me, you = (principal_by_email(session, name + "@example.org") for name in ("admin", "manager"))
    body = f"@[Ravi Shah]({you.id}) the hall is free"
    apply(session, me, Change("activity", op="create", set={"type": "note", "body": body, "person_id": PERSON}))
db.write_sync(write)
"""


def test_home_shows_the_day_and_what_was_opened(manager: Page, site) -> None:
    """What is late, due today and this week in that order, own deals by their next step, mentions, what was seen."""
    person = open_person(manager, site).rsplit("/", 1)[1]
    site.run(MENTIONED.replace("PERSON", person))
    expect(manager.locator(".bell .count")).to_be_visible()
    manager.goto(site.url + "/")
    expect(manager.get_by_role("region", name="Recently viewed").locator("li").first).to_contain_text("Lena Arndt")
    mentions = manager.get_by_role("region", name="Mentions")
    expect(mentions.locator("li").first).to_contain_text("mentioned you at Lena Arndt: @Ravi Shah the hall is free")
    deals = manager.get_by_role("region", name="My open deals").locator("li")
    expect(deals.first).to_contain_text(re.compile(r"\d days? late"))
    tasks = manager.get_by_role("region", name="My activities").locator("li")
    due = tasks.locator(".tag").all_inner_texts()
    order = [0 if "late" in words else 1 if words.startswith("Today") else 2 for words in due]
    assert order == sorted(order) and order[0] == 0
    before = tasks.count()
    tasks.first.locator(".tickbox").click()
    expect(tasks).to_have_count(before - 1)


def test_a_person_on_a_phone_has_tabs(phone: Page, site) -> None:
    id = site.run(FIND.format("SELECT id FROM person WHERE display_name = 'Lena Arndt'")).strip()
    phone.goto(f"{site.url}/people/{id}")
    phone.locator(".tabs button", has_text="Timeline").click()
    expect(phone.get_by_label("Note", exact=True)).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
