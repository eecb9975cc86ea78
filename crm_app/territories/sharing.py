"""Sharing out, one at a time: whoever shares out holds the lock of all pools and territories until the end of it."""

from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import insert, select, update
from sqlmodel import Session

from crm_app.core.changes.working import table_of
from crm_app.tables import Pool, Territory, Turn
from crm_app.territories.queries.loads import candidates
from crm_app.territories.queries.reading import Source
from crm_app.territories.rules.choosing import Candidate, choose

turn = table_of(Turn)


def lock(session: Session) -> None:
    """Two who share out at once do so one after the other, each on what the other left."""
    for model in (Pool, Territory):
        table = table_of(model)
        session.connection().execute(select(table.c.id).order_by(table.c.id).with_for_update()).all()


@dataclass
class Sharing:
    """Loads and turns, read once in a transaction; without `keeps` the turns are only played, as for a preview."""

    session: Session
    keeps: bool = True
    _people: dict[tuple[str, int], Candidate] = field(default_factory=dict)
    _known: set[tuple[str, int]] = field(default_factory=set)
    _last: dict[tuple[str, int], int | None] = field(default_factory=dict)
    _new: set[tuple[str, int]] = field(default_factory=set)
    _left: Counter[tuple[str, int]] = field(default_factory=Counter)

    def next(self, source: Source) -> int | None:
        """Who gets the next record of this source; None where nobody is free."""
        self._read(source)
        key = (source.kind, source.id)
        people = [self._people[source.covers, id] for id in source.user_ids if (source.covers, id) in self._people]
        method = "round_robin" if source.method == "territory" else source.method
        found = choose(method, people, self._last[key])
        if found is None:
            return None
        found.open += 1
        self._last[key] = found.user_id
        return found.user_id

    def release(self, covers: str, user_id: int | None) -> None:
        """A record leaves somebody who may get others."""
        if user_id is None:
            return
        person = self._people.get((covers, user_id))
        if person is not None:
            person.open -= 1
        else:
            self._left[covers, user_id] += 1

    def close(self) -> None:
        """Remember who had the last turn everywhere."""
        if not self.keeps:
            return
        run = self.session.connection().execute
        for (kind, id), user_id in self._last.items():
            if user_id is None:
                continue
            if (kind, id) in self._new:
                run(insert(turn), {"kind": kind, "record_id": id, "user_id": user_id})
            else:
                run(update(turn).where(turn.c.kind == kind, turn.c.record_id == id).values(user_id=user_id))
        self._new.clear()

    def _read(self, source: Source) -> None:
        missing = [id for id in source.user_ids if (source.covers, id) not in self._known]
        if missing:
            self._known |= {(source.covers, id) for id in missing}
            found = candidates(self.session, source.covers, missing)
            for id, person in found.items():
                person.open -= self._left.pop((source.covers, id), 0)
                self._people[source.covers, id] = person
        key = (source.kind, source.id)
        if key not in self._last:
            query = select(turn.c.user_id).where(turn.c.kind == key[0], turn.c.record_id == key[1])
            self._last[key] = self.session.connection().execute(query).scalar()
            if self._last[key] is None:
                self._new.add(key)
