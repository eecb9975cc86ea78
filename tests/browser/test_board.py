"""The board as people use it: mouse, keyboard, touch, menu; refused moves go back; colleagues see them."""

import re

from playwright.sync_api import Page, expect

from tests.browser.support import card, drag, drag_to, first_card, open_board


def test_a_card_is_dragged_with_the_mouse_and_stays(admin: Page, site) -> None:
    open_board(admin, site)
    moved = first_card(admin, "Prospecting")
    drag(admin, moved, "Engaging")
    expect(card(admin, moved, "Engaging")).to_be_visible()
    expect(card(admin, moved, "Engaging")).not_to_have_class(re.compile("waiting"))
    admin.reload()
    expect(card(admin, moved, "Engaging")).to_be_visible()


def test_a_card_goes_into_the_lane_of_a_colleague_who_has_the_deal_then(admin: Page, site) -> None:
    admin.goto(site.url + "/deals?lanes=owner")
    admin.wait_for_selector("[data-card]")
    theirs, mine = admin.get_by_role("region", name="Noor Khalil"), admin.get_by_role("region", name="Ravi Shah")
    moved = int(str(theirs.locator("[data-card]").nth(3).get_attribute("data-card")))  # below the heads when scrolled
    mine.locator(".cards").first.scroll_into_view_if_needed()
    drag_to(admin, moved, mine.locator(".cards").first)
    expect(mine.locator(f"[data-card='{moved}']")).to_be_visible()
    toast = admin.locator(".toast", has_text="given to Ravi Shah")
    expect(toast).to_be_visible()
    expect(theirs.locator(f"[data-card='{moved}']")).to_have_count(0)
    toast.get_by_role("button", name="Undo").click()
    expect(theirs.locator(f"[data-card='{moved}']")).to_be_visible()


def test_the_count_follows_the_move(admin: Page, site) -> None:
    open_board(admin, site)
    count = admin.locator("section[aria-label='Engaging'] .n")
    before = int(count.inner_text().replace(",", ""))
    drag(admin, first_card(admin, "Prospecting"), "Engaging")
    expect(count).to_have_text(f"{before + 1:,}")


def test_a_card_moves_by_keyboard_and_it_is_said_aloud(admin: Page, site) -> None:
    open_board(admin, site)
    moved = first_card(admin, "Prospecting")
    card(admin, moved).focus()
    admin.keyboard.press("Space")
    admin.wait_for_timeout(250)
    admin.keyboard.press("ArrowRight")
    admin.wait_for_timeout(350)
    admin.keyboard.press("Space")
    expect(card(admin, moved, "Engaging")).to_be_visible()
    expect(admin.locator("[role=status]", has_text="Moved.")).to_have_count(1)


def test_move_to_needs_no_dragging(admin: Page, site) -> None:
    open_board(admin, site)
    moved = first_card(admin, "Engaging")
    card(admin, moved).hover()
    card(admin, moved).locator(".cardmenu").click()
    admin.get_by_role("menuitem").filter(has_text="Prospecting").click()
    expect(card(admin, moved, "Prospecting")).to_be_visible()


def test_a_gate_asks_only_for_what_is_missing_and_cancel_puts_the_card_back(admin: Page, site) -> None:
    open_board(admin, site)
    moved = first_card(admin, "Engaging")
    card(admin, moved).hover()
    card(admin, moved).locator(".cardmenu").click()
    admin.get_by_role("menuitem").filter(has_text="Lost").click()
    dialog = admin.get_by_role("dialog")
    expect(dialog.locator(".field")).to_have_count(2)  # the reason that is needed, the competitor who is offered
    admin.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(card(admin, moved, "Engaging")).to_be_visible()
    card(admin, moved).hover()
    card(admin, moved).locator(".cardmenu").click()
    admin.get_by_role("menuitem").filter(has_text="Lost").click()
    dialog.get_by_label("Reason for the loss").fill("Chose another house")
    admin.get_by_role("button", name="Move the deal").click()
    expect(card(admin, moved, "Lost")).to_be_visible()


def test_a_stage_asks_for_a_person_and_the_card_goes_back_or_on(seller: Page, site) -> None:
    open_board(seller, site)
    moved = first_card(seller, "Prospecting")
    drag(seller, moved, "Checked")
    dialog = seller.get_by_role("dialog")
    dialog.get_by_role("button", name="Cancel").click()
    expect(card(seller, moved, "Prospecting")).to_be_visible()
    drag(seller, moved, "Checked")
    dialog.get_by_role("combobox", name="Person").fill("arndt")
    seller.get_by_role("option", name="Lena Arndt").click()
    dialog.get_by_role("button", name="Move the deal").click()
    expect(card(seller, moved, "Checked")).to_contain_text("Lena Arndt")
    seller.locator(".toast", has_text="moved to Checked").get_by_role("button", name="Undo").click()
    expect(card(seller, moved, "Prospecting")).to_be_visible()


