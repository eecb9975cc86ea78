"""Which value is proposed, and which record stays."""

from datetime import UTC, datetime, timedelta

import pytest

from crm_app.duplicates.merge.rules import Candidate, Standing, best_survivor, joined, may_still_undo, propose

OLD, NEW = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (("", None, False), ("x", OLD, False), 2),  # what is filled
        (("Jonathan", OLD, False), ("Jon", NEW, False), 1),  # the most complete, as nobody has looked
        (("Jonathan", NEW, False), ("Jon", OLD, True), 2),  # what somebody wrote
        (("a", NEW, True), ("bbbb", OLD, True), 1),  # the newest of those
        (("ab", OLD, False), ("cd", NEW, False), 2),  # equally complete: the newer
        (("ab", OLD, False), ("cd", OLD, False), 1),  # nothing tells them apart
        ((None, None, False), (None, None, False), 1),
        ((0, OLD, True), (None, NEW, True), 1),  # nought is a value
        ((False, OLD, True), (True, NEW, True), 2),
    ],
)
def test_the_best_value_is_proposed(first: tuple, second: tuple, expected: int) -> None:
    assert propose([Candidate(1, *first), Candidate(2, *second)], survivor=1) == expected


def test_the_furthest_state_is_proposed() -> None:
    ranks = ("name", "lead", "contact")
    assert propose([Candidate(1, "lead", NEW, True), Candidate(2, "contact", OLD, False)], 1, ranks) == 2
    assert propose([Candidate(1, None), Candidate(2, "name")], 1, ranks) == 2


def test_the_record_with_the_most_stays() -> None:
    assert best_survivor([Standing(1, 3, 9, OLD), Standing(2, 4, 1, NEW)]) == 2
    assert best_survivor([Standing(1, 3, 1, OLD), Standing(2, 3, 2, NEW)]) == 2
    assert best_survivor([Standing(2, 3, 2, NEW), Standing(1, 3, 2, OLD)]) == 1


def test_ninety_days() -> None:
    assert may_still_undo(OLD, OLD + timedelta(days=90)) and not may_still_undo(
        OLD, OLD + timedelta(days=90, seconds=1)
    )


def test_names_are_joined() -> None:
    assert [joined(n) for n in (["A"], ["A", "B"], ["A", "B", "C"])] == ["A", "A and B", "A, B and C"]
