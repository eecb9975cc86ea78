"""Makes a page read again when a push says that what it shows has changed."""

from typing import Any

import reflex as rx
from reflex_base.event import no_args_event_spec

from crm_app.ui.scripts import script

_jsx = script(__name__, "live.jsx").importable_path


class Live(rx.Component):
    """`push` is the var of a feed; on_change reads the page again, at most every 800 ms."""

    library = _jsx
    tag = "Live"
    push: rx.Var[dict[str, Any]]
    on_change: rx.EventHandler[no_args_event_spec]


live = Live.create
