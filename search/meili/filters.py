"""Structured filters as Meilisearch's expressions; values are quoted here and nowhere else."""

from collections.abc import Sequence

from search.filters import And, Eq, Filter, In, Or

ALL, NONE = "id EXISTS", "id NOT EXISTS"  # every document has an id


def expression(where: Filter) -> str:
    """The expression for a filter."""
    match where:
        case Eq(field, value):
            return f"{field} = {_quoted(value)}"
        case In(field, values):
            return f"{field} IN [{', '.join(map(_quoted, values))}]" if values else NONE
        case And(parts):
            return "(" + " AND ".join(map(expression, parts)) + ")" if parts else ALL
        case Or(parts):
            return "(" + " OR ".join(map(expression, parts)) + ")" if parts else NONE
    bounds = [f"{where.field} {sign} {b}" for sign, b in ((">=", where.least), ("<=", where.most)) if b is not None]
    return "(" + " AND ".join(bounds) + ")" if bounds else ALL


def any_key(keys: Sequence[str]) -> str:
    """The expression for documents by their keys."""
    return f"key IN [{', '.join(map(_quoted, keys))}]"


def _quoted(value: str | int) -> str:
    if isinstance(value, int):
        return str(value)
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
