"""Medians, 95th percentiles, and how a figure compares with what was promised."""

from collections.abc import Callable, Sequence
from statistics import median
from time import perf_counter
from typing import Any

from crm_app.core.garbage import collect_seldom


def p95(values: Sequence[float]) -> float:
    """The 95th percentile, by nearest rank."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * 95 // 100) - 1)]


def spread(seconds: Sequence[float]) -> dict[str, float]:
    """Median and 95th percentile in milliseconds."""
    return {"median_ms": round(median(seconds) * 1000, 1), "p95_ms": round(p95(seconds) * 1000, 1), "n": len(seconds)}


def timed(work: Callable[[], Any], times: int, clock: Callable[[], float] = perf_counter) -> list[float]:
    """Seconds of each of `times` runs by that clock, after two to warm up; garbage is looked for as a server does."""
    collect_seldom()
    for _ in range(2):
        work()
    taken = []
    for _ in range(times):
        began = clock()
        work()
        taken.append(clock() - began)
    return taken


def judged(value: float, *, most: float | None = None, least: float | None = None) -> dict[str, Any]:
    """A figure beside its bound."""
    kept = (most is None or value <= most) and (least is None or value >= least)
    bound = {"most": most} if most is not None else {"least": least}
    return {"value": round(value, 2), **bound, "kept": kept}
