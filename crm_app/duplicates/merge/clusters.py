"""Many merges from a list of clusters, each a batch of its own, so that each is taken back alone."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from sqlmodel import Session

from crm_app.attention.ends import LONG, tell_end
from crm_app.core import db
from crm_app.core.actor import Principal
from crm_app.core.changes import kind
from crm_app.core.changes.forwarding import survivors
from crm_app.core.clock import now
from crm_app.core.errors import KithError, Refused
from crm_app.core.reader import numeral
from crm_app.core.text import id_of
from crm_app.duplicates.merge.checking import locked_rows
from crm_app.duplicates.merge.joining import names_of, proposals, survivor_change
from crm_app.duplicates.merge.moving import counts
from crm_app.duplicates.merge.queries import suggested
from crm_app.duplicates.merge.rules import FEWEST
from crm_app.duplicates.merge.service import Merged, merge_records
from crm_app.records.bulk import run_bulk
from crm_app.ui import addresses

Cluster = Sequence[int]


@dataclass(frozen=True)
class Planned:
    """What would become of one cluster: into which record, how much moves; or why nothing."""

    ids: list[int]
    survivor: int = 0
    title: str = ""
    others: str = ""
    moves: int = 0
    refused: str = ""


@dataclass
class ClusterReport:
    """What a list of clusters came to; with `dry_run` what it would come to."""

    dry_run: bool = False
    merged: list[Planned] = field(default_factory=list)
    refused: list[Planned] = field(default_factory=list)
    batches: list[int] = field(default_factory=list)


def preview_cluster(session: Session, actor: Principal, name: str, ids: Cluster) -> Planned:
    """One cluster, as it would be merged; what was merged before counts as what it went into."""
    known = kind(name)
    went = survivors(session, name, list(ids))
    here = list(dict.fromkeys(went.get(id, id) for id in ids))
    try:
        if len(here) < FEWEST:
            raise Refused("These are one record already.")
        rows = locked_rows(session, actor, name, here[0], here[1:], lock=False)
        keep = suggested(session, known, rows)
        losers = [id for id in here if id != keep]
        ordered = {id: rows[id] for id in (keep, *losers)}
        survivor_change(session, name, ordered, keep, proposals(session, name, ordered, keep))
    except KithError as error:
        return Planned(here, refused=error.message)
    moves = sum(counts(session, name, losers).values())
    return Planned(here, keep, names_of(known, rows, [keep]), names_of(known, rows, losers), moves)


def merge_clusters(
    actor: Principal,
    name: str,
    clusters: Sequence[Cluster],
    *,
    dry_run: bool = False,
    tell: Callable[[int, int], None] | None = None,
) -> ClusterReport:
    """Each cluster in a transaction of its own; one that is refused is told, the others go on.

    Again with the same list nothing happens twice: what is one already is told so. Raises Refused for records that
    stand in two clusters.
    """
    check_apart(clusters)
    began, report = now(), ClusterReport(dry_run)
    for n, ids in enumerate(clusters, 1):
        plan = db.write_sync(preview_cluster, actor, name, ids) if dry_run is False else _looked(actor, name, ids)
        if not plan.refused and not dry_run:
            plan = _merge(actor, name, plan, report)
        (report.refused if plan.refused else report.merged).append(plan)
        if tell:
            tell(n, len(clusters))
    if actor.id is not None and not dry_run and now() - began > LONG:
        told = f"{numeral(len(report.merged))} groups merged" + (
            f", {numeral(len(report.refused))} left." if report.refused else "."
        )
        path = f"{addresses.DUPLICATES}?kind={name}"
        db.write_sync(tell_end, actor.id, told, f"clusters:{began.isoformat()}", path)
    return report


def _looked(actor: Principal, name: str, ids: Cluster) -> Planned:
    """As `preview_cluster`; the ids that it takes to look are given back."""
    with db.writing() as session:
        plan = preview_cluster(session, actor, name, ids)
        session.rollback()
    return plan


def _merge(actor: Principal, name: str, plan: Planned, report: ClusterReport) -> Planned:
    losers = [id for id in plan.ids if id != plan.survivor]
    try:
        done: Merged = db.write_sync(merge_records, actor, name, plan.survivor, losers)
        if done.run_id:
            run_bulk(done.run_id)
    except KithError as error:
        return Planned(plan.ids, refused=error.message)
    report.batches.append(done.batch_id)
    return plan


def check_apart(clusters: Sequence[Cluster]) -> None:
    """Raises Refused for a record that stands in two of them."""
    seen: set[int] = set()
    for ids in clusters:
        if twice := seen & set(ids):
            raise Refused(f"Record {min(twice)} stands in two clusters.")
        seen |= set(ids)


def read_clusters(lines: Iterator[str]) -> list[list[int]]:
    """One cluster a line, ids with commas or spaces; empty lines and those that begin with # are left out.

    Raises Refused with the number of the line for what is no id.
    """
    found = []
    for n, line in enumerate(lines, 1):
        words = line.partition("#")[0].replace(",", " ").replace(";", " ").split()
        ids = [id_of(word) for word in words]
        if None in ids:
            raise Refused(f"Line {n} is not a list of ids: {line.strip()[:60]!r}.")
        if words:
            found.append(list(dict.fromkeys(id for id in ids if id is not None)))
    return found
