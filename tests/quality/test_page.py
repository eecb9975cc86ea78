"""Every figure of the page equals plain counting, and opens a list of exactly as many records."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from crm_app.core import db
from crm_app.core.actor import SYSTEM, Principal
from crm_app.core.changes import Change, apply_many, outbox
from crm_app.core.errors import Forbidden, Invalid, NotFound
from crm_app.quality import nights
from crm_app.quality.facts import active_rules
from crm_app.quality.following import start_recount
from crm_app.quality.queries.counting import ANEW, FIRST
from crm_app.quality.queries.page import quality_page
from crm_app.quality.queries.record import record_quality
from crm_app.quality.queries.whose import GROUPINGS, LISTS, Asked
from crm_app.quality.rows import Figure, QualityView
from crm_app.quality.rules.scores import percent
from crm_app.quality.service import confirm_review, save_rule, set_review_days
from crm_app.records.bulk import run_bulk
from crm_app.records.list_screen.queries import list_screen
from tests.imports.files import load
from tests.quality.world import World
from tests.support.builders import change, make, make_user, principal

pytestmark = pytest.mark.usefixtures("database_url")
KIND_OF = {path: name for name, path in LISTS.items()}


def page(actor: Principal, by: str = "owner", **asked: Any) -> QualityView:
    return db.read_sync(quality_page, actor, Asked(by, **asked))


def opened(actor: Principal, href: str) -> int:
    """How many records the list of an address shows to this viewer."""
    parts = urlsplit(href)
    screen = db.read_sync(list_screen, actor, KIND_OF[parts.path], dict(parse_qsl(parts.query)))
    assert screen.error == ""
    return screen.count


def figures(view: QualityView) -> list[tuple[str, str]]:
    """Every number with its address."""
    rules = [*view.consistency, *view.continuity, *view.centralization]
    found = [(row.count, row.href) for row in rules] + [(row.count, row.fix) for row in rules]
    cells: list[Figure] = [cell for row in view.groups for cell in row.cells]
    cells += [cell for row in view.enterers for cell in row.cells] + view.central
    found += [(cell.value, cell.href) for cell in cells]
    return [(value, href) for value, href in found if urlsplit(href).path in KIND_OF]


def entered_by_hand(world: World) -> None:
    """Two sellers enter people of their own and for each other."""
    for n, seller in enumerate(world.sellers[:2]):
        actor = world.actor(seller)
        wishes = [
            Change("person", op="create", set={"last_name": f"New {i}", "owner_id": world.sellers[i % 2]})
            for i in range(3 + n)
        ]
        db.write_sync(apply_many, actor, wishes)
    outbox.drain_all()


@pytest.mark.parametrize("who", ["seller", "manager", "admin"])
def test_every_figure_opens_its_records(who: str) -> None:
    world = World()
    entered_by_hand(world)
    actor = world.actor({"seller": world.sellers[0], "manager": world.manager, "admin": world.admin}[who])
    seen = 0
    for by in GROUPINGS:
        for value, href in figures(page(actor, by)):
            assert opened(actor, href) == int(value.replace(",", "")), (by, href)
            seen += 1
    assert seen > 25


def test_counts_are_those_of_the_rows_for_everybody_who_looks() -> None:
    world = World()
    reach: dict[int, set[int | None]] = {
        world.sellers[0]: {world.sellers[0]},
        world.manager: {world.sellers[0], world.sellers[1], world.manager},
        world.admin: {*world.sellers, None},
    }
    for user, owners in reach.items():
        view = page(world.actor(user))
        expected = world.counted(owners)
        shown = {r.key: int(r.count) for r in [*view.consistency, *view.centralization] if r.key.startswith("person.")}
        assert {k: v for k, v in shown.items() if v} == dict(expected)
    everything = world.counted({*world.sellers, None})
    one = page(world.actor(world.admin), owner_id=world.sellers[1])
    assert {r.key: int(r.count) for r in one.consistency if r.key == "person.channel"} == {
        "person.channel": world.counted({world.sellers[1]})["person.channel"]
    }
    team = page(world.actor(world.admin), team_id=world.teams[0])
    both = world.counted(set(world.sellers[:2]))
    assert {r.key: int(r.count) for r in team.consistency if r.key == "person.name"} == {
        "person.name": both["person.name"]
    }
    assert everything["person.name"] > both["person.name"]


def test_the_tile_is_checks_passed_of_checks_made() -> None:
    world = World()
    view = page(world.actor(world.admin))
    rules = [r for r in db.read_sync(active_rules) if r.c == "consistency"]
    records = {"person": len(world.people), "company": len(world.firms), "deal": len(world.deals), "activity": 0}
    made = sum(records[rule.kind] for rule in rules)
    failed = sum(int(row.count) for row in view.consistency)
    tile = next(t for t in view.tiles if t.key == "consistency")
    assert tile.value == f"{percent(made - failed, made)} %"
    assert tile.note == f"{failed:,} to fix in {made:,} checks"
    assert [t.key for t in view.tiles] == ["consistency", "continuity", "collective", "control", "centralization"]


def test_who_enters_is_counted_from_the_log() -> None:
    world = World()
    entered_by_hand(world)
    view = page(world.actor(world.admin))
    people = {row.name: row.cells[0].value for row in view.enterers if row.depth}
    assert (people["Seller 0"], people["Seller 1"], people["Seller 2"]) == ("3", "4", "0")
    assert view.concentration == "The busiest fifth entered 57 % of it."  # 4 of 7, one of five people
    tile = next(t for t in view.tiles if t.key == "collective")
    assert tile.value == "40 %"  # two of three sellers, a manager and an administrator


def test_control_knows_reviews_and_who_may_make_them() -> None:
    world = World()
    admin, manager = world.actor(world.admin), world.actor(world.manager)
    assert page(admin).control[0].value == "Never" and page(admin).review_due
    with pytest.raises(Forbidden):
        db.write_sync(confirm_review, manager, "fine")
    db.write_sync(confirm_review, admin, "All looked at")
    view = page(admin)
    assert "Admin" in view.control[0].note and not view.review_due and view.control[0].tone == "g"
    with pytest.raises(Invalid):
        db.write_sync(set_review_days, admin, "0")
    db.write_sync(set_review_days, admin, "30")
    assert page(admin).review_due is False


def test_a_weight_changes_scores_and_a_rule_that_does_not_hold_counts_nothing() -> None:
    world = World()
    admin = world.actor(world.admin)
    with pytest.raises(Forbidden):
        db.write_sync(save_rule, world.actor(world.manager), "person.name", {"weight": "1", "active": "on"})
    with pytest.raises(Invalid) as wrong:
        db.write_sync(save_rule, admin, "person.contact_fresh", {"weight": "101", "days": "x", "active": "on"})
    assert set(wrong.value.fields) == {"weight", "days"}
    with pytest.raises(NotFound):
        db.write_sync(save_rule, admin, "person.nothing", {"weight": "1"})
    db.write_sync(save_rule, admin, "person.channel", {"weight": "100", "active": "on"})
    db.write_sync(save_rule, admin, "person.name", {"weight": "10"})
    outbox.drain_all()
    view = page(admin)
    assert "person.name" not in {r.key for r in view.consistency}
    bad = next(one for one in world.people if "person.channel" in world.gaps(one))
    found = db.read_sync(record_quality, admin, "person", bad["id"])
    assert found.gaps[0].key == "person.channel" and found.gaps[0].field == "emails"


def test_the_score_of_a_record_is_that_of_its_mark_and_hidden_with_it() -> None:
    world = World()
    admin = world.actor(world.admin)
    groups = {row.name: row for row in page(admin).groups}
    assert set(groups) == {"Nobody", "Seller 0", "Seller 1", "Seller 2"}
    for deal in world.deals:
        if deal["owner_id"] == world.sellers[2]:
            with pytest.raises(NotFound):
                db.read_sync(record_quality, world.actor(world.sellers[0]), "deal", deal["id"])
    scores = [db.read_sync(record_quality, admin, "person", one["id"]).score for one in world.people]
    scores += [db.read_sync(record_quality, admin, "company", id).score for id in world.firms]
    scores += [db.read_sync(record_quality, admin, "deal", one["id"]).score for one in world.deals]
    point = page(admin).points[-1]
    assert int(point.value) == sum(scores) // len(scores)


def test_a_night_keeps_the_standing_once_and_the_trend_shows_it() -> None:
    world = World()
    admin = world.actor(world.admin)
    day = nights.today(nights.settings().zone)
    last_week = day - nights.timedelta(days=7)
    assert page(admin).counting == FIRST
    assert db.write_sync(nights.take, last_week) and not db.write_sync(nights.take, last_week)
    before = page(admin).points[-1].value
    for one in world.people:
        change("person", one["id"], emails=[{"value": "a@b.example"}], first_name="Ada")
    outbox.drain_all()
    points = page(admin).points
    assert [p.value for p in points[:-1]] == [before] and int(points[-1].value) > int(before)
    (recount,) = db.write_sync(start_recount, ["person"])
    assert nights.keep_up() == 0  # the night waits for what counts the same
    assert page(admin).counting == ANEW.format(f"people (0 of {len(world.people)})")
    run_bulk(recount)
    assert page(admin).counting == ""
    assert nights.keep_up() == 1 and nights.keep_up() == 0
    own = page(world.actor(world.sellers[0])).points
    assert len(own) == 2


def test_the_name_of_a_file_is_told_to_those_alone_who_may_see_its_import(tmp_path: Path) -> None:
    admin = principal(make_user(role="administrator"), "administrator")
    report = load(tmp_path, "companies", "account\nAcme\n", actor=admin)
    outbox.drain_all()
    marketer = principal(make_user(role="marketing"), "marketing")  # sees all companies, and own imports
    told = [[row.name for row in page(viewer, "way").groups] for viewer in (admin, marketer)]
    assert told == [["Import of file.csv · companies"], [f"Import of {report.batch_id} · companies"]]


def test_an_empty_installation_says_so() -> None:
    make("user", name="A", email="a@example.org", role="administrator", status="active")
    view = db.read_sync(quality_page, SYSTEM, Asked())
    assert (
        view.is_empty and view.counting == "" and view.points == [] and [t.value for t in view.tiles][:2] == ["–", "–"]
    )