NEW_STAGE = """
from sqlalchemy import text
from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply
def add(session):
    pipeline = session.execute(text("SELECT pipeline_id FROM stage WHERE name = 'Checked'")).scalar()
    values = dict(pipeline_id=pipeline, name="Passing", kind="open", probability=70, position=2)
    values["required_fields"] = ["person_id"]
    return apply(session, SYSTEM, Change("stage", op="create", set=values)).id
print(db.write_sync(add))
"""
NO_STAGE = """
from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.deals.editor.service import delete_stage
db.write_sync(delete_stage, SYSTEM, {})
"""


def test_a_stage_that_goes_while_it_asks_or_under_a_card_leaves_the_deal_where_it_was(admin: Page, site) -> None:
    stage = site.run(NEW_STAGE).strip()
    open_board(admin, site)
    moved = first_card(admin, "Prospecting")
    card(admin, moved).hover()
    card(admin, moved).locator(".cardmenu").click()
    admin.get_by_role("menuitem").filter(has_text="Passing").click()
    dialog = admin.get_by_role("dialog")
    dialog.get_by_role("combobox", name="Person").fill("arndt")
    admin.get_by_role("option", name="Lena Arndt").click()
    site.run(NO_STAGE.format(stage))
    dialog.get_by_role("button", name="Move the deal").click()
    expect(dialog).to_contain_text("This stage was removed meanwhile.")
    expect(dialog.get_by_role("combobox", name="Person")).to_have_value("Lena Arndt")  # what was chosen is not lost
    dialog.get_by_role("button", name="Cancel").click()
    dialog.get_by_role("button", name="Discard").click()
    expect(card(admin, moved, "Prospecting")).to_be_visible()

    stage = site.run(NEW_STAGE).strip()
    open_board(admin, site)
    source, target = (
        card(admin, moved).bounding_box(),
        admin.locator("section[aria-label='Passing'] .cards").bounding_box(),
    )
    assert source is not None and target is not None
    admin.mouse.move(source["x"] + 60, source["y"] + 40)
    admin.mouse.down()
    admin.mouse.move(source["x"] + 75, source["y"] + 50, steps=4)
    admin.mouse.move(target["x"] + 80, target["y"] + 60, steps=15)
    site.run(NO_STAGE.format(stage))
    admin.mouse.up()
    expect(admin.locator(".toast", has_text="This stage was removed meanwhile.")).to_be_visible()
    expect(card(admin, moved, "Prospecting")).to_be_visible()
    expect(admin.locator("section[aria-label='Passing']")).to_have_count(0)


def test_a_seller_sees_only_own_deals(seller: Page, site) -> None:
    open_board(seller, site)
    owners = seller.locator("[data-card] .av").evaluate_all("all => [...new Set(all.map(e => e.title))]")
    assert owners == ["Noor Khalil"]


def test_a_colleague_sees_the_move(admin: Page, manager: Page, site) -> None:
    open_board(admin, site)
    open_board(manager, site)
    moved = first_card(manager, "Prospecting")
    admin.get_by_label("Filter deals").fill("")
    drag(manager, moved, "Engaging")
    expect(card(admin, moved, "Engaging")).to_be_visible(timeout=3000)  # how fast it is, `kith bench live` measures


def test_a_change_of_another_process_arrives_with_the_totals(admin: Page, site) -> None:
    """As `kith import` beside the server would: it only writes, the server notices."""
    open_board(admin, site)
    changed = first_card(admin, "Engaging")
    total = admin.locator("section[aria-label='Engaging'] h2 em")
    before = total.inner_text()
    site.run(
        "from crm_app.core import db\n"
        "from crm_app.core.actor import SYSTEM\n"
        "from crm_app.core.changes import Change, apply\n"
        f"wish = Change('deal', {changed}, {{'title': 'Changed elsewhere', 'value_minor': 98765400}})\n"
        "db.write_sync(lambda session: apply(session, SYSTEM, wish))\n"
    )
    expect(card(admin, changed)).to_contain_text("Changed elsewhere", timeout=2000)
    expect(card(admin, changed)).to_contain_text("$987,654")
    expect(total).not_to_have_text(before)


def test_filters_live_in_the_address_and_back_works(admin: Page, site) -> None:
    open_board(admin, site)
    admin.get_by_label("Filter deals").fill("isdom")
    admin.wait_for_url(re.compile(r"q=isdom"))
    expect(admin.locator("[data-card] .who").first).to_contain_text("Isdom")
    admin.go_back()
    expect(admin).not_to_have_url(re.compile("q="))
    expect(admin.get_by_label("Filter deals")).to_have_value("")


