"""The stages of a pipeline in order: dragged by a grip, or moved with the arrow keys."""

from typing import Any

import reflex as rx
from reflex_base.event import passthrough_event_spec

from crm_app.ui.scripts import script

from . import overlay  # the script uses its menu

_used = overlay
_jsx = script(__name__, "stages.jsx").importable_path
COLORS = ("grey", "blue", "teal", "green", "amber", "red", "violet")


class StageList(rx.Component):
    """Rows with id, name, kind, color, probability, rot_days, deals and remark; on_order(id, index) moves one."""

    library = _jsx
    tag = "StageList"
    lib_dependencies: list[str] = ["@hello-pangea/dnd@18.0.1"]

    stages: rx.Var[list[Any]]
    editable: rx.Var[bool]
    on_order: rx.EventHandler[passthrough_event_spec(int, int)]
    on_edit: rx.EventHandler[passthrough_event_spec(int)]
    on_merge: rx.EventHandler[passthrough_event_spec(int)]
    on_remove: rx.EventHandler[passthrough_event_spec(int)]


stage_list = StageList.create
