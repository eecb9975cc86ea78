"""Documents to print, and what a PDF says when it is read by other programs."""

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from crm_app.paper import Document, Fact, Letterhead, Line, Party, Section, Tax, Total
from tests.conftest import absent

SELLER = Party("Nordwind Handels GmbH", ("Speicherstraße 14", "20457 Hamburg", "Germany"), ("DE 123456789",))
LETTERHEAD = Letterhead(
    SELLER,
    contact=("hello@nordwind.example", "+49 40 1234567"),
    bank=("IBAN DE02 1203 0000 0000 2020 51", "BIC BYLADEM1001"),
    footer="Nordwind Handels GmbH · Amtsgericht Hamburg HRB 12345",
    colour="#146e5a",
)
BUYER = Party("Ωμέγα Ναυτιλιακή", ("Мария Иванова", "Ακτή Μιαούλη 7", "185 35 Πειραιάς"), ("EL 987654321",))


def make_lines(count: int, *, detail: str = "") -> tuple[Line, ...]:
    """Lines that differ in every column; each fifth is optional."""
    return tuple(
        Line(
            f"Article {n}",
            amount=10_000 + 137 * n,
            quantity=Decimal("1.5") if n % 3 else Decimal(12),
            unit="h" if n % 3 else "pcs",
            unit_price=8_000 + 91 * n,
            discount="10 %" if n % 2 else "",
            tax="19 %",
            detail=detail,
            optional=n % 5 == 0,
            position=str(n),
        )
        for n in range(1, count + 1)
    )


def make_document(lines: Sequence[Line] | None = None, **more: Any) -> Document:
    """A quote of five lines, or of these."""
    lines = make_lines(5) if lines is None else lines
    net = sum(line.amount or 0 for line in lines if not line.optional)
    tax = (net * 19 + 50) // 100
    document = Document(
        kind="quote",
        number="Q-2026-0042",
        issued_on=date(2026, 11, 25),
        currency="EUR",
        letterhead=LETTERHEAD,
        recipient=BUYER,
        sections=(Section(tuple(lines)),),
        totals=(Total("net", net), Total("tax", tax, "19 %"), Total("total", net + tax)),
        taxes=(Tax("19 %", net, tax),),
        facts=(Fact("date", date(2026, 11, 25)), Fact("valid_until", date(2026, 12, 24))),
        subject="Roll-out in Piraeus",
        intro="Thank you for the good conversation.",
        terms="Payable within 14 days.",
        notes="Travel is charged at cost.",
    )
    return replace(document, **more)


def program(name: str) -> str:
    """A program of poppler; without it what reads PDFs back is not run, which is said aloud and fails in CI."""
    found = shutil.which(name)
    if found is None:
        absent(f"{name} is not installed on this machine: PDFs WERE NOT READ BACK (apt install poppler-utils)")
        raise AssertionError("unreachable")
    return found


def text_of(content: bytes, *options: str) -> str:
    """What pdftotext reads, page by page in the order of the page's layout."""
    command = [program("pdftotext"), "-layout", *options, "-", "-"]
    return subprocess.run(command, input=content, capture_output=True, check=True).stdout.decode()


def pages_of(content: bytes) -> list[str]:
    """The text of each page."""
    return text_of(content).split("\f")[:-1]


@cache
def info_of(content: bytes) -> dict[str, str]:
    """What pdfinfo says of a file."""
    shown = subprocess.run([program("pdfinfo"), "-"], input=content, capture_output=True, check=True).stdout.decode()
    return {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in shown.splitlines())}
