"""A chain of stages, as at the top of a deal."""

from typing import Any

import reflex as rx
from reflex_base.event import passthrough_event_spec

from crm_app.ui.scripts import script

_path = script(__name__, "path.jsx").importable_path


class StagePath(rx.Component):
    """`steps` in order: id, name, kind, mark (`on`, `done` or empty), days, hint; `on_choose(id)` hears a press."""

    library = _path
    tag = "StagePath"
    steps: rx.Var[list[Any]]
    label: rx.Var[str]
    disabled: rx.Var[bool]
    on_choose: rx.EventHandler[passthrough_event_spec(int)]


stage_path = StagePath.create
