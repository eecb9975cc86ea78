"""What the organisation's record may hold beyond the types of its fields. Pure."""

import re
from collections.abc import Mapping

COLOUR = re.compile(r"#[0-9a-f]{6}\Z")
LANGUAGES = ("en", "de", "fr", "es", "it", "nl")
PAPERS = ("A4", "Letter")
MOST_LINES = {"tax_ids": 4, "bank": 6, "footer": 4}
DEFAULT_TERMS = "Payable within {days} days without deduction."


def problems_of(values: Mapping[str, object]) -> dict[str, str]:
    """What cannot be printed, by field, in plain words."""
    found = {}
    if not COLOUR.match(str(values.get("colour") or "")):
        found["colour"] = "A colour is # and six digits or letters from a to f, such as #2f5bd7."
    for name, most in MOST_LINES.items():
        if len(lines_of(str(values.get(name) or ""))) > most:
            found[name] = f"At most {most} lines fit here."
    return found


def lines_of(text: str) -> tuple[str, ...]:
    """The lines that say something."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())
