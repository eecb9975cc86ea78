"""Rows of a trial that are stored nowhere, by their keys: which of them a later row may be the same as."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlmodel import Session

from crm_app.core.changes import kind
from crm_app.duplicates.matching.finding import SOME, nearest
from crm_app.duplicates.matching.models import judging
from crm_app.duplicates.matching.profiles import drafted_profiles
from crm_app.duplicates.matching.queries import LIKELY
from crm_app.imports.likely import Row
from search.duplicates.blocks import MOST
from search.duplicates.fields import EMPTY, Profile
from search.duplicates.kept import packed, unpacked
from search.duplicates.single import chances, keys_of_each
from search.duplicates.table import table_of as tabled

ENOUGH = LIKELY / 2  # once they are stored they are counted, and judged anew


class Rehearsed:
    """Remembers rows of one kind; registered in `wire` with the trial of an import."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._packed: dict[int, str] = {}
        self._holders: dict[int, tuple[int, ...]] = {}
        self._fresh: dict[int, tuple[Profile, list[int]]] = {}

    def add(self, session: Session, rows: Mapping[int, Row]) -> None:
        """Remember these by their keys; of a key of many no more are kept than are looked at."""
        missing = {n: row for n, row in rows.items() if n not in self._fresh}
        known = self._fresh | self._compared(session, missing)
        for n in rows.keys() & known.keys():
            made, keys = known[n]
            self._packed[n] = packed(made)
            for key in keys:
                held = self._holders.get(key, ())
                if len(held) <= MOST:
                    self._holders[key] = (*held, n)

    def like(self, session: Session, rows: Mapping[int, Row]) -> set[int]:
        """The numbers of the remembered rows that may be the same as one of these."""
        self._fresh = self._compared(session, rows)
        asked = list(self._fresh.values())
        held = {key: list(self._holders.get(key, ())) for _, keys in asked for key in keys}
        held = {key: some if len(some) <= MOST else [] for key, some in held.items()}
        near = nearest([keys for _, keys in asked], held, SOME)
        return self._judged(session, [made for made, _ in asked], near)

    def _judged(self, session: Session, asked: list[Profile], near: Sequence[Sequence[int]]) -> set[int]:
        others = sorted({n for some in near for n in some})
        if not others:
            return set()
        at = {n: len(asked) + place for place, n in enumerate(others)}
        pairs = [(one, at[n]) for one, some in enumerate(near) for n in some]
        table = tabled([*asked, *(unpacked(self._packed[n]) for n in others)])
        found = chances(
            table, pairs, replace(judging(session, self._name, table, fresh=len(self._packed)).model, inside=0)
        )
        alike = {two for (_, two), chance in zip(pairs, found, strict=True) if chance >= ENOUGH}
        return {n for n, place in at.items() if place in alike}

    def _compared(self, session: Session, rows: Mapping[int, Row]) -> dict[int, tuple[Profile, list[int]]]:
        """The profile and the keys of each row that says anything."""
        drafted = {n: (row.values, row.parts) for n, row in rows.items()}
        made = drafted_profiles(session, kind(self._name), drafted) if rows else {}
        told = {n: profile for n, profile in made.items() if profile != EMPTY}
        keys = keys_of_each(list(told.values()))
        return {n: (told[n], some) for n, some in zip(told, keys, strict=True)}
