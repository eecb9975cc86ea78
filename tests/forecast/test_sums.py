"""The forecast against a plain count of the same deals, for every viewer and grouping, on real databases."""

from collections import Counter
from datetime import date, timedelta

import pytest

from crm_app.core import db
from crm_app.core.actor import SYSTEM, Principal
from crm_app.core.changes import Change, apply
from crm_app.core.errors import Conflict, Forbidden, Invalid, NotFound
from crm_app.forecast.queries import Asked, Forecast, find_forecast, list_deals
from crm_app.forecast.rules.categories import COUNTED
from crm_app.forecast.rules.periods import Period
from crm_app.forecast.service import Aim, set_category, set_target
from crm_app.tables import Deal
from tests.forecast.company import TODAY, Company
from tests.support.builders import make, principal, row

pytestmark = pytest.mark.usefixtures("database_url")
NOVEMBER = Period("month", date(2026, 11, 1))
QUARTER, YEAR = Period("quarter", date(2026, 10, 1)), Period("year", date(2026, 1, 1))


@pytest.fixture
def company(database_url: str) -> Company:
    return Company()


def forecast(actor: Principal, period: Period, by: str = "owner", **more: int) -> Forecast:
    return db.read_sync(find_forecast, actor, Asked(period, TODAY, by, **more))


def totals(found: dict) -> tuple[dict, dict]:
    sums, counts = Counter(), Counter()
    for amount, number in found.values():
        sums.update(amount)
        counts.update(number)
    return {k: v for k, v in sums.items() if v}, dict(counts)


def seen(of: Forecast) -> tuple[dict, dict]:
    return {k: v for k, v in of.whole.sums.items() if v}, dict(of.whole.counts)


@pytest.mark.parametrize("period", [NOVEMBER, QUARTER, YEAR], ids=lambda p: p.name)
def test_sums_are_those_of_a_plain_count(company: Company, period: Period) -> None:
    everybody = {*company.users, None}
    one = company.users[0]
    manager = principal(one, "manager", member_ids=frozenset(company.users[:2]))
    for actor, owners in [
        (principal(99, "administrator"), everybody),
        (principal(99, "read-only"), everybody),
        (manager, set(company.users[:2])),
        (principal(one), {one}),
        (principal(99), set()),
    ]:
        assert seen(forecast(actor, period)) == totals(company.plain(period, owners)), actor.role
    assert seen(forecast(SYSTEM, period, owner_id=one)) == totals(company.plain(period, {one}))
    assert seen(forecast(SYSTEM, period, team_id=company.teams[1])) == totals(company.plain(period, {company.users[1]}))
    assert seen(forecast(principal(one), period, owner_id=company.users[1]))[1] == {}


def test_a_manager_of_more_people_than_fit_into_a_list(company: Company) -> None:
    many = frozenset({*company.users[:1], *range(10**6, 10**6 + 60)})
    plain = company.plain(QUARTER, set(company.users))
    tree = frozenset({*company.users, *many})
    actor = principal(company.users[0], "manager", team_id=company.top, member_ids=tree)
    assert seen(forecast(actor, QUARTER)) == totals(plain)
    asked = Asked(QUARTER, TODAY)
    for line in db.read_sync(find_forecast, actor, Asked(QUARTER, TODAY, "team")).lines:
        page = db.read_sync(list_deals, actor, asked, "all", line.key)
        assert page.count == sum(line.figures.counts.values()), line.key


def test_every_column_of_the_chart_is_its_period(company: Company) -> None:
    found = forecast(SYSTEM, NOVEMBER)
    assert [c.period.start.month for c in found.columns] == [11, 12, 1, 2, 3, 4]
    for column in found.columns:
        plain = totals(company.plain(column.period, {*company.users, None}))
        assert dict(column.figures.counts) == plain[1]
    for older in found.earlier:
        assert older.won == sum(
            d["value_minor"] or 0
            for d in company.deals
            if d["category"] == "won" and f"{d['day']:%b} {d['day'].year}" == older.name
        )


