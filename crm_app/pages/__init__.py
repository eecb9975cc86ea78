"""Every page of the app; the only place that composes features."""

from crm_app.pages import board, deal, home, imports, missing, profile, records, teams, user, users
from crm_app.pages.failure import on_failure
from crm_app.pages.page import Page

_SINGLE = (home, board, deal, users, user, teams, profile, imports, missing)
PAGES: list[Page] = [*(m.PAGE for m in _SINGLE), records.PERSON, records.COMPANY]

__all__ = ["PAGES", "Page", "on_failure"]
