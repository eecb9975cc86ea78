"""The timeline of a record and the composer above it: local React parts that ask the server for pages by key."""

from typing import Any

import reflex as rx
from reflex_base.event import passthrough_event_spec

from crm_app.ui.scripts import script

from . import activity  # the composer's script uses theirs

_used = (activity,)
_timeline = script(__name__, "timeline.jsx").importable_path
script(__name__, "timeline_text.js")
_composer = script(__name__, "composer.jsx").importable_path


class Timeline(rx.Component):
    """Events by day; on_ask(kinds, text, after) is answered through `answer`."""

    library = _timeline
    tag = "Timeline"
    answer: rx.Var[Any]
    empty: rx.Var[str]
    on_ask: rx.EventHandler[passthrough_event_spec(str, str, str)]
    on_finish: rx.EventHandler[passthrough_event_spec(int, bool)]
    on_pin: rx.EventHandler[passthrough_event_spec(int, bool)]
    on_correct: rx.EventHandler[passthrough_event_spec(int, str, str, int)]
    on_remove: rx.EventHandler[passthrough_event_spec(str, int)]
    on_undo: rx.EventHandler[passthrough_event_spec(int)]
    on_open: rx.EventHandler[passthrough_event_spec(int)]


class Composer(rx.Component):
    """A note, call, meeting, task or e-mail; on_write receives the fields by name, on_search the letters after an @."""

    library = _composer
    tag = "Composer"
    result: rx.Var[Any]
    found: rx.Var[list[Any]]
    guests: rx.Var[Any]
    disabled: rx.Var[bool]
    on_write: rx.EventHandler[passthrough_event_spec(dict[str, str])]
    on_search: rx.EventHandler[passthrough_event_spec(str)]
    on_invite: rx.EventHandler[passthrough_event_spec(str)]


timeline, composer = Timeline.create, Composer.create
