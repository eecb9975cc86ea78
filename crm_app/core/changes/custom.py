"""Custom values: kept together in `custom`, by field id; named, logged, merged and undone one by one as `custom.12`."""

from collections.abc import Iterable, Mapping
from typing import Any

from crm_app.core.changes.change import Change
from crm_app.core.changes.kinds import Row

CUSTOM = "custom"


def value_in(row: Mapping[Any, Any], name: str) -> Any:
    """The value of a field of a row, custom or not; None for one that is not there."""
    head, _, rest = name.partition(".")
    return (row.get(CUSTOM) or {}).get(rest) if head == CUSTOM and rest else row.get(name)


def given_in(change: Change) -> dict[str, Any]:
    """The custom values that a change names, by field id; later ones win. Raises ValueError for what is no map."""
    found: dict[str, Any] = {}
    for key, value in change.set.items():
        head, _, rest = key.partition(".")
        if key == CUSTOM and isinstance(value, Mapping):
            found |= value
        elif key == CUSTOM:
            raise ValueError("Custom fields are given by their id.")
        elif head == CUSTOM and rest:
            found[rest] = value
    return found


def put(before: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values after a change; what is empty leaves no trace."""
    return {k: v for k, v in {**before, **values}.items() if v is not None}


def fields_of_change(names: Iterable[str], before: Row, after: Row) -> set[str]:
    """The same names, with the custom fields that differ in place of `custom`."""
    found = set(names)
    if CUSTOM in found:
        found.remove(CUSTOM)
        found |= {f"{CUSTOM}.{id}" for id in differing(before[CUSTOM], after[CUSTOM])}
    return found


def differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The ids of the fields whose values differ."""
    return sorted(id for id in {**before, **after} if before.get(id) != after.get(id))


def by_field(diff: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """A difference of rows, with one entry for every custom field in place of one for all."""
    if CUSTOM not in diff:
        return diff
    before, after = diff[CUSTOM]
    rest = {name: change for name, change in diff.items() if name != CUSTOM}
    return rest | {f"{CUSTOM}.{id}": [before.get(id), after.get(id)] for id in differing(before, after)}


def flat(row: Mapping[Any, Any]) -> dict[Any, Any]:
    """A row with its custom values beside its own, by `custom.12`."""
    return {**row, **{f"{CUSTOM}.{id}": value for id, value in (row.get(CUSTOM) or {}).items()}}
