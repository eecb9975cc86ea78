"""By what records are judged: what all records of a kind taught last night, or what is usual while there are few.

The same model serves the form, the save, the import and the sweep. It is the one that `kith dedupe` learns from a list
of the same records, so that a pair has one probability whichever way it is met.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlmodel import Session

from crm_app.core import db
from crm_app.core.changes.working import IN_LIMIT, table_of
from crm_app.core.clock import now
from crm_app.core.rows import insert_rows
from crm_app.tables import DuplicateCount, DuplicateModel, DuplicateProfile
from search.duplicates.fields import Profile
from search.duplicates.kept import VERSION, asked, by_number, common, model_of, settings_of, unpacked, usual
from search.duplicates.model import DEFAULT, SMALLEST, Model
from search.duplicates.sweep import Sweep
from search.duplicates.table import Table

model, count, profile = (table_of(m) for m in (DuplicateModel, DuplicateCount, DuplicateProfile))
ROWS = 10_000


@dataclass(frozen=True)
class Judging:
    """The model for one question; `live`: its counts are of this moment, otherwise of last night."""

    model: Model
    live: bool


def judging(session: Session, name: str, table: Table, but: Collection[int] = (), fresh: int = 0) -> Judging:
    """The model in force, with the counts of the values in `table`; `but` are left out where it counts anew.

    `fresh`: so many more records there are that are not stored.
    """
    query = select(model).where(model.c.kind == name, model.c.version == VERSION)
    stored = session.connection().execute(query).mappings().first()
    if stored is not None and stored["size"] >= SMALLEST:
        counts = by_number(dict(_counts(session, name, stored["number"], asked(table))))
        return Judging(model_of(stored["size"], stored["settings"], counts), False)
    few = _few(session, name, but, SMALLEST - fresh)
    if few is not None:
        return Judging(usual(few), True)
    stored = select(func.count()).select_from(profile).where(profile.c.kind == name)
    return Judging(replace(DEFAULT, among=session.connection().execute(stored).scalar_one() + fresh), False)


def _few(session: Session, name: str, but: Collection[int], most: int) -> list[Profile] | None:
    """All profiles while they are too few to teach anything; None for more."""
    query = select(profile.c.record_id, profile.c.profile).where(profile.c.kind == name).order_by(profile.c.record_id)
    rows = session.connection().execute(query.limit(max(most, 0))).all()
    return None if len(rows) >= most else [unpacked(text) for id, text in rows if id not in but]


def _counts(session: Session, name: str, number: int, values: list[int]) -> Iterable[tuple[int, int]]:
    here = (count.c.kind == name, count.c.number == number)
    for start in range(0, len(values), IN_LIMIT):
        query = select(count.c.value, count.c.n).where(*here, count.c.value.in_(values[start : start + IN_LIMIT]))
        yield from ((row.value, row.n) for row in session.connection().execute(query))


def store(name: str, swept: Sweep, ids: Sequence[int]) -> None:
    """Keep what a sweep over these records, in order, taught; its counts are in force from one moment to the next."""
    number = (db.read_sync(_number, name) or 0) + 1
    counted = sorted(dict(common(swept)).items())
    rows = [{"kind": name, "number": number, "value": value, "n": n} for value, n in counted]
    _drop_all(name, number)
    for start in range(0, len(rows) if swept.model.size >= SMALLEST else 0, ROWS):
        db.write_sync(_add, rows[start : start + ROWS])
    db.write_sync(_switch, name, number, swept.model)
    for start in range(0, len(ids), ROWS):
        part = ids[start : start + ROWS]
        db.write_sync(_mark, name, part[0], part[-1])
    _drop_all(name, number - 1)


def _add(session: Session, rows: list[dict[str, Any]]) -> None:
    insert_rows(session, count, rows)


def _number(session: Session, name: str) -> int | None:
    return session.connection().execute(select(model.c.number).where(model.c.kind == name)).scalar()


def _drop_all(name: str, number: int) -> None:
    while db.write_sync(_drop, name, number):
        pass


def _drop(session: Session, name: str, number: int) -> bool:
    """Take some of these counts away; are there more?"""
    run, here = session.connection().execute, (count.c.kind == name, count.c.number == number)
    beyond = run(select(count.c.value).where(*here).order_by(count.c.value).offset(ROWS).limit(1)).scalar()
    run(delete(count).where(*here, *([] if beyond is None else [count.c.value < beyond])))
    return beyond is not None


def _switch(session: Session, name: str, number: int, taught: Model) -> None:
    run = session.connection().execute
    made = {"number": number, "version": VERSION, "size": taught.size, "settings": settings_of(taught)}
    made |= {"learned_at": now()}
    if not run(update(model).where(model.c.kind == name).values(made)).rowcount:
        run(insert(model), made | {"kind": name})


def _mark(session: Session, name: str, first: int, last: int) -> None:
    """Those from one id to another are counted; in portions, for others write meanwhile."""
    here = (profile.c.kind == name, profile.c.record_id.between(first, last), profile.c.counted.is_(False))
    session.connection().execute(update(profile).where(*here).values(counted=True))
