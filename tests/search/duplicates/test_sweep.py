"""A whole list: its pairs and groups, at any size."""

from collections import Counter
from random import Random
from time import perf_counter

import pytest

from crm_app.bench import dedupe_staff
from crm_app.bench.dedupe_firms import SEEDS, companies
from crm_app.bench.search import made_name
from search.duplicates.learning import learn
from search.duplicates.levels import EXACT
from search.duplicates.normal import normalise
from search.duplicates.single import judge, keys_of
from search.duplicates.sweep import Sweep
from search.duplicates.table import table_of

FIRST = ["Anna", "Boris", "Clara", "David", "Elena", "Farid", "Greta", "Hugo", "Irene", "Jorge"]
LAST = ["Abt", "Berg", "Castle", "Dorn", "Eklund", "Fischer", "Gomez", "Hansen", "Ivanov", "Jansen"]


def person(random: Random) -> dict[str, str]:
    return {
        "first_name": random.choice(FIRST),
        "last_name": random.choice(LAST) + random.choice(("", "mann", "son", "ski")),
        "street": f"{random.randrange(1, 90)} {random.choice(LAST)} Road",
        "city": random.choice(("Leeds", "York", "Hull", "Bath")),
        "birth_date": f"{random.randrange(1940, 2000)}-{random.randrange(1, 13):02}-{random.randrange(1, 29):02}",
    }


def sweep(*records: dict[str, str], second: int | None = None) -> Sweep:
    return Sweep(map(normalise, records), second)


def found(swept: Sweep) -> set[tuple[int, int]]:
    return {(pair.left, pair.right) for pair in swept.pairs()}


def test_a_list_of_many_finds_who_was_typed_again_and_nobody_else():
    random = Random(5)
    once = [person(random) for _ in range(1500)]
    again = [row | {"last_name": row["last_name"] + "n", "city": ""} for row in once[:50]]
    assert found(sweep(*once, *again)) == {(n, 1500 + n) for n in range(50)}


def test_two_lists_give_pairs_across_them_only():
    random = Random(6)
    one = [person(random) for _ in range(30)]
    assert found(sweep(*one, one[0], *one[:3], second=31)) == {(0, 31), (30, 31), (1, 32), (2, 33)}


def test_a_number_that_many_share_is_no_evidence():
    random = Random(7)
    rows = [person(random) | {"phone": "+44 20 7946 0123", "company": "Acme Ltd"} for _ in range(300)]
    assert found(sweep(*rows)) == set()


def test_a_senior_and_a_junior_are_not_chained_by_a_third():
    home = {"first_name": "John", "last_name": "Carter", "street": "4 Elm Road", "city": "Leeds", "postcode": "LS1 4AB"}
    senior, junior = home | {"birth_date": "1950-02-01"}, home | {"birth_date": "1985-10-27"}
    swept = sweep(senior, home, junior)
    assert {(0, 1), (1, 2)} <= found(swept)
    assert [len(rows) for rows in swept.clusters()] == [2]


def test_three_of_one_are_one_group():
    random = Random(8)
    row, other = person(random), person(random)
    slip = row | {"last_name": row["last_name"] + "n"}
    assert sweep(row, other, slip, row).clusters() == [[0, 2, 3]]


def test_equal_rows_that_say_nothing_are_not_one():
    assert found(sweep({"country": "uk"}, {"country": "uk"}, {}, {})) == set()


def test_many_identical_rows_end_soon_as_one_group():
    row = person(Random(9))
    began = perf_counter()
    swept = sweep(*[row] * 30_000)
    assert swept.clusters() == [list(range(30_000))]
    assert len(found(swept)) == 29_999
    assert perf_counter() - began < 20


def test_a_sweep_and_a_single_question_give_the_same_probability():
    random = Random(10)
    row = person(random)
    slip = row | {"last_name": row["last_name"] + "n"}
    swept = sweep(row, person(random), slip)
    (pair,) = swept.pairs()
    alone = judge(normalise(slip), [normalise(row)], swept.model)[0]
    assert alone.probability == pair.probability
    assert alone.reasons.split("; ")[0] == next(swept.reasons([pair])).split("; ")[0]


