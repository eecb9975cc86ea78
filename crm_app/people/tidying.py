"""Language and time zone in the form in which they are kept, from the ways in which people write them."""

from functools import cache
from zoneinfo import available_timezones

from crm_app.core.changes import Context
from crm_app.core.text import fold
from crm_app.records.countries import language_code


def tidy_language(_context: Context, text: str) -> str:
    """`German`, `deutsch`, `de-AT` → `de`; what is no known language stays as written."""
    return language_code(text)


def tidy_zone(_context: Context, text: str) -> str:
    """`Europe/Berlin`, `europe/berlin`, `Berlin` → `Europe/Berlin`. Raises ValueError for anything else."""
    found = _zones().get(fold(text).replace(" ", "_"))
    if found is None:
        raise ValueError(f"Time zone: {text[:40]!r} is none. Write one such as Europe/Berlin, or a large city in it.")
    return found


@cache
def _zones() -> dict[str, str]:
    found = {fold(zone): zone for zone in available_timezones()}
    for zone in sorted(available_timezones()):
        if "/" in zone and not zone.startswith(("Etc/", "US/", "posix/", "right/")):
            found.setdefault(fold(zone.rpartition("/")[2]), zone)
    return found
