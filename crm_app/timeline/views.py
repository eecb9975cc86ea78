"""The centre of a record's page: the composer, then the timeline."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from crm_app.timeline.state import TimelineView
from crm_app.ui.timeline import composer, timeline


def timeline_column(
    empty: str,
    undo: Callable[..., Any],
    then: Any,
    *,
    on_open: Callable[..., Any],
    on_done: Callable[..., Any],
) -> rx.Component:
    """`undo` takes the batch to undo; `then` is the event that reads the rest of the page again.

    `on_open` shows all of an activity, `on_done` (activity, done) hears of one that was finished.
    """
    return rx.fragment(
        composer(
            result=TimelineView.written,
            found=TimelineView.colleagues,
            guests=TimelineView.guests,
            disabled=~TimelineView.may_write,
            on_write=TimelineView.write,
            on_search=TimelineView.look_up,
            on_invite=TimelineView.look_up_guests,
        ),
        history(empty, undo, then, on_open=on_open, on_done=on_done),
    )


def history(
    empty: str,
    undo: Callable[..., Any],
    then: Any,
    *,
    on_open: Callable[..., Any] | None = None,
    on_done: Callable[..., Any] | None = None,
) -> rx.Component:
    """What happened, without the composer: for records on which nothing is written."""
    more: dict[str, Any] = {} if on_open is None else {"on_open": on_open}

    def finish(id: Any, done: Any) -> list[Any]:
        return [TimelineView.finish(id, done), *([] if on_done is None else [on_done(id, done)])]

    return timeline(
        answer=TimelineView.answer,
        empty=empty,
        on_ask=TimelineView.ask,
        on_finish=finish,
        on_pin=TimelineView.pin,
        on_correct=TimelineView.correct,
        on_remove=TimelineView.remove,
        on_undo=lambda batch: [undo(batch), TimelineView.refresh, then],
        **more,
    )
