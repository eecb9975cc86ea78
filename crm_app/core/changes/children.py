"""Child rows: a whole list, an add/remove set, or one row, all become one patch keyed by the row's id."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from crm_app.core.changes.kinds import Children, Row
from crm_app.core.changes.values import coerce, decode, defaults, encode

Patch = dict[int | str, Row | None]
_defaults: dict[tuple[Children, str], Any] = {}


@lru_cache(maxsize=4096)
def split_key(key: str) -> tuple[str, str]:
    """`emails.12` → (`emails`, `12`); `tags+` → (`tags`, `+`); `title` → (`title`, ``)."""
    if key.endswith(("+", "-")):
        return key[:-1], key[-1]
    name, _, rest = key.partition(".")
    return name, rest


def patch_of(children: Children, rest: str, value: Any, present: Mapping[int, Row]) -> Patch:
    """The patch that a value of a change means; new rows have a text key. Raises ValueError in plain words."""
    if rest in ("+", "-"):
        return _set_patch(children, rest, value, present)
    if rest:
        return {int(rest): None if value is None else _row(children, value)}
    if not isinstance(value, list | tuple):
        raise ValueError(f"{children.label} must be a list.")
    if len(value) > children.cap:
        raise ValueError(f"{children.label} may have at most {children.cap} rows.")
    patch: Patch = {}
    for n, given in enumerate(value):
        row = _row(children, given) | {"position": n}
        row_id = given.get("id")
        if row_id is not None and row_id not in present:
            raise ValueError(f"{children.label}: row {row_id} does not belong to this record.")
        patch[row_id if row_id is not None else f"new{n}"] = row
    return patch | {i: None for i in present if i not in patch}


def _set_patch(children: Children, sign: str, value: Any, present: Mapping[int, Row]) -> Patch:
    by_value = {row[children.key]: i for i, row in present.items()}
    if sign == "-":
        return {by_value[v]: None for v in value if v in by_value}
    fresh = [v for v in dict.fromkeys(value) if v not in by_value]
    return {f"new{n}": _row(children, {children.key: v}) for n, v in enumerate(fresh)}


def _row(children: Children, given: Any) -> Row:
    if not isinstance(given, Mapping):
        raise ValueError(f"{children.label}: every row must be a set of fields.")
    known = children.by_name
    extra = given.keys() - known.keys() - {"id", "position"}
    if extra:
        raise ValueError(f"{children.label}: there is no field {', '.join(sorted(map(str, extra)))}.")
    row = {
        name: coerce(field, given[name]) if name in given else _default(children, name) for name, field in known.items()
    }
    return row | ({"position": int(given["position"])} if "position" in given else {})


def _default(children: Children, name: str) -> Any:
    """What a row holds that does not name the field. Raises ValueError where it must."""
    key = (children, name)
    if key not in _defaults:
        field = next(f for f in children.fields if f.name == name)
        _defaults[key] = coerce(field, defaults(children.table).get(name))
    return _defaults[key]


def apply_patch(
    children: Children, parent_id: int, rows: dict[int, Row], patch: Patch, ids: list[int]
) -> dict[str, Any]:
    """Change `rows` in place and answer with the difference; `ids` are fresh ids, one for every new row."""
    diff: dict[str, Any] = {}
    for key, wanted in patch.items():
        row_id = ids.pop(0) if isinstance(key, str) else key
        before = rows.get(row_id)
        if wanted is None:
            after = None
            rows.pop(row_id, None)
        else:
            base = before or defaults(children.table) | {children.parent: parent_id, "id": row_id, **children.fixed}
            after = base | wanted
            rows[row_id] = after
        if before != after:
            diff[f"{children.name}.{row_id}"] = [_shown(children, before), _shown(children, after)]
    return diff


def _shown(children: Children, row: Row | None) -> Row | None:
    if row is None:
        return None
    return {n: encode(row[n]) for n in (*children.by_name, "position")}


def restored(children: Children, parent_id: int, row_id: int, shown: Row) -> Row:
    """A child row from what the log holds of it."""
    values = {n: decode(children.table, n, v) for n, v in shown.items()}
    return defaults(children.table) | {children.parent: parent_id, "id": row_id, **children.fixed} | values
