"""Who gets which record: by a pool, or by the territory of its company; new ones in the transaction that makes them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import Session

from crm_app.core.actor import SYSTEM, Principal
from crm_app.core.changes import Applied, Change, Context, apply_many
from crm_app.core.changes.apply import open_batch
from crm_app.core.changes.log import ChangeLog
from crm_app.core.changes.working import IN_LIMIT, table_of
from crm_app.core.errors import Forbidden, NotFound, Refused
from crm_app.identity.policy import decide, scope
from crm_app.records.bulk import Portion
from crm_app.records.bulk.portions import selected
from crm_app.tables import BulkRun
from crm_app.territories.queries.loads import KINDS, TABLES, open_records
from crm_app.territories.queries.reading import Ordered, Source, firms, ordered_territories, people_as_firms, pools
from crm_app.territories.rules.matching import Firm, find_territory
from crm_app.territories.sharing import Sharing, lock

ASSIGN = "assign"  # the operation of a bulk run
SOURCES = {"form": "form", "import": "import", "history": "import"}
FIRST_ROW, LAST_ROW = -900_000_000, -400_000_000  # row numbers of what a rule adds to a batch, apart from all others
AT_ONCE = 500
NOBODY_FREE = "Nobody of the pool is free to take it."


@dataclass(frozen=True)
class Given:
    """A record and who gets it; for a company also the territory that it belongs to."""

    record_id: int
    user_id: int | None
    territory_id: int | None = None


def share_out(session: Session, pool: Source, ids: Sequence[int], sharing: Sharing) -> list[Given]:
    """Who gets each of these records, in their order."""
    lands = _territories(session, pool, ids) if pool.method == "territory" else {}
    known = ordered_territories(session) if lands else Ordered([], {}, {})
    found = []
    for id in ids:
        land = lands.get(id)
        got = sharing.next(known.source(land, pool.covers)) if land is not None else None
        found.append(Given(id, got if got is not None else sharing.next(pool), land))
    return found


def _territories(session: Session, pool: Source, ids: Sequence[int]) -> dict[int, int | None]:
    """The territory of each record, by its company; of a lead without one by its own address."""
    ordered = ordered_territories(session)
    company_of = _companies(session, pool.covers, ids)
    known = firms(session, sorted({c for c in company_of.values() if c is not None}))
    alone = [id for id in ids if company_of.get(id) is None] if pool.covers == "lead" else []
    homes = people_as_firms(session, alone)

    def firm_of(id: int) -> Firm | None:
        company_id = company_of.get(id)
        return known.get(company_id) if company_id is not None else homes.get(id)

    matches = {id: find_territory(firm, ordered.rules) for id in ids if (firm := firm_of(id)) is not None}
    return {id: match.territory_id if match else None for id, match in matches.items()}


def _companies(session: Session, covers: str, ids: Sequence[int]) -> dict[int, int | None]:
    if covers == "company":
        return {id: id for id in ids}
    table = TABLES[covers]
    found: dict[int, int | None] = {}
    for start in range(0, len(ids), IN_LIMIT):
        query = select(table.c.id, table.c.company_id).where(table.c.id.in_(ids[start : start + IN_LIMIT]))
        found |= {row.id: row.company_id for row in session.connection().execute(query)}
    return found


def assign_arrivals(context: Context, applied: list[Applied]) -> None:
    """Registered in `wire`: new records that nobody was given get an owner, where a pool was asked to see to that."""
    way = SOURCES.get(context.source)
    new = [a for a in applied if _arrives(a)]
    if way is None or not new:
        return
    chosen = [source for source, forms, imports in pools(context.session) if (forms if way == "form" else imports)]
    for covers in dict.fromkeys(source.covers for source in chosen):
        ids = [a.id for a in new if a.kind == KINDS[covers]]
        arrived = _unowned(context.session, covers, ids)
        if arrived:
            lock(context.session)
            _give(context.session, next(s for s in chosen if s.covers == covers), arrived, context.batch_id)


def _arrives(done: Applied) -> bool:
    """Is this new, or a person who has become a lead, and was nobody named who gets it?"""
    if done.kind not in KINDS.values() or "owner_id" in done.diff:
        return False
    return done.op == "create" or (
        done.op == "update" and done.kind == KINDS["lead"] and done.diff.get("lifecycle", ["", ""])[1] == "lead"
    )


def _unowned(session: Session, covers: str, ids: Sequence[int] | None = None, limit: int = AT_ONCE) -> list[int]:
    """Open records without an owner: of these, or the oldest of all."""
    table = TABLES[covers]
    query = select(table.c.id).where(open_records(covers), table.c.owner_id.is_(None)).order_by(table.c.id)
    if ids is None:
        return list(session.connection().execute(query.limit(limit)).scalars())
    parts = [ids[n : n + IN_LIMIT] for n in range(0, len(ids), IN_LIMIT)]
    return [i for part in parts for i in session.connection().execute(query.where(table.c.id.in_(part))).scalars()]


def _give(session: Session, pool: Source, ids: Sequence[int], batch_id: int) -> list[Applied]:
    """By the rule's own right: whoever made the record need not be able to give it away."""
    sharing = Sharing(session)
    given = share_out(session, pool, ids, sharing)
    log = table_of(ChangeLog)
    mine = (log.c.batch_id == batch_id, log.c.row_no.between(FIRST_ROW, LAST_ROW))
    last = session.connection().execute(select(func.max(log.c.row_no)).where(*mine)).scalar()
    first = FIRST_ROW if last is None else last + 1
    changes = [
        Change(KINDS[pool.covers], one.record_id, values_of(pool, one), row_no=first + n)
        for n, one in enumerate(g for g in given if g.user_id is not None)
    ]
    done = apply_many(session, SYSTEM, changes, source="rule", batch_id=batch_id)
    sharing.close()
    return done


