"""The timeline of any record, by key: what was done, planned, changed, added and won, for one viewer."""

from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.records.reading import record_row
from crm_app.timeline.queries.activities import done_events, head_events
from crm_app.timeline.queries.changes import change_events
from crm_app.timeline.queries.deals import deal_events
from crm_app.timeline.queries.files import file_events
from crm_app.timeline.queries.scope import PAGE
from crm_app.timeline.rows import Event, Timeline
from crm_app.timeline.rules import ACTIVITIES, Place, Wish

__all__ = ["PAGE", "timeline_of"]
SOURCES = {"deal": deal_events, "file": file_events, "change": change_events}


def timeline_of(
    session: Session, actor: Principal, name: str, id: int, wish: Wish | None = None, count: int = PAGE
) -> Timeline:
    """One page of the timeline of a record; its head comes with the first.

    Raises NotFound for a record that does not exist or that the actor may not see.
    """
    wish = wish or Wish()
    record_row(session, actor, name, id)
    found: list[tuple[Place, Event]] = done_events(session, actor, name, id, wish, count + 1)
    for kind, source in SOURCES.items():
        if wish.wants(kind):
            found += source(session, actor, name, id, wish, count + 1)
    found.sort(key=lambda pair: (pair[0].at, pair[0].id), reverse=True)
    heads: list[Event] = []
    if wish.after is None and any(wish.wants(k) for k in ACTIVITIES):
        planned = head_events(session, actor, name, id, wish)
        planned.sort(key=lambda pair: (pair[1].is_done, pair[0].at, pair[0].id))
        heads = [event for _, event in planned]
    return Timeline(heads, [event for _, event in found[:count]], len(found) > count)
