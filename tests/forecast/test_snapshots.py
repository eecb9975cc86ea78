"""Snapshots say how it stood, once a day and also afterwards; what moved since explains the difference."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import func, select

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply
from crm_app.core.changes.working import table_of
from crm_app.core.clock import now
from crm_app.forecast import snapshots
from crm_app.forecast.queries import Asked, find_forecast, list_moved
from crm_app.forecast.rules.movement import MOVES
from crm_app.forecast.rules.periods import Period
from crm_app.forecast.snapshots import due_days, keep_up, standing_at, take_snapshot
from crm_app.tables import ForecastNight, ForecastSnapshot
from tests.support.builders import make, make_pipeline, make_user, principal

pytestmark = pytest.mark.usefixtures("database_url")
TODAY = date(2026, 11, 20)
NOVEMBER = Period("month", date(2026, 11, 1))
snapshot, night = table_of(ForecastSnapshot), table_of(ForecastNight)


def at(day: date, hour: int = 12) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def wish(deal: int | None, moment: datetime, op: Any = "update", **values: Any) -> int:
    change = Change("deal", deal, values, op, effective_at=moment)
    return db.write_sync(lambda s: apply(s, SYSTEM, change, source="demo")).id


def facts(day: date) -> set[tuple]:
    """What the snapshot of a day holds."""
    keys = (snapshot.c.owner_id, snapshot.c.category, snapshot.c.month, snapshot.c.currency)
    query = select(*keys, snapshot.c.deals, snapshot.c.sum_minor).where(snapshot.c.taken_on == day)
    return {tuple(r) for r in db.read_sync(lambda s: s.connection().execute(query).all())}


def standing(day: date) -> set[tuple]:
    found = db.read_sync(standing_at, at(day, 0), day)
    return {(*key, *amounts) for key, amounts in found.items()}


def test_a_snapshot_taken_later_equals_the_one_that_was_taken_then() -> None:
    stages, people, random = make_pipeline()[1], [make_user(), make_user()], Random(3)
    first = date(2026, 11, 2)
    deals: list[int] = []
    taken: dict[date, set[tuple]] = {}
    for n in range(12):
        day = first + timedelta(n)
        taken[day] = standing(day)  # nothing has happened on this day yet
        for _ in range(4):
            expected = TODAY + timedelta(random.randint(-60, 60))
            new = {"title": "A deal", "stage_id": stages["Engaging"], "value_minor": random.randint(1, 999)}
            deals.append(
                wish(None, at(day), "create", owner_id=random.choice(people), expected_close_on=expected, **new)
            )
        for deal in random.sample(deals, min(4, len(deals))):
            moved: dict[str, Any] = random.choice(
                (
                    {"value_minor": random.randint(1, 999)},
                    {"expected_close_on": TODAY + timedelta(random.randint(-60, 60))},
                    {"owner_id": random.choice(people)},
                    {"forecast": random.choice(("commit", "omitted", None))},
                    {"stage_id": stages["Won"], "closed_on": day},
                    {"stage_id": stages["Lost"], "closed_on": day},
                    {"stage_id": stages["Prospecting"], "closed_on": None},
                )
            )
            wish(deal, at(day, 13), **moved)
        if n == 6:
            wish(deals.pop(3), at(day, 14), "delete")
    assert len(taken[first + timedelta(11)]) > 5
    for day, then in taken.items():
        assert standing(day) == then, day
        assert db.write_sync(take_snapshot, day) and facts(day) == then


def test_it_is_taken_once_however_often_and_by_however_many() -> None:
    stages = make_pipeline()[1]
    make("deal", title="One", stage_id=stages["Engaging"], value_minor=10, expected_close_on=TODAY)
    day = now().date() + timedelta(1)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: db.write_sync(take_snapshot, day), range(8)))
    assert sum(found) == 1
    assert facts(day) == {(None, "best_case", date(2026, 11, 1), "USD", 1, 10)}
    assert not db.write_sync(take_snapshot, day)


def test_days_that_were_missed_are_taken_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    day = date(2026, 11, 10)
    monkeypatch.setattr(snapshots, "today", lambda _zone: day)
    assert db.read_sync(due_days, day) == [day]
    assert keep_up() == 1 and keep_up() == 0
    later = day + timedelta(4)
    monkeypatch.setattr(snapshots, "today", lambda _zone: later)
    assert db.read_sync(due_days, later) == [day + timedelta(n) for n in range(1, 5)]
    assert keep_up() == 4 and keep_up() == 0
    far = day + timedelta(400)
    assert len(db.read_sync(due_days, far)) == snapshots.MOST_DAYS_BACK + 1
    count = select(func.count()).select_from(night)
    assert db.read_sync(lambda s: s.connection().execute(count).scalar_one()) == 5


def test_last_week_and_what_happened_since() -> None:
    stages, me, other = make_pipeline()[1], make_user(), make_user()
    old, since = at(TODAY - timedelta(20)), at(TODAY - timedelta(2))

    def deal(value: int, day: date | None = TODAY, owner: int = me, moment: datetime = old) -> int:
        given = {"title": f"Deal {value}", "stage_id": stages["Engaging"], "value_minor": value}
        return wish(None, moment, "create", owner_id=owner, expected_close_on=day, **given)

    january = date(2027, 1, 5)
    quiet = deal(1)
    lost, won, later, gone, left, up, given = (deal(n) for n in (10, 200, 3000, 40_000, 500_000, 6_000_000, 70_000_000))
    sooner, came = deal(8, january), deal(90, owner=other)
    db.write_sync(take_snapshot, TODAY - timedelta(7))
    wish(lost, since, stage_id=stages["Lost"], closed_on=TODAY)
    wish(won, since, stage_id=stages["Won"], closed_on=TODAY, value_minor=250)
    wish(later, since, expected_close_on=january)
    wish(gone, since, "delete")
    wish(left, since, forecast="omitted")
    wish(up, since, value_minor=6_000_111)
    wish(given, since, owner_id=other)
    wish(sooner, since, expected_close_on=TODAY)
    wish(came, since, owner_id=me)
    deal(777, moment=since)
    wish(quiet, since, title="Another name")
    actor, asked = principal(me), Asked(NOVEMBER, TODAY)
    found = db.read_sync(find_forecast, actor, asked)
    moves = {m.key: (m.deals, m.change) for m in found.comparison.moves}
    assert moves == {
        "new": (1, 777), "moved_in": (1, 8), "handed_in": (1, 90), "lost": (2, -40_010), "moved_out": (1, -3000),
        "handed_out": (1, -70_000_000), "left_out": (1, -500_000), "won": (1, 50), "up": (1, 111),
    }  # fmt: skip
    assert list(moves) == [m for m in MOVES if m in moves]
    assert found.comparison.taken_on == TODAY - timedelta(7)
    assert found.comparison.sums == {"best_case": 76_543_211}  # 1 + 10 + 200 + … + 70,000,000
    assert found.whole.total == 76_543_211 + sum(change for _, change in moves.values())
    for key, (deals, _) in moves.items():
        page = db.read_sync(list_moved, actor, asked, key)
        assert page.count + page.hidden == deals, key
        assert page.hidden == (1 if key == "handed_out" else 0)
    assert [d.note for d in db.read_sync(list_moved, actor, asked, "up").rows] == ["+$1.11"]
    assert db.read_sync(list_moved, actor, asked, "nonsense").count == 0


def test_without_a_snapshot_nothing_is_compared_and_accuracy_says_so() -> None:
    found = db.read_sync(find_forecast, SYSTEM, Asked(NOVEMBER, TODAY))
    assert found.comparison.taken_on is None and found.comparison.moves == []
    assert all(look.percent is None for one in found.earlier for look in one.looks)


def test_earlier_forecasts_are_held_against_what_was_won() -> None:
    stages, day = make_pipeline()[1], date(2026, 10, 20)
    early = at(date(2026, 9, 1))

    def deal(value: int, **more: Any) -> int:
        given = {"title": "A deal", "stage_id": stages["Engaging"], "value_minor": value, "expected_close_on": day}
        return wish(None, early, "create", **given, **more)

    sure, hoped = deal(900, forecast="commit"), deal(300)
    db.write_sync(take_snapshot, date(2026, 10, 3))  # two days before the day four weeks before November
    wish(sure, at(day), stage_id=stages["Won"], closed_on=day)
    wish(hoped, at(day), stage_id=stages["Won"], closed_on=day, value_minor=100)
    october = db.read_sync(find_forecast, SYSTEM, Asked(NOVEMBER, TODAY)).earlier[0]
    assert (october.name, october.won) == ("Oct 2026", 1000)
    looks = {look.weeks: look for look in october.looks}
    assert (looks[4].sure, looks[4].hoped, looks[4].percent) == (900, 1200, 90)
    assert looks[8].percent is None
