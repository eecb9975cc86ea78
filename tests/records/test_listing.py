"""Lists against a plain computation in Python over the same rows: filters, orders, pages, groups, rights."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import event, select
from sqlmodel import Session

from crm_app.core import db
from crm_app.core.actor import Principal
from crm_app.core.changes.forwarding import family
from crm_app.core.changes.log import ChangeLog
from crm_app.core.changes.working import of_batch, table_of
from crm_app.core.clock import now
from crm_app.core.errors import Invalid, KithError
from crm_app.core.text import fold
from crm_app.duplicates.matching.worklist import count_open
from crm_app.duplicates.worklist.queries import alike_to
from crm_app.records.listing import (
    Listing,
    default_listing,
    describe,
    field_choices,
    fields_of,
    list_ids,
    list_page,
    neighbours,
    page,
    read_listing,
    write_listing,
)
from crm_app.records.listing.listing import read_folds
from crm_app.timeline.queries import timeline_of
from tests.support.builders import make, make_company, make_person, make_team, make_user, principal
from tests.support.plans import plan_of

FIRST = {"value": "p1@acme.example"}
NAMES = ["Ada", "ada", "Émile", "Zoë", "Øyvind", "", "Bo", "bö", "Anna", "Łukasz", "Straße", "Nils"]


@dataclass
class World:
    """Sixty people of two owners, with what was given of each."""

    people: dict[int, dict[str, Any]]
    owners: tuple[int, int]
    companies: list[int]
    tags: list[int]
    boss: Principal
    seller: Principal


@pytest.fixture
def world(database_url: str, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(page, "PAGE_SIZE", 7)
    team = make_team()
    owners = make_user(name="Olga", team_id=team), make_user(name="Otto", team_id=team)
    companies = [make_company(name=n) for n in ("Zeta", "alpha", "Mid")]
    tags = [make("tag", name=n) for n in ("vip", "cold")]
    people: dict[int, dict[str, Any]] = {}
    for n in range(60):
        given = {
            "last_name": f"{NAMES[n % len(NAMES)]} {n % 5}",
            "title": ["CEO", "cto", ""][n % 3],
            "company_id": [*companies, None][n % 4],
            "lifecycle": ["name", "lead", "contact"][n % 3],
            "segment": [None, "suspect", "qualified"][n % 3],
            "owner_id": owners[n % 2],
            "emails": [{"value": f"p{n}@{'acme' if n % 4 else 'other'}.example"}] if n % 5 else [],
            "tags": [{"tag_id": t} for t in (tags if n % 6 == 0 else tags[:1] if n % 6 == 1 else [])],
        }
        people[make("person", **given)] = given
    boss = principal(owners[0], "administrator", team_id=team, member_ids=frozenset(owners))
    return World(people, owners, companies, tags, boss, replace(boss, role="sales", id=owners[1]))


def everything(actor: Principal, listing: Listing) -> list[Any]:
    """Page after page."""
    rows: list[Any] = []
    after = ""
    while True:
        found = db.read_sync(list_page, actor, listing, after)
        rows += found.rows
        if not found.more:
            assert listing.folds.values or found.count == len(rows)
            return rows
        after = found.rows[-1].key


def ids_for(world: World, actor: Principal, filter: Any) -> set[int]:
    fields = db.read_sync(fields_of, actor, "person")
    listing = read_listing("person", {"f": json.dumps(filter)}, fields)
    return {r.id for r in everything(actor, listing)}


Test = Callable[[dict[str, Any]], bool]
FILTERS: list[tuple[dict[str, Any], Test]] = [
    ({"f": "display_name", "op": "contains", "v": "emile"}, lambda p: "emile" in fold(p["last_name"])),
    ({"f": "display_name", "op": "starts", "v": "Ø"}, lambda p: fold(p["last_name"]).startswith("o")),
    ({"f": "display_name", "op": "is_not", "v": "ADA 0"}, lambda p: fold(p["last_name"]) != "ada 0"),
    ({"f": "title", "op": "is", "v": "ceo"}, lambda p: p["title"] == "CEO"),
    ({"f": "title", "op": "contains", "v": "%"}, lambda p: False),
    ({"f": "title", "op": "lacks", "v": "e"}, lambda p: "e" not in fold(p["title"])),
    ({"f": "title", "op": "empty"}, lambda p: p["title"] == ""),
    ({"f": "lifecycle", "op": "is", "v": ["lead", "contact"]}, lambda p: p["lifecycle"] != "name"),
    ({"f": "lifecycle", "op": "is_not", "v": ["lead"]}, lambda p: p["lifecycle"] != "lead"),
    ({"f": "segment", "op": "empty"}, lambda p: p["segment"] is None),
    ({"f": "segment", "op": "is_not", "v": ["suspect"]}, lambda p: p["segment"] != "suspect"),
    ({"f": "company_id", "op": "filled"}, lambda p: p["company_id"] is not None),
    ({"f": "emails.value", "op": "contains", "v": "ACME"}, lambda p: any("acme" in e["value"] for e in p["emails"])),
    ({"f": "emails.value", "op": "lacks", "v": "ac"}, lambda p: not any("ac" in e["value"] for e in p["emails"])),
    ({"f": "emails.value", "op": "empty"}, lambda p: not p["emails"]),
    (
        {"f": "emails.value", "op": "is_not", "v": "p1@acme.example"},
        lambda p: {"value": "p1@acme.example"} not in p["emails"],
    ),
    ({"f": "tags", "op": "empty"}, lambda p: not p["tags"]),
    ({"f": "created_at", "op": "today"}, lambda p: True),
    ({"f": "created_at", "op": "older_days", "v": 1}, lambda p: False),
    ({"f": "last_touch_at", "op": "empty"}, lambda p: True),
    (
        {
            "any": [
                {"f": "title", "op": "is", "v": "cto"},
                {"all": [{"f": "lifecycle", "op": "is", "v": ["name"]}, {"f": "segment", "op": "filled"}]},
            ]
        },
        lambda p: p["title"] == "cto" or (p["lifecycle"] == "name" and p["segment"] is not None),
    ),
]


def test_filters_find_what_a_plain_loop_finds(world: World) -> None:
    for filter, test in FILTERS:
        expected = {i for i, p in world.people.items() if test(p)}
        assert ids_for(world, world.boss, filter) == expected, filter


def test_filters_by_reference_and_tag(world: World) -> None:
    people, (olga, otto), (vip, cold) = world.people, world.owners, world.tags
    cases = [
        ({"f": "owner_id", "op": "is", "v": ["me"]}, lambda p: p["owner_id"] == olga),
        ({"f": "owner_id", "op": "is", "v": ["team"]}, lambda p: True),
        ({"f": "owner_id", "op": "is_not", "v": [str(olga)]}, lambda p: p["owner_id"] == otto),
        ({"f": "company_id", "op": "is", "v": world.companies[:2]}, lambda p: p["company_id"] in world.companies[:2]),
        ({"f": "tags", "op": "any", "v": [vip, cold]}, lambda p: bool(p["tags"])),
        ({"f": "tags", "op": "all", "v": [vip, cold]}, lambda p: len(p["tags"]) == 2),
        ({"f": "tags", "op": "none", "v": [cold]}, lambda p: len(p["tags"]) < 2),
    ]
    for filter, test in cases:
        assert ids_for(world, world.boss, filter) == {i for i, p in people.items() if test(p)}, filter


def test_a_list_shows_what_its_reader_may_see(world: World) -> None:
    deal_fields = db.read_sync(fields_of, world.seller, "deal")
    assert read_listing("deal", {}, deal_fields).sort == "stage_since"
    mine = replace(world.seller, role="support")
    from crm_app.identity.policy import scope

    assert scope(mine, "edit", "person") == "all" and scope(world.seller, "edit", "person") == "own"
    rows = everything(world.seller, default_listing("person"))
    assert {r.id for r in rows} == set(world.people)
    assert {r.id for r in rows if r.editable} == {
        i for i, p in world.people.items() if p["owner_id"] == world.owners[1]
    }


@pytest.mark.parametrize("direction", ["", "-"])
def test_every_order_pages_through_each_record_once(world: World, direction: str) -> None:
    fields = db.read_sync(fields_of, world.boss, "person")
    for name in [n for n, f in fields.items() if f.sortable]:
        listing = read_listing("person", {"sort": direction + name, "cols": "display_name,title,company_id"}, fields)
        rows = everything(world.boss, listing)
        assert [r.id for r in rows] == db.read_sync(list_ids, world.boss, listing), name
        assert Counter(r.id for r in rows) == Counter(list(world.people)), name


@pytest.mark.parametrize("descending", [False, True])
def test_orders_are_those_a_reader_expects(world: World, descending: bool) -> None:
    company = dict(zip(world.companies, ("zeta", "alpha", "mid"), strict=True))
    keys: dict[str, Callable[[dict[str, Any]], Any]] = {
        "display_name": lambda p: fold(p["last_name"]),
        "company_id": lambda p: company.get(p["company_id"]),
        "segment": lambda p: {"suspect": 0, "prospect": 1, "qualified": 2}.get(p["segment"]),
    }
    for name, key in keys.items():
        listing = replace(default_listing("person"), sort=name, descending=descending)
        found = [key(world.people[r.id]) for r in everything(world.boss, listing)]
        filled = [k for k in found if k is not None]
        assert filled == sorted(filled, reverse=descending), name
        assert found == filled + [None] * (len(found) - len(filled)), "empty ones come last"


def test_groups_have_heads_with_exact_counts(world: World) -> None:
    for name, label in (
        ("lifecycle", None),
        ("company_id", "No company"),
        ("owner_id", None),
        ("segment", "No segment"),
    ):
        listing = replace(default_listing("person"), group=name, descending=True)
        rows = everything(world.boss, listing)
        heads = db.read_sync(list_page, world.boss, listing).groups
        assert [h.count for h in heads] == list(Counter(r.group for r in rows).values())
        assert list(dict.fromkeys(r.group for r in rows)) == [h.value for h in heads]
        expected = Counter(p[name] for p in world.people.values())
        assert sorted(h.count for h in heads) == sorted(expected.values())
        assert label is None or heads[-1].label == label
        for one in (heads[0].value, heads[-1].value):
            shut, alone = (replace(listing, folds=read_folds(json.dumps(v))) for v in ([one], [None, one]))
            assert [r.id for r in everything(world.boss, shut)] == [r.id for r in rows if r.group != one]
            assert [r.id for r in everything(world.boss, alone)] == [r.id for r in rows if r.group == one]
            page = db.read_sync(list_page, world.boss, shut)
            assert (page.count, page.groups) == (len(rows), heads)


def test_neighbours_walk_through_the_list(world: World) -> None:
    fields = db.read_sync(fields_of, world.boss, "person")
    listing = read_listing("person", {"sort": "-company_id", "f": json.dumps(FILTERS[6][0])}, fields)
    ids = db.read_sync(list_ids, world.boss, listing)
    for n, id in enumerate(ids):
        found = db.read_sync(neighbours, world.boss, listing, id)
        around = (ids[n - 1] if n else None, ids[n + 1] if n + 1 < len(ids) else None)
        assert (found.previous, found.next, found.position, found.count) == (*around, n + 1, len(ids))
    outside = next(i for i in world.people if i not in ids)
    assert db.read_sync(neighbours, world.boss, listing, outside).position == 0


def test_a_page_takes_three_statements_and_groups_one_more(world: World) -> None:
    seen: list[str] = []
    event.listen(db.engine(), "before_cursor_execute", lambda _c, _k, statement, *_: seen.append(statement))
    listing = replace(default_listing("person"), columns=(*default_listing("person").columns, "tags"))
    db.read_sync(list_page, world.seller, listing)
    asked = [s for s in seen if s.lstrip().upper().startswith(("SELECT", "WITH"))]
    assert len(asked) <= 3, asked
    seen.clear()
    db.read_sync(list_page, world.seller, replace(listing, group="lifecycle"))
    assert len([s for s in seen if s.lstrip().upper().startswith(("SELECT", "WITH"))]) <= 4


@given(
    field=st.text(max_size=30) | st.sampled_from(["title", "company_id", "created_at", "tags", "emails.value"]),
    op=st.text(max_size=10) | st.sampled_from(["contains", "is", "on", "between", "last_days", "any"]),
    value=st.none() | st.text(max_size=30) | st.integers() | st.floats() | st.lists(st.text(max_size=9), max_size=3),
    sort=st.text(max_size=30),
    after=st.text(max_size=40),
)
@hypothesis_settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_any_words_give_a_list_or_a_refusal(
    world: World, field: str, op: str, value: object, sort: str, after: str
) -> None:
    fields = db.read_sync(fields_of, world.boss, "person")
    try:
        asked = {"f": json.dumps({"f": field, "op": op, "v": value}), "sort": sort}
        db.read_sync(list_page, world.boss, read_listing("person", asked, fields), after)
    except KithError:
        pass
    assert db.read_sync(list_page, world.boss, default_listing("person")).count == 60


def test_an_address_reads_as_it_was_written(world: World) -> None:
    fields = db.read_sync(fields_of, world.boss, "person")
    given = {"f": '{"all":[{"f":"title","op":"empty"}]}', "sort": "-company_id", "cols": "display_name,title", "q": "x"}
    listing = read_listing("person", given, fields)
    assert write_listing(listing) == given
    assert write_listing(default_listing("person")) == {}
    assert read_listing("person", {}, fields, given) == listing
    with pytest.raises(Invalid):
        read_listing("person", {"group": "emails.value"}, fields)


def test_filters_read_as_words(world: World) -> None:
    fields = db.read_sync(fields_of, world.boss, "person")
    olga, zeta = world.owners[0], world.companies[0]
    nested = {"any": [{"f": "company_id", "op": "is", "v": [zeta]}, {"f": "created_at", "op": "last_days", "v": 30}]}
    wanted = {"all": [{"f": "owner_id", "op": "is", "v": [olga, "me"]}, {"f": "segment", "op": "empty"}, nested]}
    listing = read_listing("person", {"f": json.dumps(wanted)}, fields)
    chips = [(c.label, c.words) for c in db.read_sync(describe, world.boss, listing)]
    assert chips == [
        ("Owner", "is Olga or me"),
        ("Segment", "is empty"),
        ("Any of", "Company is Zeta or Created is in the last 30 days"),
    ]


def test_every_kind_has_a_list(world: World) -> None:
    make("activity", type="call", subject="Ring", owner_id=world.owners[0], due_at=now() + timedelta(days=1))
    make("product", name="Box", list_price_minor=1250)
    for kind, count in (("activity", 1), ("product", 1), ("company", 3), ("deal", 0)):
        found = db.read_sync(list_page, world.boss, default_listing(kind))
        assert found.count == count
        assert [c.name for c in found.columns] == list(default_listing(kind).columns), kind
        choices = db.read_sync(field_choices, world.boss, kind)
        assert {c.name for c in found.columns} <= {c.name for c in choices}
    price = db.read_sync(list_page, world.boss, default_listing("product")).rows[0].cells[4]
    assert (price.text, price.raw) == ("$12.50", "12.50")


def test_what_was_merged_into_whom_is_found_by_an_index(sqlite_database: str) -> None:
    """Also once the statistics are counted, of a list of people of whom none was merged."""
    for n in range(30):
        make_person(last_name=f"P{n}")

    def plan(session: Session) -> str:
        run = session.connection().exec_driver_sql
        run("ANALYZE")
        asked = str(family("person", [1]).compile(db.engine(), compile_kwargs={"literal_binds": True}))
        return " ".join(row[3] for row in run(f"EXPLAIN QUERY PLAN {asked}"))

    assert "INDEX ix_person_merged_into_id" in (found := db.write_sync(plan)) and "SCAN person" not in found


def test_what_was_done_is_found_by_an_index_whoever_looks(sqlite_database: str) -> None:
    """A seller's is found within the own; of a record that the filter names fewer are looked at than are open."""
    team = make_team()
    role = {"administrator": principal(make_user(), "administrator"), "sales": principal(make_user(), "sales")}
    role["manager"] = principal(make_user(team_id=team), "manager", team_id=team, member_ids=frozenset({1, 2, 3}))
    empty: dict[str, Any] = {"f": "done_at", "op": "empty"}
    days = {"f": "done_at", "op": "between", "v": ["2026-01-01", "2026-01-31"]}
    named = {"all": [empty, {"f": "person_id", "op": "is", "v": [7]}]}
    for who, wanted, index in (
        ("administrator", empty, "COVERING INDEX ix_activity_done"),
        ("administrator", days, "COVERING INDEX ix_activity_done"),
        ("sales", empty, "COVERING INDEX ix_activity_owner_at"),
        ("sales", days, "COVERING INDEX ix_activity_owner_at"),
        ("manager", empty, "COVERING INDEX ix_activity_done"),
        ("manager", days, "COVERING INDEX ix_activity_owner_at"),
        *((name, named, "INDEX ix_activity_person") for name in role),
    ):
        fields = db.read_sync(fields_of, role[who], "activity")
        found = plan_of(list_page, role[who], read_listing("activity", {"f": json.dumps(wanted)}, fields))
        assert found.count(f"SEARCH activity USING {index}") == 2 and "SCAN activity" not in found, (who, found)


