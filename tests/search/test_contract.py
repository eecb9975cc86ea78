"""What every engine must find, in which order, and how it is kept; expectations written by hand."""

from collections.abc import Callable, Iterator

import pytest

from search.documents import Changes, Document
from search.filters import And, Eq, Filter, In, Or, Range
from search.port import Engine, Missing

DAY = 86400
NOW = 1_700_000_000
PEOPLE = [
    Document(
        "person",
        1,
        "John Smith",
        phones=("+44 20 7946 0123",),
        emails=("j.smith@acme-corp.example",),
        owner=1,
        updated=NOW,
        importance=1.0,
    ),
    Document("person", 2, "Zoë Wójcik", owner=2, updated=NOW, importance=1.0),
    Document("person", 3, "Иван Щербаков", owner=2, updated=NOW, importance=1.0),
    Document("person", 4, "Ελένη Παπαδοπούλου", owner=2, updated=NOW, importance=1.0),
    Document("person", 5, "山田太郎", owner=2, updated=NOW, importance=1.0),
    Document("person", 6, "Alexandra Montgomery", owner=2, updated=NOW, importance=1.0),
    Document("company", 7, "Straße & Øresund GmbH", owner=None, updated=NOW, importance=0.9),
    Document("deal", 8, "Licences", body=("Renewal for the harbour",), owner=1, stage=70, updated=NOW, importance=0.8),
    Document("deal", 9, "Hosting", owner=2, stage=71, updated=NOW - 400 * DAY, importance=0.8),
    Document("deal", 10, "Ann Lee", owner=2, stage=71, updated=NOW, importance=0.8),
    Document("quote", 11, "Q-2026-0417", body=("Relaunch", "Fabrik Süd AG"), owner=1, updated=NOW, importance=0.7),
    Document("person", 12, "和田 哲也", owner=2, updated=NOW, importance=1.0),
]


@pytest.fixture
def filled(engine: Engine) -> Engine:
    engine.rebuild([PEOPLE[:4], PEOPLE[4:]], Changes)
    return engine


def ids(engine: Engine, text: str, where: Filter | None = None, mine: int | None = None) -> list[int]:
    return [hit.id for hit in engine.search(text, where=where, mine=mine).hits]


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("smi", 1),  # the beginning of the last word
        ("john smi", 1),
        ("SMITH john", 1),  # any order, any case
        ("smtih", 1),  # a transposition is one typo
        ("smoth", 1),
        ("xmith", 1),  # in the first letter too
        ("msith", 1),
        ("mith", 1),
        ("jonh smith", 1),
        ("montgomrey", 6),
        ("mongomrey", 6),  # two typos from eight letters
        ("alexadra montgomery", 6),
        ("zoe wojcik", 2),  # accents
        ("STRASSE", 7),
        ("strasse oresund", 7),
        ("øresund", 7),
        ("020 7946 0123", 1),  # any grouping, the zero of the country
        ("+44 (0)20 79460123", 1),
        ("79-46", 1),
        ("smith 7946", 1),
        ("acme", 1),  # a part of an e-mail
        ("j.smith@acme-corp.example", 1),
        ("j smith", 1),  # initials
        ("js", 1),
        ("jsmith", 1),
        ("иван", 3),
        ("ЩЕРБ", 3),
        ("παπαδοπουλου", 4),
        ("ΕΛΕΝΗ", 4),
        ("山田", 5),
        ("田太", 5),
        ("太郎", 5),
        ("山", 5),
        ("山田 太郎", 5),
        ("和田 哲也", 12),
        ("和田哲也", 12),  # without the space
        ("harbour", 8),
        ("harbuor", 8),
        ("q-2026-0417", 11),  # a number of a paper, and its parts
        ("Q 2026 04", 11),
        ("2026-0417", 11),
        ("0417", 11),
        ("fabrik sud relaunch", 11),
        ("fabirk 0417", 11),
    ],
)
def test_what_is_found(filled: Engine, text: str, id: int) -> None:
    assert ids(filled, text) == [id]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "%",
        '"',
        "smith wojcik",
        "nam",
        "lex",
        "abn",
        "xle",
        "7947",
        "smxxh",
        "山郎",
        "title:smith",
        "*",
        "0 OR 1",
        "q-2026-0418",
    ],
)
def test_what_is_not_found(filled: Engine, text: str) -> None:
    assert ids(filled, text) == []