def test_keys_find_a_record_with_a_slip():
    row = person(Random(11))
    for field in ("first_name", "last_name", "city"):
        assert set(keys_of(normalise(row))) & set(keys_of(normalise(row | {field: row[field] + "x"})))


def test_an_empty_list_is_no_error():
    assert (found(sweep()), sweep().clusters()) == (set(), [])


@pytest.mark.parametrize("seed", SEEDS[:2])
def test_companies_are_found_and_neighbours_are_not_taken_for_them(seed: int) -> None:
    """A list with what is known of it: groups, namesakes in other towns, several companies in one house."""
    rows = list(companies(seed, 3000))
    who = [n for n, _ in rows]
    pairs = list(Sweep([normalise(row) for _, row in rows]).pairs())
    right = sum(who[pair.left] == who[pair.right] for pair in pairs)
    assert right / len(pairs) >= 0.98 and right / (len(rows) - len(set(who))) >= 0.92


@pytest.mark.parametrize(("twice", "precision", "recall"), [(0.05, 0.98, 0.85), (0.003, 0.9, 0.75)])
def test_people_at_work_are_not_taken_for_their_namesakes(twice: float, precision: float, recall: float) -> None:
    """Companies have the names of their country, and many namesakes; few or hardly any are there twice."""
    rows = list(dedupe_staff.people(11, 8000, twice))
    who = [n for n, _ in rows]
    pairs = list(Sweep([normalise(row) for _, row in rows]).pairs())
    right = sum(who[pair.left] == who[pair.right] for pair in pairs)
    links = sum(n * (n - 1) // 2 for n in Counter(who).values())
    assert right / len(pairs) >= precision and right / links >= recall


def test_companies_called_after_their_town_are_not_taken_for_one_another() -> None:
    """In a town postcodes are alike, and so are names; the region and the country say nothing more."""
    random = Random(4)
    towns = [(made_name(random, 2), made_name(random, 1), 11 * n + 100) for n in range(40)]
    trades = [made_name(random, 2) for _ in range(30)]

    def firm(town: str, region: str, code: int, trade: str) -> dict[str, str]:
        street, domain = f"{random.randrange(1, 90)} {random.choice(trades)} Road", f"{town}-{trade}.example".lower()
        phone = f"+49{code}{random.randrange(10**6, 10**7)}"
        place = {"street": street, "city": town, "region": region, "postcode": f"{code}{random.randrange(10, 100)}"}
        return {"company": f"{town} {trade}", "website": domain, "phone": phone, "country": "Germany", **place}

    rows = [firm(*town, trade) for town in towns for trade in random.sample(trades, 20)]
    again = [row | {"company": row["company"] + " AG", "phone": "", "postcode": ""} for row in rows[::40]]
    wanted = {(40 * n, len(rows) + n) for n in range(len(again))}
    assert wanted <= (one := found(sweep(*rows, *again))) and len(one - wanted) <= 2


@pytest.mark.parametrize("languages", [1, 4])
def test_how_names_go_together_is_learned_whoever_is_there_twice(languages: int) -> None:
    """In as many languages of one size, who shares one name shares the other so many times as often as all others."""
    random = Random(3)
    names = [[made_name(random, 3) for _ in range(2 * 80)] for _ in range(languages)]
    rows = [
        {"first_name": random.choice(names[n % languages][:80]), "last_name": random.choice(names[n % languages][80:])}
        for n in range(3000)
    ]
    table = table_of(normalise(row) for row in rows for _ in range(2))
    found = learn(table).lifts
    assert found["given|surname"][EXACT] == pytest.approx(languages, rel=0.25)
    assert found["surname|given"][EXACT] == pytest.approx(languages, rel=0.25)
