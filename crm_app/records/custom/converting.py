"""From one type to another, only where nothing is lost: the value as it reads, taken by the new type. Pure."""

from collections.abc import Mapping
from typing import Any

from crm_app.records.custom.fields import Definition, as_words, checked, keys_of

# What a type can become; a text can become anything that its values can be read as.
WAYS: Mapping[str, frozenset[str]] = {
    "text": frozenset({"longtext", "int", "float", "date", "bool", "url", "choice", "choices"}),
    "longtext": frozenset({"text", "url", "choice"}),
    "int": frozenset({"float", "text", "longtext"}),
    "float": frozenset({"int", "text", "longtext"}),
    "date": frozenset({"text", "longtext"}),
    "bool": frozenset({"text", "longtext", "choice"}),
    "choice": frozenset({"choices", "text", "longtext"}),
    "choices": frozenset({"choice", "text", "longtext"}),
    "url": frozenset({"text", "longtext"}),
}


def refused(old: str, new: str) -> str:
    """Why the types do not go together; empty where they may."""
    if new in WAYS.get(old, frozenset()):
        return ""
    if "formula" in (old, new):
        return "A formula and a field that people fill in are not made of each other. Add a new field."
    if old == "money":
        return "An amount without its currency would be another value. Add a new field."
    return "Values of this type cannot become the other one without a loss. Add a new field."


def converted(old: Definition, new: Definition, value: Any) -> Any:
    """The value for the new type. Raises ValueError where it would be another one."""
    if old.type in ("choice", "choices") and new.type in ("choice", "choices"):
        keys = keys_of(value) if old.type == "choices" else [str(value)]
        if new.type == "choice" and len(keys) > 1:
            raise ValueError(f"{as_words(old, value)} is more than one option.")
        return keys if new.type == "choices" else (keys[0] if keys else None)
    if old.type == "float" and new.type == "int" and float(value) != int(value):
        raise ValueError(f"{as_words(old, value)} is not a whole number.")
    return checked(new, as_words(old, value))
