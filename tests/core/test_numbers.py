"""Numbers as people type them: what is meant in the formats of each, and never another number in silence."""

import json
import subprocess
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply
from crm_app.core.errors import Invalid
from crm_app.core.money import format_money
from crm_app.core.numbers import read_number, typed_text
from crm_app.core.reader import full_day, numeral
from crm_app.records.properties import amount_of
from tests.support.builders import principal

SCRIPT = Path(__file__).parents[2] / "crm_app" / "ui" / "numbers.js"
TYPED = {
    "1500": ("1500", "1500"),
    "1,250.50": ("1250.50", "1250.50"),
    "1.250,50": ("1250.50", "1250.50"),
    "12,50": ("12.50", "12.50"),
    "4,5": ("4.5", "4.5"),
    "0.5": ("0.5", "0.5"),
    ",5": ("0.5", "0.5"),
    "-7": ("-7", "-7"),
    "1 250,5": ("1250.5", "1250.5"),
    "1'250.5": ("1250.5", "1250.5"),
    "1,250": ("1250", "1.250"),
    "1.250": ("1.250", "1250"),
    "1.250.000": ("1250000", "1250000"),
    "1,250,000": ("1250000", "1250000"),
    "1,250,000.5": ("1250000.5", "1250000.5"),
}
WRONG = ("", "abc", "25k", "1,2,3", "1.2.3", "1,25.5,0", "12,50.5.1", "--1", "1-2", "NaN", "Infinity")


@pytest.mark.parametrize("typed", TYPED)
def test_a_number_is_what_its_writer_means(typed: str) -> None:
    english, german = TYPED[typed]
    assert (read_number(typed), read_number(typed, "de")) == (Decimal(english), Decimal(german))


@pytest.mark.parametrize("typed", WRONG)
@pytest.mark.parametrize("locale", ["en", "de"])
def test_what_is_no_number_is_refused(typed: str, locale: str) -> None:
    with pytest.raises(ValueError, match="is not a number"):
        read_number(typed, locale)


@pytest.mark.parametrize("locale", ["en", "en-GB", "de", "fr", "nl", "es", "it", "pl", "what"])
@pytest.mark.parametrize("number", ["0", "1500", "1.125", "-0.5", "1234567.125", "1000.000001"])
def test_what_is_offered_for_editing_comes_back_as_it_was(number: str, locale: str) -> None:
    assert read_number(typed_text(Decimal(number), locale), locale) == Decimal(number)


def test_an_amount_is_never_rounded_in_silence() -> None:
    assert [amount_of(t, "EUR", "de") for t in ("12,50", "1.250", "€ 1.250,50", "EUR 9", "")] == [
        1250,
        125000,
        125050,
        900,
        None,
    ]
    assert [amount_of(t, "JPY") for t in ("1,250", "¥900")] == [1250, 900]
    with pytest.raises(Invalid, match="at most 2 decimals"):
        amount_of("1.005", "USD")
    with pytest.raises(Invalid, match="no decimals"):
        amount_of("1.5", "JPY")


@pytest.mark.parametrize(
    ("locale", "whole", "exact"),
    [
        ("en", "€3,393", "€3,393.50"),
        ("en-GB", "€3,393", "€3,393.50"),
        ("de", "3.393 €", "3.393,50 €"),
        ("what", "€3,393", "€3,393.50"),
    ],
)
def test_money_is_written_in_the_formats_of_its_reader(locale: str, whole: str, exact: str) -> None:
    shown = [format_money(minor, "EUR", locale).replace("\u00a0", " ") for minor in (339300, 339350)]
    assert shown == [whole, exact]


def test_counts_are_those_of_whoever_a_command_runs_for_and_else_of_the_organisation(sqlite_database: str) -> None:
    german, count = principal(7, locale="de"), lambda _session, *_who: numeral(12057)
    assert [db.read_sync(count, german), db.read_sync(count, SYSTEM), db.write_sync(count, german)] == [
        "12.057",
        "12,057",
        "12.057",
    ]
    with pytest.raises(Invalid, match=r"at most 100\.000 characters"):
        db.write_sync(apply, german, Change("activity", set={"type": "note", "body": "x" * 100_001}, op="create"))
    assert (numeral(12057), full_day(date(2026, 9, 4))) == ("12,057", "4 Sep 2026")


def test_the_browser_reads_as_the_server_does(tmp_path: Path) -> None:
    module = tmp_path / "numbers.mjs"
    module.write_text(SCRIPT.read_text(encoding="utf-8"), encoding="utf-8")
    asked = [*TYPED, *WRONG]
    code = (
        f"import * as m from {json.dumps(module.as_uri())}; const asked = {json.dumps(asked)};"
        "const all = ['en', 'de'].map((name) => { m.writeFor(name); return asked.map(m.readNumber); });"
        "m.writeFor('de'); console.log(JSON.stringify([all, m.written(8800), m.typedNumber(1.125)]));"
    )
    done = subprocess.run(["node", "--input-type=module", "-e", code], capture_output=True, text=True, check=True)
    read, count, typed = json.loads(done.stdout)
    for n, found in enumerate(read):
        assert found == [*(float(TYPED[t][n]) for t in TYPED), *(None for _ in WRONG)]
    assert (count, typed) == ("8.800", "1,125")
