"""Very many rows that say the same: what is compared, told and explained grows with the list, not with its square."""

from collections.abc import Callable
from typing import Any

import pytest

from search.duplicates.normal import normalise
from search.duplicates.scoring import Scorer
from search.duplicates.sweep import Sweep

ADA = {"first_name": "Ada", "last_name": "Byron", "email": "ada@example.org", "street": "12 St James Square"}
ROWS: dict[str, Callable[[int], dict[str, str]]] = {
    "equal": lambda n: ADA,
    "two spellings": lambda n: ADA | {"last_name": ("Byron", "Byrom")[n % 2]},
    "own numbers": lambda n: ADA | {"phone": f"+44 20 7946 {n:04}"},
}


def steps(monkeypatch: pytest.MonkeyPatch, row: Callable[[int], dict[str, str]], size: int) -> tuple[int, int, int]:
    """How many pairs were scored, how many told, and how many rows stand in groups."""
    scored = 0
    score = Scorer.score

    def counted(self: Scorer, left: Any, right: Any) -> Any:
        nonlocal scored
        scored += len(left)
        return score(self, left, right)

    with monkeypatch.context() as patch:
        patch.setattr(Scorer, "score", counted)
        swept = Sweep([normalise(row(n)) for n in range(size)])
        pairs = list(swept.pairs())
        list(swept.reasons(pairs))
        return scored + swept.compared, len(pairs), sum(map(len, swept.clusters()))


@pytest.mark.parametrize("shape", ROWS)
def test_twice_the_rows_are_twice_the_work(monkeypatch: pytest.MonkeyPatch, shape: str) -> None:
    work, told, grouped = steps(monkeypatch, ROWS[shape], 1000)
    work2, told2, grouped2 = steps(monkeypatch, ROWS[shape], 2000)
    assert work2 <= 2.5 * work + 10 and told2 <= 2.5 * told
    found = 0 if shape == "own numbers" else 1  # a name and an address that a thousand share are no evidence
    assert (grouped, grouped2) == (1000 * found, 2000 * found)
