"""The pages of a person and of a company: one screen, two addresses."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from crm_app.activities.state import ActivityCard, NextStep
from crm_app.identity.state import Viewer
from crm_app.lifecycle.state import LifecycleMove
from crm_app.lifecycle.views import lifecycle_bar
from crm_app.pages.feed import RecordFeed
from crm_app.pages.frame import framed
from crm_app.pages.page import Page
from crm_app.pages.places import COMPANIES, PEOPLE
from crm_app.pages.undo import Undo
from crm_app.people.kind import RELATIONS
from crm_app.people.rules import relation_words
from crm_app.people.state import RoleForm
from crm_app.people.views import role_dialog
from crm_app.quality.state import RecordScore
from crm_app.quality.views import record_score
from crm_app.records.create.state import NewRecord
from crm_app.records.files.views import file_drop
from crm_app.records.page.deleting import RecordDelete
from crm_app.records.page.dialogs import delete_dialog
from crm_app.records.page.relation import RelationForm
from crm_app.records.page.state import ListWalk, RecordScreen
from crm_app.records.page.views import record_screen, record_waiting, relation_dialog
from crm_app.scoring.state import ScoreForm
from crm_app.scoring.views import score_dialog
from crm_app.timeline.state import TimelineView
from crm_app.timeline.views import timeline_column
from crm_app.ui import addresses
from crm_app.ui.current import current, current_title
from crm_app.ui.live import live
from crm_app.ui.shell import Place

AGAIN = [RecordScreen.refresh, TimelineView.refresh, RecordScore.load]
EMPTY = "Write the first note above. Every call, mail, deal and change will stand here, newest first."
STARTS: dict[str, Callable[..., Any]] = {
    kind: lambda panel: NewRecord.start(panel.adds, panel.fill) for kind in ("deal", "person", "company")
} | {
    "relation": lambda _panel: RelationForm.start,
    "role": lambda _panel: RoleForm.start,
    "score": lambda _panel: ScoreForm.start,
}


def _page(place: Place, what: str, above: rx.Component, again: list[Any], delete: Any) -> rx.Component:
    here = rx.cond(RecordScreen.page, RecordScreen.page.id, 0)
    title = rx.cond(RecordScreen.page, RecordScreen.page.title, what.capitalize())
    screen = record_screen(
        timeline_column(
            EMPTY, Undo.undo_batch, RecordScreen.refresh, on_open=ActivityCard.open, on_done=NextStep.offer
        ),
        aside=rx.cond(RecordScreen.may_attach, file_drop(TimelineView.refresh), rx.fragment()),
        starts=STARTS,
        missing=f"This {what} is not here",
        back=(f"To the {place.name.lower()}", place.path),
    )
    relations = [(name, relation_words(name, reverse=False)) for name in RELATIONS]
    return framed(
        rx.fragment(
            current(
                here,
                rx.fragment(above, rx.cond(RecordScore.of == here, record_score(), rx.fragment()), screen),
                record_waiting(),
            ),
            relation_dialog(relations),
            delete_dialog(delete, again),
            role_dialog(),
            score_dialog(),
            live(push=RecordFeed.push, on_change=again),
        ),
        title=current_title(here, title, what.capitalize()),
        current=place.path,
        crumb=place,
        after_undo=again,
    )


def person_page() -> rx.Component:
    """A person."""
    bar, page = LifecycleMove.bar, RecordScreen.page
    of_another = (bar.person_id.to(int) > 0) & (bar.person_id != rx.cond(page, page.id, 0))
    above = rx.cond(of_another, rx.el.div(class_name="bar"), lifecycle_bar())
    return _page(PEOPLE, "person", above, [*AGAIN, LifecycleMove.load], RecordDelete.person)


def company_page() -> rx.Component:
    """A company."""
    return _page(COMPANIES, "company", rx.fragment(), AGAIN, RecordDelete.company)


def _loads(kind: str, *more: Any) -> tuple[Any, ...]:
    screen = (ListWalk.load, RecordScreen.load)
    beside = (RecordScore.load, TimelineView.load, ListWalk.note)
    return (Viewer.load, RecordFeed.follow(kind), *screen, *more, *beside)


PERSON = Page(addresses.PERSON, "Person · Kith", person_page, _loads("person", LifecycleMove.load))
COMPANY = Page(addresses.COMPANY, "Company · Kith", company_page, _loads("company"))
