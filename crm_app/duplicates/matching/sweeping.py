"""Every night: who is like whom. Where little has changed only that is compared, otherwise all records are anew."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import delete, func, insert, select, update
from sqlmodel import Session

from crm_app.core import db
from crm_app.core.changes.working import table_of
from crm_app.core.clock import now, start_of, today
from crm_app.core.config import settings
from crm_app.core.errors import Refused
from crm_app.duplicates.matching import models
from crm_app.duplicates.matching.finding import Found, find
from crm_app.duplicates.matching.keeping import keep_up, stored_profiles
from crm_app.duplicates.matching.pairs import OPEN, Ids, settle, settle_pairs
from crm_app.duplicates.matching.profiles import compared_kinds
from crm_app.duplicates.matching.queries import LIKELY
from crm_app.tables import DuplicateModel, DuplicatePair, DuplicateProfile
from search.duplicates.fields import Profile
from search.duplicates.kept import VERSION, unpacked
from search.duplicates.model import SMALLEST
from search.duplicates.sweep import Sweep
from search.duplicates.table import table_of as tabled

profile, model, pair = (table_of(m) for m in (DuplicateProfile, DuplicateModel, DuplicatePair))
SWEEP = "sweep"
PORTION = 500
ANEW = 0.05  # so large a part of the records has changed: what all of them teach is learned anew
JUST = timedelta(minutes=1)
LONG = timedelta(minutes=15)  # a million take less than one
SOON = 0.25  # so large a part: not only at night


@dataclass(frozen=True)
class State:
    """How many records there are, how many of them the model has not counted, and whether there is one for so many.

    `begun`: a sweep is going on, or was cut short.
    """

    size: int
    fresh: int
    learned: bool
    swept_at: datetime | None
    begun: bool = False

    @property
    def is_due(self) -> bool:
        """Once a day, and soon after many came at once."""
        begun = start_of(today(settings().zone), settings().zone)
        return self.swept_at is None or self.swept_at < begun or self.fresh > max(PORTION, SOON * self.size)

    @property
    def is_new(self) -> bool:
        """Too much is new to be judged by what the others taught, or not all was looked at the last time."""
        return self.begun or not self.learned or self.fresh > ANEW * self.size


def sweep_due() -> int:
    """What the worker does now and then: profiles kept up, each kind swept when it is due; gives what was looked at."""
    done = keep_up()
    for known in compared_kinds():
        state = db.read_sync(state_of, known.name)
        if state.size and state.is_due:
            done += _sweep_alone(known.name, state) or 0
    return done


def sweep(name: str, state: State | None = None, *, anew: bool = False) -> int:
    """Sweep the records of a kind now; answers with how many were compared with others."""
    state = db.read_sync(state_of, name) if state is None else state
    return sweep_all(name) if anew or state.is_new else sweep_changed(name)


def sweep_now(name: str) -> int:
    """As `sweep`, when somebody asks for it. Raises Refused while another one has just begun."""
    state = db.read_sync(state_of, name)
    if state.swept_at is not None and now() - state.swept_at < JUST:
        raise Refused("This was checked a moment ago.")
    done = _sweep_alone(name, state)
    if done is None:
        raise Refused("Somebody has just begun to check.")
    return done


def _sweep_alone(name: str, state: State) -> int | None:
    """As `sweep`; None where another process has begun."""
    if not db.write_sync(_claim, name, state.swept_at):
        return None
    done = sweep(name, state)
    db.write_sync(_end, name)
    return done


def state_of(session: Session, name: str) -> State:
    """Before a sweep."""
    run = session.connection().execute
    here = profile.c.kind == name
    size = run(select(func.count()).select_from(profile).where(here)).scalar_one()
    fresh = run(select(func.count()).select_from(profile).where(here, profile.c.counted.is_(False))).scalar_one()
    found = run(select(model).where(model.c.kind == name)).mappings().first()
    if found is None:
        return State(size, fresh, False, None)
    fits = found["version"] == VERSION and (found["size"] < SMALLEST) == (size < SMALLEST)
    fits &= bool(found["settings"])
    return State(size, fresh, fits, found["swept_at"], found["begun_at"] is not None)


def _claim(session: Session, name: str, swept_at: datetime | None) -> bool:
    """Is it for this process to do? Another one may have begun since; one that began long ago will not end any more."""
    db.take_turns(session, f"the sweep of {name}")
    run = session.connection().execute
    there = run(select(model.c.swept_at, model.c.begun_at).where(model.c.kind == name)).first()
    if there is None:
        made = {"kind": name, "number": 0, "version": VERSION, "size": 0, "settings": {}, "learned_at": now()}
        run(insert(model), made | {"begun_at": now()})
        return True
    if there.swept_at != swept_at or (there.begun_at is not None and now() - there.begun_at < LONG):
        return False
    run(update(model).where(model.c.kind == name).values(begun_at=now()))
    return True


def _end(session: Session, name: str) -> None:
    session.connection().execute(update(model).where(model.c.kind == name).values(swept_at=now(), begun_at=None))


def sweep_changed(name: str) -> int:
    """Those that changed since the model was learned, against all."""
    done = after = 0
    while ids := db.write_sync(_changed, name, after):
        done, after = done + len(ids), ids[-1]
    return done


def _changed(session: Session, name: str, after: int) -> list[int]:
    db.take_turns(session, f"duplicates of {name}")
    here = (profile.c.kind == name, profile.c.counted.is_(False), profile.c.record_id > after)
    query = select(profile.c.record_id).where(*here).order_by(profile.c.record_id).limit(PORTION)
    ids = list(session.connection().execute(query).scalars())
    made = {id: known for id, (known, _) in stored_profiles(session, name, ids).items()}
    found = find(session, name, made, stored=True, at_least=LIKELY) if made else {}
    settle(session, name, ids, found, found_by=SWEEP)
    return ids


def sweep_all(name: str) -> int:
    """All against all, by what they teach; that is kept for the forms until the next time."""
    began = now()
    ids: list[int] = []
    with db.reading() as session:
        swept = Sweep(tabled(_read(session, name, ids)), threshold=LIKELY)
    models.store(name, swept, ids)
    found = list(swept.pairs())
    reasons = swept.reasons(found)
    told = {(ids[p.left], ids[p.right]): Found(0, p.probability, why) for p, why in zip(found, reasons, strict=True)}
    made = {ids[row]: swept.table.profile(row) for p in found for row in (p.left, p.right)}
    ordered = sorted(told)
    for start in range(0, len(ordered), PORTION):
        part = {pair: told[pair] for pair in ordered[start : start + PORTION]}
        db.write_sync(_note, name, part, made)
    gone = db.read_sync(_unlike, name, told, began)
    for start in range(0, len(gone), PORTION):
        db.write_sync(_forget, name, gone[start : start + PORTION])
    return len(ids)


def _read(session: Session, name: str, ids: list[int]) -> Iterator[Profile]:
    """All profiles in the order of ids, which are noted beside."""
    query = select(profile.c.record_id, profile.c.profile).where(profile.c.kind == name).order_by(profile.c.record_id)
    for id, text in session.connection().execution_options(yield_per=10_000).execute(query):
        ids.append(id)
        yield unpacked(text)


def _note(session: Session, name: str, told: Mapping[Ids, Found], made: Mapping[int, Profile]) -> None:
    """What was found of records that still are what they were."""
    db.take_turns(session, f"duplicates of {name}")
    now_kept = stored_profiles(session, name, {id for ids in told for id in ids})
    same = {id for id, (known, _) in now_kept.items() if known == made[id]}
    settle_pairs(session, name, {ids: one for ids, one in told.items() if same.issuperset(ids)}, found_by=SWEEP)


def _unlike(session: Session, name: str, told: Mapping[Ids, Found], began: datetime) -> list[Ids]:
    """Open pairs of before that were not found again."""
    here = (pair.c.kind == name, pair.c.decision == OPEN, pair.c.found_at < began)
    query = select(pair.c.left_id, pair.c.right_id).where(*here)
    return [ids for one, two in session.connection().execute(query) if (ids := (one, two)) not in told]


def _forget(session: Session, name: str, gone: list[Ids]) -> None:
    """One statement for all pairs with the same left record."""
    for left, some in groupby(sorted(gone), key=lambda ids: ids[0]):
        here = (pair.c.kind == name, pair.c.left_id == left, pair.c.decision == OPEN)
        session.connection().execute(delete(pair).where(*here, pair.c.right_id.in_([two for _, two in some])))
