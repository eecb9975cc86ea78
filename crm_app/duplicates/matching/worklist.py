"""The work list: groups of records that may be one, of those alone that the actor may see in full."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import func, or_, select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import kind as kind_of
from crm_app.core.changes.working import table_of
from crm_app.duplicates.matching.finding import Found
from crm_app.duplicates.matching.keeping import stored_profiles
from crm_app.duplicates.matching.models import judging
from crm_app.duplicates.matching.pairs import OPEN, Ids, apart_before
from crm_app.duplicates.matching.queries import Match, shown
from crm_app.records.reading import may_see
from crm_app.tables import DuplicatePair
from search.duplicates.clusters import Groups, cluster
from search.duplicates.single import chances
from search.duplicates.table import table_of as tabled

PAGE = 20
LARGEST = 60  # of a longer chain so many records are looked at; the others follow when these are decided
pair = table_of(DuplicatePair)
Open = Mapping[Ids, Found]


@dataclass(frozen=True)
class Cluster:
    """Records that may be one: how surely the likeliest two of them are, and why, pair by pair."""

    kind: str
    probability: float
    members: list[Match]
    reasons: list[tuple[int, int, float, str]] = field(default_factory=list)

    @property
    def ids(self) -> list[int]:
        return [member.id for member in self.members]


@dataclass(frozen=True)
class ClusterPage:
    """A page of the work list; `groups` counts all chains of open pairs, `pages` the pages."""

    clusters: list[Cluster]
    page: int
    pages: int
    groups: int


def open_clusters(
    session: Session,
    actor: Principal,
    kind: str,
    page: int = 1,
    size: int = PAGE,
    *,
    owners: Collection[int] | None = None,
    batch_id: int | None = None,
    of: int | None = None,
) -> ClusterPage:
    """The groups that nobody has decided on, the surest first.

    Of all pairs, or of those with one of these `owners`, of one batch, of one record.
    """
    found = _open_pairs(session, actor, kind, owners, batch_id, of)
    chains = _chains(found)
    pages = max(1, -(-len(chains) // size))
    page = min(max(page, 1), pages)
    told = [
        c for chain in chains[(page - 1) * size : page * size] for c in _clusters(session, actor, kind, chain, found)
    ]
    return ClusterPage(told, page, pages, len(chains))


def count_open(session: Session, actor: Principal, kind: str, most: int | None = None) -> int:
    """How many open pairs the actor may decide on; of more than `most` one more is told."""
    some = _seen(actor, kind).limit(None if most is None else most + 1).subquery()
    return session.connection().execute(select(func.count()).select_from(some)).scalar_one()


def _seen(actor: Principal, kind: str):
    known = kind_of(kind)
    table = table_of(known.table)
    mine = select(table.c.id).where(table.c.deleted_at.is_(None), may_see(actor, known))
    # each pair is looked at once: from two lists of ids SQLite would try every left one with every right one
    both = (mine.where(table.c.id == id).correlate(pair).exists() for id in (pair.c.left_id, pair.c.right_id))
    here = (pair.c.kind == kind, pair.c.decision == OPEN, *both)
    return select(pair.c.left_id, pair.c.right_id, pair.c.probability, pair.c.reasons).where(*here)


def _open_pairs(
    session: Session,
    actor: Principal,
    kind: str,
    owners: Collection[int] | None,
    batch_id: int | None,
    of: int | None,
) -> dict[Ids, Found]:
    query = _seen(actor, kind)
    if owners is not None:
        known = kind_of(kind)
        table = table_of(known.table)
        theirs = select(table.c.id).where(table.c[known.owner or "owner_id"].in_(sorted(owners)))
        query = query.where(or_(pair.c.left_id.in_(theirs), pair.c.right_id.in_(theirs)))
    if batch_id is not None:
        query = query.where(pair.c.batch_id == batch_id)
    if of is not None:
        query = query.where(or_(pair.c.left_id == of, pair.c.right_id == of))
    query = query.order_by(pair.c.probability.desc(), pair.c.left_id, pair.c.right_id)
    return {(a, b): Found(b, chance, why) for a, b, chance, why in session.connection().execute(query)}


def _chains(found: Open) -> list[list[int]]:
    """Records that hang together by open pairs, the surest chain first."""
    groups = Groups()
    for left, right in found:
        one, two = groups.group(left), groups.group(right)
        if one != two:
            groups.join(one, two)
    first: dict[int, None] = dict.fromkeys(groups.group(left) for left, _ in found)
    return [sorted(groups.members[at])[:LARGEST] for at in first]


def _clusters(session: Session, actor: Principal, kind: str, chain: Sequence[int], found: Open) -> list[Cluster]:
    """A chain as groups whose ends fit each other; what somebody said is two does not come together again."""
    within = {ids: one for ids, one in found.items() if ids[0] in chain and ids[1] in chain}
    pairs = [(*ids, one.probability) for ids, one in within.items()]
    between = _Between(session, kind, chain)
    told = []
    for ids in cluster(pairs, between):
        named = shown(session, actor, kind, [Found(id, 1.0, "") for id in ids])
        mine = {pair: one for pair, one in within.items() if pair[0] in ids and pair[1] in ids}
        if len(named) < 2 or not mine:
            continue
        members = [replace(member, probability=_best(mine, member.id)) for member in named]
        why = [(*pair, one.probability, one.reasons) for pair, one in mine.items()]
        told.append(Cluster(kind, max(one.probability for one in mine.values()), members, why))
    return told


def _best(pairs: Open, id: int) -> float:
    return max((one.probability for ids, one in pairs.items() if id in ids), default=0.0)


class _Between:
    """How likely two of a chain are one that are no open pair; never, if somebody said that they are two."""

    def __init__(self, session: Session, kind: str, chain: Sequence[int]) -> None:
        self._session, self._kind = session, kind
        profiles = {id: made for id, (made, _) in stored_profiles(session, kind, chain).items()}
        self._rows = {id: row for row, id in enumerate(profiles)}
        self._table = tabled(profiles.values())
        self._model = judging(session, kind, self._table).model

    def __call__(self, wanted: Sequence[Ids]) -> Sequence[float]:
        known = [ids for ids in wanted if ids[0] in self._rows and ids[1] in self._rows]
        scored = chances(self._table, [(self._rows[a], self._rows[b]) for a, b in known], self._model)
        apart = apart_before(self._session, self._kind, wanted)
        found: dict[Ids, float] = defaultdict(float, zip(known, scored, strict=True))
        return [0.0 if ids in apart else found[ids] for ids in wanted]
