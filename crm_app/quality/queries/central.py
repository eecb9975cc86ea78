"""Centralization beside its rules: duplicates that wait, imports, mail."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import kind
from crm_app.core.changes.working import table_of
from crm_app.core.clock import now
from crm_app.core.reader import numeral
from crm_app.duplicates.matching.worklist import count_open
from crm_app.identity.policy import may
from crm_app.quality.queries.counting import is_compared
from crm_app.quality.queries.whose import Whose
from crm_app.quality.rows import Figure
from crm_app.tables import ImportRun, QualityMark
from crm_app.ui import addresses

mark, import_run = table_of(QualityMark), table_of(ImportRun)
IMPORT_DAYS = 90
MOST_PAIRS = 10_000  # of more it is told that there are more: each is looked up


def central_figures(session: Session, actor: Principal, who: Whose, kinds: tuple[str, ...]) -> list[Figure]:
    """Pairs that may be one, then imports by kind: records that came in by a file."""
    found: list[Figure] = []
    for name in (k for k in ("person", "company") if k in kinds and may(actor, f"{k}.merge")):
        pairs, label = count_open(session, actor, name, MOST_PAIRS), f"{kind(name).plural} that may be there twice"
        where = f"{addresses.DUPLICATES}?kind={name}" if pairs else ""
        words, tone = "pairs that wait for a decision", "y" if pairs else "g"
        if not is_compared(session, name):
            words, tone = f"{words}; not all are compared yet", "y"
        shown = numeral(pairs) if pairs <= MOST_PAIRS else f"over {numeral(MOST_PAIRS)}"
        found.append(Figure(label, shown, where, words, tone))
    for name in kinds:
        query = select(func.count()).where(mark.c.kind == name, mark.c.way == "import", who.on(mark.c.owner_id))
        count = session.connection().execute(query).scalar_one()
        if count:
            href = who.href(name, [{"f": "quality.way", "op": "is", "v": "import"}])
            found.append(Figure(f"{kind(name).plural} that came by import", numeral(count), href))
    refused = select(func.coalesce(func.sum(import_run.c.refused), 0))
    refused = refused.where(import_run.c.started_at >= now() - timedelta(days=IMPORT_DAYS))
    if who.ids is None:
        left = session.connection().execute(refused).scalar_one()
        words = f"in the last {IMPORT_DAYS} days"
        found.append(Figure("Rows that imports refused", numeral(left), addresses.IMPORTS, words, "y" if left else "g"))
    return [*found, Figure("Mail covered", "–", "", "No mailbox is connected to Kith.")]
