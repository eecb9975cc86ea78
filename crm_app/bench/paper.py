"""Quotes on paper: how many of five lines a core makes in a second, and how long one of 200 lines takes."""

from datetime import date
from decimal import Decimal
from time import perf_counter, process_time
from typing import Any

from crm_app.bench.figures import judged, spread, timed
from crm_app.paper import Document, Fact, Letterhead, Line, Party, Section, Tax, Total, render

TIMES, LONG_TIMES = 60, 10
SELLER = Party("Analytical Engines GmbH", ("Königstraße 1", "70173 Stuttgart"), ("DE 123456789",))


def quote(number: int, count: int) -> Document:
    """A quote with that many lines; no two have the same text."""
    lines = tuple(
        Line(
            f"Article {number}-{n}",
            12_345 + n,
            Decimal("1.5"),
            "h",
            8_230 + n,
            "10 %" if n % 2 else "",
            "19 %",
            "With a second line that says what is in it.",
            position=str(n + 1),
        )
        for n in range(count)
    )
    net = sum(line.amount or 0 for line in lines)
    tax = (net * 19 + 50) // 100
    return Document(
        "quote",
        f"Q-{number}",
        date(2026, 1, 2),
        "EUR",
        Letterhead(
            SELLER, ("hello@example.org",), ("IBAN DE02 1203 0000 0000 2020 51",), "Managing director: Ada Byron"
        ),
        Party(f"Customer {number}", ("High Street 1", "Springfield")),
        (Section(lines),),
        (Total("net", net), Total("tax", tax, "19 %"), Total("total", net + tax)),
        (Tax("19 %", net, tax),),
        (Fact("date", date(2026, 1, 2)), Fact("valid_until", date(2026, 2, 2))),
        subject="A quote of the benchmark",
        intro="Thank you for the good conversation.",
        terms="Payable within 14 days.",
    )


def measure() -> dict[str, Any]:
    """The first document of the process, then many short ones, each another, then long ones."""
    began = perf_counter()
    render(quote(0, 5))
    first = perf_counter() - began
    numbers = iter(range(1, 10_000))
    short = timed(lambda: render(quote(next(numbers), 5)), TIMES, process_time)
    long = timed(lambda: render(quote(next(numbers), 200)), LONG_TIMES)
    busy = timed(lambda: render(quote(next(numbers), 200)), LONG_TIMES, process_time)
    return {
        "first_ms": round(first * 1000),
        "five_lines": spread(short),
        "five_lines_a_second_a_core": judged(len(short) / sum(short), least=15),
        "200_lines": spread(long),
        "200_lines_processor": spread(busy),
        "200_lines_ms": judged(spread(long)["p95_ms"], most=400),
    }
