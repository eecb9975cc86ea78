"""A larger demo: the same for the same seed, true to itself, and whole in the log."""

import hashlib
import unicodedata
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
from crm_app.demo.aims import ABROAD
from crm_app.demo.marks import mark_seeded
from crm_app.demo.scale import Grown, Sizes, grow, is_grown, is_half_grown
from crm_app.demo.scale.grow import NOTE
from crm_app.demo.terms import seed_lifecycle
from crm_app.migrations import problems
from crm_app.starting import _grow
from crm_app.tables import (
    Activity,
    ChangeLog,
    Company,
    CompanyAddress,
    Deal,
    DealLine,
    Finding,
    ForecastSnapshot,
    Person,
    PersonEmail,
    PersonPhone,
    Stage,
    Target,
    Territory,
)
from tests.support.builders import make, make_pipeline, make_product, make_user

pytestmark = pytest.mark.slow

TODAY = date(2026, 3, 2)
SIZES = Sizes(people=800, companies=60, deals=120, activities=1500)
TIMES = ("created_at", "updated_at", "recorded_at")


def _ground() -> None:
    for n in range(3):
        make_user(name=f"Seller {n}", email=f"seller{n}@example.org")
        make_product(name=f"Product {n}", list_price_minor=10_000 * (n + 1))
    make_pipeline()
    for n, one in enumerate((("Large", {"employees_from": 5000}), (ABROAD, {"countries": ["France"]}))):
        make("territory", name=one[0], position=n, **one[1])


def rows(model: type[SQLModel], *conditions: Any) -> list[dict[str, Any]]:
    table = table_of(model)
    query = select(table).where(*conditions).order_by(table.c.id)
    return db.read_sync(lambda s: [dict(r) for r in s.connection().execute(query).mappings()])


def _hash() -> str:
    found = hashlib.sha256()
    for model in (Company, CompanyAddress, Person, PersonEmail, PersonPhone, Deal, DealLine, Activity):
        for row in rows(model):
            found.update(repr([v for k, v in row.items() if k not in TIMES]).encode())
    return found.hexdigest()


