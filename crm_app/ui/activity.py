"""The dialog of one activity: what it asks for follows what it is; the server says what is wrong."""

from typing import Any

import reflex as rx
from reflex_base.event import passthrough_event_spec

from crm_app.ui.scripts import script

from . import inputs, overlay  # the dialog's script uses theirs

script(__name__, "guests.jsx")
_used = (inputs, overlay)
_jsx = script(__name__, "activity.jsx").importable_path


class ActivityDialog(rx.Component):
    """`card` opens it by a new n; on_save(id, values, version) is answered by `saved`; `me` has the drafts."""

    library = _jsx
    tag = "ActivityDialog"
    me: rx.Var[str]
    card: rx.Var[Any]
    saved: rx.Var[Any]
    found: rx.Var[Any]
    guests: rx.Var[Any]
    on_save: rx.EventHandler[passthrough_event_spec(int, dict[str, str], int)]
    on_finish: rx.EventHandler[passthrough_event_spec(int, bool)]
    on_remove: rx.EventHandler[passthrough_event_spec(int)]
    on_answer: rx.EventHandler[passthrough_event_spec(int, str)]
    on_search: rx.EventHandler[passthrough_event_spec(str, str)]
    on_invite: rx.EventHandler[passthrough_event_spec(str)]


activity_dialog = ActivityDialog.create
