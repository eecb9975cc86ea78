"""Whole minor units from exact fractions: rounding, and a sum spread without losing a cent."""

from collections.abc import Sequence
from typing import Literal

RoundingMode = Literal["half_up", "half_even"]


def divided(top: int, bottom: int, mode: RoundingMode = "half_up") -> int:
    """`top / bottom` to the nearest whole number; a half goes away from zero, or to the even one. `bottom` > 0."""
    sign = -1 if top < 0 else 1
    whole, rest = divmod(abs(top), bottom)
    is_up = 2 * rest > bottom or (2 * rest == bottom and (mode == "half_up" or whole % 2 == 1))
    return sign * (whole + is_up)


def spread(total: int, weights: Sequence[int]) -> list[int]:
    """`total` in parts proportional to the weights, none of them more than rounded up; the parts add up to it.

    What is left after rounding down goes to the largest fractions; of equal ones to the larger weight, then to the
    earlier one (largest remainder, Hamilton). Without any weight, nothing is spread.
    """
    whole = sum(weights)
    if whole <= 0:
        return [0] * len(weights)
    parts = [total * weight // whole for weight in weights]
    by_need = sorted(range(len(weights)), key=lambda n: (-(total * weights[n] % whole), -weights[n], n))
    for n in by_need[: total - sum(parts)]:
        parts[n] += 1
    return parts
