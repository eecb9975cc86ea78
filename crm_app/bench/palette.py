"""The palette among a million activities: from a key press to its rows; from a save to being found."""

import random
import time
from typing import Any

from crm_app.bench.chromium import executable
from crm_app.bench.figures import judged, p95, spread
from crm_app.bench.ground import Ground, ground, make
from crm_app.bench.rows import FIRST, LAST, fill
from crm_app.bench.site import COOKIE, site
from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply
from crm_app.records.search import find
from crm_app.records.search.index import engine, reindex

PEOPLE, COMPANIES, DEALS, ACTIVITIES = 100_000, 10_000, 10_000, 1_000_000
COLLEAGUES = 19
NAMES, SAVES = 40, 40
DEBOUNCE_MS = 60  # PAUSE in crm_app/ui/palette.jsx
KEY_MS = 220  # between two keys, as people type
WATCH = """() => {
  window.taken = []; let pressed = 0;
  const press = (e) => { if (e.key.length === 1 && e.key !== " ") pressed = performance.now(); };
  document.addEventListener("keydown", press, true);
  new MutationObserver(() => {
    const list = document.getElementById("pal-rows");
    if (!pressed || !list || list.getAttribute("aria-busy") || !list.querySelector("[role=option], .pal-none")) return;
    const since = pressed; pressed = 0;
    requestAnimationFrame(() => window.taken.push(performance.now() - since));
  }).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
}"""


def _typed(url: str, cookie: str) -> list[float]:
    """Seconds from each key press to the frame that shows its rows."""
    from playwright.sync_api import sync_playwright

    chance = random.Random(7)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.add_cookies([{"name": COOKIE, "value": cookie, "url": url}])
        page = context.new_page()
        page.goto(url + "/")
        page.get_by_role("heading", name="My activities").wait_for()
        page.evaluate(WATCH)
        for _ in range(NAMES):
            page.keyboard.press("Control+k")
            page.get_by_role("dialog").wait_for()
            page.keyboard.type(f"{chance.choice(FIRST)} {chance.choice(LAST)}"[:9], delay=KEY_MS)
            page.wait_for_timeout(500)
            page.keyboard.press("Escape")
            page.keyboard.press("Escape")
        taken = page.evaluate("window.taken")
        browser.close()
    return [ms / 1000 for ms in taken]


def _saved() -> list[float]:
    """Seconds from the commit in this process until the index, kept by the server's worker, finds it."""
    taken = []
    for n in range(SAVES):
        word = f"quokka{chr(97 + n % 26)}{n}"
        change = Change("company", set={"name": f"{word} Ltd"}, op="create")
        db.write_sync(apply, SYSTEM, change)
        began = time.perf_counter()
        while not find(None, SYSTEM, word, kinds=["company"]).rows:
            if time.perf_counter() - began > 30:
                raise RuntimeError("a saved record was not found within 30 s")
            time.sleep(0.005)
        taken.append(time.perf_counter() - began)
    return taken


def _prepare(found: Ground) -> dict[str, Any]:
    others = [db.write_sync(make, "user", name=f"Colleague {n}", role="sales") for n in range(COLLEAGUES)]
    fill([*found.sellers.values(), *others], PEOPLE, COMPANIES, ACTIVITIES)
    began = time.perf_counter()
    count = reindex()
    return {"documents": count, "built_in_s": round(time.perf_counter() - began, 1)}


def measure() -> dict[str, Any]:
    """As a seller who owns 10,000 deals and a twentieth of the activities."""
    with ground(1, DEALS) as found:
        index = _prepare(found)
        email, _ = found.seller()
        with site(found) as running:
            typed = _typed(running.url, found.cookie(email))
            saved = _saved()
        engine().close()
    return {
        "index": index,
        "key_to_rows": spread(typed),
        "saved_to_found": spread(saved),
        "key_to_rows_p95_beyond_debounce_ms": judged(p95(typed) * 1000 - DEBOUNCE_MS, most=150),
        "saved_to_found_p95_ms": judged(p95(saved) * 1000, most=1000),
    }
