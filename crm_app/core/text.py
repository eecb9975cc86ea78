"""Text as it is compared and shown."""

import unicodedata
from functools import lru_cache

from crm_app.core.reader import rounded

_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ı": "i"})
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # spreadsheets take the wide ones as well


def fold(text: str) -> str:
    """Case, accents and ligatures removed, spaces joined: `Straße` and `STRASSE` are one."""
    if text.isascii():
        return " ".join(text.lower().split())
    plain = unicodedata.normalize("NFKD", text.casefold()).translate(_LETTERS)
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


def sort_key(text: str) -> str:
    """The folded beginning of a title, by which lists are ordered and prefixes found."""
    return fold(text[:120])[:120]


def clip(text: str, length: int = 200) -> str:
    """At most `length` characters, without control characters."""
    return "".join(c for c in text if c.isprintable())[:length].strip()


def id_of(text: str) -> int | None:
    """The id that a browser, an address or a file gave as text; None for anything that cannot be one."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 17 else None


@lru_cache(maxsize=4096)
def initials(name: str) -> str:
    """The first letters of the first and the last word, upper case."""
    words = name.split()
    return "".join(w[0] for w in ([words[0], words[-1]] if len(words) > 1 else words[:1])).upper()


def like(text: str) -> str:
    """A pattern for `LIKE … ESCAPE '\\\\'` that finds `text` anywhere."""
    escaped = text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    return f"%{escaped}%"


def neutral(cell: str) -> str:
    """A cell that a spreadsheet would take for a formula gets an apostrophe in front; an import takes it off again."""
    return f"'{cell}" if cell.lstrip("'").startswith(FORMULAS) else cell


def literal(cell: str) -> str:
    """What a cell was before `neutral`."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(FORMULAS) else cell


def tel(number: str) -> str:
    """A link that calls a number (RFC 3966): its digits, the plus of a country code; an extension is left to say."""
    dialled = number.lower().partition("ext")[0].partition("x")[0]
    digits = "".join(c for c in dialled if c.isascii() and c.isdigit())
    return f"tel:{'+' if dialled.strip().startswith('+') else ''}{digits}" if digits else ""


def phone_key(number: str) -> str:
    """What two spellings of one number have in common: its digits, without a leading 00; else the text itself."""
    digits = "".join(c for c in number if c.isascii() and c.isdigit())
    return digits.removeprefix("00") or fold(number)


def size_words(size: int) -> str:
    """`812 B`, `14 kB`, `2.3 MB`."""
    if size < 1000:
        return f"{size} B"
    return f"{size / 1000:.0f} kB" if size < 1_000_000 else f"{rounded(size / 1_000_000, 1)} MB"
