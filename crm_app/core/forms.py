"""Whether a text at hand has a form; `core.matching` asks the database the same."""

import re
from functools import lru_cache

_compiled = lru_cache(maxsize=64)(re.compile)


def fits_whole(text: str, pattern: str) -> bool:
    """Does the whole text have the form of this pattern?"""
    return _compiled(pattern).fullmatch(text) is not None
