"""Text as it is printed: what the font has, joined and in order."""

import unicodedata

import pytest
from fpdf.bidi import BidiParagraph
from hypothesis import given
from hypothesis import strategies as st

from crm_app.paper.fonts import has
from crm_app.paper.script import REPLACEMENT, Printer, in_visual_order, join_arabic


def names(text: str) -> list[str]:
    return [unicodedata.name(c).replace("ARABIC LETTER ", "") for c in text]


def test_arabic_letters_take_the_forms_of_their_places() -> None:
    last = "TEH FINAL FORM"  # codespell:ignore teh
    assert names(join_arabic("بيت")) == ["BEH INITIAL FORM", "YEH MEDIAL FORM", last]
    assert [name.split()[0] for name in names(join_arabic("دار"))] == ["DAL", "ALEF", "REH"]
    assert not any("FINAL" in name or "INITIAL" in name for name in names(join_arabic("دار")))
    assert "LIGATURE LAM WITH ALEF" in unicodedata.name(join_arabic("لا")[0])
    assert names(join_arabic("سلام"))[1].endswith("LIGATURE LAM WITH ALEF FINAL FORM")


def test_a_line_stands_from_left_to_right() -> None:
    assert in_visual_order("abc") == "abc"
    assert in_visual_order("אבג") == "גבא"
    assert in_visual_order("אב (גד) 12") == "12 (דג) בא"
    assert in_visual_order("ACME אבג 7") == "ACME 7 גבא"


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60))
def test_printable_text_is_of_characters_that_the_font_has(text: str) -> None:
    printer = Printer()
    shown = printer(text)
    assert all(has(c) or c == "\n" for c in shown)
    assert (REPLACEMENT in shown) >= bool(printer.missing)
    assert set(shown) <= printer.used
    in_visual_order(shown.replace("\n", " "))


@pytest.mark.parametrize("text", ["Straße", "Ωμέγα", "Мария", "Łódź", "Việt Nam", "ไทย", "1\u202f234,5", "a\u00adb"])
def test_what_a_font_need_not_have_is_not_missing(text: str) -> None:
    printer = Printer()
    assert REPLACEMENT not in printer(text) and not printer.missing


@given(st.text("אבגabc 12", max_size=30))
def test_order_agrees_with_the_reference_but_for_mirrors(text: str) -> None:
    """The words have no brackets: then the order is that of fpdf2, which is held to Unicode's own conformance tests."""
    first = next((c for c in text if c in "אבגabc"), "a")
    if first in "אבג":
        assert in_visual_order(text) == BidiParagraph(text).get_reordered_string()
