"""What is done a hundred times a day, in few long visits: a list, many at once, a person's page, a phone."""

import csv
import io
import json
import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, Page, expect

from tests.browser.support import first_card, open_board, resting_place
from tests.browser.test_lists import open_list, title
from tests.browser.test_people import FIND, open_person

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF"
)
MAKE = """
import json
from datetime import timedelta
from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply_many
from crm_app.core.clock import now
wanted = [Change(kind, set=values, op="create") for kind, values in json.loads({0!r})]
print(json.dumps([done.id for done in db.write_sync(apply_many, SYSTEM, wanted)]))
"""


def make(site, *records: tuple[str, dict[str, object]]) -> list[int]:
    """Records written by another process."""
    return json.loads(site.run(MAKE.format(json.dumps(records))))


def shown(page: Page) -> int:
    """The number beside the filters of a list."""
    return int(page.locator(".lbar .sum b").inner_text().replace(",", ""))


def condition(group: Locator, n: int, field: str, op: str) -> Locator:
    """The nth condition of a group, set to a field and how it is compared."""
    found = group.locator(":scope > .cond").nth(n)
    found.get_by_label("Field").select_option(label=field)
    found.get_by_label("Condition", exact=True).select_option(label=op)
    return found


def test_a_list_from_a_nested_filter_to_a_view_an_export_and_a_walk(admin: Page, site) -> None:
    """All of: a title, any of: another, a value above. Then grouped, its columns moved, kept under a name, exported."""
    open_list(admin, site, "/deals/list")
    admin.get_by_role("button", name="Filter", exact=True).click()
    dialog = admin.get_by_role("dialog", name="Filter")
    outer = dialog.locator(".conds").first
    condition(outer, 0, "Title", "contains").get_by_label("Title").fill("Lost deal")
    outer.get_by_role("button", name="Group", exact=True).click()
    inner = dialog.locator(".conds.inner")
    condition(inner, 0, "Title", "contains").get_by_label("Title").fill("deal 2")
    inner.get_by_role("button", name="Condition", exact=True).click()
    condition(inner, 1, "Value", "is more than").get_by_label("Value").fill("1000.05")
    expect(inner.get_by_role("button", name="Any of these")).to_have_attribute("aria-pressed", "true")
    dialog.get_by_role("button", name="Apply").click()
    expect(admin.locator(".lbar .sum b")).to_have_text("5")  # deal 2, and 6 to 9 of the ten
    kept = json.loads(parse_qs(urlsplit(admin.url).query)["f"][0])
    assert [sorted(item)[0] for item in kept["all"]] == ["f", "any"] and len(kept["all"][1]["any"]) == 2

    admin.get_by_role("button", name="Group by").click()
    admin.get_by_role("menuitem", name="Owner").click()
    heads = admin.locator(".lgroup")
    expect(heads).to_have_text([re.compile("Noor Khalil.*2$"), re.compile("Ravi Shah.*3$")])
    heads.first.get_by_role("button").press("ArrowLeft")
    expect(admin.locator("[data-row]")).to_have_count(3)
    expect(heads.first.get_by_role("button")).to_be_focused()
    admin.get_by_role("button", name="Group by").click()
    admin.get_by_role("menuitem", name="Fold all", exact=True).click()
    expect(admin.locator("[data-row]")).to_have_count(0)
    expect(admin.locator(".lbar .sum b")).to_have_text("5")
    heads.last.get_by_role("button").press("ArrowRight")
    expect(admin.locator("[data-row]")).to_have_count(3)
    admin.get_by_role("button", name="Group by").click()
    admin.get_by_role("menuitem", name="Unfold all").click()
    expect(admin.locator("[data-row]")).to_have_count(5)
    admin.get_by_role("button", name="Columns").click()
    chooser = admin.get_by_role("dialog", name="Columns")
    names = admin.get_by_role("columnheader").all_inner_texts()
    chooser.get_by_label("Find a column").fill(names[3].upper())
    expect(chooser.get_by_role("checkbox", name=names[0], exact=True)).to_have_count(0)
    chooser.get_by_role("button", name=f"Move {names[3]} up").click()
    moved = [names[0], names[1], names[3], names[2], *names[4:]]
    expect(admin.get_by_role("columnheader")).to_have_text(moved)
    admin.keyboard.press("Escape")
    find = admin.get_by_role("searchbox", name="Find in deals")
    find.fill("deal")
    admin.wait_for_url(re.compile("q=deal"))
    admin.get_by_role("button", name="Save view").click()
    admin.get_by_label("Name").fill("Lost and worth a call")
    admin.get_by_role("button", name="Save", exact=True).click()
    admin.wait_for_url(re.compile(r"view=\d+$"))
    admin.reload()
    expect(admin.get_by_role("columnheader")).to_have_text(moved)
    expect(heads).to_have_count(2)
    expect(find).to_have_value("deal")
    assert shown(admin) == 5

    admin.get_by_role("button", name="Export").click()
    with admin.expect_download() as coming:
        admin.get_by_role("menuitem", name="CSV").click()
    rows = list(csv.reader(io.StringIO(coming.value.path().read_text(encoding="utf-8-sig"))))
    assert len(rows) - 1 == shown(admin) and rows[0] == moved[1:]

    first, second = (admin.locator("[data-row] .open").nth(n).inner_text() for n in (0, 1))
    admin.locator("[data-row] .open").first.click()
    way = admin.get_by_role("navigation", name="The list")
    expect(way).to_contain_text("1 of 5")
    way.get_by_role("link", name="Next").click()
    expect(way).to_contain_text("2 of 5")
    expect(admin.get_by_role("heading", level=1)).to_have_text(second)
    way.get_by_role("link", name="Previous").click()
    expect(admin.get_by_role("heading", level=1)).to_have_text(first)
    way.get_by_role("link", name="Back to the list").click()
    expect(heads).to_have_count(2)


