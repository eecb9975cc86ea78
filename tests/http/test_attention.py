"""Who looks at a record: tabs come and go, nobody sees oneself, other processes are believed for a while only."""

from collections.abc import Iterator

import pytest

from crm_app.http import attention
from crm_app.http.attention import Onlooker

ADA, BEN = Onlooker(1, "Ada", "A", "#000"), Onlooker(2, "Ben", "B", "#000")
RECORD, OTHER = ("person", 17), ("person", 18)


@pytest.fixture(autouse=True)
def nobody() -> Iterator[None]:
    """Nobody is anywhere."""
    for kept in (attention._tabs, attention._elsewhere, attention._told, attention._changed):
        kept.clear()
    yield
    for kept in (attention._tabs, attention._elsewhere, attention._told, attention._changed):
        kept.clear()


def test_one_sees_the_others_and_not_oneself() -> None:
    assert attention.arrive("a", "s1", ADA, RECORD) == []
    assert attention.arrive("a2", "s1", ADA, RECORD) == []  # a second tab of the same person
    assert attention.arrive("b", "s2", BEN, RECORD) == [ADA]
    assert attention.arrive("c", "s2", BEN, OTHER) == []
    assert attention._others(RECORD, ADA.id) == (BEN,)


def test_who_goes_elsewhere_or_away_is_gone() -> None:
    attention.arrive("a", "s1", ADA, RECORD)
    attention.arrive("b", "s2", BEN, RECORD)
    attention.arrive("a", "s1", ADA, None)
    assert attention._others(RECORD, BEN.id) == ()
    assert RECORD in attention._changed
    attention.leave("b")
    assert attention.here(RECORD) == ()


def test_who_may_see_the_record_no_more_is_gone_from_it_and_hears_of_nobody() -> None:
    attention.arrive("a", "s1", ADA, RECORD)
    attention.arrive("b", "s2", BEN, RECORD)
    attention.step_away("a")
    attention.step_away("nobody")
    assert attention.here(RECORD) == (BEN,) and attention._others(attention._tabs["a"].record, ADA.id) == ()


def test_another_process_is_believed_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    attention.arrive("a", "s1", ADA, RECORD)
    attention._elsewhere[RECORD] = {"other": (100.0, (BEN,))}
    monkeypatch.setattr(attention, "monotonic", lambda: 105.0)
    assert attention._others(RECORD, ADA.id) == (BEN,)
    monkeypatch.setattr(attention, "monotonic", lambda: 113.0)
    assert attention._others(RECORD, ADA.id) == ()
