"""What the board sends and keeps: cards without their names, and nothing once they were sent."""

import json
from dataclasses import asdict

from reflex_base.utils.format import json_dumps

from crm_app.deals.queries import Card
from crm_app.deals.state import CARD_FIELDS, DealBoard
from crm_app.ui.sent import forget

CARD = Card(
    id=7,
    title="Printers",
    company="Acme",
    person="",
    value="$5",
    estimate=True,
    owner="Ann",
    initials="A",
    color="#123456",
    step="today",
    tone="amber",
    rotten=False,
    closes="1 May",
    version=3,
    key=[1.0, None],
    lane="",
)


def test_a_card_travels_as_its_values_in_the_order_that_the_page_knows() -> None:
    sent = json.loads(json_dumps({"cards": [CARD]}))["cards"][0]
    assert dict(zip(CARD_FIELDS, sent, strict=True)) == asdict(CARD)


def test_what_was_sent_is_forgotten_without_being_sent_again() -> None:
    state = DealBoard(_reflex_internal_init=True)  # pyright: ignore[reportCallIssue]
    state.epoch, state.columns = 4, [["anything"]]  # pyright: ignore[reportAttributeAccessIssue]
    state._clean()
    forget(state, "columns", "cells")
    assert (state.epoch, list(state.columns)) == (4, [])
    assert not state.dirty_vars
