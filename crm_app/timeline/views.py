"""The centre of a record's page: the composer, then the timeline."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from crm_app.timeline.state import TimelineView
from crm_app.ui.timeline import composer, timeline


def timeline_column(empty: str, undo: Callable[..., Any], then: Any) -> rx.Component:
    """`undo` takes the batch to undo; `then` is the event that reads the rest of the page again."""
    return rx.fragment(
        composer(
            result=TimelineView.written,
            found=TimelineView.colleagues,
            disabled=~TimelineView.may_write,
            on_write=TimelineView.write,
            on_search=TimelineView.look_up,
        ),
        history(empty, undo, then),
    )


def history(empty: str, undo: Callable[..., Any], then: Any) -> rx.Component:
    """What happened, without the composer: for records on which nothing is written."""
    return timeline(
        answer=TimelineView.answer,
        empty=empty,
        on_ask=TimelineView.ask,
        on_finish=TimelineView.finish,
        on_pin=TimelineView.pin,
        on_correct=TimelineView.correct,
        on_remove=TimelineView.remove,
        on_undo=lambda batch: [undo(batch), TimelineView.refresh, then],
    )
