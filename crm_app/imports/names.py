"""Relations by name: exactly, by external id, or the one record whose name is the same but for spelling."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.changes import kind
from crm_app.core.changes.working import IN_LIMIT, table_of
from search.names import NameIndex, closest

SUGGEST_AMONG = 5000


@dataclass(frozen=True)
class Found:
    """The record that a name means; `id` is None where there is none (`is_missing`) or several, as `problem` says."""

    id: int | None
    name: str = ""
    is_guess: bool = False
    problem: str = ""
    is_missing: bool = False


class Names:
    """Looks names up, once each in a run; what was not found is looked for again later."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], Found] = {}
        self._indexes: dict[str, NameIndex] = {}
        self._titles: dict[str, list[str]] = {}

    def add(self, kind_name: str, id: int, name: str) -> None:
        """A record that this run has made."""
        if kind_name in self._indexes:
            self._indexes[kind_name].add(id, name)

    def forget(self) -> None:
        """After a roll-back nothing that was seen is certain."""
        self._found.clear()
        self._indexes.clear()

    def take(self, kind_name: str, name: str, hit: Found) -> None:
        """What a name was taken for holds for the rows to come."""
        self._found[kind_name, name] = hit

    def resolve(
        self, session: Session, kind_name: str, wanted: Iterable[str], *, hints: bool = True
    ) -> dict[str, Found]:
        """Every name with the record that it means; `hints`: of one that means none, what it may be a slip of."""
        names = list(dict.fromkeys(wanted))
        unknown = [n for n in names if (kind_name, n) not in self._found]
        fresh: dict[str, Found] = {}
        if unknown:
            fresh = self._exact(session, kind_name, unknown)
            for name in (n for n in unknown if n not in fresh):
                fresh[name] = self._similar(session, kind_name, name, hints)
        self._found |= {(kind_name, n): f for n, f in fresh.items() if f.id is not None}
        return {n: self._found.get((kind_name, n)) or fresh[n] for n in names}

    def _exact(self, session: Session, kind_name: str, names: list[str]) -> dict[str, Found]:
        known = kind(kind_name)
        table = table_of(known.table)
        title = table.c[known.title]
        columns = [title, table.c.external_id]
        if kind_name == "user":
            columns.append(table.c.email)
        result: dict[str, Found] = {}
        for column in columns:
            hits: dict[str, list[tuple[int, str]]] = {}
            left = [n for n in names if n not in result]
            for start in range(0, len(left), IN_LIMIT):
                query = select(table.c.id, title, column).where(
                    column.in_(left[start : start + IN_LIMIT]), table.c.deleted_at.is_(None)
                )
                for id, name, value in session.connection().execute(query):
                    hits.setdefault(value, []).append((id, name))
            for value, rows in hits.items():
                several = f"{len(rows)} {known.plural.lower()} are called {value!r}."
                result[value] = Found(*rows[0]) if len(rows) == 1 else Found(None, problem=several)
        return result

    def _similar(self, session: Session, kind_name: str, name: str, hints: bool) -> Found:
        known = kind(kind_name)
        if kind_name not in self._indexes:
            table = table_of(known.table)
            query = select(table.c.id, table.c[known.title]).where(table.c.deleted_at.is_(None))
            rows = [(row[0], row[1]) for row in session.connection().execute(query)]
            self._indexes[kind_name] = NameIndex(rows)
            self._titles[kind_name] = [n for _, n in rows] if len(rows) <= SUGGEST_AMONG else []
        if found := self._indexes[kind_name].find(name):
            return Found(found[0], found[1], is_guess=True)
        near = closest(name, self._titles.get(kind_name, [])) if hints else None
        hint = f" Is it {near!r}?" if near else ""
        return Found(None, problem=f"No {known.label.lower()} is called {name[:80]!r}.{hint}", is_missing=True)
