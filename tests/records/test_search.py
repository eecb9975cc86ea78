"""Search over the database: in step with every save, within rights, and whole again after any damage."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from crm_app.core import db
from crm_app.core.actor import SYSTEM, Principal
from crm_app.core.changes import Change, apply, outbox
from crm_app.core.config import settings
from crm_app.jobs.worker import Worker
from crm_app.records.list_screen.queries import LISTED
from crm_app.records.palette.narrowing import counted, narrowed, narrowing
from crm_app.records.palette.queries import preview_of
from crm_app.records.search import KINDS, documents, find, index, plain
from crm_app.records.search.checking import index_problems
from crm_app.records.search.index import engine, keep_ready, reindex
from crm_app.tables import Invoice, Order, Quote
from search.port import FACETS
from tests.billing.builders import make_invoice, make_order
from tests.support.builders import (
    change,
    make,
    make_company,
    make_deal,
    make_person,
    make_pipeline,
    make_team,
    make_user,
    principal,
    row,
)
from tests.support.meili import MeiliStub


def titles(text: str, actor=SYSTEM, **more) -> list[str]:
    answer = find(None, actor, text, **more)
    assert not answer.rebuilding
    return [plain(row.title) for row in answer.rows]


def delete(kind: str, id: int) -> int:
    return db.write_sync(apply, SYSTEM, Change(kind, id, op="delete")).batch_id


@pytest.fixture
def indexed(database_url: str) -> Iterator[None]:
    reindex()
    yield
    engine().close()


def test_what_is_saved_changed_and_deleted_is_in_step(indexed: None) -> None:
    person = make_person(
        display_name="Zoë Wójcik",
        emails=[{"value": "zoe@nordhafen.example"}],
        phones=[{"value": "+44 20 7946 0123"}],
    )
    company = make_company(name="Nordhafen AG")
    note = make("activity", type="note", subject="Harbour visit", body="They asked for a crane", person_id=person)
    outbox.drain_all()
    assert titles("wojcik") == titles("7946 0123") == ["Zoë Wójcik"]
    assert titles("nordhafen") == ["Nordhafen AG", "Zoë Wójcik"] and titles("crane") == ["Harbour visit"]
    change("company", company, name="Südhafen AG")
    delete("activity", note)
    delete("person", person)
    outbox.drain_all()
    assert titles("nordhafen") == titles("wojcik") == titles("crane") == [] and titles("sudhafen") == ["Südhafen AG"]
    assert index_problems() == []


def test_only_what_one_may_see_is_found_also_before_the_index_knows(indexed: None) -> None:
    team = make_team()
    me, mate, other = make_user(team_id=team), make_user(team_id=team), make_user(team_id=make_team())
    pipeline = make_pipeline()
    deals = {who: make_deal(pipeline, title="Blue licences", owner_id=who) for who in (me, mate, other)}
    outbox.drain_all()

    def seen(actor, **more) -> set[int]:
        return {row.id for row in find(None, actor, "blue", kinds=["deal"], **more).rows}

    seller = principal(me)
    boss = principal(mate, "manager", member_ids=frozenset({me, mate}))
    assert seen(seller) == {deals[me]} and seen(boss) == {deals[me], deals[mate]}
    assert seen(SYSTEM) == set(deals.values())
    answer = find(None, seller, "blue", facets=FACETS)
    assert [(f.name, f.label, f.count) for f in answer.facets if f.name != "owner"] == [
        ("kind", "Deals", 1),
        ("stage", "Prospecting", 1),
    ]
    change("deal", deals[me], owner_id=other)  # the index does not know yet
    assert seen(seller) == set()
    outbox.drain_all()
    assert seen(principal(other)) == {deals[me], deals[other]}


def test_papers_are_found_by_number_company_and_title_within_the_rights(indexed: None) -> None:
    """A quote, its order and its invoice: by their number, by whom they are for, by what the quote is called."""
    me, other = make_user(team_id=make_team()), make_user(team_id=make_team())
    nord = make_company(name="Nordhafen AG")
    order = make_order(me, title="Roll-out 2026", company_id=nord)
    invoice = make_invoice(order)
    quote = make("quote", title="Crane", company_id=nord, owner_id=other)
    outbox.drain_all()

    def found(text: str, actor: Principal, **more) -> set[tuple[str, int]]:
        return {(row.kind, row.id) for row in find(None, actor, text, **more).rows}

    papers = {("order", order), ("quote", row(Order, order)["quote_id"]), ("invoice", invoice)}
    mine, theirs = principal(me), principal(other)
    assert found("nordhafen", SYSTEM) == papers | {("company", nord), ("quote", quote)}
    assert found("nordhafen", mine) == papers | {("company", nord)}
    assert found("nordhafen", theirs) == {("company", nord), ("quote", quote)}
    assert found("out roll 2026", mine) == papers - {("invoice", invoice)} and found("roll-out", theirs) == set()
    for kind, table, id in (("order", Order, order), ("invoice", Invoice, invoice), ("quote", Quote, quote)):
        number = row(table, id)["number"]
        assert found(number, SYSTEM, kinds=[kind]) == {(kind, id)}
        assert (kind, id) in found(number.lower()[:-1], SYSTEM)
    assert [f.label for f in find(None, SYSTEM, "nordhafen", facets=("kind",)).facets] == [
        *("Quotes", "Companies", "Invoices", "Orders"),
    ]
    change("quote", quote, owner_id=me)  # the index does not know yet
    assert found("crane", theirs) == set()
    outbox.drain_all()
    assert found("crane", mine) == {("quote", quote)} and found("crane", theirs) == set()
    delete("quote", quote)
    outbox.drain_all()
    assert found("crane", SYSTEM) == set() and index_problems() == []


def test_every_kind_with_a_list_is_found_and_previewed_by_those_who_may_see_it(indexed: None) -> None:
    """But rates, which have no name; each opens where its records do."""
    assert set(KINDS) == set(LISTED) - {"rate"}
    owner, other = make_user(team_id=make_team()), make_user(team_id=make_team())
    ids = {
        "product": make("product", name="Zebra loom"),
        "price_book": make("price_book", name="Zebra prices", currency="EUR"),
        "text_block": make("text_block", name="Zebra terms"),
        "quote": make("quote", title="Zebra quote", owner_id=owner),
        "activity": make("activity", subject="Zebra call", owner_id=owner),
    }
    outbox.drain_all()
    found = {r.kind: (r.id, r.href) for r in find(None, principal(owner), "zebra").rows}
    assert found == {
        "product": (ids["product"], "/products?q=Zebra+loom"),
        "price_book": (ids["price_book"], f"/price-books/{ids['price_book']}"),
        "text_block": (ids["text_block"], "/quotes/texts?q=Zebra+terms"),
        "quote": (ids["quote"], f"/quotes/{ids['quote']}"),
        "activity": (ids["activity"], f"/calendar?activity={ids['activity']}"),
    }
    for kind, id in ids.items():
        seen, hidden = (db.read_sync(preview_of, principal(who), kind, id) for who in (owner, other))
        assert seen.title and seen.lines
        assert bool(hidden.title or hidden.lines) == (kind not in ("quote", "activity"))


def test_what_is_found_is_narrowed_and_counted_by_kind_owner_and_stage(indexed: None) -> None:
    """Each facet is counted among what the others leave; what cannot be narrowed by is not heeded."""
    ann, bob, pipeline = make_user(name="Ann"), make_user(name="Bob"), make_pipeline()
    make_company(name="Blue", owner_id=ann)
    for stage, owner in (("Prospecting", ann), ("Engaging", ann), ("Engaging", bob)):
        make_deal(pipeline, stage, title="Blue licences", owner_id=owner)
    outbox.drain_all()
    engaging = pipeline[1]["Engaging"]

    def shown(**by: object) -> tuple[int, dict[str, int]]:
        given = narrowing({name: str(value) for name, value in by.items()})
        rows = db.read_sync(narrowed, SYSTEM, "blue", given, 10).rows
        return len(rows), {f.label: f.count for f in db.read_sync(counted, SYSTEM, "blue", given)}

    owners, stages = {"Ann": 3, "Bob": 1}, {"Engaging": 2, "Prospecting": 1}
    assert shown() == (4, {"Deals": 3, "Companies": 1, **owners, **stages})
    assert shown(owner=ann) == (3, {"Deals": 2, "Companies": 1, **owners, "Engaging": 1, "Prospecting": 1})
    assert shown(kind="company") == (1, {"Deals": 3, "Companies": 1, "Ann": 1})
    assert shown(owner=bob, stage=engaging) == (1, {"Deals": 1, "Ann": 1, "Bob": 1, "Engaging": 1})
    assert shown(kind="zebra", owner="-1 OR 1", stage="x") == shown()


def test_an_index_that_knew_fewer_kinds_is_built_anew(sqlite_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    make_company(name="Nordhafen AG")
    lines = documents.shape()
    monkeypatch.setattr(index, "shape", lambda: lines[:-1])
    index._version.cache_clear()
    reindex()
    assert not find(None, SYSTEM, "nordh").rebuilding
    monkeypatch.undo()
    index._version.cache_clear()
    assert find(None, SYSTEM, "nordh").rebuilding and index_problems() != []
    keep_ready(lambda: False)
    assert titles("nordh") == ["Nordhafen AG"] and index_problems() == []
    engine().close()


def test_matched_parts_are_marked(indexed: None) -> None:
    make_company(name="Straßenbau Øresund")
    outbox.drain_all()
    rows = find(None, SYSTEM, "oresund strass").rows
    assert [(p.text, p.hit) for p in rows[0].title] == [("Straß", True), ("enbau ", False), ("Øresund", True)]


def test_no_bytes_in_the_index_break_the_page(sqlite_database: str) -> None:
    """Whatever a disk made of the files, a look-up answers; tantivy panics at some of it, which is no Exception."""
    for name in ("Nordhafen AG", "Nordlicht AG", "Südhafen GmbH"):
        make_company(name=name)
    reindex()
    generation = next((settings().data_dir / "search").glob("g-*"))
    whole = {path: path.read_bytes() for path in generation.iterdir() if path.suffix not in (".json", ".lock")}
    for seed in range(40):
        random = Random(seed)
        for path, content in whole.items():
            bytes_ = bytearray(content)
            for _ in range(1 + len(bytes_) // 40):
                bytes_[random.randrange(len(bytes_))] = random.randrange(256)
            path.write_bytes(bytes_)
        engine().close()
        assert [row.kind for row in find(None, SYSTEM, "nordlcht").rows] in ([], ["company"])
        engine().close()
        reset_damage(generation)


def reset_damage(generation: Path) -> None:
    """The mark that other processes see."""
    (generation / "damaged").unlink(missing_ok=True)


@pytest.mark.parametrize("damage", ["absent", "unfinished", "truncated", "other version", "garbage"])
def test_any_damage_falls_back_to_beginnings_and_is_mended(sqlite_database: str, damage: str) -> None:
    make_company(name="Nordhafen AG")
    reindex()
    folder = settings().data_dir / "search"
    generation = next(folder.glob("g-*"))
    engine().close()
    if damage == "absent":
        shutil.rmtree(folder)
    elif damage == "unfinished":
        (generation / "whole.json").unlink()
    elif damage == "truncated":
        for path in generation.iterdir():
            if path.suffix not in (".json", ".lock"):
                path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    elif damage == "other version":
        (generation / "whole.json").write_text('{"format": 0}')
    else:
        (generation / "meta.json").write_bytes(b"\x00garbage")
    answer = find(None, SYSTEM, "nordh")
    assert answer.rebuilding and [row.kind for row in answer.rows] == ["company"]
    assert bool(index_problems()) == (damage != "absent")
    make_company(name="Nordlicht AG")
    outbox.drain_all()  # nobody can write it now
    keep_ready(lambda: False)
    assert titles("hafen") == [] and titles("nordlihct") == ["Nordlicht AG"]
    assert index_problems() == []
    engine().close()


def test_the_check_names_what_differs_and_repairs_it(indexed: None) -> None:
    kept, lost, changed = (make_company(name=name) for name in ("Kept", "Lost", "Changed"))
    gone = make_company(name="Gone")
    outbox.drain_all()
    from search.documents import Changes, Document

    engine().update(lambda: Changes([Document("company", changed, "Old")], [f"company-{lost}"]))
    delete("company", gone)  # its row in the outbox is not done
    assert sorted(index_problems()) == [
        "search: 1 company different in the index",
        "search: 1 company in the index, but gone",
        "search: 1 company not in the index",
    ]
    assert index_problems(repair=True) == [] and index_problems() == []
    assert titles("lost") == ["Lost"] and titles("changed") == ["Changed"] and titles("kept") == ["Kept"] and kept


def test_a_worker_builds_the_index_and_another_process_reads_it(sqlite_database: str) -> None:
    make_company(name="Nordhafen AG")
    worker = Worker()
    worker.start()
    try:
        _until(lambda: engine().is_ready())
        make_company(name="Südhafen AG")
        _until(lambda: titles("sudhafen") == ["Südhafen AG"])
        code = (
            "from crm_app.wire import wire; wire(); from crm_app.core.actor import SYSTEM;"
            "from crm_app.records.search import find; print([r.id for r in find(None, SYSTEM, 'hafen nord').rows],"
            "find(None, SYSTEM, 'sudh').rebuilding, len(find(None, SYSTEM, 'sudh').rows))"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
        assert done.stdout.split() == ["[]", "False", "1"]
    finally:
        worker.stop()
        engine().close()


def _until(true) -> None:
    import time

    end = time.monotonic() + 15
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def test_both_engines_mark_the_same_parts(sqlite_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Prefixes, typos, folded letters, pairs of CJK signs, a part of an e-mail: each row with its pieces."""
    make_company(name="Straßenbau Øresund", domain="oresund.example")
    make_person(display_name="Zoë Wójcik", emails=[{"value": "zoe@nordhafen.example"}])
    make_person(display_name="山田太郎")
    texts = ("oresund strass", "wojc", "wojcki zoe", "nordhafen", "田太", "øresnud")

    def shown() -> list[list[tuple[str, list, list]]]:
        answers = [find(None, SYSTEM, text) for text in texts]
        assert not any(answer.rebuilding for answer in answers)
        return [[(row.kind, row.title, row.subtitle) for row in answer.rows] for answer in answers]

    reindex()
    embedded = shown()
    engine().close()
    stub = MeiliStub()
    monkeypatch.setenv("KITH_SEARCH_URL", stub.url)
    settings.cache_clear()
    reindex()
    assert shown() == embedded and all(embedded)
    assert all(any(piece.hit for _, *parts in rows for part in parts for piece in part) for rows in embedded)
    stub.stop()


def test_an_engine_that_is_away_loses_nothing(
    sqlite_database: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stub = MeiliStub()
    monkeypatch.setenv("KITH_SEARCH_URL", stub.url)
    settings.cache_clear()
    reindex()
    make_company(name="Nordhafen AG")
    outbox.drain_all()
    assert titles("hafen nordhafen") == [] and titles("nordhafne") == ["Nordhafen AG"]
    stub.fails.add("documentAdditionOrUpdate")  # a task that fails is not taken for done
    make_company(name="Südhafen AG")
    outbox.drain_all()
    assert titles("sudhafen") == []
    waiting = db.read_sync(lambda s: outbox._has_work(s, None))
    assert not waiting  # leased until later
    stub.stop()
    answer = find(None, SYSTEM, "sudh")
    assert answer.rebuilding and len(answer.rows) == 1
    assert index_problems() != []
