"""The builder of filters on its own: chips and a dialog, for a condition that is no list's."""

import reflex as rx
from reflex_base.event import passthrough_event_spec

from . import FILTERS


class ConditionBox(rx.NoSSRComponent):
    """`screen` has the chips, the filter and the names that it mentions; `on_filter` receives the new filter."""

    library = FILTERS
    tag = "Filters"

    screen: rx.Var[object]
    fields: rx.Var[list[object]]
    ops: rx.Var[dict[str, object]]
    found: rx.Var[object]
    on_search: rx.EventHandler[passthrough_event_spec(str, str)]
    on_filter: rx.EventHandler[passthrough_event_spec(str)]


condition_box = ConditionBox.create
