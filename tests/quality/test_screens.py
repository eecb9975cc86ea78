"""The states of quality without a browser: the address, who may do what, errors that keep what was typed."""

import asyncio
from typing import Any

import pytest
import reflex as rx
from sqlalchemy import select

from crm_app.core import db
from crm_app.core.actor import SYSTEM, Principal
from crm_app.core.changes.working import table_of
from crm_app.core.errors import Forbidden, Invalid
from crm_app.identity.handlers import reset_actor, set_actor
from crm_app.quality.nights import SCORE
from crm_app.quality.queries.report import lines_of, quality_report
from crm_app.quality.queries.whose import Asked
from crm_app.quality.rules.scores import percent, score
from crm_app.quality.state import QualityChecks, QualityRules, QualityScreen
from crm_app.quality.state.page import read_asked
from crm_app.tables import RightsReview
from tests.quality.world import World


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({}, (Asked("owner"), SCORE)),
        ({"by": "team", "who": "team:7", "m": "consistency"}, (Asked("team", team_id=7), "consistency")),
        ({"by": "colour", "who": "owner:9", "m": "collective"}, (Asked("owner", owner_id=9), SCORE)),
        ({"who": "owner:" + "9" * 40}, (Asked("owner"), SCORE)),
        ({"who": "team:٣"}, (Asked("owner"), SCORE)),
        ({"who": "::"}, (Asked("owner"), SCORE)),
    ],
)
def test_an_address_is_read_and_nonsense_counts_as_absent(parameters: dict[str, str], expected: Any) -> None:
    assert read_asked(parameters) == expected


@pytest.mark.parametrize(
    ("kept", "of", "expected"),
    [
        (0, 0, None),
        (0, 5, 0),
        (5, 5, 100),
        (1, 1000, 1),
        (999, 1000, 99),
        (1, 2, 50),
        (1, 3, 33),
        (2, 3, 66),
        (99_600, 100_000, 99),
    ],
)
def test_a_percentage_never_hides_what_is_left(kept: int, of: int, expected: int | None) -> None:
    assert percent(kept, of) == expected


@pytest.mark.parametrize(
    ("lacking", "whole", "expected"), [(0, 10, 100), (10, 10, 0), (1, 8, 87), (1, 3, 66), (1, 1000, 99)]
)
def test_scores_by_hand(lacking: int, whole: int, expected: int) -> None:
    assert score(lacking, whole) == expected


def test_the_report_for_scripts_says_what_the_page_says(database_url: str) -> None:
    world = World()
    found = db.read_sync(quality_report, SYSTEM, "source")
    expected = world.counted({*world.sellers, None})
    assert {r["key"]: r["to_fix"] for r in found["rules"] if r["key"].startswith("person.") and r["to_fix"]} == expected
    assert found["records"]["person"] == len(world.people) and set(found["cs"]) == {
        "consistency",
        "continuity",
        "collective",
        "control",
        "centralization",
    }
    assert {g["name"] for g in found["groups"]} == {"Fair", "Web", "No source"}
    assert f"  {expected['person.channel']:>9,}  People: Neither e-mail nor phone" in lines_of(found)
    with pytest.raises(Invalid, match="no grouping"):
        db.read_sync(quality_report, SYSTEM, "colour")


class Tab:
    """The states of one browser tab, driven as one user."""

    def __init__(self, who: Principal) -> None:
        self.who = who
        self.root = rx.State(_reflex_internal_init=True)  # pyright: ignore[reportCallIssue]

    def __call__(self, play: Any) -> None:
        async def go() -> None:
            token = set_actor(self.who)
            try:
                await play(*[await self.root.get_state(s) for s in (QualityRules, QualityChecks, QualityScreen)])
            finally:
                reset_actor(token)

        asyncio.run(go())


@pytest.fixture
def world(sqlite_database: str) -> World:
    return World()


def test_a_rule_is_set_and_refused_in_words(world: World) -> None:
    async def play(rules: Any, _checks: Any, _page: Any) -> None:
        await rules.load()
        assert {r.key for r in rules.rows} >= {"person.channel", "deal.owner"} and rules.days == 90
        await rules.start_edit("person.channel")
        await rules.save({"weight": "a lot", "active": "on"})
        assert rules.editing and "whole number" in rules.errors["weight"]
        await rules.save({"weight": "50", "active": "on"})
        assert not rules.editing
        await rules.load()
        assert next(r.weight for r in rules.rows if r.key == "person.channel") == 50
        await rules.start_review_days()
        await rules.save_days({"days": "30"})
        await rules.load()
        assert rules.days == 30

    Tab(world.actor(world.admin))(play)


def test_a_check_is_made_once_however_often_it_is_pressed(world: World) -> None:
    async def play(rules: Any, checks: Any, _page: Any) -> None:
        await checks.load()
        await checks.start(0)
        await checks.save({"name": "", "what": "x", "schedule": "weekly", "goes_to": "owner"})
        assert checks.editing and set(checks.errors) == {"name", "what"}
        given = {"name": "Mail", "what": "person.email", "schedule": "weekly", "goes_to": "owner", "active": "on"}
        await checks.save(given)
        await checks.save(given)
        await checks.load()
        assert [row.name for row in checks.rows] == ["Mail"]
        await checks.start(checks.rows[0].id)
        await checks.save(dict(checks.texts) | {"name": "Mails"})  # as the dialog gives it back
        await checks.load()
        assert [row.name for row in checks.rows] == ["Mails"]
        await checks.run(checks.rows[0].id)
        await checks.load()
        assert checks.rows[0].tone == "y" and "by hand" in checks.rows[0].last
        await checks.remove(checks.rows[0].id)
        await checks.load()
        assert checks.rows == []

    Tab(world.actor(world.admin))(play)


def test_a_review_is_confirmed_once(world: World) -> None:
    async def play(_rules: Any, _checks: Any, page: Any) -> None:
        await page.start_review()
        await page.confirm({"note": "Looked"})
        await page.confirm({"note": "Looked"})

    Tab(world.actor(world.admin))(play)
    reviews = table_of(RightsReview)
    rows = db.read_sync(lambda s: s.connection().execute(select(reviews.c.note, reviews.c.reviewer_id)).all())
    assert [tuple(row) for row in rows] == [("Looked", world.admin)]


def test_whoever_does_not_administer_is_refused(world: World) -> None:
    async def play(rules: Any, checks: Any, _page: Any) -> None:
        for state in (rules, checks):
            with pytest.raises(Forbidden):
                await state.load()

    Tab(world.actor(world.manager))(play)
