"""One deal."""

import reflex as rx

from crm_app.activities.state import ActivityCard, NextStep
from crm_app.deals.state import DealRecord
from crm_app.deals.views import record_screen, record_waiting
from crm_app.identity.state import Viewer
from crm_app.pages.feed import RecordFeed
from crm_app.pages.frame import framed
from crm_app.pages.page import Page
from crm_app.pages.places import BOARD
from crm_app.pages.undo import Undo
from crm_app.quotes.state import QuotesBeside
from crm_app.quotes.views import quotes_beside
from crm_app.records.files.views import file_drop
from crm_app.records.page.deleting import RecordDelete
from crm_app.records.page.dialogs import delete_dialog
from crm_app.records.page.state import ListWalk
from crm_app.timeline.state import TimelineView
from crm_app.timeline.views import timeline_column
from crm_app.ui import addresses
from crm_app.ui.current import current, current_title
from crm_app.ui.live import live

EMPTY = "Write the first note above. Every call, mail, file and change of this deal will stand here, newest first."
AGAIN = [DealRecord.load, QuotesBeside.load, TimelineView.refresh]


def deal_page() -> rx.Component:
    """Properties, timeline, related."""
    here = rx.cond(DealRecord.deal, DealRecord.deal.id, 0)
    title = current_title(here, rx.cond(DealRecord.deal, DealRecord.deal.title, "Deal"), "Deal")
    centre = timeline_column(EMPTY, Undo.undo_batch, DealRecord.load, on_open=ActivityCard.open, on_done=NextStep.offer)
    aside = rx.fragment(quotes_beside(), file_drop(TimelineView.refresh))
    question = delete_dialog(RecordDelete.deal, AGAIN)
    body = rx.fragment(
        current(here, record_screen(centre, aside), record_waiting()),
        question,
        live(push=RecordFeed.push, on_change=AGAIN),
    )
    return framed(body, title=title, current=BOARD.path, crumb=BOARD, after_undo=AGAIN)


PAGE = Page(
    addresses.DEAL,
    "Deal · Kith",
    deal_page,
    (
        Viewer.load,
        RecordFeed.follow("deal"),
        ListWalk.load,
        DealRecord.load,
        QuotesBeside.load,
        TimelineView.load,
        ListWalk.note,
    ),
)
