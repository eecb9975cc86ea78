"""How the value of a deal is divided between it and the one that is split from it: no cent is lost. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from crm_app.core.errors import Invalid

NOTHING = "Choose products, or give an amount, for the new deal."
TOO_MUCH = "This is more than the deal is worth."
NO_VALUE = "This deal has no value that could be divided. Give it one first, or choose products only."
ALL = "Then nothing would stay with this deal."


@dataclass(frozen=True)
class Item:
    """A product of the deal: what it comes to (None without a price), and whether it goes to the new deal."""

    id: int
    total: int | None
    goes: bool


@dataclass(frozen=True)
class Shares:
    """What stays and what goes, in minor units; None where there was no value to divide."""

    stays: int | None
    goes: int | None


def divide(value: int | None, items: Sequence[Item], amount: int | None) -> Shares:
    """The amount goes, or without one what the chosen products come to. Raises Invalid under `amount`."""
    going = [item for item in items if item.goes]
    if amount is None and not going:
        raise Invalid({"amount": NOTHING})
    if value is None:
        if amount is not None:
            raise Invalid({"amount": NO_VALUE})
        if len(going) == len(items):
            raise Invalid({"amount": ALL})
        return Shares(None, None)
    goes = sum(item.total or 0 for item in going) if amount is None else amount
    if goes < 0 or goes > value:
        raise Invalid({"amount": "The amount must not be negative." if goes < 0 else TOO_MUCH})
    if goes == 0 and not going:
        raise Invalid({"amount": NOTHING})
    if goes == value and len(going) == len(items):
        raise Invalid({"amount": ALL})
    return Shares(value - goes, goes)
