"""The list: rows by key, columns, filters, views, inline edit, selection; one component for every kind."""

from typing import Any

import reflex as rx
from reflex_base.event import no_args_event_spec, passthrough_event_spec

from crm_app.ui.scripts import script

PARTS = (
    "model.js",
    "place.js",
    "parts.jsx",
    "value.jsx",
    "filters.jsx",
    "columns.jsx",
    "views.jsx",
    "cell.jsx",
    "table.jsx",
    "bulk.jsx",
)
_paths = {part: script(__name__, part).importable_path for part in PARTS}
FILTERS = _paths["filters.jsx"]
_jsx = script(__name__, "list.jsx").importable_path
_rail = script(__name__, "rail.jsx").importable_path


class RecordList(rx.NoSSRComponent):
    """`screen` answers the address; `more`, `answer`, `push` and `bulk` bring what came since.

    `ops` are the operators by type of field, `other` the address of the same records in another layout.
    """

    library = _jsx
    tag = "RecordList"

    kind: rx.Var[str]
    singular: rx.Var[str]
    plural: rx.Var[str]
    path: rx.Var[str]
    other: rx.Var[str]
    hint: rx.Var[str]
    ops: rx.Var[dict[str, Any]]
    roles: rx.Var[list[Any]]
    screen: rx.Var[Any]
    fields: rx.Var[list[Any]]
    more: rx.Var[Any]
    answer: rx.Var[Any]
    push: rx.Var[dict[str, Any]]
    found: rx.Var[Any]
    views: rx.Var[list[Any]]
    view_answer: rx.Var[Any]
    bulk: rx.Var[Any]
    rules: rx.Var[list[Any]]
    on_more: rx.EventHandler[passthrough_event_spec(str, str)]
    on_refresh: rx.EventHandler[passthrough_event_spec(str, list[int])]
    on_reload: rx.EventHandler[passthrough_event_spec(str)]
    on_save: rx.EventHandler[passthrough_event_spec(str, int, str, str, int)]
    on_search: rx.EventHandler[passthrough_event_spec(str, str)]
    on_save_view: rx.EventHandler[passthrough_event_spec(str, dict[str, str])]
    on_delete_view: rx.EventHandler[passthrough_event_spec(int)]
    on_bulk: rx.EventHandler[passthrough_event_spec(str, str, str, str, list[int], bool)]
    on_new: rx.EventHandler[no_args_event_spec]
    on_open: rx.EventHandler[passthrough_event_spec(int)]


class ConditionInput(rx.NoSSRComponent):
    """A filter as a control of a form; the form gets it as JSON under `name`."""

    library = FILTERS
    tag = "ConditionInput"
    name: rx.Var[str]
    value: rx.Var[str]
    fields: rx.Var[list[Any]]
    ops: rx.Var[dict[str, Any]]
    names: rx.Var[dict[str, str]]
    found: rx.Var[Any]
    on_search: rx.EventHandler[passthrough_event_spec(str, str)]


class RailViews(rx.Component):
    """The saved views below the pages of the rail."""

    library = _rail
    tag = "RailViews"
    views: rx.Var[list[Any]]


record_list, rail_views = RecordList.create, RailViews.create