def values_of(pool: Source, given: Given) -> dict[str, int | None]:
    """What a record is given: its owner, and a company its territory."""
    land = {"territory_id": given.territory_id} if pool.covers == "company" and given.territory_id is not None else {}
    return {"owner_id": given.user_id} | land


def find_pool(session: Session, pool_id: int) -> Source:
    """A living pool. Raises NotFound."""
    found = next((source for source, *_ in pools(session) if source.id == pool_id), None)
    if found is None:
        raise NotFound("This pool does not exist any more.")
    return found


def share_waiting(session: Session, actor: Principal, pool_id: int) -> tuple[int, int, int]:
    """Give the oldest records without an owner to the pool: how many got one, how many wait still, and the batch.

    Raises Forbidden, NotFound, or Refused where nobody is free or nothing waits.
    """
    if scope(actor, "edit", "pool") == "none":
        raise Forbidden(decide(actor, "edit", "pool").why)
    pool = find_pool(session, pool_id)
    lock(session)
    waiting = _unowned(session, pool.covers)
    if not waiting:
        raise Refused("Nothing waits for an owner.")
    batch_id = open_batch(session, actor, "rule", note=f"Shared out among {pool.name}")
    done = _give(session, pool, waiting, batch_id)
    if not done:
        raise Refused(NOBODY_FREE)
    return len(done), count_waiting(session, pool.covers), batch_id


def count_waiting(session: Session, covers: str) -> int:
    """How many open records have no owner."""
    table = TABLES[covers]
    query = select(func.count()).select_from(table).where(open_records(covers), table.c.owner_id.is_(None))
    return session.connection().execute(query).scalar_one()


def assignment(session: Session, actor: Principal, run: BulkRun, limit: int) -> Portion:
    """The operation of a bulk run that gives the selected records to a pool, with the rights of whoever began it."""
    portion = selected(session, actor, run, limit)
    ids = [c.id for c in portion.changes if c.id is not None]
    portion.changes = []
    lock(session)
    pool = next((s for s, *_ in pools(session) if s.id == run.set_values.get("pool")), None)
    if pool is None or KINDS[pool.covers] != run.kind:
        portion.left += [(run.kind, id, "There is no such pool for these any more.") for id in ids]
        return portion
    owners = _owners(session, pool.covers, ids)
    sharing = Sharing(session)
    for id in ids:
        sharing.release(pool.covers, owners.get(id))
    for given in share_out(session, pool, ids, sharing):
        if given.user_id is None:
            portion.left.append((run.kind, given.record_id, NOBODY_FREE))
        else:
            portion.changes.append(Change(run.kind, given.record_id, values_of(pool, given)))
    sharing.close()
    return portion


def _owners(session: Session, covers: str, ids: Sequence[int]) -> dict[int, int | None]:
    """Who has the open ones among these records now."""
    table = TABLES[covers]
    query = select(table.c.id, table.c.owner_id).where(table.c.id.in_(ids), open_records(covers))
    return {row.id: row.owner_id for row in session.connection().execute(query)}
