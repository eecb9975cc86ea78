"""A definition from what the dialog of a field sends. Raises Invalid beside the field."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from crm_app.core.errors import Invalid
from crm_app.core.text import fold, id_of
from crm_app.identity.policy import ROLES
from crm_app.records.custom.definitions import options_as_json
from crm_app.records.custom.fields import SEARCHED, TYPES, Choice, Definition, next_option

PLAIN = ("label", "help", "pattern", "pattern_message", "pattern_example")


def values_of(given: Mapping[str, str], old: Definition | None) -> dict[str, Any]:
    """Everything but options and formula. Raises Invalid."""
    type_ = given.get("type", "")
    if type_ not in TYPES:
        raise Invalid({"type": "Choose a type."})
    found: dict[str, Any] = {name: given.get(name, "").strip() for name in PLAIN}
    if not found["label"]:
        raise Invalid({"label": "Name is required."})
    asks = given.get("asks", "") if type_ != "formula" else ""
    found |= {
        "type": type_,
        "required": asks == "always",
        "required_when": _condition("required_when", given) if asks == "when" else {},
        "visible_when": _condition("visible_when", given) if given.get("shows") == "when" else {},
        "synonyms": words_of(given.get("synonyms", ""), found["label"]),
        "searchable": "searchable" in given,
        "in_form": "in_form" in given,
        "read_roles": [role for role in ROLES if f"read.{role}" in given],
        "edit_roles": [role for role in ROLES if f"edit.{role}" in given],
        "responsible_id": id_of(given.get("responsible_id", "")),
    }
    if type_ not in SEARCHED:
        found |= {"pattern": "", "pattern_message": "", "pattern_example": ""}
    if asks == "when" and not found["required_when"]:
        raise Invalid({"required_when": "Say when, or choose another answer."})
    if given.get("shows") == "when" and not found["visible_when"]:
        raise Invalid({"visible_when": "Say when, or show it always."})
    if old is None:
        found["kind"] = given.get("kind", "")
    return found


def _condition(name: str, given: Mapping[str, str]) -> dict[str, Any]:
    try:
        found = json.loads(given.get(name) or "{}")
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Invalid({name: "This condition cannot be read."})
    return found


def words_of(text: str, label: str) -> list[str]:
    """Words with commas or on lines, each once, without the label itself. Raises Invalid for too many."""
    found: dict[str, str] = {}
    for word in text.replace("\n", ",").split(","):
        tidy = " ".join(word.split())[:100]
        if tidy and fold(tidy) != fold(label):
            found.setdefault(fold(tidy), tidy)
    if len(found) > 50:
        raise Invalid({"synonyms": "At most 50 words."})
    return list(found.values())


def options_of(given: Mapping[str, str], old: Iterable[Choice], used: Iterable[str] = ()) -> list[dict[str, Any]]:
    """Those of before under their new names (`option.o1`), without those left empty; then one a line of `more`.

    `Gold = Au, Aurum` is an option with other ways to write it. `used` are keys that records hold: none comes again.
    """
    found: list[Choice] = []
    before = list(old)
    for option in before:
        text = given.get(f"option.{option.key}", "").strip()
        if text:
            found.append(_option(option.key, text))
    taken = [*(o.key for o in before), *used]
    for line in given.get("more", "").splitlines():
        if line.strip():
            key = next_option(found, taken)
            found.append(_option(key, line))
    return options_as_json(found)


def _option(key: str, text: str) -> Choice:
    label, _, more = text.partition("=")
    label = " ".join(label.split())[:100]
    return Choice(key, label, tuple(words_of(more, label)))


def option_text(option: Choice) -> str:
    """The reverse: how an option is edited."""
    return f"{option.label} = {', '.join(option.synonyms)}" if option.synonyms else option.label