def test_documents_are_walked_through_their_list(admin: Page, site) -> None:
    for path in ("/quotes", "/orders", "/invoices"):
        open_list(admin, site, path)
        admin.locator("[data-row] .open").first.click()
        way = admin.get_by_role("navigation", name="The list")
        expect(way).to_contain_text(re.compile(r"1 of \d"))
        way.get_by_role("link", name="Back to the list").click()
        expect(admin).to_have_url(re.compile(path + r"\?sort="))


def test_many_are_assigned_tagged_and_deleted_and_each_is_taken_back(admin: Page, site) -> None:
    make(site, ("tag", {"name": "Spring"}))
    open_list(admin, site, "/deals/list?sort=title&cols=title,owner_id,tags")
    names = [f"Checked deal {n}" for n in (0, 1)]
    owners = [title(admin, name).locator("[data-col=owner_id]") for name in names]
    tags = [title(admin, name).locator("[data-col=tags]") for name in names]
    bar = admin.get_by_role("toolbar", name="Selected rows")

    def choose() -> None:
        for name in names:
            admin.get_by_label(f"Select {name}", exact=True).check()
        expect(bar.locator("b")).to_have_text("2 selected")

    def take_back() -> None:
        admin.locator(".toast").last.get_by_role("button", name="Undo").click()
        expect(admin.locator(".toast").last).to_contain_text("taken back.")

    choose()
    bar.get_by_role("button", name="Assign").click()
    dialog = admin.get_by_role("dialog", name="Assign 2 deals")
    dialog.get_by_label("New owner").select_option(label="Inès Moreau")
    dialog.get_by_role("button", name="Apply").click()
    for owner in owners:
        expect(owner).to_contain_text("Inès Moreau")
    take_back()
    expect(owners[0]).to_contain_text("Ravi Shah")
    expect(owners[1]).to_contain_text("Noor Khalil")

    choose()
    bar.get_by_role("button", name="Tag").click()
    admin.get_by_role("menuitem", name="Add tags").click()
    dialog = admin.get_by_role("dialog", name="Tag 2 deals")
    dialog.get_by_label("Add to Tags").select_option(label="Spring")
    dialog.get_by_role("button", name="Apply").click()
    for cell in tags:
        expect(cell).to_have_text("Spring")
    take_back()
    for cell in tags:
        expect(cell.locator(".tag")).to_have_count(0)

    before = shown(admin)
    choose()
    bar.get_by_role("button", name="Delete").click()
    dialog = admin.get_by_role("dialog", name="Delete 2 deals?")
    expect(dialog).to_contain_text("Ctrl Enter presses “Delete”")
    dialog.get_by_role("button", name="Delete", exact=True).click()
    expect(admin.locator(".lbar .sum b")).to_have_text(str(before - 2))
    expect(title(admin, names[0])).to_have_count(0)
    take_back()
    expect(admin.locator(".lbar .sum b")).to_have_text(str(before))
    expect(title(admin, names[0])).to_be_visible()


