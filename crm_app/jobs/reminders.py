"""Looks every few seconds for reminders whose time has come."""

from functools import partial

from crm_app.attention.reminders import remind
from crm_app.jobs.live import announce
from crm_app.jobs.recurring import Recurring

EVERY_SECONDS = 10


class Reminders(Recurring):
    """Several processes may run it: a note is a unique row, so each is written once."""

    def __init__(self, every: float = EVERY_SECONDS) -> None:
        super().__init__("reminders", partial(remind, announce), every)