def test_more_cards_come_on_scroll(admin: Page, site) -> None:
    open_board(admin, site)
    won = admin.locator("section[aria-label='Won']")
    expect(won.locator("[data-card]")).to_have_count(50)  # those below the fold are drawn a moment later
    won.locator(".cards").evaluate("box => box.scrollTo(0, box.scrollHeight)")
    expect(won.locator("[data-card]")).to_have_count(100)


def test_an_empty_filter_says_so(admin: Page, site) -> None:
    admin.goto(site.url + "/deals?q=zzzzzz")
    expect(admin.get_by_role("heading", name="No deal matches")).to_be_visible()


def test_a_card_moves_by_long_press_and_opens_by_a_tap_on_a_phone(phone: Page, site) -> None:
    open_board(phone, site)
    moved = first_card(phone, "Prospecting")
    box = card(phone, moved).bounding_box()
    assert box is not None
    x, y = box["x"] + 60, box["y"] + 40
    touch = phone.context.new_cdp_session(phone)

    def send(kind: str, px: float = 0, py: float = 0) -> None:
        touch.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": [] if kind == "touchEnd" else [{"x": px, "y": py}]},
        )

    send("touchStart", x, y)
    phone.wait_for_timeout(500)
    for step in range(1, 16):
        send("touchMove", x + step * 19, y + step)
        phone.wait_for_timeout(40)
    phone.wait_for_timeout(900)
    send("touchEnd")
    expect(card(phone, moved)).to_be_visible()
    expect(phone.locator(f"section:not([aria-label='Prospecting']) [data-card='{moved}']")).to_have_count(1)
    card(phone, moved).locator(".who").tap()  # anywhere on it
    phone.wait_for_url(f"**/deals/{moved}")


def test_two_cards_of_a_sorted_and_filtered_board_move_together_and_come_back(admin: Page, site) -> None:
    open_board(admin, site)
    admin.get_by_role("button", name=re.compile("^Sort by")).click()
    admin.get_by_role("menuitem", name="Value").click()
    admin.get_by_role("button", name="Filter", exact=True).click()
    dialog = admin.get_by_role("dialog")
    dialog.get_by_label("Field").select_option(label="Title")
    dialog.get_by_role("textbox", name="Title", exact=True).fill("Prospecting deal 1")
    dialog.get_by_role("button", name="Apply").click()
    admin.wait_for_url(re.compile(r"sort=value&f="))
    cards = admin.locator("section[aria-label='Prospecting'] [data-card]")
    expect(cards.first).to_contain_text("Prospecting deal 1")
    expect(admin.locator("section[aria-label='Won'] [data-card]")).to_have_count(0)
    values = cards.locator("b").all_inner_texts()
    assert values == sorted(values, reverse=True) and len(values) > 2
    first, second = (int(cards.nth(n).get_attribute("data-card") or 0) for n in (0, 2))
    card(admin, first).focus()
    admin.keyboard.press("x")
    card(admin, second).click(modifiers=["Control"])
    bar = admin.get_by_role("toolbar", name="Selected deals")
    expect(bar).to_contain_text("2 selected")
    bar.get_by_role("button", name="Move to").click()
    admin.get_by_role("menuitem", name="Engaging").click()
    for moved in (first, second):
        expect(card(admin, moved, "Engaging")).to_be_visible()
    admin.locator(".toast", has_text="2 changed").get_by_role("button", name="Undo").click()
    for moved in (first, second):
        expect(card(admin, moved, "Prospecting")).to_be_visible()
    admin.goto(site.url + "/deals")
    admin.wait_for_url(re.compile("sort=value"))  # remembered in this browser


def test_the_board_comes_back_by_itself_when_its_socket_is_lost(admin: Page, site) -> None:
    """The server keeps no cards, so they are read anew; what is done then goes through."""
    boards: list[str] = []
    sockets = []

    def through(socket) -> None:
        server = socket.connect_to_server()
        sockets.append((server, socket))

        def hear(message: str | bytes) -> None:
            socket.send(message)
            if isinstance(message, str) and '"columns_rx_state_":[{' in message:
                boards.append(message)

        server.on_message(hear)

    admin.route_web_socket(re.compile("/_event"), through)
    open_board(admin, site)
    admin.wait_for_timeout(1500)  # the cards below the fold are drawn bit by bit
    shown, before = admin.locator("[data-card]").count(), len(boards)
    for end in sockets[-1]:
        end.close(code=1001, reason="gone")
    for _ in range(100):
        if len(boards) > before:
            break
        admin.wait_for_timeout(200)
    assert len(boards) > before, "the page did not ask for its board again"
    expect(admin.locator("[data-card]")).to_have_count(shown)
    moved = first_card(admin, "Prospecting")
    drag(admin, moved, "Engaging")
    expect(card(admin, moved, "Engaging")).to_be_visible()
    expect(card(admin, moved, "Engaging")).not_to_have_class(re.compile("waiting"))
