"""What the worker does once a day, looked at every few minutes, so that no day is lost when it was off."""

import logging
from collections.abc import Callable

from crm_app.forecast.snapshots import keep_up
from crm_app.quality.checks.running import run_due
from crm_app.quality.nights import keep_up as keep_quality_up
from crm_app.records.dictionary.counting import keep_counted
from crm_app.scoring.follow import refresh
from crm_app.scoring.history import keep_learning

log = logging.getLogger("kith.nightly")
WORK: tuple[Callable[[], int], ...] = (keep_up, keep_quality_up, refresh, keep_learning, keep_counted, run_due)


def nightly() -> None:
    """Everything that is due; a failure is logged, and tried again at the next look."""
    for work in WORK:
        try:
            work()
        except Exception:
            log.exception("the nightly work %s failed", work.__qualname__)
