"""What the territories would change, and that applying them does just that; on both databases."""

from collections import Counter

import pytest

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply
from crm_app.core.errors import Forbidden, Invalid
from crm_app.records.bulk import run_bulk, running, start_undo
from crm_app.tables import Company, User
from crm_app.territories.plan import PAGE, preview, start_territories
from tests.support.builders import change, make, make_company, make_user, principal, row

pytestmark = pytest.mark.usefixtures("database_url")


class World:
    """Norway with two owners, banks with one, everything else; seventy companies."""

    def __init__(self) -> None:
        self.north, self.bank, self.old = [make_user(), make_user()], make_user(), make_user(name="Old")
        owners = [{"user_id": u} for u in self.north]
        self.norway = make("territory", name="Norway", position=1, countries=["Norway"], owners=owners)
        banks = [{"user_id": self.bank}]
        self.banks = make("territory", name="Banks", position=2, industries=["Banking"], owners=banks)
        self.ids: list[int] = []
        for n in range(70):
            values = ({"country": "Norway"}, {"industry": "banking"}, {"country": "Norway", "industry": "Banking"}, {})
            self.ids.append(make_company(owner_id=(None, self.old, self.north[0])[n % 3], **values[n % 4]))

    def rows(self) -> list[tuple[int | None, int | None]]:
        return [(r["territory_id"], r["owner_id"]) for r in (row(Company, id) for id in self.ids)]


@pytest.fixture
def world(database_url: str) -> World:
    return World()


def expected(world: World, mode: str) -> list[tuple[int | None, int | None]]:
    """The same, decided one by one and by hand."""
    turn, found = 0, []
    for n in range(70):
        owner = (None, world.old, world.north[0])[n % 3]
        land = (world.norway, world.banks, world.norway, None)[n % 4]
        people = {world.norway: world.north, world.banks: [world.bank], None: []}[land]
        if land and owner not in people and (mode == "all" or (mode == "unowned" and owner is None)):
            owner = people[turn % 2] if land == world.norway else world.bank
            turn += land == world.norway
        found.append((land, owner))
    return found


@pytest.mark.parametrize("mode", ["unowned", "all", "none"])
def test_applying_does_what_the_preview_says(world: World, mode: str) -> None:
    before, wanted = world.rows(), expected(world, mode)
    found = db.read_sync(preview, SYSTEM, mode)
    differ = [n for n in range(70) if before[n] != wanted[n]]
    assert (found.total, found.changed, found.unmatched) == (70, len(differ), 17)
    assert found.new_owners == sum(before[n][1] != wanted[n][1] for n in range(70))
    counts = Counter(land for land, _ in wanted)
    assert [(s.name, s.now, s.then) for s in found.shares] == [
        ("Norway", 0, counts[world.norway]),
        ("Banks", 0, counts[world.banks]),
    ]
    assert [r.id for r in found.rows] == [world.ids[n] for n in differ][:PAGE]
    assert [r.id for r in db.read_sync(preview, SYSTEM, mode, PAGE).rows] == [world.ids[n] for n in differ][PAGE:]
    assert world.rows() == before
    done = run_bulk(db.write_sync(start_territories, SYSTEM, mode))
    assert (done.status, done.changed, done.refused) == ("done", len(differ), 0)
    assert world.rows() == wanted
    again = db.read_sync(preview, SYSTEM, mode)
    assert again.changed == 0
    run_bulk(db.write_sync(start_undo, SYSTEM, done.batch_id))
    assert world.rows() == before


def test_least_first_is_the_same_in_the_preview_and_over_many_portions(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    change("territory", world.norway, method="least_loaded")
    found = [(r.id, r.new_owner) for r in db.read_sync(preview, SYSTEM, "all").rows]
    monkeypatch.setattr(running, "MOST_ROWS", 7)
    monkeypatch.setattr(running, "LEAST_ROWS", 7)
    run_bulk(db.write_sync(start_territories, SYSTEM, "all"))
    for id, name in found:
        owner = row(Company, id)["owner_id"]
        assert (row(User, owner)["name"] if owner else "–") == name


def test_only_an_administrator_previews_and_applies(world: World) -> None:
    for role in ("manager", "sales", "marketing", "support", "read-only"):
        actor = principal(world.old, role)
        with pytest.raises(Forbidden):
            db.read_sync(preview, actor, "all")
        with pytest.raises(Forbidden):
            db.write_sync(start_territories, actor, "all")
    with pytest.raises(Invalid):
        db.read_sync(preview, SYSTEM, "everything")
    assert all(land is None for land, _ in world.rows())


def test_a_company_in_use_by_name_and_a_deleted_territory(world: World) -> None:
    named = make("territory", name="Named", position=0, accounts=[{"company_id": world.ids[3]}])
    found = db.read_sync(preview, SYSTEM, "none")
    assert next(r for r in found.rows if r.id == world.ids[3]).why == "Named: Named account"
    run_bulk(db.write_sync(start_territories, SYSTEM, "none"))
    assert row(Company, world.ids[3])["territory_id"] == named
    db.write_sync(lambda s: apply(s, SYSTEM, Change("territory", named, op="delete")))
    assert row(Company, world.ids[3])["territory_id"] is None


@pytest.mark.parametrize(
    "values",
    [
        {"countries": "Norway"},
        {"postcodes": [1]},
        {"employees_from": 9, "employees_to": 3},
        {"employees_from": -1},
        {"name": ""},
        {"method": "by luck"},
        {"owners": [{"user_id": 10**9}]},
    ],
)
def test_bad_rules_are_refused(database_url: str, values: dict) -> None:
    with pytest.raises(Invalid):
        make("territory", **{"name": "Somewhere"} | values)
