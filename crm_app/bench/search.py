"""Search as one types, among 1,000,000 activities and 100,000 or 1,000,000 people: recall, time, LIKE beside it."""

import random
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter, thread_time
from typing import Any, NamedTuple

from crm_app.bench.figures import judged, p95, spread
from crm_app.core.actor import Principal
from crm_app.records.search.documents import IMPORTANCE, KINDS
from crm_app.records.search.rights import seen_by
from search.documents import Changes, Document
from search.embedded import EmbeddedEngine
from search.words import fold

SIZES = {"people_100000": 100_000, "people_1000000": 1_000_000}
BESIDE = 10_000  # companies, and deals
ACTIVITIES = 1_000_000
SELLERS = 50
QUERIES = 200
DOINGS = ("Call", "Meeting with", "Send the offer to", "Ask", "Demonstration for", "Answer to")
TOP = 10
SEED = 7
NOW = 1_700_000_000
ONSETS = tuple("b br c ch d dr f fl g gr h j k kl l m n p pr r s sch st t tr v w z".split())
VOWELS = ["a", "e", "i", "o", "u", "ai", "ei", "ou", "ö", "é"]
CODAS = ["", "", "l", "n", "r", "s", "th", "ck", "nd", "rt", "mann", "son", "ski"]


class Row(NamedTuple):
    """A record as both sides hold it."""

    kind: str
    id: int
    title: str
    body: str
    email: str
    phone: str
    owner: int


class Answer(NamedTuple):
    """Whom a query found, and how many seconds it took: by the clock, and of its thread's processor time."""

    ids: list[int]
    seconds: float
    busy: float


Rows = list[Row]


def made_name(chance: random.Random, syllables: int) -> str:
    """A name that nobody has, but somebody could have."""
    made = "".join(chance.choice(ONSETS) + chance.choice(VOWELS) for _ in range(syllables))
    return (made + chance.choice(CODAS)).title()


def _rows(people: int) -> Rows:
    """Kind, id, title and owner; first names repeat much, surnames by a skewed choice, as they do."""
    chance = random.Random(SEED)
    first = [made_name(chance, chance.randint(1, 2)) for _ in range(2000)]
    last = [made_name(chance, chance.randint(2, 3)) for _ in range(60_000)]

    def person() -> str:
        return f"{first[int(len(first) * chance.random() ** 2)]} {last[int(len(last) * chance.random() ** 1.5)]}"

    firms = [f"{chance.choice(last)} {chance.choice(('GmbH', 'Ltd', 'AG', 'Inc'))}" for _ in range(BESIDE)]
    found: list[tuple[str, str, str, str, str]] = []
    for n in range(people):
        name, firm = person(), chance.choice(firms)
        email = f"{fold(name).replace(' ', '.')}@{fold(firm).split()[0]}.example"
        found.append(("person", name, firm, email, f"+1 212 {n % 1000:03} {n // 7 % 10000:04}"))
    found += [("company", firm, "", "", "") for firm in firms]
    found += [("deal", f"{chance.choice(last)} licences {n}", "", "", "") for n in range(BESIDE)]
    for _ in range(ACTIVITIES):
        name = found[chance.randrange(people)][1]
        found.append(("activity", f"{chance.choice(DOINGS)} {name}", f"What {name} said about the offer", "", ""))
    return [
        Row(kind, id, title, body, email, phone, chance.randrange(SELLERS) + 1)
        for id, (kind, title, body, email, phone) in enumerate(found, 1)
    ]


def _portions(rows: Rows) -> Iterator[list[Document]]:
    for start in range(0, len(rows), 5000):
        yield [
            Document(
                row.kind,
                row.id,
                row.title,
                (row.body,) if row.body else (),
                (row.phone,) if row.phone else (),
                (row.email,) if row.email else (),
                owner=row.owner,
                updated=NOW - row.id,
                importance=IMPORTANCE[row.kind],
            )
            for row in rows[start : start + 5000]
        ]


def _mistyped(chance: random.Random, name: str, at: int) -> str:
    """One typo at that place: another letter, one too many, one missing, or two exchanged."""
    letter = chance.choice("abcdefghijklmnopqrstuvwxyz")
    way = chance.randrange(4)
    if way == 3 and at + 1 < len(name) and name[at] != name[at + 1]:
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    return name[:at] + (letter if way == 0 else letter + name[at] if way == 1 else "") + name[at + 1 :]