def docs(*titles: str, **more: object) -> list[Document]:
    given = {"updated": NOW, "importance": 0.5} | more
    return [Document("person", n, title, **given) for n, title in enumerate(titles, 1)]  # pyright: ignore[reportArgumentType]


def test_exact_comes_before_prefix_before_typo(engine: Engine) -> None:
    engine.rebuild([docs("Mollers", "Millerson", "Miller Jones", "Miller")], Changes)
    assert ids(engine, "miller")[:3] == [4, 3, 2]
    assert ids(engine, "millers")[0] == 2


def test_then_kind_recency_and_ones_own(engine: Engine) -> None:
    def one(id: int, kind: str, importance: float, days: int, owner: int | None) -> Document:
        return Document(kind, id, "Blue", owner=owner, updated=_now() - days * DAY, importance=importance)

    engine.rebuild(
        [
            [
                one(1, "deal", 0.2, 0, 5),
                one(2, "person", 1.0, 900, 5),
                one(3, "person", 1.0, 1, 5),
                one(4, "person", 1.0, 900, 6),
            ]
        ],
        Changes,
    )
    assert ids(engine, "blue") == [3, 2, 4, 1]
    assert ids(engine, "blue", mine=6) == [4, 3, 2, 1]
    sold = Document("deal", 5, "Fifty desks for Acme", owner=6, updated=_now(), importance=0.8)
    itself = Document("company", 6, "Acme Corporation", owner=5, updated=_now() - 90 * DAY, importance=0.9)
    engine.rebuild([[sold, itself]], Changes)
    assert ids(engine, "acme", mine=6) == [6, 5]


def test_what_is_as_good_twice_over_does_not_come_before_ones_own(engine: Engine) -> None:
    """The initials of all of them are `sc`; names that also begin so fit no better, and are others'."""
    others = [Document("person", n, f"Scala Cole{n}", owner=5, updated=NOW, importance=1.0) for n in range(1, 81)]
    mine = [Document("person", n, f"Susan Carter{n}", owner=6, updated=NOW, importance=1.0) for n in range(101, 106)]
    engine.rebuild([others, mine], Changes)
    assert sorted(ids(engine, "sc", mine=6)[:5]) == [101, 102, 103, 104, 105]


def _now() -> int:
    from time import time

    return int(time())


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (None, {1, 8, 10}),
        (Eq("kind", "deal"), {8, 10}),
        (Eq("owner", 1), {1, 8}),
        (In("owner", (1, 2)), {1, 8, 10}),
        (In("owner", ()), set()),
        (And(()), {1, 8, 10}),
        (Or(()), set()),
        (And((Eq("kind", "deal"), Eq("owner", 1))), {8}),
        (And((In("kind", ("deal", "person")), Eq("owner", 1))), {1, 8}),
        (And((Eq("owner", 2), In("kind", ("deal", "person")))), {10}),
        (And((Eq("kind", "deal"), In("owner", tuple(range(2, 90))))), {10}),
        (And((In("kind", ()), Eq("owner", 1))), set()),
        (Or((Eq("kind", "person"), And((In("kind", ("deal", "activity")), In("owner", (2, 3)))))), {1, 10}),
        (Or((Eq("kind", "person"), Range("id", 8, 8))), {1, 8}),
        (Or((Eq("stage", 71), And((Eq("kind", "person"), In("id", (1, 2)))))), {1, 10}),
        (Range("id", 2, 8), {8}),
        (Range("id", most=8), {1, 8}),
        (Range("updated", least=NOW), {1, 8, 10}),
        (Range("updated", most=NOW - 1), set()),
    ],
)
def test_filters(filled: Engine, where: Filter | None, expected: set[int]) -> None:
    found = {id for text in ("john", "licences", "ann") for id in ids(filled, text, where)}
    assert found == expected