def test_lines_by_owner_team_region_and_territory_add_up_to_the_whole(company: Company) -> None:
    everybody = {*company.users, None}
    plain = company.plain(QUARTER, everybody)
    by_owner = {line.key: line.figures for line in forecast(SYSTEM, QUARTER).lines}
    assert by_owner.keys() == {f"owner:{id or ''}" for id in plain}
    for id, (sums, counts) in plain.items():
        assert (by_owner[f"owner:{id or ''}"].total, dict(by_owner[f"owner:{id or ''}"].counts)) == (
            sum(sums.values()),
            dict(counts),
        )
    lands = {line.key: line.figures.total for line in forecast(SYSTEM, QUARTER, "territory").lines}
    assert lands == {
        f"territory:{id or ''}": sum(sums.values())
        for id, (sums, _) in company.plain(QUARTER, everybody, "land").items()
    }
    whole = forecast(SYSTEM, QUARTER).whole.total
    teams = {line.key: line.figures.total for line in forecast(SYSTEM, QUARTER, "team").lines}
    own = {id: sum(sums.values()) for id, (sums, _) in plain.items()}
    a, b, c = (own.get(id, 0) for id in company.users)
    assert teams == {
        f"team:{company.top}": a + b + c,
        f"team:{company.teams[0]}": a + c,
        f"team:{company.teams[1]}": b,
        "team:": own.get(None, 0),
    }
    regions = {line.key: line.figures.total for line in forecast(SYSTEM, QUARTER, "region").lines}
    assert regions == {"region:Lyon": a + c, "region:Oslo": b, "region:": own.get(None, 0)}
    assert whole == sum(regions.values()) == sum(lands.values())


def test_the_deals_behind_each_figure_are_as_many(company: Company) -> None:
    asked = Asked(QUARTER, TODAY)
    found = db.read_sync(find_forecast, SYSTEM, asked)
    for category in COUNTED:
        page = db.read_sync(list_deals, SYSTEM, asked, category)
        assert page.count == found.whole.counts.get(category, 0)
        assert {line.category for line in page.rows} <= {category}
    for by in ("owner", "team", "region", "territory"):
        for line in db.read_sync(find_forecast, SYSTEM, Asked(QUARTER, TODAY, by)).lines:
            page = db.read_sync(list_deals, SYSTEM, asked, "all", line.key)
            assert page.count == sum(line.figures.counts.values()), line.key
    everything = [d for d in company.deals if d["category"] not in ("won", "lost")]
    late = db.read_sync(list_deals, SYSTEM, asked, "late").count
    assert found.late == late == sum(d["day"] is not None and d["day"] < QUARTER.start for d in everything)
    assert found.undated == sum(d["day"] is None for d in everything)
    assert db.read_sync(list_deals, SYSTEM, asked, "nonsense").count == 0
    assert db.read_sync(list_deals, SYSTEM, asked, "all", "team:1; drop").count >= 0


def test_a_category_moves_a_deal_between_the_sums(company: Company) -> None:
    me = company.users[0]
    deal = make("deal", title="Mine", stage_id=company.stages["Prospecting"], owner_id=me, value_minor=5_000,
                expected_close_on=TODAY)  # fmt: skip
    theirs = make("deal", title="Theirs", stage_id=company.stages["Prospecting"], owner_id=company.users[1])
    before = forecast(principal(me), NOVEMBER).whole
    db.write_sync(set_category, principal(me), deal, "commit", 1)
    after = forecast(principal(me), NOVEMBER).whole
    assert after.of("commit") - before.of("commit") == 5_000 == before.of("pipeline") - after.of("pipeline")
    db.write_sync(set_category, principal(me), deal, "", None)
    assert row(Deal, deal)["forecast"] is None
    assert forecast(principal(me), NOVEMBER).whole == before
    with pytest.raises(Invalid):
        db.write_sync(set_category, principal(me), deal, "sure", None)
    with pytest.raises(NotFound):
        db.write_sync(set_category, principal(me), theirs, "commit", None)
    with pytest.raises(Forbidden):
        db.read_sync(find_forecast, principal(me, "support"), Asked(NOVEMBER, TODAY))
    with pytest.raises(Forbidden):
        db.read_sync(list_deals, principal(me, "marketing"), Asked(NOVEMBER, TODAY))