def test_a_timeline_is_pinned_scrolled_and_previewed_and_relations_join_people(admin: Page, site) -> None:
    address = open_person(admin, site)
    lena = int(address.rsplit("/", 1)[1])
    notes = [("activity", {"type": "note", "body": f"Old note {n}", "person_id": lena}) for n in range(120)]
    make(site, *notes, ("person", {"first_name": "Ida", "last_name": "Holm"}))
    admin.reload()
    row = admin.locator(".ev[data-kind=note]", has_text="Old note 119")
    row.hover()
    row.get_by_role("button", name=re.compile("^Pin")).click()
    pinned = admin.get_by_role("region", name="Pinned")
    expect(pinned).to_contain_text("Old note 119")
    expect(admin.get_by_text("Old note 0", exact=True)).to_have_count(0)
    for _ in range(6):
        admin.locator(".ev").last.scroll_into_view_if_needed()
        admin.wait_for_timeout(250)
    expect(admin.get_by_text("Old note 0", exact=True)).to_have_count(1)
    expect(admin.locator(".ev", has_text="Old note")).to_have_count(121)  # each once, and the pinned one on top
    pinned.get_by_role("button", name=re.compile("^Unpin")).dispatch_event("click")
    expect(pinned).to_have_count(0)

    for name, content, kind in (
        ("minutes.txt", b"We agreed on May.", "text/plain"),
        ("offer.pdf", PDF, "application/pdf"),
    ):
        admin.locator("input[type=file]").set_input_files([{"name": name, "mimeType": kind, "buffer": content}])
        file = admin.locator(".ev[data-kind=file]", has_text=name)
        expect(file).to_have_count(1)
        file.hover()
        file.get_by_role("button", name=f"Preview {name}").click()
        preview = admin.get_by_role("dialog", name=f"Preview of {name}")
        if kind == "text/plain":
            expect(preview.locator("pre")).to_have_text("We agreed on May.")
        else:
            answer = admin.request.get(site.url + (preview.locator("iframe").get_attribute("src") or ""))
            assert (answer.headers["content-type"], answer.body()) == ("application/pdf", PDF)
        preview.get_by_role("button", name="Close").click()
        expect(preview).to_have_count(0)

    admin.get_by_role("button", name="Add relation").click()
    dialog = admin.get_by_role("dialog", name="Add relation")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert").first).to_have_text("Choose a person from the list.")
    dialog.get_by_role("combobox", name="Person", exact=True).fill("ida")
    admin.get_by_role("option", name="Ida Holm").click()
    dialog.locator("select[name=type]").select_option("assistant")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    relations = admin.get_by_role("region", name="Relations")
    expect(relations).to_contain_text("Ida Holm")
    relations.get_by_role("link", name="Ida Holm").click()
    expect(admin.get_by_role("heading", level=1)).to_have_text("Ida Holm")
    expect(relations).to_contain_text("Lena Arndt")


def test_a_person_made_within_a_call_is_chosen_and_what_was_typed_stays(admin: Page, site) -> None:
    admin.goto(site.url + "/activities")
    admin.get_by_role("button", name="New", exact=True).click()
    admin.get_by_role("menuitem", name="Activity").click()
    call = admin.get_by_role("dialog", name="New task")
    call.get_by_role("button", name="Call").click()
    call = admin.get_by_role("dialog", name="New call")
    call.get_by_label("Subject").fill("Ask about the hall")
    call.get_by_label("What was said").fill("She rang twice.")
    for kind, typed, field in (("person", "Mara Lund", "Last name"), ("company", "Lund Halls", "Name")):
        call.get_by_role("combobox", name=kind.capitalize()).fill(typed)
        admin.get_by_role("option", name=f"New {kind}").click()
        sheet = admin.get_by_role("dialog", name=f"New {kind}")
        expect(sheet.get_by_label(field, exact=False).first).to_have_value(re.compile("Lund"))
        sheet.get_by_role("button", name=f"Create {kind}").click()
        expect(sheet).to_have_count(0)
        expect(call.get_by_role("combobox", name=kind.capitalize())).to_have_value(typed)
    expect(call.get_by_label("Subject")).to_have_value("Ask about the hall")
    expect(call.get_by_label("What was said")).to_have_value("She rang twice.")
    call.get_by_role("button", name="Plan it").click()
    expect(call).to_have_count(0)
    admin.locator("[data-row] .open", has_text="Ask about the hall").click()
    expect(admin.get_by_role("dialog", name="Call").get_by_label("What was said")).to_have_value("She rang twice.")
    person = site.run(FIND.format("SELECT id FROM person WHERE display_name = 'Mara Lund'")).strip()
    admin.goto(f"{site.url}/people/{person}")
    expect(admin.get_by_role("region", name="Planned")).to_contain_text("Ask about the hall")