def _queries(rows: Rows, owner: int) -> dict[str, list[tuple[str, int]]]:
    """For each class of query, texts with the person that each must find; all of them the seller's own."""
    chance = random.Random(SEED + 1)
    own = [(row.id, row.title.split()) for row in rows if row.kind == "person" and row.owner == owner]
    long = [(id, names) for id, names in own if all(len(fold(name)) >= 4 for name in names)]
    made: dict[str, list[tuple[str, int]]] = {"prefix": [], "typo": [], "first_letter": []}
    for id, (first, last) in chance.sample(own, min(QUERIES, len(own))):
        made["prefix"].append((f"{first} {last[: max(3, len(last) * 2 // 3)]}", id))
    for id, (first, last) in chance.sample(long, min(QUERIES, len(long))):
        folded = fold(last)
        made["typo"].append((f"{fold(first)} {_mistyped(chance, folded, chance.randrange(1, len(folded)))}", id))
        made["first_letter"].append((f"{fold(first)} {_mistyped(chance, folded, 0)}", id))
    return made


def _recall(found: Sequence[Sequence[int]], wanted: Sequence[int]) -> float:
    return sum(id in ids for ids, id in zip(found, wanted, strict=True)) / len(wanted)


def _like(rows: Rows, owner: int, texts: Sequence[str]) -> list[float]:
    """Seconds of `LIKE '%…%'` over the same folded texts and within the same rights, warm, in memory."""
    with sqlite3.connect(":memory:") as base:
        base.execute("CREATE TABLE record (kind TEXT, id INTEGER PRIMARY KEY, title TEXT, body TEXT, owner INTEGER)")
        bodies = ((r.kind, r.id, fold(r.title), fold(f"{r.body} {r.email} {r.phone}"), r.owner) for r in rows)
        base.executemany("INSERT INTO record VALUES (?, ?, ?, ?, ?)", bodies)
        taken = []
        for text in texts:
            pattern = f"%{fold(text)}%"
            began = perf_counter()
            base.execute(
                "SELECT kind, id FROM record WHERE (kind IN ('person', 'company') OR owner = ?)"
                " AND (title LIKE ? OR body LIKE ?) ORDER BY title LIMIT ?",
                (owner, pattern, pattern, TOP),
            ).fetchall()
            taken.append(perf_counter() - began)
    base.close()
    return taken


def _at(people: int, most_ms: float) -> dict[str, Any]:
    rows, seller = _rows(people), Principal(1, "Seller", "sales", member_ids=frozenset({1}))
    seen = seen_by(seller, KINDS)
    with tempfile.TemporaryDirectory(prefix="kith-bench-") as folder:
        engine = EmbeddedEngine(Path(folder))
        began = perf_counter()
        engine.rebuild(_portions(rows), Changes)
        built = perf_counter() - began

        def ask(text: str) -> Answer:
            began, busy = perf_counter(), thread_time()
            hits = engine.search(text, where=seen, limit=TOP, mine=1).hits
            return Answer([hit.id for hit in hits], perf_counter() - began, thread_time() - busy)

        asked = _queries(rows, 1)
        typed = [text[:n] for text, _ in asked["prefix"][:60] for n in range(1, len(text) + 1)]
        as_typed = [ask(text) for text in typed]  # first of all, when nothing that was found before is at hand
        taken = [answer.seconds for answer in as_typed]
        answers = {name: [ask(text) for text, _ in texts] for name, texts in asked.items()}
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
        engine.close()
    like = _like(rows, 1, typed[:: max(1, len(typed) // 60)])
    recall = {name: _recall([a.ids for a in answers[name]], [id for _, id in texts]) for name, texts in asked.items()}
    return {
        "documents": len(rows),
        "build_seconds": round(built, 1),
        "index_mb": round(size / 1e6, 1),
        "as_you_type": spread(taken),
        "as_you_type_processor_time": spread([answer.busy for answer in as_typed]),
        "typos": spread([answer.seconds for answer in answers["typo"]]),
        "like": spread(like),
        "p95_as_you_type_ms": judged(p95(taken) * 1000, most=most_ms),
        "times_faster_than_like_p95": judged(p95(like) / p95(taken), least=20),
        "recall_prefix": judged(recall["prefix"], least=0.99),
        "recall_one_typo": judged(recall["typo"], least=0.95),
        "recall_first_letter": judged(recall["first_letter"], least=0.95),
    }


def measure() -> dict[str, Any]:
    """Both sizes, as a seller who sees all people and companies, but the deals and activities of the own alone."""
    return {name: _at(people, 10 if people <= 100_000 else 25) for name, people in SIZES.items()}
