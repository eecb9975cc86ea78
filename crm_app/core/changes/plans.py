"""What is asked of every record of a kind, worked out once for all of them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from crm_app.core.changes.children import split_key
from crm_app.core.changes.custom import CUSTOM
from crm_app.core.changes.kinds import Field, Kind, Row
from crm_app.core.changes.values import static_defaults

META = frozenset(("id", "version", "created_at", "updated_at", "deleted_at", "sort_key"))
EXTERNAL = "external_id"  # taken as it is given


@dataclass(frozen=True, slots=True)
class Plan:
    """The fields of a kind by what must be done with them.

    `plain` can be set by their own name; `logged` are the columns that a difference tells of, in the order of the row.
    """

    plain: dict[str, Field]
    required: tuple[Field, ...]
    unique: tuple[Field, ...]
    references: tuple[Field, ...]
    logged: tuple[str, ...]
    _blank: Row
    _made: tuple[tuple[str, Callable[[], Any]], ...]

    def fresh(self, moment: datetime) -> Row:
        """A row of a record that is being made at that moment, every column with its default or None."""
        row = self._blank.copy()
        for name, factory in self._made:
            row[name] = factory()
        row["version"], row["created_at"], row["updated_at"] = 1, moment, moment
        return row


@cache
def plan_of(known: Kind) -> Plan:
    """The plan of a kind, which never changes once it is registered."""
    others = {EXTERNAL, CUSTOM, *known.derived, *known.child_by_name}
    columns = static_defaults(known.table)  # pyright: ignore[reportArgumentType]
    return Plan(
        {f.name: f for f in known.fields if f.name not in others},
        tuple(f for f in known.fields if f.required),
        tuple(f for f in known.fields if f.unique),
        tuple(f for f in known.fields if f.ref),
        tuple(name for name, _, _ in columns if name not in META and name not in known.derived),
        {name: default for name, default, _ in columns},
        tuple((name, factory) for name, _, factory in columns if factory and name not in META),
    )


@lru_cache(maxsize=4096)
def names_in(keys: tuple[str, ...]) -> frozenset[str]:
    """The fields and collections that these keys of a change name."""
    return frozenset(split_key(key)[0] for key in keys)
