"""The command palette: one field that finds records, pages and actions (Ctrl-K or Cmd-K)."""

from typing import Any

import reflex as rx
from reflex_base.event import no_args_event_spec, passthrough_event_spec

from crm_app.ui.scripts import script

script(__name__, "palette_facets.jsx")
_jsx = script(__name__, "palette.jsx").importable_path


class CommandPalette(rx.Component):
    """The dialog; it opens by its keys or by an element with `data-palette`."""

    library = _jsx
    tag = "CommandPalette"
    places: rx.Var[list[Any]]
    actions: rx.Var[list[Any]]
    recent: rx.Var[list[Any]]
    found: rx.Var[Any]
    counts: rx.Var[Any]
    preview: rx.Var[Any]
    on_start: rx.EventHandler[no_args_event_spec]
    on_search: rx.EventHandler[passthrough_event_spec(int, str, dict[str, str])]
    on_count: rx.EventHandler[passthrough_event_spec(int, str, dict[str, str])]
    on_look: rx.EventHandler[passthrough_event_spec(str, int)]
    on_act: rx.EventHandler[passthrough_event_spec(str)]
    on_card: rx.EventHandler[passthrough_event_spec(int)]


class PaletteField(rx.Component):
    """What looks like a search field and opens the palette."""

    library = _jsx
    tag = "PaletteField"


palette, palette_field = CommandPalette.create, PaletteField.create
