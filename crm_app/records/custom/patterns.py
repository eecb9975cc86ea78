"""Patterns of texts, matched by RE2: in time that grows with the text alone, whatever the pattern is."""

from functools import lru_cache
from typing import Any

import re2

MOST_PATTERN, MOST_MATCHED = 200, 10_000
OPTIONS: Any = re2.Options()
OPTIONS.log_errors = False


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> Any:
    return re2.compile(pattern, OPTIONS)


def problem_of(pattern: str) -> str:
    """Why this is no pattern, in plain words; empty where it is one."""
    if len(pattern) > MOST_PATTERN:
        return f"A pattern may have at most {MOST_PATTERN} characters."
    try:
        _compiled(pattern)
    except re2.error as error:
        said = error.args[0] if error.args else b""
        words = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
        return f"This pattern cannot be used: {words}. Looking ahead, looking back and back references do not exist."
    return ""


def fits(pattern: str, text: str) -> bool:
    """Does the whole text fit? An unreadable pattern asks nothing; of a very long text only so much is looked at."""
    try:
        return len(text) <= MOST_MATCHED and _compiled(pattern).fullmatch(text) is not None
    except re2.error:
        return True
