"""Parts that listen: keyboard, theme, the fold of the rail, the connection."""

from typing import Any

import reflex as rx
from reflex_base.event import no_args_event_spec
from reflex_components_core.core.banner import has_connection_errors

from crm_app.ui.scripts import script

_jsx = script(__name__, "listener.jsx").importable_path


class ThemeSync(rx.Component):
    """Puts the profile's theme ("system", "light", "dark") and formats ("de") in force in this browser."""

    library = _jsx
    tag = "ThemeSync"
    theme: rx.Var[str]
    formats: rx.Var[str]


class Shortcuts(rx.Component):
    """`places` maps a letter after G to {"path", "name"}; N calls on_new; `keys` are the page's own, for the help."""

    library = _jsx
    tag = "Shortcuts"
    places: rx.Var[dict[str, Any]]
    keys: rx.Var[list[Any]]
    on_new: rx.EventHandler[no_args_event_spec]


class RailFold(rx.Component):
    """The button that folds the rail."""

    library = _jsx
    tag = "RailFold"
    label: rx.Var[str]


class Offline(rx.Component):
    """A remark while there is no connection."""

    library = _jsx
    tag = "Offline"
    lost: rx.Var[bool]


theme_sync, shortcuts, rail_fold = ThemeSync.create, Shortcuts.create, RailFold.create


def offline() -> rx.Component:
    """The remark, bound to the state of the socket."""
    return Offline.create(lost=has_connection_errors)
