"""`kith bench`: what docs/benchmarks.md promises, measured as a user whose rights are `own`."""

import importlib
from typing import Any

from crm_app.core.errors import KithError

NAMES = (
    "beside",
    "board",
    "bulk",
    "calendar",
    "dedupe",
    "flood",
    "forecast",
    "import",
    "lists",
    "live",
    "load",
    "merge",
    "palette",
    "paper",
    "people",
    "quality",
    "scoring",
    "search",
    "timeline",
    "transfer",
    "typing",
)
_NAMED = {"import": "loading", "merge": "merging", "typing": "typed"}
_MODULES = {name: f"crm_app.bench.{_NAMED.get(name, name)}" for name in NAMES}


def run_benchmarks(names: list[str]) -> dict[str, dict[str, Any]]:
    """The figures of each benchmark by its name; all of them without a name. Raises KithError for an unknown one."""
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        raise KithError(f"There is no benchmark {unknown[0]!r}; there are {', '.join(NAMES)}.")
    return {name: importlib.import_module(_MODULES[name]).measure() for name in names or NAMES}
