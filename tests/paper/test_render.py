"""Documents on paper, read back by poppler and compared with a calculation of their own."""

import hashlib
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from crm_app.paper import LANGUAGES, Attachment, Chapter, Line, Party, Section, Tax, Total, render
from crm_app.paper.words import WORDS
from tests.paper.documents import LETTERHEAD, info_of, make_document, make_lines, pages_of, text_of


def shown(minor: int) -> str:
    """Cents as an English reader writes them, by decimal alone."""
    return f"{Decimal(minor) / 100:,.2f}"


def last_amount(line: str) -> int:
    return int(re.findall(r"-?[\d,]+\.\d\d", line)[-1].replace(",", "").replace(".", ""))


def test_a_quote_says_what_was_given() -> None:
    text = text_of(render(make_document()).content)
    for words in (
        "Quote Q-2026-0042",
        "Nordwind Handels GmbH",
        "Ωμέγα Ναυτιλιακή",
        "Мария Иванова",
        "Nov 25, 2026",
        "Dec 24, 2026",
        "Roll-out in Piraeus",
        "Payable within 14 days.",
        "IBAN DE02 1203 0000 0000 2020 51",
        "Travel is charged at cost.",
        "Page 1 of 1",
        "Amtsgericht Hamburg HRB 12345",
        "Tax ID EL 987654321",
        "Unit price",
        "Amount EUR",
    ):
        assert words in text
    for n in range(1, 6):
        amount = Decimal(10_000 + 137 * n) / 100
        assert re.search(rf"^\s*{n}\s+Article {n}\s.*\s{amount:,.2f}$", text, re.MULTILINE)


def test_the_totals_are_those_of_a_separate_calculation() -> None:
    lines = make_lines(7)
    net = sum((Decimal(line.amount or 0) / 100 for line in lines if not line.optional), Decimal(0))
    tax = (net * 19 / 100).quantize(Decimal("0.01"), "ROUND_HALF_UP")
    text = text_of(render(make_document(lines)).content)
    assert re.search(rf"Net total\s+{net:,.2f}$", text, re.MULTILINE)
    assert re.search(rf"Tax 19 %\s+{tax:,.2f}$", text, re.MULTILINE)
    assert re.search(rf"Total\s+€{net + tax:,.2f}$", text, re.MULTILINE)
    assert re.search(rf"19 %\s+{net:,.2f}\s+{tax:,.2f}", text)


@pytest.mark.parametrize("count", [1, 17, 18, 19, 20, 21, 60, 200])
def test_every_line_is_on_paper_once_and_carried_sums_hold(count: int) -> None:
    lines = make_lines(count, detail="With a second line of text." if count % 2 else "")
    paper = render(make_document(lines))
    pages = pages_of(paper.content)
    assert len(pages) == paper.pages
    seen, so_far = [], 0
    for number, page in enumerate(pages, start=1):
        rows = re.findall(r"^\s*(\d+)\s+Article \1\s.*$", page, re.MULTILINE)
        brought = re.search(r"^.*Brought forward.*$", page, re.MULTILINE)
        assert (brought is not None) == (number > 1 and bool(rows))
        if brought:
            assert last_amount(brought[0]) == so_far
        so_far += sum(10_000 + 137 * int(n) for n in rows if int(n) % 5)
        carried = re.search(r"^.*Carried forward.*$", page, re.MULTILINE)
        if carried:
            assert last_amount(carried[0]) == so_far
        assert (carried is not None) == (len(seen) + len(rows) < count)
        assert page.count("Amount EUR") == bool(rows)
        assert f"Page {number} of {len(pages)}" in page
        seen += [int(n) for n in rows]
    assert seen == list(range(1, count + 1))
    assert "Total" in pages[-1] and re.search(r"Article", pages[-1])


