"""Profiles and keys beside the records, written in the transaction that changes a record; made anew when they must."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, func, or_, select, update
from sqlmodel import Session

from crm_app.core import db
from crm_app.core.changes import Context, Kind, kind
from crm_app.core.changes.working import IN_LIMIT, table_of
from crm_app.core.reader import numeral
from crm_app.core.rows import insert_rows
from crm_app.duplicates.matching.profiles import compared_kinds, created_profiles, profiles_of
from crm_app.tables import DuplicateKey, DuplicateProfile
from search.duplicates.fields import Profile
from search.duplicates.kept import VERSION, packed, unpacked
from search.duplicates.single import keys_of_each

profile, key = table_of(DuplicateProfile), table_of(DuplicateKey)
STALE = 0  # the version of a profile whose record is called otherwise since
PORTION = 500


@dataclass(frozen=True)
class Changed:
    """The profiles of living records that are others than before, and their keys."""

    profiles: dict[int, Profile]
    keys: dict[int, list[int]]


def keep_new(context: Context, known: Kind, ids: Iterable[int]) -> Changed:
    """Profiles and keys of records that the call in hand has made, of which nothing is kept yet."""
    made = created_profiles(context, known, ids)
    keys = _keys(made)
    _write(context.session, known.name, made, keys)
    return Changed(made, keys)


def keep(session: Session, name: str, ids: Iterable[int]) -> Changed:
    """Profiles and keys of these records as they are now; answers with those of the living ones that changed."""
    wanted = sorted(set(ids))
    fresh = profiles_of(session, name, wanted)
    kept = _kept(session, name, wanted)
    same = {i for i, made in fresh.items() if kept.get(i) == (packed(made), VERSION)}
    _forget(session, name, {i: unpacked(text) for i, (text, _) in kept.items() if i not in same})
    changed = {i: made for i, made in fresh.items() if i not in same}
    keys = _keys(changed)
    _write(session, name, changed, keys)
    return Changed(changed, keys)


def stored_profiles(session: Session, name: str, ids: Iterable[int]) -> dict[int, tuple[Profile, bool]]:
    """What is kept of these, and whether the model has counted it."""
    found: dict[int, tuple[Profile, bool]] = {}
    wanted = sorted(set(ids))
    query = select(profile.c.record_id, profile.c.profile, profile.c.counted).where(profile.c.kind == name)
    for start in range(0, len(wanted), IN_LIMIT):
        part = query.where(profile.c.record_id.in_(wanted[start : start + IN_LIMIT]))
        found |= {i: (unpacked(text), counted) for i, text, counted in session.connection().execute(part).all()}
    return found


def make_stale(session: Session, name: str, field: str, ids: list[int]) -> None:
    """Records that name one of these are called otherwise from now on; the worker makes their profiles anew."""
    table = table_of(kind(name).table)
    for start in range(0, len(ids), IN_LIMIT):
        named = select(table.c.id).where(table.c[field].in_(ids[start : start + IN_LIMIT]))
        here = (profile.c.kind == name, profile.c.record_id.in_(named))
        session.connection().execute(update(profile).where(*here).values(version=STALE))


def keep_up() -> int:
    """Make what is missing, stale or of another version, in portions; answers with how many records that were."""
    return sum(_keep_up(known.name) for known in compared_kinds())


def _keep_up(name: str) -> int:
    db.write_sync(_forget_others, name)
    done = after = 0
    while found := db.write_sync(_next, name, after):
        done, after = done + len(found), found[-1]
    return done


def _next(session: Session, name: str, after: int) -> list[int]:
    ids = lacking(session, name, after, PORTION)
    keep(session, name, ids)
    return ids


def lacking(session: Session, name: str, after: int, most: int) -> list[int]:
    """Records with a higher id whose profile is missing or stale, or still there although they are gone."""
    table = table_of(kind(name).table)
    joined = table.outerjoin(profile, (profile.c.kind == name) & (profile.c.record_id == table.c.id))
    missing = or_(profile.c.record_id.is_(None), profile.c.version != VERSION) & table.c.deleted_at.is_(None)
    gone = profile.c.record_id.is_not(None) & table.c.deleted_at.is_not(None)
    query = select(table.c.id).select_from(joined).where(table.c.id > after, missing | gone)
    return list(session.connection().execute(query.order_by(table.c.id).limit(most)).scalars())


def _forget_others(session: Session, name: str) -> None:
    """Keys of another version do not follow from their profiles any more: all go."""
    other = select(profile.c.record_id).where(profile.c.kind == name, profile.c.version.not_in((STALE, VERSION)))
    if session.connection().execute(other.limit(1)).first() is not None:
        session.connection().execute(delete(key).where(key.c.kind == name))
        session.connection().execute(delete(profile).where(profile.c.kind == name))


def differences(session: Session) -> list[str]:
    """Where not every living record can be found as a duplicate; what never was made is made by the next worker."""
    found = []
    for known in compared_kinds():
        table, run = table_of(known.table), session.connection().execute
        living = run(select(func.count()).select_from(table).where(table.c.deleted_at.is_(None))).scalar_one()
        kept = run(select(func.count()).select_from(profile).where(profile.c.kind == known.name)).scalar_one()
        if kept and kept != living:
            words = (
                f"{numeral(kept)} of {numeral(living)} are kept as they are compared; `kith check --repair` mends it"
            )
            found.append(f"duplicates: {known.plural.lower()}: {words}")
    return found


def _kept(session: Session, name: str, ids: list[int]) -> dict[int, tuple[str, int]]:
    found: dict[int, tuple[str, int]] = {}
    query = select(profile.c.record_id, profile.c.profile, profile.c.version).where(profile.c.kind == name)
    for start in range(0, len(ids), IN_LIMIT):
        part = query.where(profile.c.record_id.in_(ids[start : start + IN_LIMIT]))
        found |= {i: (text, version) for i, text, version in session.connection().execute(part)}
    return found


def _forget(session: Session, name: str, gone: Mapping[int, Profile]) -> None:
    """Take away what is kept; the keys follow from the profile."""
    ids = list(gone)
    run = session.connection().execute
    for start in range(0, len(ids), IN_LIMIT):
        part = ids[start : start + IN_LIMIT]
        run(delete(profile).where(profile.c.kind == name, profile.c.record_id.in_(part)))
    rows = _rows(name, _keys(gone))
    statement = delete(key).where(
        *(key.c[column] == bindparam(f"b_{column}") for column in ("kind", "key", "record_id"))
    )
    if rows:
        run(statement, [{f"b_{column}": value for column, value in row.items()} for row in rows])


def _write(session: Session, name: str, made: Mapping[int, Profile], keys: Mapping[int, list[int]]) -> None:
    if not made:
        return
    common = {"kind": name, "version": VERSION, "counted": False}
    rows = [common | {"record_id": i, "profile": packed(p)} for i, p in made.items()]
    insert_rows(session, profile, rows)
    insert_rows(session, key, _rows(name, keys))


def _keys(profiles: Mapping[int, Profile]) -> dict[int, list[int]]:
    return dict(zip(profiles, keys_of_each(list(profiles.values())), strict=True))


def _rows(name: str, keys: Mapping[int, list[int]]) -> list[dict[str, object]]:
    """In the order of the table."""
    pairs = sorted((number, id) for id, found in keys.items() for number in found)
    return [{"kind": name, "key": number, "record_id": id} for number, id in pairs]
