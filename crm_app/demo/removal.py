"""Takes the demo away: what it made goes, newest first; what was added stays, with everything that it points to."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session

from crm_app.core import db
from crm_app.core.actor import SYSTEM, Principal
from crm_app.core.changes import Change, apply, kind
from crm_app.core.changes.deletes import Reference, living_references
from crm_app.core.changes.log import ChangeLog
from crm_app.core.changes.working import table_of
from crm_app.core.errors import Forbidden, Refused
from crm_app.demo.house import is_invented
from crm_app.demo.marks import DEMO, demo_batches, is_seeded
from crm_app.lifecycle.editor import is_usual
from crm_app.records.bulk import BulkProgress, Portion, open_run, run_bulk, stretch
from crm_app.records.numbering import is_of_demo
from crm_app.tables import BulkRow, BulkRun, File, Invoice, User

NEEDED = "Something that was added needs it."
YOURSELF = "You are signed in with it."
NUMBERED = "It was issued, and its number is one of yours."
SET = "Somebody has set the conditions of the lifecycle."
OWN = "Somebody has made it their own."
NOTE = "Demo data removed"
Key = tuple[str, int]


@dataclass(frozen=True)
class Extent:
    """How much of the demo is there; the sequence numbers are those of the log."""

    records: int
    first: int
    last: int


def _made() -> ColumnElement[bool]:
    log = table_of(ChangeLog)
    return (log.c.op == "create") & log.c.batch_id.in_(demo_batches())


def extent(session: Session) -> Extent:
    """What the demo made, whether it still is there or not."""
    log = table_of(ChangeLog)
    query = select(func.count(), func.min(log.c.seq), func.max(log.c.seq)).where(_made())
    count, first, last = session.connection().execute(query).one()
    return Extent(count, first or 0, last or 0)


def start_removal(session: Session, actor: Principal) -> int:
    """A run that removes the demo; the one that is going on already, if there is one.

    Raises Forbidden for anybody but an administrator, Refused where there is no demo.
    """
    if not (actor.system or actor.role == "administrator"):
        raise Forbidden("Only an administrator may remove the demo data.")
    run = table_of(BulkRun)
    going = select(run.c.id).where(run.c.op == DEMO, run.c.status == "running")
    if (found := session.connection().execute(going).scalar()) is not None:
        return found
    if not is_seeded(session):
        raise Refused("There is no demo data here.")
    there = extent(session)
    return open_run(
        session, actor, DEMO, "", total=there.records, cursor=there.last, set_values={"first": there.first}, note=NOTE
    )


def removal(session: Session, _actor: Principal, run: BulkRun, limit: int) -> Portion:
    """The next records of the demo that go; later ones went before, so whoever still points here stays."""
    part = stretch(session, run, limit, _made())
    here = _living(session, [(r["kind"], r["record_id"]) for r in part.rows])
    papers = _with_files(session, here, part.cursor)
    numbered, states = _numbered_since(session, here), _set_since(session, here)
    kept = _needed(session, [*here, *papers], part.cursor, numbered)
    why = dict.fromkeys(kept, NEEDED) | dict.fromkeys(numbered, NUMBERED) | dict.fromkeys(states, SET)
    why |= dict.fromkeys(_own_house(session, here), OWN) | {("user", run.user_id): YOURSELF}
    portion = Portion(rows=len(part.rows), cursor=part.cursor, is_last=part.is_last, trusted=True)
    portion.left = [(*key, why[key]) for key in here if key in why]
    portion.changes = [Change(*key, op="delete") for key in [*here, *papers] if key not in why]
    return portion


def _with_files(session: Session, keys: list[Key], cursor: int) -> list[Key]:
    """Documents to come that do not let go of a file of these, and go together with it."""
    ids = [id for name, id in keys if name == "file"]
    found = [r for refs in living_references(session, "file", ids).values() for r in refs]
    holding = {_key(r) for r in found if r.field.on_delete == "refuse" and not r.in_part}
    return sorted(_to_come(session, holding - set(keys), cursor))


def _numbered_since(session: Session, keys: list[Key]) -> set[Key]:
    """Of these, drafts of invoices that somebody has issued since: they bear a number of the real series."""
    invoice = table_of(Invoice)
    ids = [id for name, id in keys if name == "invoice"]
    query = select(invoice.c.id, invoice.c.number).where(invoice.c.id.in_(ids), invoice.c.serial.is_not(None))
    return {("invoice", id) for id, number in session.connection().execute(query) if not is_of_demo(number)}


def _set_since(session: Session, keys: list[Key]) -> set[Key]:
    """The states of the lifecycle, all of them, where one is not as the demo brought it."""
    states = {key for key in keys if key[0] == "lifecycle_state"}
    return states if states and not is_usual(session) else set()


def _own_house(session: Session, keys: list[Key]) -> set[Key]:
    """The organisation, where it says something else than what the demo brought."""
    found = {key for key in keys if key[0] == "organisation"}
    return found if found and not is_invented(session) else set()


def _living(session: Session, keys: list[Key]) -> list[Key]:
    living: set[Key] = set()
    for name, ids in _by_kind(keys).items():
        table = table_of(kind(name).table)
        query = select(table.c.id).where(table.c.id.in_(ids), table.c.deleted_at.is_(None))
        living |= {(name, i) for i in session.connection().execute(query).scalars()}
    return [key for key in keys if key in living]


def _needed(session: Session, keys: list[Key], cursor: int, staying: set[Key]) -> set[Key]:
    """Of these, what a record that stays points to, itself or through others of these; and those that stay anyway."""
    pointing: dict[Key, set[Key]] = defaultdict(set)
    for name, ids in _by_kind(keys).items():
        for target, found in living_references(session, name, ids).items():
            pointing[name, target] |= {_key(r) for r in found}
        for target, id in _files(session, name, ids):
            pointing[name, target].add(("file", id))
    going = set(keys) | _to_come(session, {k for found in pointing.values() for k in found}, cursor)
    kept = set(staying)
    while True:
        stays = {k for k, found in pointing.items() if any(f in kept or f not in going for f in found)}
        if stays <= kept:
            return kept
        kept |= stays


def _key(found: Reference) -> Key:
    return found.kind.name, found.id


def _files(session: Session, name: str, ids: list[int]) -> list[Any]:
    """Files point to their record by its kind and id."""
    file = table_of(File)
    query = select(file.c.record_id, file.c.id).where(
        file.c.kind == name, file.c.record_id.in_(ids), file.c.deleted_at.is_(None)
    )
    return list(session.connection().execute(query))


def _to_come(session: Session, keys: set[Key], cursor: int) -> set[Key]:
    """Which of these belong to the demo and have not had their turn."""
    log = table_of(ChangeLog)
    found: set[Key] = set()
    for name, ids in _by_kind(list(keys)).items():
        query = select(log.c.record_id).where(
            log.c.kind == name, log.c.record_id.in_(ids), log.c.seq <= cursor, _made()
        )
        found |= {(name, i) for i in session.connection().execute(query).scalars()}
    return found


def _by_kind(keys: list[Key]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for name, id in keys:
        found[name].append(id)
    return found


def keeps_account(session: Session, actor: Principal, run_id: int) -> bool:
    """Did the run leave the actor's own account, because it came with the demo?"""
    row = table_of(BulkRow)
    query = select(row.c.row_no).where(row.c.run_id == run_id, row.c.kind == "user", row.c.record_id == actor.id)
    return session.connection().execute(query.where(row.c.reason == YOURSELF)).first() is not None


def remove_demo(tell: Callable[[BulkProgress], None] | None = None) -> BulkProgress:
    """All of it at once, as the system, for the command line. Raises Refused where there is no demo.

    Where nobody but the demo's administrator could sign in, that account goes too: the next start asks for a first one.
    """
    done = run_bulk(db.write_sync(start_removal, SYSTEM), tell)
    db.write_sync(_last_account)
    return done


def _last_account(session: Session) -> None:
    user = table_of(User)
    active = select(user.c.id).where(user.c.status == "active", user.c.deleted_at.is_(None))
    left = list(session.connection().execute(active).scalars())
    if len(left) == 1 and _to_come(session, {("user", left[0])}, extent(session).last):
        apply(session, SYSTEM, Change("user", left[0], op="delete"), source="bulk", note=NOTE)
