"""The dialog for a new record: fields as the server names them, a draft that survives errors, clicks and reconnects."""

from typing import Any

import reflex as rx
from reflex_base.event import passthrough_event_spec

_jsx = rx.asset("create.jsx", shared=True).importable_path


class CreateDialog(rx.Component):
    """`on_create(kind, values, stay)` gets `created`; `stay`: the dialog came from a record's page."""

    library = _jsx
    tag = "CreateDialog"
    form: rx.Var[Any]
    created: rx.Var[Any]
    found: rx.Var[Any]
    on_create: rx.EventHandler[passthrough_event_spec(str, dict[str, str], bool)]
    on_search: rx.EventHandler[passthrough_event_spec(str, str)]


create_dialog = CreateDialog.create
