"""The dialog for a new record: fields as the server names them, a draft that survives errors, clicks and reconnects."""

from typing import Any

import reflex as rx
from reflex_base.event import passthrough_event_spec

from crm_app.ui.scripts import script

script(__name__, "alike.jsx")
_jsx = script(__name__, "create.jsx").importable_path


class CreateDialog(rx.Component):
    """`on_create(kind, values, stay, anyway, ticket)` gets `created`; `stay`: it came from a record or a look-up,
    `anyway`: these look like it, and it is another one; a `ticket` makes one record, however often it is sent.

    `me` tells drafts of several people on one machine apart.

    `on_look(kind, values, n, but)` asks who is here already, besides `but`, and gets `met`; `on_choose(kind, id,
    values)` and `on_fill(kind, id, values)` use one of them and get `offer`. `makes` are the kinds that a look-up may
    begin by `on_start(kind, text)`. Of a `conditional` form `on_weigh(kind, values, n)` asks which fields are shown and
    demanded for what is typed, and gets `conditions`.
    """

    library = _jsx
    tag = "CreateDialog"
    me: rx.Var[str]
    form: rx.Var[Any]
    created: rx.Var[Any]
    found: rx.Var[Any]
    met: rx.Var[Any]
    offer: rx.Var[Any]
    conditions: rx.Var[Any]
    makes: rx.Var[list[str]]
    on_create: rx.EventHandler[passthrough_event_spec(str, dict[str, str], bool, list[int], str)]
    on_look: rx.EventHandler[passthrough_event_spec(str, dict[str, str], int, list[int])]
    on_choose: rx.EventHandler[passthrough_event_spec(str, int, dict[str, str])]
    on_fill: rx.EventHandler[passthrough_event_spec(str, int, dict[str, str])]
    on_weigh: rx.EventHandler[passthrough_event_spec(str, dict[str, str], int)]
    on_ask: rx.EventHandler[passthrough_event_spec(str, int)]
    on_start: rx.EventHandler[passthrough_event_spec(str, str)]
    on_search: rx.EventHandler[passthrough_event_spec(str, str)]


create_dialog = CreateDialog.create