@pytest.fixture
def grown(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Grown:
    monkeypatch.setattr(import_module("crm_app.demo.scale.grow"), "CHUNK", 400)  # several of most kinds
    _ground()
    db.write_sync(seed_lifecycle)
    return grow(SIZES, TODAY)


def test_the_same_seed_makes_the_same_company(new_database: Any, wired: None, monkeypatch: Any, tmp_path: Any) -> None:
    from tests.conftest import _use

    hashes = []
    for seed in (7, 7, 8):
        _use(monkeypatch, new_database(True), tmp_path / f"data{len(hashes)}")
        _ground()
        assert not db.read_sync(is_grown) and not db.read_sync(is_half_grown)
        grow(Sizes(people=120, companies=12, deals=20, activities=200, seed=seed), TODAY)
        assert db.read_sync(is_grown) and not db.read_sync(is_half_grown)
        hashes.append(_hash())
    assert hashes[0] == hashes[1] != hashes[2]


def test_it_is_as_large_as_asked_and_whole(grown: Grown) -> None:
    counts = [len(rows(m, table_of(m).c.external_id.like("demo-%"))) for m in (Person, Company, Deal, Activity)]
    assert counts == [800, 60, 120, 1500]
    assert db.read_sync(differences) == [] and problems() == []
    with_deal = {d["person_id"] for d in rows(Deal)}
    assert {p["id"] for p in rows(Person) if p["lifecycle"] == "contact"} < with_deal
    lacking = select(table_of(Finding).c.reason).where(table_of(Finding).c.kind == "person")
    assert db.read_sync(lambda s: s.connection().execute(lacking).all()) == []
    _aims_are_of_this_company()


def _aims_are_of_this_company() -> None:
    """Who is abroad or large is placed, targets are a tenth more than was won a month, last night knows every deal."""
    names = {t["id"]: t["name"] for t in rows(Territory)}
    for firm in rows(Company):
        wanted = "Large" if (firm["employees"] or 0) >= 5000 else ABROAD if firm["country"] != "United States" else None
        assert names.get(firm["territory_id"]) == wanted
    won = Counter[int]()
    deals, stages = rows(Deal), {s["id"]: s["kind"] for s in rows(Stage)}
    for deal in deals:
        if stages[deal["stage_id"]] == "won" and date(2025, 9, 1) <= deal["closed_on"] < date(2026, 3, 1):
            won[deal["owner_id"]] += deal["value_minor"]
    targets = {(t["user_id"], t["starts_on"]): t["amount_minor"] for t in rows(Target)}
    aimed = {owner: -(-total * 11 // (10 * 6 * 50_000)) * 50_000 for owner, total in won.items()}
    assert targets == {(o, d): amount for o, amount in aimed.items() for d in {d for _, d in targets}}
    nights = [row for row in rows(ForecastSnapshot) if row["category"] != "won"]
    kept = sum(d["value_minor"] for d in deals if stages[d["stage_id"]] == "open" and d["forecast"] != "omitted")
    assert sum(row["sum_minor"] for row in nights if row["taken_on"] == TODAY) == kept > 0
    assert min(row["taken_on"] for row in nights) == TODAY - timedelta(weeks=13)
    coming = sum(d["value_minor"] for d in deals if d["expected_close_on"].strftime("%Y%m") in ("202603", "202604"))
    assert 1.5 < coming / 2 / sum(aimed.values()) < 8


def _copies(grown: Grown) -> list[tuple[dict[str, Any], dict[str, Any], bool]]:
    """Each person and its copy, and whether an address or the end of a number says that they are one."""
    people = {p["id"]: p | {"ways": set()} for p in rows(Person)}
    for row in [*rows(PersonEmail), *rows(PersonPhone)]:
        digits = "".join(c for c in row["value"] if c.isdigit())
        people[row["person_id"]]["ways"].add(row["value"] if "@" in row["value"] else digits[-7:])
    found = [(people[first], people[copy]) for first, copy in grown.duplicates]
    return [(a, b, bool(a["ways"] & b["ways"])) for a, b in found]


def test_the_copies_are_the_same_people_typed_in_several_ways(grown: Grown) -> None:
    copies = _copies(grown)
    assert len(copies) == 800 // 40
    for a, b, reached in copies:
        assert a["id"] < b["id"]
        same = all(a[name] == b[name] for name in ("first_name", "last_name", "company_id"))
        assert reached or (same and a["company_id"]), (a, b)
    renamed = [a for a, b, _ in copies if a["display_name"] != b["display_name"]]
    moved = [a for a, b, _ in copies if a["company_id"] != b["company_id"]]
    assert 5 <= len(renamed) < 20 and moved and not all(reached for *_, reached in copies)
    firms = {c["id"]: c for c in rows(Company)}
    streets = {r["company_id"]: r["street"] + r["postcode"] for r in rows(CompanyAddress)}
    assert len(grown.company_duplicates) == 60 // 50
    for first, copy in grown.company_duplicates:
        a, b = firms[first], firms[copy]
        kept = [name for name in ("domain", "phone") if a[name] == b[name]]
        assert first < copy and (kept or streets[first] == streets.get(copy)) and a["country"] == b["country"]


def test_companies_are_of_different_size_and_names_of_many_scripts(grown: Grown) -> None:
    staff = Counter(p["company_id"] for p in rows(Person) if p["company_id"])
    largest = [n / sum(staff.values()) for _, n in staff.most_common(20)]
    assert largest[0] < 0.1 and sum(largest) > 0.5
    names = "".join(p["display_name"] for p in rows(Person))
    assert {unicodedata.name(c).split()[0] for c in names} >= {"LATIN", "GREEK", "CYRILLIC", "ARABIC", "CJK"}
    assert set("üłñé") <= set(names)
    _are_of_one_each(grown)


def _are_of_one_each(grown: Grown) -> None:
    """Few namesakes, addresses and domains of one only, hardly a number in them, and towns in their country."""
    copied = {copy for _, copy in grown.duplicates}
    people = {p["id"]: p for p in rows(Person) if p["id"] not in copied}
    assert max(Counter(p["display_name"] for p in people.values()).values()) <= 3
    mails = [r["value"] for r in rows(PersonEmail) if r["person_id"] in people]
    assert len(set(mails)) == len(mails) > 700 and all(m.isascii() for m in mails)
    assert sum(m.partition("@")[0][-1].isdigit() for m in mails) < 5
    firms = [c for c in rows(Company) if c["id"] not in {copy for _, copy in grown.company_duplicates}]
    for field in ("name", "domain"):
        assert len({c[field] for c in firms}) == len(firms) == 59 and not any("1" in c[field] for c in firms)
    towns = {(r["country"], r["city"]) for r in rows(CompanyAddress)}
    assert {c["country"] for c in firms} == {country for country, _ in towns} and ("Germany", "Paris") not in towns


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
    planned, days = 0, list[int]()
    for activity in rows(Activity):
        assert (activity["done_at"] is None) == (activity["due_at"] is not None)
        planned += activity["done_at"] is None
        if activity["done_at"]:
            assert activity["done_at"] < now and 8 <= activity["done_at"].hour <= 18
            days.append(activity["done_at"].weekday())
        if deal := deals.get(activity["deal_id"]):
            assert (activity["company_id"], activity["person_id"]) == (deal["company_id"], deal["person_id"])
            assert activity["done_at"] is None or activity["done_at"].date() >= deal["opened_on"]
            assert activity["done_at"] is None or activity["done_at"].date() <= (deal["closed_on"] or TODAY)
            assert activity["due_at"] is None or deal["closed_on"] is None
            if activity["due_at"]:
                assert deal["next_step_at"] <= activity["due_at"] < now + timedelta(days=31)
    assert planned > 10 and sum(day > 4 for day in days) < len(days) / 20  # where a deal was opened or closed
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


def test_without_sellers_and_stages_or_half_made_it_is_refused(sqlite_database: str, capsys: Any) -> None:
    with pytest.raises(Refused, match="demo first"):
        grow(SIZES, TODAY)
    db.write_sync(mark_seeded, NOTE + "companies")  # as a load that was broken off leaves it
    assert db.read_sync(is_half_grown) and not db.read_sync(is_grown)
    _grow(SIZES, None)
    assert "`kith demo --remove`" in capsys.readouterr().out