def test_facets_count_all_that_was_found(engine: Engine) -> None:
    many = [Document("person", n, f"Blue {n}", owner=n % 2 or None) for n in range(1, 41)]
    engine.rebuild([many, [Document("deal", 50, "Blue", owner=1, stage=7)]], Changes)
    found = engine.search("blue", limit=3, facets=("kind", "owner", "stage"))
    assert len(found.hits) == 3
    assert found.facets == {"kind": {"person": 40, "deal": 1}, "owner": {"1": 21}, "stage": {"7": 1}}
    assert engine.search("blue", limit=3, facets=("kind",)).facets == {"kind": {"person": 40, "deal": 1}}
    narrowed = engine.search("blue", where=Eq("kind", "deal"), facets=("owner",))
    assert narrowed.facets == {"owner": {"1": 1}}


def test_documents_are_replaced_and_removed(filled: Engine) -> None:
    filled.update(
        lambda: Changes([Document("person", 2, "Zed Quist"), Document("person", 99, "New Face")], ["person-1"])
    )
    assert ids(filled, "smith") == ids(filled, "wojcik") == []
    assert ids(filled, "quist") == [2] and ids(filled, "face") == [99]
    filled.update(lambda: Changes([], ["person-404"]))
    assert dict(filled.digests()) == {
        d.key: d.digest for d in [*PEOPLE[2:], Document("person", 2, "Zed Quist"), Document("person", 99, "New Face")]
    }


def test_an_index_is_built_beside_and_swapped(engine: Engine) -> None:
    assert not engine.is_ready()
    with pytest.raises(Missing):
        engine.search("smith")
    with pytest.raises(Missing):
        engine.update(lambda: Changes(PEOPLE))
    engine.rebuild([PEOPLE], Changes)
    assert engine.is_ready() and ids(engine, "smith") == [1]
    seen: list[list[int]] = []

    def portions() -> Iterator[list[Document]]:
        yield docs("Other Person")
        seen.append(ids(engine, "smith"))
        engine.update(lambda: Changes([Document("person", 77, "Meanwhile Saved")]))
        seen.append(ids(engine, "meanwhile"))

    engine.rebuild(portions(), lambda: Changes([Document("person", 77, "Meanwhile Saved")]))
    assert seen == [[1], [77]]
    assert (ids(engine, "smith"), ids(engine, "other"), ids(engine, "meanwhile")) == ([], [1], [77])


def test_an_index_of_another_version_is_none(engines: Callable[[str], Engine]) -> None:
    """As after an update that knows more kinds: it is missing until it is built, and then the old one is gone."""
    old, new = engines("1-people"), engines("1-people-and-quotes")
    old.rebuild([PEOPLE[:3]], Changes)
    assert old.is_ready() and not new.is_ready()
    with pytest.raises(Missing):
        new.search("smith")
    new.rebuild([PEOPLE], Changes)
    assert ids(new, "0417") == [11] and not old.is_ready()
    with pytest.raises(Missing):
        old.update(lambda: Changes(PEOPLE[:3]))


def test_a_build_that_fails_leaves_the_index_in_use(filled: Engine) -> None:
    def portions() -> Iterator[list[Document]]:
        yield docs("Other Person")
        raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError, match="on purpose"):
        filled.rebuild(portions(), Changes)
    assert ids(filled, "smith") == [1] and ids(filled, "other") == []


def test_long_texts_are_searched_to_their_end(engine: Engine) -> None:
    engine.rebuild([[Document("activity", 1, "Note", body=("word " * 2000 + "harbour",))]], Changes)
    assert ids(engine, "harbour") == [1]
