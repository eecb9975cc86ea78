"""A larger demo: the same for the same seed, true to itself, and whole in the log."""

import hashlib
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import SQLModel

from crm_app.core import db
from crm_app.core.changes.replay import differences
from crm_app.core.changes.working import table_of
from crm_app.core.errors import Refused
from crm_app.demo.scale import Grown, Sizes, grow, is_grown
from crm_app.migrations import problems
from crm_app.tables import Activity, ChangeLog, Company, Deal, DealLine, Person, PersonEmail, PersonPhone
from tests.support.builders import make_pipeline, make_product, make_user

pytestmark = pytest.mark.slow

TODAY = date(2026, 3, 2)
SIZES = Sizes(people=800, companies=60, deals=120, activities=1500)
TIMES = ("created_at", "updated_at", "recorded_at")


def _ground() -> None:
    for n in range(3):
        make_user(name=f"Seller {n}", email=f"seller{n}@example.org")
        make_product(name=f"Product {n}", list_price_minor=10_000 * (n + 1))
    make_pipeline()


def rows(model: type[SQLModel], *conditions: Any) -> list[dict[str, Any]]:
    table = table_of(model)
    query = select(table).where(*conditions).order_by(table.c.id)
    return db.read_sync(lambda s: [dict(r) for r in s.connection().execute(query).mappings()])


def _hash() -> str:
    found = hashlib.sha256()
    for model in (Company, Person, PersonEmail, PersonPhone, Deal, DealLine, Activity):
        for row in rows(model):
            found.update(repr([v for k, v in row.items() if k not in TIMES]).encode())
    return found.hexdigest()


@pytest.fixture
def grown(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Grown:
    monkeypatch.setattr(import_module("crm_app.demo.scale.grow"), "CHUNK", 400)  # several of most kinds
    _ground()
    return grow(SIZES, TODAY)


def test_the_same_seed_makes_the_same_company(new_database: Any, wired: None, monkeypatch: Any, tmp_path: Any) -> None:
    from tests.conftest import _use

    hashes = []
    for seed in (7, 7, 8):
        _use(monkeypatch, new_database(True), tmp_path / f"data{len(hashes)}")
        _ground()
        assert not db.read_sync(is_grown)
        grow(Sizes(people=120, companies=12, deals=20, activities=200, seed=seed), TODAY)
        assert db.read_sync(is_grown)
        hashes.append(_hash())
    assert hashes[0] == hashes[1] != hashes[2]


def test_it_is_as_large_as_asked_and_whole(grown: Grown) -> None:
    counts = [len(rows(m, table_of(m).c.external_id.like("demo-%"))) for m in (Person, Company, Deal, Activity)]
    assert counts == [800, 60, 120, 1500]
    assert db.read_sync(differences) == [] and problems() == []


def test_the_copies_are_the_same_people(grown: Grown) -> None:
    assert len(grown.duplicates) == 800 // 40
    people = {p["id"]: p for p in rows(Person)}
    emails = {r["person_id"]: r["value"] for r in rows(PersonEmail)}
    phones = {r["person_id"]: r["value"].replace(" ", "") for r in rows(PersonPhone)}
    for first, copy in grown.duplicates:
        a, b = people[first], people[copy]
        assert first < copy and a["display_name"].casefold() == b["display_name"].casefold()
        assert a["company_id"] == b["company_id"]
        assert emails.get(copy, emails[first]) == emails[first]
        assert copy in emails or phones[copy] == phones[first]


def test_few_companies_have_most_people_and_many_scripts_are_there(grown: Grown) -> None:
    staff = Counter(p["company_id"] for p in rows(Person) if p["company_id"])
    largest = sum(n for _, n in staff.most_common(6))
    assert largest > 0.4 * sum(staff.values())
    names = "".join(p["display_name"] for p in rows(Person))
    for example in ("ü", "Ł", "Π", "Ш", "م", "王", "佐"):
        assert example in names, example


def test_deals_went_from_stage_to_stage_in_order(grown: Grown) -> None:
    log = table_of(ChangeLog)
    query = select(log.c.record_id, log.c.effective_at, log.c.diff).where(log.c.kind == "deal").order_by(log.c.seq)
    entries: dict[int, list[Any]] = {}
    for id, at, diff in db.read_sync(lambda s: s.connection().execute(query).all()):
        entries.setdefault(id, []).append((at, diff["stage_id"][1]))
    owners = {p["id"]: p["company_id"] for p in rows(Person)}
    prices = {d["id"]: 0 for d in rows(Deal)}
    for line in rows(DealLine):
        prices[line["deal_id"]] += line["quantity"] * line["unit_price_minor"]
    closed = 0
    for deal in rows(Deal):
        times = [at for at, _ in entries[deal["id"]]]
        assert times == sorted(times) and entries[deal["id"]][-1][1] == deal["stage_id"]
        assert deal["opened_on"] == times[0].date() and times[-1].date() < TODAY
        assert deal["stage_since"] == times[-1] and deal["value_minor"] == prices[deal["id"]]
        assert deal["person_id"] is None or owners[deal["person_id"]] == deal["company_id"]
        assert deal["closed_on"] is None or deal["closed_on"] == times[-1].date()
        closed += deal["closed_on"] is not None
        assert not deal["lost_reason"] or deal["closed_on"]
    assert 0 < closed < 120


def test_activities_happen_within_the_life_of_their_deal(grown: Grown) -> None:
    deals = {d["id"]: d for d in rows(Deal)}
    now = datetime.combine(TODAY, datetime.min.time(), UTC)
    planned = 0
    for activity in rows(Activity):
        assert (activity["done_at"] is None) == (activity["due_at"] is not None)
        planned += activity["done_at"] is None
        if activity["done_at"]:
            assert activity["done_at"] < now
        if deal := deals.get(activity["deal_id"]):
            assert (activity["company_id"], activity["person_id"]) == (deal["company_id"], deal["person_id"])
            assert activity["done_at"] is None or activity["done_at"].date() >= deal["opened_on"]
            assert activity["done_at"] is None or activity["done_at"].date() <= (deal["closed_on"] or TODAY)
            assert activity["due_at"] is None or deal["closed_on"] is None
            if activity["due_at"]:
                assert deal["next_step_at"] <= activity["due_at"] < now + timedelta(days=31)
    assert planned > 10
    _derived_says_what_they_say()


def _derived_says_what_they_say() -> None:
    touched: dict[tuple[str, int], datetime] = {}
    steps: dict[int, datetime] = {}
    for activity in rows(Activity):
        done, due, deal = activity["done_at"], activity["due_at"], activity["deal_id"]
        for name in ("person_id", "deal_id") if activity["type"] != "task" else ("person_id",):
            if done and activity[name]:
                touched[name, activity[name]] = max(done, touched.get((name, activity[name]), done))
        if done is None and due and deal:
            steps[deal] = min(due, steps.get(deal, due))
    assert {d["id"]: d["next_step_at"] for d in rows(Deal) if d["next_step_at"]} == steps != {}
    for name, model in (("person_id", Person), ("deal_id", Deal)):
        found = {(name, r["id"]): r["last_touch_at"] for r in rows(model) if r["last_touch_at"]}
        assert found == {key: at for key, at in touched.items() if key[0] == name} != {}


def test_without_sellers_and_stages_it_is_refused(sqlite_database: str) -> None:
    with pytest.raises(Refused, match="demo first"):
        grow(SIZES, TODAY)
