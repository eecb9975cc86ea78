"""A payment schedule: shares in percent that come to 100, and the amounts that they mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from crm_app.core.numbers import milli_text
from crm_app.core.reader import formats
from crm_app.quotes.rules import HUNDRED, divided

MOST_PARTS = 24


@dataclass(frozen=True, slots=True)
class Part:
    """An instalment: what it is called, its share in thousandths of a percent, its days from invoice to due."""

    label: str
    share_milli: int
    due_days: int = 14


def problems_of_schedule(parts: Sequence[Part]) -> dict[str, str]:
    """Empty when the schedule holds; by `parts.N.field`, or `parts` for the whole."""
    wrong: dict[str, str] = {}
    for n, part in enumerate(parts):
        if not part.label.strip():
            wrong[f"parts.{n}.label"] = "Give this instalment a name."
        if not 0 < part.share_milli <= HUNDRED:
            wrong[f"parts.{n}.share"] = "A share is more than 0 and at most 100 %."
        if not 0 <= part.due_days <= 365:
            wrong[f"parts.{n}.days"] = "Give 0 to 365 days."
    total = sum(part.share_milli for part in parts)
    if not parts:
        wrong["parts"] = "Give at least one instalment."
    elif len(parts) > MOST_PARTS:
        wrong["parts"] = f"At most {MOST_PARTS} instalments."
    elif total != HUNDRED and not wrong:
        rest = HUNDRED - total
        more = (
            f"{milli_text(rest, formats())} % are missing"
            if rest > 0
            else f"{milli_text(-rest, formats())} % are too much"
        )
        wrong["parts"] = f"The shares come to {milli_text(total, formats())} %, not to 100 %: {more}."
    return wrong


def amounts_of(total: int, shares: Sequence[int]) -> list[int]:
    """The amount of each instalment: the sum up to it is rounded, so that they add up to the total to the cent."""
    sums = [0]
    for share in shares:
        sums.append(sums[-1] + share)
    edges = [divided(total * edge, HUNDRED) for edge in sums]
    return [after - before for before, after in pairwise(edges)]
