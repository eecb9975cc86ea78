"""What the worker does once a day, looked at every few minutes, so that no day is lost when it was off."""

import logging
from collections.abc import Callable

from crm_app.core import db
from crm_app.core.changes import outbox
from crm_app.forecast.snapshots import keep_up
from crm_app.jobs.recurring import Recurring
from crm_app.quality.checks.running import run_due
from crm_app.quality.nights import keep_up as keep_quality_up
from crm_app.quotes.service import expire_quotes
from crm_app.records.dictionary.counting import keep_counted
from crm_app.scoring.follow import refresh
from crm_app.scoring.history import keep_learning

log = logging.getLogger("kith.nightly")
EVERY_SECONDS = 600
WORK: tuple[Callable[[], int], ...] = (keep_up, keep_quality_up, refresh, keep_learning, keep_counted, run_due)


def nightly() -> None:
    """Everything that is due; a failure is logged, and tried again at the next look."""
    for work in WORK:
        try:
            work()
        except Exception:
            log.exception("the nightly work %s failed", work.__qualname__)


def upkeep() -> None:
    """What has been done is forgotten, quotes that are out of date expire, and what the day asks for is done."""
    db.write_sync(outbox.forget_done)
    while db.write_sync(expire_quotes):
        pass
    nightly()


class Nights(Recurring):
    """Several processes may run it: each piece of work is claimed, or changes nothing a second time."""

    def __init__(self, every: float = EVERY_SECONDS) -> None:
        super().__init__("nightly", upkeep, every)
