"""What a stage asks and which moves a pipeline allows: tables of cases written by hand, and what holds for any."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_app.deals.gate.rules import (
    Process,
    StageRules,
    emptied,
    forbidden,
    is_forward,
    may_move,
    missing_to_enter,
    missing_to_leave,
)

LABELS = {"lost_reason": "Reason", "value_minor": "Value", "closed_on": "Closed", "person_id": "Person"}
NEW, OFFER, TALKS = (StageRules(id, 1, name) for id, name in ((1, "New"), (2, "Offer"), (3, "Talks")))
WON, SIGNED = StageRules(4, 1, "Won", "won"), StageRules(5, 1, "Signed", "won")
LOST, REMOVED, ELSEWHERE = StageRules(6, 1, "Lost", "lost"), StageRules(7, 1, "Gone"), StageRules(8, 2, "Other")
BY_NAME = {s.name: s for s in (NEW, OFFER, TALKS, WON, SIGNED, LOST, REMOVED, ELSEWHERE)}


def process(skip: bool, back: bool) -> Process:
    return Process(1, "Sales", None, skip, back, (NEW, OFFER, TALKS))


@pytest.mark.parametrize(
    ("move", "skip", "back"),
    [
        ("New Offer", True, True),
        ("New Talks", False, True),
        ("New Won", False, True),
        ("Talks Won", True, True),
        ("Talks Signed", True, True),
        ("Offer Won", False, True),
        ("Offer New", True, False),
        ("Won Talks", True, False),
        ("Won New", True, False),
        ("Won Signed", True, True),
        ("Lost New", True, False),
        ("New Lost", True, True),
        ("Won Lost", True, True),
        ("New Other", True, True),
        ("Gone Talks", True, True),
        ("New New", True, True),
    ],
)
def test_where_skipping_and_going_back_are_forbidden(move: str, skip: bool, back: bool) -> None:
    """`skip` and `back`: is the move possible where the pipeline forbids that? Where it forbids nothing, all are."""
    old, new = (BY_NAME[name] for name in move.split())
    straight, onwards = process(False, True), process(True, False)
    assert (not forbidden(straight, old, new), not forbidden(onwards, old, new)) == (skip, back)
    assert forbidden(process(True, True), old, new) == ""


@pytest.mark.parametrize(
    ("to", "reached", "allowed"),
    [("New", 0, True), ("Offer", 0, False), ("Offer", 1, True), ("Talks", 1, False), ("Won", 2, False)],
)
def test_a_lost_deal_comes_back_no_further_than_it_was(to: str, reached: int, allowed: bool) -> None:
    assert (forbidden(process(False, True), LOST, BY_NAME[to], reached) == "") is allowed


def test_a_refusal_says_what_is_allowed() -> None:
    assert forbidden(process(False, True), NEW, TALKS) == "Sales allows no skipping: after New comes Offer."
    assert forbidden(process(True, False), TALKS, NEW) == "Sales allows no going back from Talks to New."
    assert "after Talks" not in forbidden(process(False, True), TALKS, WON)
    assert forbidden(process(False, True), LOST, WON, 1).endswith("this deal can be reopened in Offer.")


@given(st.data())
def test_one_step_forwards_is_never_forbidden_and_forward_is_the_opposite_of_back(data: st.DataObject) -> None:
    known = process(data.draw(st.booleans()), data.draw(st.booleans()))
    old, new = (data.draw(st.sampled_from([NEW, OFFER, TALKS, WON, SIGNED])) for _ in range(2))
    start, end = known.place(old), known.place(new)
    assert start is not None and end is not None
    if end == start + 1:
        assert forbidden(known, old, new) == "" and is_forward(known, old, new)
    assert is_forward(known, old, new) + is_forward(known, new, old) == (start != end)
    assert forbidden(known, old, LOST) == "" and not is_forward(known, old, LOST)


@pytest.mark.parametrize(
    ("stage", "row", "missing"),
    [
        (NEW, {}, {}),
        (LOST, {"lost_reason": "  "}, {"lost_reason": "Reason is needed for Lost."}),
        (LOST, {"lost_reason": "Price"}, {}),
        (WON, {"value_minor": 0, "closed_on": None}, {"closed_on": "Closed is needed for Won."}),
        (StageRules(9, 1, "W", "won", ("value_minor",)), {"closed_on": 1}, {"value_minor": "Value is needed for W."}),
        (StageRules(9, 1, "T", entry=("person_id",)), {"person_id": None}, {"person_id": "Person is needed for T."}),
    ],
)
def test_a_stage_asks_only_for_what_is_empty(stage: StageRules, row: dict, missing: dict) -> None:
    assert missing_to_enter(stage, LABELS, row) == missing


def test_a_stage_is_left_forwards_with_its_own_conditions() -> None:
    stage = StageRules(9, 1, "Talks", entry=("value_minor",), exit=("person_id",))
    assert missing_to_leave(stage, LABELS, {}) == {"person_id": "Person is needed to leave Talks."}
    assert missing_to_leave(stage, LABELS, {"person_id": 7}) == {}


@pytest.mark.parametrize(
    ("before", "after", "refused"), [(5, None, True), (None, None, False), (5, 6, False), (5, 0, False)]
)
def test_what_a_stage_asks_for_is_not_emptied(before: object, after: object, refused: bool) -> None:
    """What was missing anyway may stay so."""
    row = {"closed_on": 1}
    found = emptied(WON, LABELS, row | {"value_minor": before}, row | {"value_minor": after})
    assert found == ({"value_minor": "Value is needed while the deal is in Won."} if refused else {})


@pytest.mark.parametrize(
    ("movers", "role", "allowed"),
    [
        ((), "sales", True),
        (("manager",), "sales", False),
        (("manager",), "manager", True),
        (("manager",), "administrator", True),
        (("sales", "manager"), "sales", True),
    ],
)
def test_who_may_move_a_deal_into_a_stage(movers: tuple[str, ...], role: str, allowed: bool) -> None:
    assert may_move(StageRules(1, 1, "Won", movers=frozenset(movers)), role) is allowed
