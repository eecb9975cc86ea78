"""Fields in the texts of a proposal: a closed list, put in by name; nothing is evaluated."""

import re
from collections.abc import Mapping

from crm_app.core.changes import Context
from crm_app.core.changes.kinds import Row

FIELDS = (
    "company.name",
    "person.name",
    "person.first_name",
    "quote.number",
    "quote.title",
    "quote.total",
    "quote.valid_until",
    "owner.name",
    "organisation.name",
    "today",
)
_FIELD = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")


def unknown_fields(text: str) -> list[str]:
    """Names in braces that are no field, and braces that hold none, in their order."""
    found = [name for name in _FIELD.findall(text) if name not in FIELDS]
    rest = _FIELD.sub("", text)
    return [*dict.fromkeys(found), *(["a brace without its partner"] if "{{" in rest or "}}" in rest else [])]


def problem_of(text: str) -> str:
    """What is wrong with the fields of a text, in words; empty if nothing is."""
    unknown = unknown_fields(text)
    if not unknown:
        return ""
    names = ", ".join(f"“{name}”" for name in unknown)
    return f"There is no field {names}. Known are: {', '.join(FIELDS)}."


def merged(text: str, values: Mapping[str, str]) -> str:
    """The text with its fields put in; one that has no value is left out."""
    return _FIELD.sub(lambda found: values.get(found[1], ""), text)


def gate_of_block(context: Context, before: Row | None, after: Row) -> dict[str, str]:
    """A text of the library holds known fields only."""
    problem = problem_of(after["body"])
    return {"body": problem} if problem else {}