def test_a_day_on_a_phone(phone: Page, site) -> None:
    """A person is made, a call logged, a deal moved, some companies edited at once, a deal far down a list looked at,
    the inbox read; never sideways.
    """

    def fits() -> None:
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390, phone.url

    phone.goto(site.url + "/people")
    phone.get_by_role("button", name="New person").tap()
    dialog = phone.get_by_role("dialog", name="New person")
    dialog.get_by_label("Last name").fill("Berg")
    fits()
    dialog.get_by_role("button", name="Create person").tap()
    phone.wait_for_url(re.compile(r"/people/\d+"))
    phone.locator(".tabs button", has_text="Timeline").tap()
    phone.get_by_role("button", name="Call", exact=True).tap()
    phone.get_by_label("What it was about").fill("Asked for the price list")
    fits()
    phone.get_by_role("button", name="Save", exact=True).tap()
    expect(phone.locator(".ev[data-kind=call]")).to_contain_text("Asked for the price list")
    fits()

    open_board(phone, site)
    moved = first_card(phone, "Engaging")
    menu = phone.locator(f"[data-card='{moved}'] .cardmenu")
    menu.tap()
    fits()
    box = phone.locator(f"[data-card='{moved}'] .who").bounding_box()
    assert box is not None
    phone.touchscreen.tap(box["x"] + 20, box["y"] + 6)  # beside the menu: it closes, and nothing else
    expect(phone.get_by_role("menuitem")).to_have_count(0)
    expect(phone).to_have_url(re.compile("/deals(\\?.*)?$"))
    menu.tap()
    phone.get_by_role("menuitem").filter(has_text="Prospecting").tap()
    expect(phone.locator(f"section[aria-label='Prospecting'] [data-card='{moved}']")).to_have_count(1)

    open_list(phone, site, "/companies")
    for n in (0, 1):
        phone.locator("[data-row] input").nth(n).tap()
    bar = phone.get_by_role("toolbar", name="Selected rows")
    fits()
    bar.get_by_role("button", name="Edit").tap()
    dialog = phone.get_by_role("dialog", name="Edit 2 companies")
    dialog.get_by_label("Field").select_option(label="Country")
    dialog.get_by_label("New value").last.fill("Chile")
    fits()
    dialog.get_by_role("button", name="Apply").tap()
    expect(phone.locator(".toast").last).to_contain_text("2 changed.")
    expect(phone.locator("[data-row] [data-col=country]", has_text="Chile")).to_have_count(2)
    phone.locator(".toast").last.get_by_role("button", name="Undo").tap()
    expect(phone.locator("[data-row] [data-col=country]", has_text="Chile")).to_have_count(0)

    open_list(phone, site, "/deals/list?sort=title")  # cards far down: a tap on one, and back to the same place
    box = phone.get_by_role("grid")
    box.evaluate("e => e.scrollTo(0, e.scrollHeight)")
    expect(phone.locator("[data-row]")).to_have_count(100)
    card = phone.locator("[data-row]").nth(70)
    card.evaluate("e => e.scrollIntoView({ block: 'center' })")
    name, before = card.locator(".open").inner_text(), resting_place(card)
    card.tap()
    phone.wait_for_url(re.compile(r"/deals/\d+\?list="))
    expect(box).to_have_count(0)
    phone.go_back()
    expect(title(phone, name).locator(".open")).to_be_in_viewport(ratio=1)
    assert abs(resting_place(title(phone, name))["y"] - before["y"]) <= 1
    fits()
    phone.get_by_role("navigation", name="Main, phone").get_by_role("link", name="Inbox").tap()
    expect(phone.get_by_role("heading", name="Inbox").last).to_be_visible()
    fits()
