"""Collective: who enters, by team and role, and how much hangs on few."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import kind
from crm_app.core.changes.working import table_of
from crm_app.core.clock import start_of, today
from crm_app.identity.policy import visible
from crm_app.quality.fields import ENTERED_AT, ENTERED_BY, WAY
from crm_app.quality.queries.whose import Whose, kinds_of
from crm_app.quality.rules.scores import percent
from crm_app.tables import QualityMark

mark = table_of(QualityMark)
ENTRY_DAYS = 30
BUSIEST = 5  # one in so many are the busiest, whose share says how much hangs on few
IMPORT = "import"


@dataclass
class Entered:
    """What people typed in the last days: by user and kind."""

    counts: dict[int, dict[str, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))

    def of(self, user_id: int) -> int:
        """All that one entered."""
        return sum(self.counts[user_id].values()) if user_id in self.counts else 0


def entered(session: Session, actor: Principal, members: set[int]) -> Entered:
    """Records that these people entered by hand and that the viewer may see; imports are told apart by their way."""
    found, run = Entered(), session.connection().execute
    since = start_of(today(actor.zone) - timedelta(days=ENTRY_DAYS), actor.zone)
    for name in kinds_of(actor):
        query = select(mark.c.entered_by_id, func.count())
        query = query.where(mark.c.kind == name, mark.c.entered_at >= since, mark.c.way != IMPORT)
        query = query.where(visible(actor, name, mark.c.owner_id) if kind(name).owner else mark.c.kind == name)
        for user_id, count in run(query.where(mark.c.entered_by_id.is_not(None)).group_by(mark.c.entered_by_id)):
            if user_id in members:
                found.counts[user_id][name] = count
    return found


def entered_filter(user_id: int) -> list[dict[str, Any]]:
    """The same records as conditions of a list."""
    return [
        {"f": ENTERED_BY, "op": "is", "v": [str(user_id)]},
        {"f": ENTERED_AT, "op": "last_days", "v": ENTRY_DAYS},
        {"f": WAY, "op": "is_not", "v": IMPORT},
    ]


def entered_href(actor: Principal, name: str, user_id: int) -> str:
    """The list of what somebody entered; it is not narrowed to owners, for one enters for others too."""
    return Whose(actor).href(name, entered_filter(user_id))


def busiest_share(amounts: list[int]) -> int | None:
    """The share of all entries, in percent, that comes from the busiest fifth (rounded up) of these people."""
    whole = sum(amounts)
    few = -(-len(amounts) // BUSIEST)
    return percent(sum(sorted(amounts, reverse=True)[:few]), whole)