def test_parts_are_asked_by_their_record(sqlite_database: str) -> None:
    """Not by the tag or the product: those of all records that have it would be read once for every record."""
    admin = principal(make_user(), "administrator")
    for kind, field, op in (("person", "tags", "any"), ("person", "tags", "all"), ("deal", "lines.product_id", "is")):
        wanted = json.dumps({"f": field, "op": op, "v": [7, 8]})
        found = plan_of(list_page, admin, read_listing(kind, {"f": wanted}, db.read_sync(fields_of, admin, kind)))
        assert "tag_id=?" not in found and "product_id=?" not in found, (field, found)


def test_a_record_is_read_by_itself_and_not_by_its_owners(sqlite_database: str) -> None:
    manager = principal(make_user(), "manager", member_ids=frozenset({1, 2, 3}))
    person, company = make_person(), make_company()
    found = plan_of(timeline_of, manager, "person", person) + plan_of(timeline_of, manager, "company", company)
    assert "ix_activity_owner" not in found and "ix_activity_company_at" in found
    found = plan_of(alike_to, manager, "person", person) + plan_of(count_open, manager, "person")
    assert "left_id=? AND right_id=?" not in found and found.count("ix_duplicate_pair_decision") == 1


def test_what_a_batch_wrote_of_records_is_looked_up_by_record(sqlite_database: str) -> None:
    """Not by the batch: behind one of a million rows every portion of its outbox would read them all."""
    asked = select(table_of(ChangeLog).c.diff).where(*of_batch(1, "person", [1, 2]))

    def plan(session: Session) -> str:
        text = str(asked.compile(db.engine(), compile_kwargs={"literal_binds": True}))
        return " ".join(row[3] for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {text}"))

    assert "(kind=? AND record_id=?)" in db.read_sync(plan)