def test_two_people_who_say_something_else_are_told(company: Company) -> None:
    deal = make("deal", title="Both", stage_id=company.stages["Engaging"], owner_id=company.users[0])
    db.write_sync(set_category, SYSTEM, deal, "commit", 1)
    with pytest.raises(Conflict):
        db.write_sync(set_category, SYSTEM, deal, "omitted", 1)
    assert row(Deal, deal)["forecast"] == "commit"


def test_targets_stand_beside_the_sums_and_roll_up(company: Company) -> None:
    one, two, three = company.users
    for cell, amount in ((f"u{one}", "1000"), (f"u{two}", "200"), (f"u{three}", "50")):
        db.write_sync(set_target, SYSTEM, Aim.parse("month", f"{cell}:2026-11-01"), amount, 0)
    lines = {line.key: line.figures.target for line in forecast(SYSTEM, NOVEMBER).lines}
    assert (lines[f"owner:{one}"], lines[f"owner:{two}"]) == (100_000, 20_000)
    teams = {line.key: line.figures.target for line in forecast(SYSTEM, NOVEMBER, "team").lines}
    assert teams[f"team:{company.top}"] == 125_000 and teams[f"team:{company.teams[0]}"] == 105_000
    assert forecast(SYSTEM, NOVEMBER).whole.target == 125_000
    assert forecast(SYSTEM, QUARTER).whole.target == 125_000
    assert forecast(SYSTEM, NOVEMBER, owner_id=two).whole.target == 20_000
    assert forecast(SYSTEM, NOVEMBER, team_id=company.teams[0]).whole.target == 105_000
    assert forecast(principal(one), NOVEMBER).whole.target == 100_000
    regions = {line.key: line.figures.target for line in forecast(SYSTEM, NOVEMBER, "region").lines}
    assert (regions["region:Lyon"], regions["region:Oslo"]) == (105_000, 20_000)
    db.write_sync(set_target, SYSTEM, Aim.parse("month", f"t{company.top}:2026-11-01"), "9000", 0)
    assert forecast(SYSTEM, NOVEMBER).whole.target == 900_000


def test_a_deleted_deal_is_counted_nowhere(company: Company) -> None:
    deal = make("deal", title="Gone", stage_id=company.stages["Engaging"], value_minor=77, expected_close_on=TODAY)
    before = forecast(SYSTEM, NOVEMBER).whole.total
    db.write_sync(lambda s: apply(s, SYSTEM, Change("deal", deal, op="delete")))
    assert before - forecast(SYSTEM, NOVEMBER).whole.total == 77


def test_other_currencies_are_converted_at_the_stored_rate_and_those_without_one_are_told(company: Company) -> None:
    before = forecast(SYSTEM, NOVEMBER).whole.total
    make("rate", currency="EUR", day=TODAY - timedelta(5), rate="1.5")
    make("rate", currency="EUR", day=TODAY + timedelta(5), rate="9")
    stage = company.stages["Engaging"]
    make("deal", title="Euro", stage_id=stage, value_minor=101, currency="EUR", expected_close_on=TODAY)
    make("deal", title="Yen", stage_id=stage, value_minor=500, currency="JPY", expected_close_on=TODAY)
    found = forecast(SYSTEM, NOVEMBER)
    assert found.whole.total - before == 152  # 1.01 € at 1.5 is $1.515, half to even
    assert found.unrated == ["JPY"] and found.currency == "USD"
