"""Keeps what duplicates are found by, and sweeps for them at night: each sweep is claimed by one, and may take long."""

from crm_app.duplicates.matching.sweeping import sweep_due
from crm_app.jobs.recurring import Recurring

EVERY_SECONDS = 600


class Sweeper(Recurring):
    """Several processes may run it."""

    def __init__(self, every: float = EVERY_SECONDS) -> None:
        super().__init__("duplicates", sweep_due, every)
