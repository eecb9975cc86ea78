"""One deal."""

import reflex as rx

from crm_app.deals.state import DealRecord
from crm_app.deals.views import record_screen
from crm_app.identity.state import Viewer
from crm_app.pages.feed import RecordFeed
from crm_app.pages.frame import BOARD, framed
from crm_app.pages.page import Page
from crm_app.pages.undo import Undo
from crm_app.ui import addresses
from crm_app.ui.live import live


def _undo(batch_id: rx.Var[int]) -> list:
    return [Undo.undo_batch(batch_id), DealRecord.load]


def deal_page() -> rx.Component:
    """Properties, timeline, related."""
    title = rx.cond(DealRecord.deal, DealRecord.deal.title, "Deal")
    body = rx.fragment(record_screen(_undo), live(push=RecordFeed.push, on_change=DealRecord.load))
    return framed(body, title=title, current=BOARD.path, crumb=BOARD, after_undo=DealRecord.load)


PAGE = Page(addresses.DEAL, "Deal · Kith", deal_page, (Viewer.load, RecordFeed.follow("deal"), DealRecord.load))
