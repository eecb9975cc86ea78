"""How a value is divided: no cent is lost, and every refusal has its reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_app.core.errors import Invalid
from crm_app.deals.shares import ALL, NO_VALUE, NOTHING, TOO_MUCH, Item, Shares, divide

GOES, STAYS = Item(1, 300, True), Item(2, 700, False)
BIG = 2**53
ITEMS = st.lists(st.builds(Item, st.integers(1, 99), st.none() | st.integers(0, 10**9), st.booleans()), max_size=8)


@pytest.mark.parametrize(
    ("value", "items", "amount", "shares"),
    [
        (1000, [GOES, STAYS], None, Shares(700, 300)),
        (1000, [GOES, STAYS], 1, Shares(999, 1)),
        (1000, [], 999, Shares(1, 999)),
        (1000, [], 1000, None),
        (1000, [STAYS], 1000, Shares(0, 1000)),
        (1000, [GOES, STAYS], 0, Shares(1000, 0)),
        (1000, [Item(1, None, True), STAYS], None, Shares(1000, 0)),
        (None, [GOES, STAYS], None, Shares(None, None)),
    ],
)
def test_what_stays_and_what_goes(
    value: int | None, items: list[Item], amount: int | None, shares: Shares | None
) -> None:
    if shares is None:
        with pytest.raises(Invalid, match=ALL):
            divide(value, items, amount)
    else:
        assert divide(value, items, amount) == shares


@pytest.mark.parametrize(
    ("value", "items", "amount", "reason"),
    [
        (1000, [STAYS], None, NOTHING),
        (1000, [], None, NOTHING),
        (1000, [STAYS], 0, NOTHING),
        (1000, [], 1001, TOO_MUCH),
        (200, [GOES, STAYS], None, TOO_MUCH),
        (1000, [], -1, "negative"),
        (None, [STAYS], 5, NO_VALUE),
        (None, [GOES], None, ALL),
        (300, [GOES], None, ALL),
    ],
)
def test_what_cannot_be_divided(value: int | None, items: list[Item], amount: int | None, reason: str) -> None:
    with pytest.raises(Invalid, match=reason):
        divide(value, items, amount)


@given(st.integers(0, BIG), ITEMS, st.none() | st.integers(-10, BIG))
def test_no_cent_is_lost(value: int, items: list[Item], amount: int | None) -> None:
    try:
        shares = divide(value, items, amount)
    except Invalid:
        return
    assert shares.stays is not None and shares.goes is not None
    assert shares.stays + shares.goes == value and min(shares.stays, shares.goes) >= 0
    assert any(item.goes for item in items) or shares.goes > 0