def test_the_same_document_is_the_same_bytes_in_any_process() -> None:
    document = make_document(make_lines(30))
    first = render(document).content
    assert render(document).content == first
    script = (
        "import hashlib; from crm_app.paper import render; from tests.paper.documents import make_document, make_lines;"
        "render(make_document(recipient=make_document().letterhead.seller));"
        "print(hashlib.sha256(render(make_document(make_lines(30))).content).hexdigest())"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == hashlib.sha256(first).hexdigest()


def test_the_file_says_what_it_is() -> None:
    info = info_of(render(make_document(language="de")).content)
    assert info["Title"] == "Angebot Q-2026-0042" and info["Author"] == "Nordwind Handels GmbH"
    assert info["Tagged"] == "yes" and "2026" in info["CreationDate"] and info["Page size"].endswith("(A4)")
    letter = replace(LETTERHEAD, page="Letter")
    assert info_of(render(make_document(letterhead=letter)).content)["Page size"].endswith("(letter)")
    assert b"/Lang (de)" in render(make_document(language="de")).content


def test_what_the_typeface_lacks_is_said() -> None:
    paper = render(make_document(recipient=Party("🚀🔥", ("山田太郎",))))
    assert paper.missing_glyphs == ("🚀", "🔥", "山", "田", "太", "郎")
    text = " ".join(text_of(paper.content).split())
    assert "▯▯" in text and "U+1F680 Rocket" in text and "U+5C71" in text and "lacks some characters" in text
    assert render(make_document()).missing_glyphs == ()


def test_right_to_left_names_are_read_in_their_order() -> None:
    text = text_of(render(make_document(recipient=Party("שלום עולם", ("שרה כהן (חיפה)",)))).content)
    bare = re.sub("[\u202a-\u202e]", "", text)
    assert "שלום עולם" in bare and "שרה כהן" in bare


def test_the_words_exist_in_every_language() -> None:
    assert set(LANGUAGES) == set(WORDS)
    for language, words in WORDS.items():
        assert set(words) == set(WORDS["en"]), language
        text = text_of(render(make_document(language=language)).content)
        assert words["quote"] in text and words["unit_price"] in text and words["total"] in text
    german = text_of(render(make_document(language="de-AT")).content)
    assert "Seite 1 von 1" in german and "101,37" in german
    assert "Quote Q-2026" in text_of(render(make_document(language="xx")).content)


AWKWARD = {
    "nothing at all": {"recipient": Party(""), "sections": (), "totals": (), "taxes": (), "facts": (), "number": ""},
    "no seller": {"letterhead": replace(LETTERHEAD, seller=Party(""), contact=(), bank=(), footer="", colour="red")},
    "long words": {"subject": "W" * 500, "intro": "i" * 5000, "recipient": Party("M" * 300, ("A" * 300,))},
    "control characters": {"subject": "a\x00b\x1b[31m\ufeff\u202ec\tand\r\nmore", "notes": "\n\n\n"},
    "strange layouts": {"notes": "ﷺ ক্ষ 각 e\u0301\u0323 \U0001f468\u200d\U0001f469\u200d\U0001f467 ½ ﬁ ① ｆｕｌｌ"},
    "great amounts": {"totals": (Total("total", 10**18),), "taxes": (Tax("VAT " * 20, 10**17, 10**16),)},
    "no decimals": {"currency": "JPY"},
    "an unknown currency": {"currency": "XQZ"},
}


@pytest.mark.parametrize("name", AWKWARD)
def test_nothing_that_was_typed_stops_it(name: str) -> None:
    paper = render(make_document(**AWKWARD[name]))
    assert paper.content.startswith(b"%PDF") and paper.pages >= 1
    text_of(paper.content)


def test_awkward_lines_are_all_there() -> None:
    lines = (
        Line(""),
        Line("Only words"),
        Line("x" * 2000, 100),
        Line("Negative", -5_00, Decimal("-0.125"), "h" * 60, 40_00, "a very long discount text " * 5, "tax " * 30),
        Line("Notes", 1_00, detail="\n".join(f"note {n}." for n in range(400))),
    )
    text = text_of(render(make_document(lines)).content)
    assert [n for n in range(400) if f"note {n}." not in text] == []
    assert "-0.125" in text and "-5.00" in text and text.count("x") >= 2000


def test_a_proposal_has_its_letter_chapters_and_attachments(tmp_path: Path) -> None:
    (tmp_path / "sheet").write_bytes(b"a,b")
    document = make_document(
        kind="proposal",
        letter="Dear Maria,\n\nhere is what we discussed.",
        chapters=(Chapter("Scope", "- first\n- second\n\n" + "It goes on. " * 900), Chapter("Team", "Two people.")),
        attachments=tuple(
            Attachment(name, str(tmp_path / "sheet"), "text/plain") for name in ("Prices.csv", "References.csv")
        ),
        sections=(Section(make_lines(2), "Set-up", 20_411), Section(make_lines(1), "Later")),
    )
    pages = pages_of(render(document).content)
    text = "\n".join(pages)
    assert pages[0].index("Proposal") < pages[0].index("Dear Maria") < pages[0].index("Scope")
    assert text.index("Team") < text.index("Prices") < text.index("Set-up") < text.index("Total Set-up")
    assert "Prices.csv" in pages[-1] and text.count("goes") == 900


def test_a_date_is_that_of_the_document() -> None:
    early = render(make_document(issued_on=date(2020, 2, 29))).content
    assert info_of(early)["CreationDate"].startswith("Sat Feb 29")
