"""One journey through the whole on PostgreSQL; all others run on SQLite."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, seeded
from tests.browser.support import card, drag, first_card, open_board
from tests.support.postgres import Cluster

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def site(postgres_cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with seeded(tmp_path_factory.mktemp("postgres"), postgres_cluster.url(postgres_cluster.create())) as found:
        yield found


def test_a_deal_moves_before_a_colleague_and_its_company_is_found(sign_in: Callable[..., Page], site: Site) -> None:
    mine, theirs = sign_in("admin"), sign_in("manager")
    open_board(mine, site)
    open_board(theirs, site)
    moved = first_card(mine, "Prospecting")
    drag(mine, moved, "Engaging")
    expect(card(theirs, moved, "Engaging")).to_be_visible(timeout=3000)
    mine.reload()
    expect(card(mine, moved, "Engaging")).to_be_visible()
    mine.locator(".pal-field").click()
    mine.locator(".palette input").fill("cancty")
    mine.get_by_role("option", name="Cancity").first.click()
    expect(mine.locator("h1")).to_have_text("Cancity")
    mine.goto(site.url + "/people")
    expect(mine.get_by_role("row", name="Lena Arndt")).to_be_visible()
